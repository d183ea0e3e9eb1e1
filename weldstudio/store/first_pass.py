"""Rows of photographs as a scan of their folder finds them: the first pass of an import.

All of it works in pieces, so that a collection of any size never keeps the store's thread for long.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store.store import Store

KnownPhoto = tuple[str, int, int, int, str | None, int]
"""(path, id, size, mtime_ns, reference of its joint, 1 if it has a problem)."""

_ROWS_A_STATEMENT = 50
"""Rows inserted by one statement: a statement for each of them takes a third longer."""


def known_after(store: Store, collection_id: int, path: str, limit: int) -> list[KnownPhoto]:
    """At most `limit` photos of a collection whose paths come after `path` ('' = from the first), by path."""
    return store.rows(
        "SELECT p.path, p.id, p.size, p.mtime_ns, j.reference, p.problem IS NOT NULL"
        " FROM photos p JOIN joints j ON j.id = p.joint_id"
        " WHERE p.collection_id = ? AND p.path > ? ORDER BY p.path LIMIT ?",
        (collection_id, path, limit),
    )


def insert_found(
    store: Store, collection_id: int, found: Sequence[FoundPhoto], references: Sequence[str | None] | None = None
) -> Changes:
    """Rows for photographs a scan has found; those already known by their path are left as they are.

    `references`: of the joint that each photo shows. Without one a new photo is a joint of its own until something
    says otherwise.
    """
    told = list(references) if references is not None else [None] * len(found)
    with store.atomic():
        store.execute("SAVEPOINT batch")
        try:
            ids = _insert_new(store, collection_id, found, told)
        except sqlite3.IntegrityError:
            # Rare, so it is not asked for first: another process has imported some of these meanwhile.
            store.execute("ROLLBACK TO batch")
            known = {path for (path,) in _those_of(store, "path", collection_id, found)}
            new = [(photo, ref) for photo, ref in zip(found, told, strict=True) if photo.path not in known]
            ids = _insert_new(store, collection_id, [photo for photo, _ in new], [ref for _, ref in new])
        store.execute("RELEASE batch")
        return store.record(Changes(photos=frozenset(ids), joints=True)) if ids else NO_CHANGES


def _insert_new(store: Store, collection_id: int, new: Sequence[FoundPhoto], references: Sequence[str | None]) -> range:
    """Inserts rows whose paths are new and returns their ids; sqlite3.IntegrityError when one is not."""
    first = 1 + int(store.value("SELECT max(id) FROM photos") or 0)
    by_reference = joints_of(store, collection_id, sorted({ref for ref in references if ref}))
    own_joint = 1 + int(store.value("SELECT max(id) FROM joints") or 0)
    alone_ids = range(own_joint, own_joint + sum(not ref for ref in references))
    _insert(store, "joints", shared={"collection_id": collection_id}, names=("id",), rows=zip(alone_ids, strict=True))
    own = iter(alone_ids)
    joints = [by_reference[ref] if ref else next(own) for ref in references] if by_reference else own
    ids = range(first, first + len(new))
    _insert(
        store,
        "photos",
        shared={"collection_id": collection_id, "added": int(time.time())},
        names=("id", "path", "size", "mtime_ns", "joint_id"),
        rows=zip(ids, *zip(*new, strict=True), joints, strict=True),
    )
    return ids


def _insert(
    store: Store, table: str, *, shared: Mapping[str, Any], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Rows of a table: the values that all `shared`, by column, and each row's own for the columns `names`."""
    columns = ", ".join([*shared, *names])
    values = ", ".join([f"?{number + 1}" for number in range(len(shared))] + ["?"] * len(names))
    rest = iter(rows)
    while some := list(islice(rest, _ROWS_A_STATEMENT)):
        store.execute(
            f"INSERT INTO {table} ({columns}) VALUES {', '.join([f'({values})'] * len(some))}",
            (*shared.values(), *chain.from_iterable(some)),
        )


def joints_of(store: Store, collection_id: int, references: Sequence[str]) -> dict[str, int]:
    """Ids of a collection's joints by reference, made where they are new. Only inside `atomic`."""
    if not references:
        return {}
    store.executemany(
        "INSERT INTO joints (collection_id, reference) VALUES (?, ?) ON CONFLICT DO NOTHING",
        zip(repeat(collection_id), references, strict=False),
    )
    rows = store.rows(
        "SELECT reference, id FROM joints WHERE collection_id = ? AND reference IN (SELECT value FROM json_each(?))",
        (collection_id, json.dumps(list(references))),
    )
    return dict(rows)


def update_found(store: Store, collection_id: int, found: Sequence[FoundPhoto]) -> Changes:
    """Files that changed on disk, or can be seen again: their facts are to be read again. Labels stay."""
    with store.atomic():
        store.executemany(
            "UPDATE photos SET size = ?, mtime_ns = ?, facts = 0, problem = NULL WHERE collection_id = ? AND path = ?",
            [(photo.size, photo.mtime_ns, collection_id, photo.path) for photo in found],
        )
        touched = _those_of(store, "id", collection_id, found)
        return store.record(Changes(photos=frozenset(photo_id for (photo_id,) in touched)))


def set_problems(store: Store, problems: Sequence[tuple[int, str]]) -> Changes:
    """Say of photos, by id, why they cannot be shown."""
    with store.atomic():
        store.executemany("UPDATE photos SET problem = ? WHERE id = ?", [(text, i) for i, text in problems])
        return store.record(Changes(photos=frozenset(i for i, _ in problems)))


def _those_of(store: Store, column: str, collection_id: int, found: Sequence[FoundPhoto]) -> list[tuple[Any, ...]]:
    """One column of the rows that these photos have."""
    return store.rows(
        f"SELECT {column} FROM photos WHERE collection_id = ? AND path IN (SELECT value FROM json_each(?))",
        (collection_id, json.dumps([photo.path for photo in found])),
    )
