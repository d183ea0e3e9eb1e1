"""Rows of photographs, collections, joints and contractors."""

import json
import platform
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Changes
from weldstudio.domain.photo import Collection, Joint, Photo, PhotoFacts
from weldstudio.store import altered, columns, contractors
from weldstudio.store.first_pass import joints_of
from weldstudio.store.store import Store

_COLUMNS = """p.id, p.collection_id, p.path, p.size, p.mtime_ns, p.joint_id, p.width, p.height, p.orientation, p.taken,
    e.name, p.content_hash, p.perceptual_hash, p.problem"""
_PHOTOS = f"SELECT {_COLUMNS} FROM photos p LEFT JOIN equipments e ON e.id = p.equipment_id"

# Collections and where they lie


def add_collection(store: Store, name: str, root: Path) -> tuple[Collection, Changes]:
    """A new collection of the photographs below `root`."""
    with store.atomic():
        name_on_every_desk = str(uuid.uuid4())
        cursor = store.execute("INSERT INTO collections (uuid, name) VALUES (?, ?)", (name_on_every_desk, name))
        collection = Collection(int(cursor.lastrowid or 0), name_on_every_desk, name)
        changes = set_root(store, collection.id, root)
    return collection, changes


def collections(store: Store) -> list[Collection]:
    """All collections, oldest first."""
    return [Collection(*row) for row in store.rows("SELECT id, uuid, name FROM collections ORDER BY id")]


def roots(store: Store) -> dict[int, Path]:
    """Where each collection lies on this machine; where that was never said, where it lay on another one."""
    found: dict[int, Path] = {}
    for collection_id, machine, root in store.rows("SELECT collection_id, machine, root FROM collection_roots"):
        if machine == platform.node() or collection_id not in found:
            found[collection_id] = Path(root)
    return found


def root_of(store: Store, collection_id: int) -> Path:
    """Where one collection lies (see `roots`). Raises KeyError for a collection that does not exist."""
    return roots(store)[collection_id]


def set_root(store: Store, collection_id: int, root: Path) -> Changes:
    """Say where a collection lies on this machine."""
    with store.atomic():
        store.execute(
            "INSERT INTO collection_roots (collection_id, machine, root) VALUES (?, ?, ?)"
            " ON CONFLICT (collection_id, machine) DO UPDATE SET root = excluded.root",
            (collection_id, platform.node(), str(Path(root).absolute())),
        )
        return store.record(Changes(photos=frozenset(_ids(store, "collection_id = ?", (collection_id,))), joints=True))


def collection_at(store: Store, root: Path) -> Collection | None:
    """The collection that lies at `root` on this machine, or None."""
    found = store.rows(
        "SELECT c.id, c.uuid, c.name FROM collections c JOIN collection_roots r ON r.collection_id = c.id"
        " WHERE r.machine = ? AND r.root = ? ORDER BY c.id LIMIT 1",
        (platform.node(), str(Path(root).absolute())),
    )
    return Collection(*found[0]) if found else None


def known_paths(store: Store, collection_id: int) -> dict[str, int]:
    """Photo ids of a collection by path."""
    return dict(store.rows("SELECT path, id FROM photos WHERE collection_id = ?", (collection_id,)))


def set_problem(store: Store, photo_ids: Sequence[int], problem: str | None) -> Changes:
    """Say of photos why they cannot be shown (a vanished file, a broken one), or that they can."""
    with store.atomic():
        store.executemany("UPDATE photos SET problem = ? WHERE id = ?", [(problem, i) for i in photo_ids])
        return store.record(Changes(photos=frozenset(photo_ids)))


# Second pass of an import


