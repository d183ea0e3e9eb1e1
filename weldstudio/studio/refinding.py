"""Which photo a file is: files that lie elsewhere, or where another one lay, are known by their content.

Pure values: what the store knows of a collection's files and what a look at its folder has found, brought together.
"""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from weldstudio.domain.photo import FoundPhoto
from weldstudio.store.files import KnownFile

_COMPARED = 400
"""Pairs of equal files, at most, whose names are compared to tell which was renamed to which."""


@dataclass(slots=True)
class Refound:
    """What became of the files of a collection."""

    moved: list[tuple[KnownFile, FoundPhoto]] = field(default_factory=list)
    displaced: list[tuple[KnownFile, str]] = field(default_factory=list)
    """Photos on whose path another one lies now, their own file being nowhere; and the path left to them."""
    touched: list[tuple[KnownFile, FoundPhoto]] = field(default_factory=list)
    """Written anew where they lay; whether with another content, reading them shows."""
    retried: list[tuple[KnownFile, FoundPhoto]] = field(default_factory=list)
    """As they were, but they could not be shown before."""
    new: list[FoundPhoto] = field(default_factory=list)
    missing: list[KnownFile] = field(default_factory=list)


def to_be_read(known: Iterable[KnownFile], found: Mapping[str, FoundPhoto]) -> list[FoundPhoto]:
    """Found files that could be a photo that is lost from its place: whose content has to be known to tell."""
    by_path = {file.path: file for file in known}
    lost = {file.size for file in by_path.values() if file.content_hash and not _in_place(file, found)}
    return [
        photo
        for path, photo in found.items()
        if photo.size in lost and not (path in by_path and _in_place(by_path[path], found))
    ]


def refind(
    known: Sequence[KnownFile],
    found: Mapping[str, FoundPhoto],
    hashes: Mapping[str, str],
    *,
    there: Callable[[KnownFile], bool] = lambda _file: False,
    left: Callable[[KnownFile], bool] = lambda _file: False,
) -> Refound:
    """Bring known files and found ones (by path) together; `hashes` by path of those that `to_be_read` named.

    `there`: whether a known file that was not found is in its place all the same, for it was not looked for. `left`:
    whether something still has the name of a lost file, as a link whose file is gone: of equal ones it moved last.
    Equal files are as many photos as there are files.
    """
    result = Refound()
    by_path = {file.path: file for file in known}
    lost: list[KnownFile] = []
    homeless = [photo for path, photo in found.items() if path not in by_path]
    rewritten: dict[str, tuple[KnownFile, FoundPhoto]] = {}
    for file in known:
        photo = found.get(file.path)
        if photo is None:
            if not there(file):
                lost.append(file)
        elif _in_place(file, found):
            if file.problem is not None:
                result.retried.append((file, photo))
        elif file.content_hash is not None and hashes.get(file.path) == file.content_hash:
            result.touched.append((file, photo))
        else:
            rewritten[file.path] = file, photo
            lost.append(file)
            homeless.append(photo)
    moves = _pair(lost, homeless, hashes, left=left, rewritten=rewritten)
    _refuse_impossible(moves, rewritten, found)
    targets = {photo.path: file for file, photo in moves.values()}
    result.moved = list(moves.values())
    for file in lost:
        if file.id in moves:
            continue
        taker = targets.get(file.path)
        if taker is not None:
            result.displaced.append((file, taker.path))
        elif file.path in rewritten:
            result.touched.append(rewritten[file.path])
        else:
            result.missing.append(file)
    stays = {file.path for file, _ in result.touched}
    result.new = [photo for photo in homeless if photo.path not in targets and photo.path not in stays]
    return result


def same_file(file: KnownFile, photo: FoundPhoto) -> bool:
    """Whether a file looks as it did, without opening it."""
    return (photo.size, photo.mtime_ns) == (file.size, file.mtime_ns)


def _in_place(file: KnownFile, found: Mapping[str, FoundPhoto]) -> bool:
    photo = found.get(file.path)
    return photo is not None and same_file(file, photo)


