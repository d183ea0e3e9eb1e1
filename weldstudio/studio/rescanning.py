"""Looking at a collection's folder again: what is new, moved, renamed, changed, back or missing since.

A photo is known by its content, so that labels, joint and decisions stay with it wherever its file lies. Originals are
opened for reading alone. The looking and the reading of contents are done by the reader child.
"""

import os
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from weldstudio.domain.changes import Changes, Progress
from weldstudio.domain.errors import ImportRefused, JobFailed
from weldstudio.domain.messages import Completed, FactsRead, Failed, Look, Looked, ReadFacts
from weldstudio.domain.photo import Collection, FoundPhoto
from weldstudio.jobs.process import Child
from weldstudio.store import altered, files, first_pass, photos, watched
from weldstudio.store.files import KnownFile
from weldstudio.store.store import Store
from weldstudio.studio.matching import joint_rule
from weldstudio.studio.reading import read_facts
from weldstudio.studio.refinding import Refound, refind, same_file, to_be_read
from weldstudio.studio.rescan_report import RescanReport
from weldstudio.studio.watching import Sighting

_Item = TypeVar("_Item")

VANISHED = "{name} is not there any more; it was moved, renamed or deleted."

_LOOKING = "Looking through the folder"
_RECOGNISING = "Recognising photos by their content"
_TAKING = "Taking photos in"
_WAIT_S = 0.02
_ROWS = 1000
"""Rows a step."""
_ASKED = 128
"""Files a request."""


def collection_named(store: Store, name: str) -> Collection:
    """The collection of a name. Raises ImportRefused for one that is not there or not alone."""
    every = photos.collections(store)
    found = [c for c in every if c.name == name] or [c for c in every if c.name.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"'{c.name}'" for c in every)
    if found:
        raise ImportRefused(f"{len(found)} collections are called '{name}'; choose one in the window.")
    raise ImportRefused(
        f"There is no collection '{name}'. " + (f"There is {names}." if names else "There is none yet.")
    )


def rescan(store: Store, collection_id: int) -> Generator[Progress, None, RescanReport]:
    """Look at all of a collection's folder, and take in what is different.

    Closing the generator keeps what was taken in; the next call goes on from there. Raises ImportRefused where the
    folder is not there; then nothing is said to be missing.
    """
    work = Taking(store, collection_id)
    found, skipped = yield from look(work.root, name=work.collection.name)
    refound = yield from work.recognise(found, None, skipped=skipped)
    return (yield from work.take_in(refound, len(found), skipped))


def take_in(store: Store, seen: Sighting) -> Generator[Progress, None, RescanReport]:
    """Take in what a watched folder has shown to be different."""
    work = Taking(store, seen.collection_id)
    refound = yield from work.recognise(seen.found, None if seen.whole else seen.gone, skipped=seen.skipped)
    return (yield from work.take_in(refound, len(seen.found), seen.skipped))


def follow_moves(store: Store, collection_id: int) -> Generator[Progress, None, None]:
    """Before a folder is imported once more: let photos that lie elsewhere keep what is known of them."""
    work = Taking(store, collection_id)
    found, skipped = yield from look(work.root, name=work.collection.name)
    yield from work.move((yield from work.recognise(found, None, skipped=skipped)))


def look(
    root: Path, *, name: str
) -> Generator[Progress, None, tuple[dict[str, FoundPhoto], tuple[tuple[str, str], ...]]]:
    """The photos below a folder by path, and (path, reason) of what was left out. Raises ImportRefused."""
    found: dict[str, FoundPhoto] = {}
    with Child("reader") as reader:
        reader.send(Look(0, str(root)))
        while True:
            match reader.poll(_WAIT_S):
                case Looked() as seen:
                    found |= {path: FoundPhoto(path, size, mtime_ns) for path, size, mtime_ns in seen.found}
                    if seen.last:
                        return found, seen.skipped
                case Failed():
                    raise ImportRefused(
                        f"The folder {root} of '{name}' is not there, so nothing was changed. Connect its disk, or say "
                        "where the collection lies now (Project > Collections, or weldstudio relocate)."
                    )
            yield Progress(len(found), None, _LOOKING)


def hashes_of(root: Path, paths: Sequence[str]) -> Generator[Progress, None, dict[str, str]]:
    """SHA-256 by path of files below a folder; those that cannot be read are missing. Raises JobFailed."""
    known: dict[str, str] = {}
    asked = answered = read = 0
    if not paths:
        return known
    with Child("reader") as reader:
        while read < len(paths):
            while asked < len(paths) and asked - answered < 2 * _ASKED:
                some = tuple(paths[asked : asked + _ASKED])
                asked += len(some)
                reader.send(ReadFacts(asked, str(root), some, "", thumb_size=0))
            match reader.poll(_WAIT_S):
                case FactsRead(_, facts):
                    read += len(facts)
                    known |= {fact["path"]: fact["content_hash"] for fact in facts if fact.get("content_hash")}
                case Completed(request):
                    answered = request
                case Failed() as failure:
                    raise JobFailed(failure.sentence)
            yield Progress(read, len(paths), _RECOGNISING)
    return known