def record_facts(store: Store, collection_id: int, facts: Sequence[PhotoFacts]) -> Changes:
    """What the second pass read inside files. Equipment already given by a person or a file stands."""
    with store.atomic():
        here = "SELECT path, id FROM photos WHERE collection_id = ? AND path IN (SELECT value FROM json_each(?))"
        known = dict(store.rows(here, (collection_id, json.dumps([fact.path for fact in facts]))))
        equipments = _equipments(store, (fact.equipment for fact in facts))
        contents = [(known[f.path], f.content_hash) for f in facts if f.path in known and f.content_hash]
        changes = altered.note_contents(store, contents)
        store.executemany(
            "UPDATE photos SET facts = 1, width = ?, height = ?, orientation = ?, taken = coalesce(?, taken),"
            " equipment_id = coalesce(equipment_id, ?), content_hash = coalesce(?, content_hash),"
            " perceptual_hash = ?, problem = ?"
            " WHERE id = ?",
            [
                (
                    fact.width,
                    fact.height,
                    fact.orientation,
                    _seconds(fact.taken_at),
                    equipments.get(fact.equipment or ""),
                    fact.content_hash,
                    _signed(fact.perceptual_hash),
                    fact.problem,
                    known[fact.path],
                )
                for fact in facts
                if fact.path in known
            ],
        )
        return store.record(changes | Changes(photos=frozenset(known.values())))


def set_equipment(store: Store, photo_ids: Sequence[int], equipment: str | None) -> Changes:
    """What the photographs were taken with, as a person or a file says it."""
    with store.atomic():
        code = _equipments(store, (equipment,)).get(equipment or "")
        store.executemany("UPDATE photos SET equipment_id = ? WHERE id = ?", [(code, i) for i in photo_ids])
        return store.record(Changes(photos=frozenset(photo_ids)))


def set_taken(store: Store, taken: Iterable[tuple[int, str]], *, only_unknown: bool = False) -> Changes:
    """Capture times by photo id, as ISO 8601 without a zone, where a file says them."""
    taken = list(taken)
    where = " AND taken IS NULL" if only_unknown else ""
    with store.atomic():
        store.executemany(f"UPDATE photos SET taken = ? WHERE id = ?{where}", [(_seconds(t), i) for i, t in taken])
        return store.record(Changes(photos=frozenset(i for i, _ in taken)))


Said = tuple[int, int | None, int | None]
"""(photo id, equipment id, capture time in seconds); None = not known."""


def said(store: Store, photo_ids: Sequence[int]) -> list[Said]:
    """What files and people said of these photos, by id."""
    return store.rows(
        "SELECT id, equipment_id, taken FROM photos WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(photo_ids)),),
    )


def write_said(store: Store, rows: Sequence[Said]) -> Changes:
    """Set it to what it was, as `said` has it."""
    with store.atomic():
        store.executemany(
            "UPDATE photos SET equipment_id = ?, taken = ? WHERE id = ?",
            [(equipment, taken, photo_id) for photo_id, equipment, taken in rows],
        )
        return store.record(Changes(photos=frozenset(photo_id for photo_id, _, _ in rows)))


# Joints