def _pair(
    lost: Sequence[KnownFile],
    homeless: Sequence[FoundPhoto],
    hashes: Mapping[str, str],
    *,
    left: Callable[[KnownFile], bool],
    rewritten: Mapping[str, object],
) -> dict[int, tuple[KnownFile, FoundPhoto]]:
    """By photo id. Of equal files those first that still have their folder's and their own name, then their own, then
    those whose names are most alike; a place where another photo lay (`rewritten`) is taken last.
    """
    wanted = {hashes.get(photo.path, "") for photo in homeless}
    # Taken from the end: of equal ones that of which nothing is left in its place, and that was there until now.
    order = sorted((file for file in lost if file.content_hash in wanted), key=lambda file: file.path, reverse=True)
    order.sort(key=lambda file: (not left(file), file.problem is None))
    moves: dict[int, tuple[KnownFile, FoundPhoto]] = {}
    taken: set[str] = set()
    for likeness in (_last_two, posixpath.basename):
        waiting: dict[tuple[str, str], list[KnownFile]] = {}
        for file in order:
            if file.id not in moves and file.content_hash:
                waiting.setdefault((file.content_hash, likeness(file.path)), []).append(file)
        for photo in sorted(homeless, key=lambda photo: photo.path):
            same = waiting.get((hashes.get(photo.path, ""), likeness(photo.path)))
            if same and photo.path not in taken:
                file = same.pop()
                moves[file.id] = file, photo
                taken.add(photo.path)
    for again in (False, True):
        files: dict[str, list[KnownFile]] = {}
        for file in reversed(order):
            # Whose name is still there, as a link whose file is gone, puts nobody else out of his place.
            stays = again and file.path not in rewritten and left(file)
            if file.id not in moves and file.content_hash and not stays:
                files.setdefault(file.content_hash, []).append(file)
        photos: dict[str, list[FoundPhoto]] = {}
        for photo in sorted(homeless, key=lambda photo: photo.path):
            if photo.path not in taken and (photo.path in rewritten) == again:
                photos.setdefault(hashes.get(photo.path, ""), []).append(photo)
        for content, some in photos.items():
            for file, photo in _by_name(files.get(content, []), some, left=left):
                moves[file.id] = file, photo
                taken.add(photo.path)
    _pair_unread(lost, [photo for photo in homeless if photo.path not in taken], moves)
    return moves


def _by_name(
    files: Sequence[KnownFile], photos: Sequence[FoundPhoto], *, left: Callable[[KnownFile], bool]
) -> list[tuple[KnownFile, FoundPhoto]]:
    """Equal files brought together by their names, or where they are many in their order. The first files go first."""
    if len(files) * len(photos) > _COMPARED:
        return list(zip(files, photos, strict=False))
    rank = {file.id: (left(file), file.problem is not None) for file in files}
    pairs = sorted(
        ((file, photo) for file in files for photo in photos),
        key=lambda pair: (*rank[pair[0].id], -SequenceMatcher(None, pair[0].path, pair[1].path).ratio()),
    )
    found: dict[int, tuple[KnownFile, FoundPhoto]] = {}
    taken: set[str] = set()
    for file, photo in pairs:
        if file.id not in found and photo.path not in taken:
            found[file.id] = file, photo
            taken.add(photo.path)
    return list(found.values())


def _pair_unread(
    lost: Iterable[KnownFile], homeless: Iterable[FoundPhoto], moves: dict[int, tuple[KnownFile, FoundPhoto]]
) -> None:
    """Photos that nobody has looked into yet are known by name, size and time together, where only one has them."""
    unread: dict[tuple[str, int, int], list[KnownFile]] = {}
    for file in lost:
        if file.content_hash is None:
            unread.setdefault((posixpath.basename(file.path), file.size, file.mtime_ns), []).append(file)
    alike: dict[tuple[str, int, int], list[FoundPhoto]] = {}
    for photo in homeless:
        alike.setdefault((posixpath.basename(photo.path), photo.size, photo.mtime_ns), []).append(photo)
    for key, files in unread.items():
        if len(files) == 1 and len(photos := alike.get(key, [])) == 1:
            moves[files[0].id] = files[0], photos[0]


def _refuse_impossible(
    moves: dict[int, tuple[KnownFile, FoundPhoto]],
    rewritten: Mapping[str, tuple[KnownFile, FoundPhoto]],
    found: Mapping[str, FoundPhoto],
) -> None:
    """A photo takes the place of another one only if that one moves too, or can have the place that becomes free."""
    while True:
        impossible = [
            file.id
            for file, photo in moves.values()
            if photo.path in rewritten and rewritten[photo.path][0].id not in moves and file.path in found
        ]
        if not impossible:
            return
        for photo_id in impossible:
            del moves[photo_id]


def _last_two(path: str) -> str:
    return "/".join(path.rsplit("/", 2)[-2:])
