"""A collection lies elsewhere now: its folder was moved, or the disk has another name on this machine.

Before anything is changed it is made sure that the folder holds the same photos, by their paths, sizes and contents.
"""

import posixpath
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store import photos
from weldstudio.store.files import KnownFile
from weldstudio.store.store import Store
from weldstudio.studio.rescan_report import RescanReport
from weldstudio.studio.rescanning import Taking, hashes_of, look

COMPARED = 100
"""So many photos are compared by their content."""
ENOUGH = 0.5
"""Share of the photos that must be there for a folder to be the collection's."""
EQUAL = 0.9
"""Share of the compared photos whose content must be the same."""


@dataclass(frozen=True, slots=True)
class RelocateReport:
    """Where the collection lies now, and what is there."""

    folder: Path
    before: Path
    photos: int
    found: int
    """So many of them are there."""
    compared: int
    """So many of these were compared by content, and are the same."""
    rescan: RescanReport

    @property
    def sentence(self) -> str:
        name = self.rescan.collection.name
        return f"{name}: {self.found:,} of {self.photos:,} photos found in {self.folder}."

    def lines(self) -> tuple[str, ...]:
        """In words, for people."""
        return (self.sentence, *self.rescan.lines())

    def to_json(self) -> dict[str, Any]:
        return {
            "folder": str(self.folder),
            "before": str(self.before),
            "photos": self.photos,
            "found": self.found,
            "compared": self.compared,
            "rescan": self.rescan.to_json(),
        }


def relocate(
    store: Store, collection_id: int, folder: Path, *, anyway: bool = False
) -> Generator[Progress, None, RelocateReport]:
    """Say where a collection lies now, and look at all of it. `anyway`: though most of its photos are not there.

    Raises ImportRefused, before anything is changed, for a folder that does not hold the collection's photos.
    """
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        raise ImportRefused(f"{folder} is no folder; name the one that holds the photos.")
    other = photos.collection_at(store, folder)
    if other is not None and other.id != collection_id:
        raise ImportRefused(f"The collection '{other.name}' lies in {folder} already; two cannot share a folder.")
    work = Taking(store, collection_id)
    before = work.root
    known = yield from work.all_known()
    found, skipped = yield from look(folder, name=work.collection.name)
    compared = yield from _compared(folder, known, found, name=work.collection.name, anyway=anyway)
    changes = photos.set_root(store, collection_id, folder)
    yield Progress(len(found), None, "Saying where the collection lies", changes)
    work.root = folder
    refound = yield from work.recognise(found, None, skipped=skipped)
    report = yield from work.take_in(refound, len(found), skipped)
    there = len(known) - report.missing - report.still_missing
    return RelocateReport(folder, before, len(known), there, compared, report)


def _compared(
    folder: Path, known: Sequence[KnownFile], found: Mapping[str, FoundPhoto], *, name: str, anyway: bool
) -> Generator[Progress, None, int]:
    """How many photos were compared by content and are the same. Raises ImportRefused where too few are there."""
    there = [file for file in known if file.path in found and found[file.path].size == file.size]
    read = [file for file in there if file.content_hash is not None]
    some = read[:: max(1, len(read) // COMPARED)]
    hashes = yield from hashes_of(folder, [file.path for file in some])
    equal = sum(hashes.get(file.path) == file.content_hash for file in some)
    if anyway or (len(there) >= ENOUGH * len(known) and equal >= EQUAL * len(some)):
        return equal
    near = _nearby(folder, known, found)
    hint = f" They seem to lie in {near}; choose that folder." if near else ""
    # Else it may have been put into another order as well.
    contents = {file.content_hash for file in known if file.content_hash is not None}
    sizes = {file.size for file in known}
    alike = [photo.path for photo in found.values() if photo.size in sizes]
    some_paths = alike[:: max(1, len(alike) // COMPARED)]
    hashes = yield from hashes_of(folder, some_paths)
    equal = sum(content in contents for content in hashes.values())
    if not near and equal >= EQUAL * max(1, len(some_paths)) and len(alike) >= ENOUGH * len(known):
        return equal
    raise ImportRefused(
        f"{folder} does not hold the photos of '{name}': {len(there):,} of {len(known):,} have the same path and size,"
        f" and {equal:,} of {len(some_paths):,} compared the same content. Nothing was changed.{hint}"
    )


def _nearby(folder: Path, known: Sequence[KnownFile], found: Mapping[str, FoundPhoto]) -> Path | None:
    """A folder below or above the chosen one in which the photos have their paths."""
    sizes: dict[tuple[str, int], list[str]] = {}
    for photo in found.values():
        sizes.setdefault((posixpath.basename(photo.path), photo.size), []).append(photo.path)
    places: Counter[str] = Counter()
    for file in known[:: max(1, len(known) // COMPARED)]:
        for path in sizes.get((posixpath.basename(file.path), file.size), ()):
            if path != file.path and path.endswith(f"/{file.path}"):
                places[path.removesuffix(f"/{file.path}")] += 1
            elif file.path.endswith(f"/{path}"):
                up = file.path.removesuffix(f"/{path}")
                if folder.as_posix().endswith(f"/{up}"):
                    places["../" * (up.count("/") + 1)] += 1
    if not places:
        return None
    return Path(posixpath.normpath((folder / places.most_common(1)[0][0]).as_posix()))