class Taking:
    """One look at a collection. The store's thread."""

    def __init__(self, store: Store, collection_id: int) -> None:
        self._store = store
        self.collection = next(c for c in photos.collections(store) if c.id == collection_id)
        self.root = photos.root_of(store, collection_id)
        self._told = watched.told(store, collection_id)
        self._joint_of = joint_rule(self._told.get("joint"), None)

    def recognise(
        self,
        found: Mapping[str, FoundPhoto],
        gone: Sequence[str] | None,
        *,
        skipped: Sequence[tuple[str, str]] = (),
    ) -> Generator[Progress, None, Refound]:
        """Bring what was found together with what is known. `gone`: of a part of the folder; None = all was seen."""
        unreadable = {path for path, _ in skipped}
        if gone is None:
            known, found = yield from self._different(found)
        else:
            known = files.at(self._store, self.collection.id, [*found, *gone])
            here = {file.path for file in known}
            sizes = {photo.size for path, photo in found.items() if path not in here}
            elsewhere = files.troubled(self._store, self.collection.id, sizes) if sizes else []
            known += [f for f in elsewhere if f.path not in here and not os.path.lexists(self.root / f.path)]
        wanted = [photo.path for photo in to_be_read(known, found)]
        hashes = yield from hashes_of(self.root, wanted)
        return refind(
            known,
            found,
            hashes,
            there=lambda file: _below(file.path, unreadable),
            left=lambda file: os.path.lexists(self.root / file.path),
        )

    def _different(
        self, found: Mapping[str, FoundPhoto]
    ) -> Generator[Progress, None, tuple[list[KnownFile], dict[str, FoundPhoto]]]:
        """Known files without those that lie where and as they did, and found ones without these: mostly few."""
        known: list[KnownFile] = []
        rest, last = dict(found), ""
        while page := files.after(self._store, self.collection.id, last, _ROWS):
            last = page[-1].path
            for file in page:
                photo = rest.get(file.path)
                if photo is None or file.problem is not None or not same_file(file, photo):
                    known.append(file)
                else:
                    del rest[file.path]
            yield Progress(len(found), None, _LOOKING)
        return known, rest

    def all_known(self) -> Generator[Progress, None, list[KnownFile]]:
        """The files of all photos as they were last seen."""
        known: list[KnownFile] = []
        while page := files.after(self._store, self.collection.id, known[-1].path if known else "", _ROWS):
            known += page
            yield Progress(len(known), None, _LOOKING)
        return known

    def move(self, refound: Refound) -> Generator[Progress, None, None]:
        """New paths for photos whose files lie elsewhere, in one go: they may have changed places."""
        moves = [(file.id, photo) for file, photo in refound.moved]
        moves += [(file.id, FoundPhoto(path, file.size, file.mtime_ns)) for file, path in refound.displaced]
        if moves:
            yield Progress(len(moves), len(moves), _TAKING, files.move(self._store, self.collection.id, moves))

    def take_in(
        self, refound: Refound, found: int, skipped: tuple[tuple[str, str], ...]
    ) -> Generator[Progress, None, RescanReport]:
        """Store what became of the files, and look into those that are new or other ones."""
        yield from self.move(refound)
        missing = refound.missing + [file._replace(path=path) for file, path in refound.displaced]
        lost = [file for file in missing if not _said_missing(file)]
        written = [photo for _, photo in refound.touched + refound.retried]
        for part in _parts(lost):
            said = [(file.id, VANISHED.format(name=file.path.rsplit("/", 1)[-1])) for file in part]
            yield Progress(0, None, _TAKING, first_pass.set_problems(self._store, said))
        for some in _parts(written):
            yield Progress(0, None, _TAKING, first_pass.update_found(self._store, self.collection.id, some))
        new: list[int] = []
        for some in _parts(refound.new):
            changes = self._insert(some)
            new += sorted(changes.photos)
            yield Progress(len(new), len(refound.new), _TAKING, changes)
        facts = yield from read_facts(self._store, [self.collection.id])
        changed = self._with_other_content([file for file, _ in refound.touched])
        return RescanReport(
            self.collection,
            self.root,
            found,
            new=tuple(new),
            moved=tuple((file.path, photo.path) for file, photo in refound.moved),
            changed=tuple(changed),
            second_looks=len(altered.waiting(self._store) & set(changed)),
            back=sum(_said_missing(file) for file, _ in refound.touched + refound.retried),
            missing=len(lost),
            still_missing=len(missing) - len(lost),
            skipped=skipped,
            facts=facts,
        )

    def _insert(self, some: Sequence[FoundPhoto]) -> Changes:
        """Rows for new photos, with the joints, the equipment and all else that holds for the whole collection."""
        store, told = self._store, self._told
        references = [self._joint_of(photo.path, None) for photo in some] if self._joint_of is not None else None
        with store.atomic():
            changes = first_pass.insert_found(store, self.collection.id, some, references)
            ids = sorted(changes.photos)
            if "equipment" in told:
                changes |= photos.set_equipment(store, ids, told["equipment"])
            if "contractor" in told:
                changes |= photos.set_contractor(store, ids, told["contractor"])
            if "type" in told or "medium" in told:
                shown = photos.joints_shown(store, ids)
                changes |= photos.set_joint_facts(store, shown, kind=told.get("type"), medium=told.get("medium"))
        return changes

    def _with_other_content(self, before: Sequence[KnownFile]) -> list[int]:
        hashes = {file.id: file.content_hash for file in before}
        now = photos.every(self._store, list(hashes)) if hashes else []
        return [photo.id for photo in now if photo.content_hash != hashes[photo.id]]


def _below(path: str, folders: set[str]) -> bool:
    """Whether a path lies in one of these folders, or in one below."""
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in folders:
            return True
    return "" in folders


def _said_missing(file: KnownFile) -> bool:
    return file.problem is not None and file.problem.endswith(VANISHED.format(name=""))


def _parts(items: Sequence[_Item]) -> list[Sequence[_Item]]:
    return [items[at : at + _ROWS] for at in range(0, len(items), _ROWS)]
