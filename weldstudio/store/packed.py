"""The mirror's long columns in one file, so that a large project opens by reading a few arrays and not every row.

The file holds for one moment of the store: the number of its newest change, and a mark that was written into the store
afterwards. A store with that mark is the one that was packed or came out of it, so the columns and what has changed
since are all there is; any other (a snapshot, a copy put back) has another mark and is read row by row. Nothing is lost
with the file.
"""

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Changes
from weldstudio.domain.errors import StoreError
from weldstudio.domain.split import Split
from weldstudio.imaging import array_file
from weldstudio.store import altered, contractors, decided, desks, models, reading, reviewed, schema
from weldstudio.store.reading import JointFacts, MirrorRows, Named, PhotoRows
from weldstudio.store.store import Store

_logger = logging.getLogger(__name__)

FILE: Final = "cache/mirror.npz"
WORTH: Final = 5_000
"""So many photos a project has before it is packed; fewer are read as quickly row by row."""
MANY: Final = 2_000
"""From so many changed photos on, reading everything row by row and packing it anew is better than catching up."""
_SPLITS: Final = tuple(Split)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the file holds; nobody may write into the arrays."""

    sequence: int
    """Number of the newest change that is in it."""
    photos: PhotoRows
    labels: tuple[NDArray[np.int64], NDArray[np.uint8]]
    """Photo ids and their label bytes (n, slots)."""
    model_id: str | None
    """The active model, whose probabilities these are."""
    probabilities: tuple[NDArray[np.int64], NDArray[np.float16]]
    joints: JointFacts


def read(store: Store) -> tuple[Columns, Changes] | None:
    """The columns and what has changed since; None where there are none that hold, or too much has changed.

    In the same look at the store as whatever else is read.
    """
    mark = store.value("SELECT packed FROM project")
    if not mark:
        return None
    try:
        with (store.folder / FILE).open("rb") as opened, np.load(opened) as found:
            head = json.loads(str(found["head"]))
            if (head["mark"], head["version"]) != (mark, schema.version()):
                return None
            if store.sequence - head["sequence"] > MANY:
                return None
            changes = store.changes_since(head["sequence"])
            touched = changes.photos | changes.labels | changes.predictions
            if changes.replaced or len(touched) > MANY:
                return None
            columns = _unpacked(found, head)
    except array_file.DAMAGED as error:
        _logger.info("The packed columns of %s are passed over: %s", store.folder, error)
        return None
    return replace(columns, joints=replace(columns.joints, contractors=contractors.every(store))), changes


def row_by_row(store: Store) -> Columns:
    """The columns as the store holds them now."""
    model_id = models.active_id(store)
    return Columns(
        store.sequence,
        reading.photo_rows(store, None),
        reading.labels(store, None),
        model_id,
        reading.probabilities(store, model_id, None),
        reading.joint_facts(store),
    )


def rows(store: Store, columns: Columns) -> MirrorRows:
    """What a mirror begins with: the columns, and what is short enough to be read whole."""
    return MirrorRows(
        reading.surroundings(store, joints=False),
        columns.photos,
        columns.labels,
        columns.probabilities,
        desks.conflicts(store),
        all_probabilities=True,
        decided=(None, decided.read(store)),
        reviews=(None, reviewed.read(store)),
        altered=(None, altered.waiting(store)),
    )


def write(store: Store, columns: Columns) -> None:
    """Replace the file. Where that cannot be, the next opening reads every row as before; only the log is told."""
    mark = secrets.token_hex(8)
    try:
        array_file.write(store.folder / FILE, _packed(columns, mark))
        with store.atomic():
            store.execute("UPDATE project SET packed = ?", (mark,))
    except (OSError, ValueError, StoreError) as error:
        _logger.info("The columns of %s were not packed: %s", store.folder, error)


def _packed(columns: Columns, mark: str) -> dict[str, Any]:
    photos, joints = columns.photos, columns.joints
    head = {
        "mark": mark,
        "version": schema.version(),
        "sequence": columns.sequence,
        "model": columns.model_id,
        "problems": list(photos.problems.items()),
        "kinds": joints.kinds.names,
        "mediums": joints.mediums.names,
    }
    values: dict[str, Any] = {"paths": _joined(photos.paths)}
    values |= {name: getattr(photos, name) for name in _PHOTO_COLUMNS}
    for name, (ids, matrix) in (("labels", columns.labels), ("probabilities", columns.probabilities)):
        values |= {f"{name}_of": ids, name: np.asfortranarray(matrix)}
    values |= {
        "referenced": np.fromiter(joints.references, np.int64),
        "references": _joined(list(joints.references.values())),
        "contracted": joints.contracted,
        "split_of": np.fromiter(joints.splits, np.int64),
        "splits": np.array([_SPLITS.index(split) for split in joints.splits.values()], np.uint8),
    }
    for name, known in (("kinds", joints.kinds), ("mediums", joints.mediums)):
        values |= {f"{name}_of": known.joints, name: known.codes}
    # An array that were read as a shorter one would not be compared with its checksum.
    return {"head": json.dumps(head | {"shapes": _shapes(values)}, ensure_ascii=False), **values}


_PHOTO_COLUMNS: Final = ("ids", "collection", "joint", "equipment", "taken", "added")


def _shapes(values: Mapping[str, NDArray[Any]]) -> dict[str, list[Any]]:
    return {name: [array.dtype.str, *array.shape] for name, array in values.items()}


def _unpacked(file: Any, head: dict[str, Any]) -> Columns:
    """From an opened file."""
    found = {name: file[name] for name in head["shapes"]}
    if _shapes(found) != head["shapes"]:
        raise ValueError("the arrays are others than were packed")
    numbers = {name: found[name] for name in _PHOTO_COLUMNS}
    kinds, mediums = (Named(found[f"{name}_of"], found[name], tuple(head[name])) for name in ("kinds", "mediums"))
    split_of = zip(found["split_of"].tolist(), found["splits"].tolist(), strict=True)
    joints = JointFacts(
        references=dict(zip(found["referenced"].tolist(), _split(found["references"]), strict=True)),
        contracted=found["contracted"],
        splits={joint: _SPLITS[code] for joint, code in split_of},
        kinds=kinds,
        mediums=mediums,
    )
    return Columns(
        head["sequence"],
        PhotoRows(**numbers, paths=_split(found["paths"]), problems=dict(head["problems"])),
        (found["labels_of"], found["labels"]),
        head["model"],
        (found["probabilities_of"], found["probabilities"]),
        joints,
    )


def _joined(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Texts as bytes, a zero before each. Raises ValueError where one of them holds such a byte."""
    joined = "".join(f"\0{text}" for text in texts).encode()
    if joined.count(0) != len(texts):
        raise ValueError("a text holds what stands between them")
    return np.frombuffer(joined, np.uint8)


def _split(joined: NDArray[np.uint8]) -> list[str]:
    return joined.tobytes().decode().split("\0")[1:]