def set_joints(store: Store, joints: Sequence[tuple[int, str, str | None]]) -> Changes:
    """Say which joint each photo shows: (photo id, joint's reference, contractor's name or None).

    Photos of one collection with the same reference show one joint. A joint left without photos is seen nowhere, but
    keeps what was said of it: taking this back lets its photos show it again.
    """
    with store.atomic():
        ids = [photo_id for photo_id, _, _ in joints]
        before = store.rows(
            "SELECT id, collection_id, joint_id FROM photos WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )
        place = {photo_id: collection_id for photo_id, collection_id, _ in before}
        made_by = {name: contractors.add(store, name) for name in {c for _, _, c in joints if c}}
        wanted: dict[int, dict[str, int | None]] = {}
        for photo_id, reference, name in joints:
            there = wanted.setdefault(place[photo_id], {})
            there[reference] = made_by.get(name or "") or there.get(reference)
        joint_ids = {where: joints_of(store, where, list(there)) for where, there in wanted.items()}
        store.executemany(
            "UPDATE joints SET contractor_id = ? WHERE id = ?",
            [(who, joint_ids[where][ref]) for where, there in wanted.items() for ref, who in there.items() if who],
        )
        now = {photo_id: joint_ids[place[photo_id]][reference] for photo_id, reference, _ in joints}
        moved = [(now[photo_id], photo_id) for photo_id, _, joint_id in before if now[photo_id] != joint_id]
        store.executemany("UPDATE photos SET joint_id = ? WHERE id = ?", moved)
        return store.record(Changes(photos=frozenset(photo_id for _, photo_id in moved), joints=True))


def joints_of_photos(store: Store, photo_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(photo id, joint id) of these photos, by id."""
    return store.rows(
        "SELECT id, joint_id FROM photos WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(photo_ids)),),
    )


def write_joints_of_photos(store: Store, rows: Sequence[tuple[int, int]]) -> Changes:
    """Let photos show these joints, as `joints_of_photos` has it."""
    with store.atomic():
        store.executemany("UPDATE photos SET joint_id = ? WHERE id = ?", [(joint, photo) for photo, joint in rows])
        return store.record(Changes(photos=frozenset(photo for photo, _ in rows), joints=True))


def set_joint_facts(
    store: Store, joint_ids: Sequence[int], *, kind: str | None = None, medium: str | None = None
) -> Changes:
    """Type and medium of joints; what is None stays as it is."""
    with store.atomic():
        store.executemany(
            "UPDATE joints SET kind = coalesce(?, kind), medium = coalesce(?, medium) WHERE id = ?",
            [(kind, medium, joint_id) for joint_id in joint_ids],
        )
        return store.record(Changes(joints=True))


def joints_shown(store: Store, photo_ids: Sequence[int]) -> list[int]:
    """The joints that these photos show, each once, ascending."""
    found = store.rows(
        "SELECT DISTINCT joint_id FROM photos WHERE id IN (SELECT value FROM json_each(?)) ORDER BY joint_id",
        (json.dumps(list(photo_ids)),),
    )
    return [joint_id for (joint_id,) in found]


def joint_kinds(store: Store) -> list[tuple[int, str, str]]:
    """(joint id, type, medium), ascending, of the joints of which either is known; '' = not known."""
    return store.rows(
        "SELECT id, coalesce(kind, ''), coalesce(medium, '') FROM joints"
        " WHERE kind IS NOT NULL OR medium IS NOT NULL ORDER BY id"
    )


def joint(store: Store, joint_id: int) -> Joint | None:
    """One joint, or None. One that was never given a reference goes by the path of its photo."""
    found = store.rows(
        "SELECT id, coalesce(reference, (SELECT min(path) FROM photos WHERE joint_id = joints.id), ''),"
        " contractor_id, kind, medium FROM joints WHERE id = ?",
        (joint_id,),
    )
    return Joint(*found[0]) if found else None


def by_joint(store: Store, collection_id: int | None = None) -> dict[tuple[int, str], list[int]]:
    """Photo ids by (collection, what their joint goes by: its reference, or the path of its photo)."""
    found: dict[tuple[int, str], list[int]] = {}
    for where, name, photo_id in store.rows(
        "SELECT p.collection_id, coalesce(j.reference, p.path), p.id FROM photos p JOIN joints j ON j.id = p.joint_id"
        " WHERE ? IS NULL OR p.collection_id = ? ORDER BY p.id",
        (collection_id, collection_id),
    ):
        found.setdefault((where, name), []).append(photo_id)
    return found


def joint_references(store: Store) -> dict[int, str]:
    """References by joint id, of the joints that were given one."""
    (joints,), references = columns.numbers_and_texts(store, ("id",), "reference", "joints WHERE reference IS NOT NULL")
    return dict(zip(joints.tolist(), references, strict=True))


def joint_contractors(store: Store) -> NDArray[np.int64]:
    """(joint id, contractor id), ascending, of the joints whose contractor is known."""
    return columns.numbers(store, ("id", "contractor_id"), "joints WHERE contractor_id IS NOT NULL").T


def set_contractor(store: Store, photo_ids: Sequence[int], name: str | None) -> Changes:
    """Who made the joints that these photos show."""
    with store.atomic():
        contractor = contractors.add(store, name) if name else None
        store.execute(
            "UPDATE joints SET contractor_id = ? WHERE id IN"
            " (SELECT joint_id FROM photos WHERE id IN (SELECT value FROM json_each(?)))",
            (contractor, json.dumps(list(photo_ids))),
        )
        return store.record(Changes(joints=True))


# Reading


def get(store: Store, photo_id: int) -> Photo | None:
    """One photo, or None."""
    found = store.rows(f"{_PHOTOS} WHERE p.id = ?", (photo_id,))
    return _photo(found[0]) if found else None


def by_path(store: Store, collection_id: int, path: str) -> Photo | None:
    """The photo of that path, or None."""
    found = store.rows(f"{_PHOTOS} WHERE p.collection_id = ? AND p.path = ?", (collection_id, path))
    return _photo(found[0]) if found else None


def every(store: Store, photo_ids: Sequence[int] | None = None) -> list[Photo]:
    """All photos, or those of the ids given, by id."""
    if photo_ids is None:
        return [_photo(row) for row in store.rows(f"{_PHOTOS} ORDER BY p.id")]
    wanted = f"{_PHOTOS} WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.id"
    return [_photo(row) for row in store.rows(wanted, (json.dumps(list(photo_ids)),))]


def in_joint(store: Store, joint_id: int) -> list[Photo]:
    """The photos of one joint, by id."""
    return [_photo(row) for row in store.rows(f"{_PHOTOS} WHERE p.joint_id = ? ORDER BY p.id", (joint_id,))]


def missing(store: Store, photo_ids: Iterable[int]) -> list[int]:
    """Which of these ids are no photos."""
    wanted = [int(i) for i in photo_ids]
    if len(wanted) == 1:
        return [] if store.value("SELECT 1 FROM photos WHERE id = ?", wanted) else wanted
    found = store.rows(
        "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM photos WHERE id = value)",
        (json.dumps(wanted),),
    )
    return [i for (i,) in found]


def count(store: Store) -> int:
    """How many photos the project has."""
    return int(store.value("SELECT count(*) FROM photos"))


def counts(store: Store) -> dict[int, tuple[int, int]]:
    """By collection how many photos it has, and how many of them cannot be shown."""
    found = store.rows("SELECT collection_id, count(*), count(problem) FROM photos GROUP BY collection_id")
    return {collection_id: (photos, problems) for collection_id, photos, problems in found}


def contents(store: Store) -> dict[int, str]:
    """Content hashes by photo, of the photos that have one."""
    table = "photos WHERE content_hash IS NOT NULL"
    ids, texts = columns.numbers_and_texts(store, ("id",), "content_hash", table)
    return dict(zip(ids[0].tolist(), texts, strict=True))


def _photo(row: tuple[Any, ...]) -> Photo:
    *start, taken, equipment, content_hash, perceptual, problem = row
    found: tuple[Any, ...] = (*start, _text(taken), equipment, content_hash, _unsigned(perceptual), problem)
    return Photo(*found)


def _ids(store: Store, condition: str, parameters: Sequence[Any]) -> list[int]:
    return [i for (i,) in store.rows(f"SELECT id FROM photos WHERE {condition}", parameters)]


def _equipments(store: Store, names: Iterable[str | None]) -> dict[str, int]:
    """Ids by name, made where they are new."""
    wanted = sorted({name for name in names if name})
    store.executemany("INSERT INTO equipments (name) VALUES (?) ON CONFLICT DO NOTHING", [(name,) for name in wanted])
    return {name: int(store.value("SELECT id FROM equipments WHERE name = ?", (name,))) for name in wanted}


def _seconds(text: str | None) -> int | None:
    """Seconds since 1970 of a local time without a zone; None where it is none."""
    if not text:
        return None
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _text(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()


def _signed(number: int | None) -> int | None:
    """SQLite holds signed 64-bit integers alone."""
    return number - (1 << 64) if number is not None and number >= 1 << 63 else number


def _unsigned(number: int | None) -> int | None:
    return number + (1 << 64) if number is not None and number < 0 else number
