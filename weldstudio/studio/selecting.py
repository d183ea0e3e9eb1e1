"""Which photos an export takes, with everything that a format may say of them, and what became of them."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Progress
from weldstudio.domain.labelling import looked_at
from weldstudio.domain.levels import classes_at
from weldstudio.domain.photo import Photo
from weldstudio.domain.scheme import Level, Scheme, SchemeClass
from weldstudio.store import mirror as mirrors
from weldstudio.store import photos, splits
from weldstudio.store.store import Store
from weldstudio.studio.placing import ExportRefused

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Exported:
    """One photo to be exported, with everything that a format may say of it."""

    photo: Photo
    file: Path
    """Where the original lies."""
    collection: str
    """The collection's uuid."""
    joint: str
    split: str
    """Empty where its joint has none yet."""
    note: str = ""
    joint_note: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """The photos to be exported in the order of their paths, and their labels."""

    rows: tuple[Exported, ...]
    labels: NDArray[np.uint8]
    """(n, slots) label bytes."""
    scheme: Scheme
    project: str
    level: Level = Level.MERGES
    """What stands for the flags of a merge."""

    @property
    def classes(self) -> tuple[SchemeClass, ...]:
        """The columns or folders, in the order of the scheme."""
        return classes_at(self.scheme, self.level)

    @property
    def reviewed(self) -> int:
        """Photos that a person has looked at."""
        return int(looked_at(self.labels).sum())


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written, and what was left out and why."""

    dest: Path
    format: str
    selected: int
    exported: int
    left_out: tuple[tuple[str, str], ...] = ()
    """(path, reason)."""
    counts: dict[str, int] = field(default_factory=dict)
    """Photos per class: raised ones in a table, those in its folder."""
    reviewed: int = 0
    """Photos selected that a person has looked at; the labels of the others were imported or assumed."""
    linked: int = 0
    """Photos that are hard links to their originals."""
    changed: tuple[str, ...] = ()
    """Paths of photos whose file is another one than when it was imported."""

    @property
    def text(self) -> str:
        """In a sentence or two, for people."""
        said = f"{self.exported:,} of {self.selected:,} photos were exported."
        if self.left_out:
            path, reason = self.left_out[0]
            said += f" {len(self.left_out):,} were left out, the first: {path} ({reason})."
        if self.changed:
            said += f" Changed since the import: {len(self.changed):,}, the first: {self.changed[0]}."
        return f"{said} A person has looked at {self.reviewed:,} of the photos selected."

    def to_json(self) -> dict[str, Any]:
        return {
            "dest": str(self.dest),
            "format": self.format,
            "selected": self.selected,
            "exported": self.exported,
            "left_out": [{"path": path, "reason": reason} for path, reason in self.left_out],
            "counts": self.counts,
            "reviewed": self.reviewed,
            "linked": self.linked,
            "changed": list(self.changed),
        }


def select(
    store: Store, photo_ids: Sequence[int] | None, *, level: Level = Level.MERGES
) -> Generator[Progress, None, Selection]:
    """The photos and their labels. Raises ExportRefused when there are none, or an id is no photo."""
    mirror = mirrors.read(store)
    try:
        rows = np.arange(len(mirror)) if photo_ids is None else mirror.rows(dict.fromkeys(photo_ids))
    except KeyError as error:
        raise ExportRefused(f"There is {error.args[0]} in this project.") from error
    if not len(rows):
        raise ExportRefused("There is nothing to export: no photo is selected.")
    rows = np.array(sorted(rows.tolist(), key=lambda row: (mirror.paths[row], mirror.ids[row])), dtype=np.int64)
    references, split_of, roots = photos.joint_references(store), splits.read(store), photos.roots(store)
    uuids = {collection.id: collection.uuid for collection in photos.collections(store)}
    found: list[Exported] = []
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        by_id = {photo.id: photo for photo in photos.every(store, mirror.ids[part].tolist())}
        for row in part.tolist():
            photo = by_id[int(mirror.ids[row])]
            split = split_of.get(photo.joint_id)
            found.append(
                Exported(
                    photo,
                    roots[photo.collection_id] / photo.path,
                    uuids[photo.collection_id],
                    references.get(photo.joint_id, photo.path),
                    split.value if split else "",
                    mirror.notes.photos.get(photo.id, ""),
                    mirror.notes.joints.get(photo.joint_id, ""),
                )
            )
        yield Progress(len(found), len(rows), "Reading labels")
    return Selection(tuple(found), mirror.labels[rows], mirror.scheme, store.name, level)
