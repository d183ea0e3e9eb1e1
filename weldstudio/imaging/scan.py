"""What lies in a folder: first names, sizes and times alone, then what is inside each file."""

import hashlib
import io
import operator
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from weldstudio.domain.errors import PhotoError
from weldstudio.domain.photo import FoundPhoto, PhotoFacts
from weldstudio.imaging import thumbs
from weldstudio.imaging.header import NO_EXIF, Header, jpeg_header
from weldstudio.imaging.read import SUFFIXES, header_by_pillow, picture_in

Report = Callable[[str, str], None]
"""Told (path, reason) of whatever a scan leaves out."""

PROJECT_FILE = "project.sqlite"

_UNREADABLE = {
    **dict.fromkeys((".heic", ".heif"), "a HEIC picture, which cannot be read; save it as JPEG"),
    **dict.fromkeys(
        (".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf"),
        "a camera's raw file, which cannot be read; save it as JPEG",
    ),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv"), "a film, not a photo"),
}
_SYSTEM_FOLDERS = frozenset(("$recycle.bin", "system volume information", "@eadir", "__macosx", "lost+found"))


def scan(root: Path, *, report: Report | None = None) -> Iterator[FoundPhoto]:
    """The photos below `root`, folder by folder, in the order of their names. Reads no file, follows links.

    Hidden files and folders, folders of the system and projects of ours are passed over. `report` is told of files
    that look like photos but cannot be taken, of folders that cannot be read, and of links that lead back.
    Raises PhotoError if `root` itself cannot be read.
    """
    tell = report or _nobody
    try:
        told = root.stat()
        os.scandir(root).close()
    except OSError as error:
        raise PhotoError(f"The folder {root} cannot be read ({error.strerror or error}).") from error
    seen = {(told.st_dev, told.st_ino)}
    waiting = [""]
    links: list[str] = []
    while waiting or links:
        if waiting:
            folder = waiting.pop()
        else:
            # Links come last, so that a folder that is also there by itself keeps its own path.
            folder = links.pop(0)
            if not _first_sight(root, folder, seen, tell):
                continue
        listing = _list_folder(root, folder, tell)
        yield from listing.photos
        waiting += [inner for inner in reversed(listing.folders) if _first_sight(root, inner, seen, tell)]
        links += listing.links


@dataclass(slots=True)
class _Listing:
    """One folder: paths relative to the root."""

    photos: list[FoundPhoto] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    """Links to folders."""


def _list_folder(root: Path, folder: str, tell: Report) -> _Listing:
    listing = _Listing()
    try:
        with os.scandir(root / folder if folder else root) as entries:
            listed = sorted(entries, key=operator.attrgetter("name"))
    except OSError as error:
        tell(_shown(folder), f"the folder cannot be read ({error.strerror or error})")
        return listing
    if folder and any(entry.name == PROJECT_FILE for entry in listed):
        tell(_shown(folder), "it is a project of weldstudio, not a folder of photos")
        return listing
    prefix = f"{folder}/" if folder else ""
    for entry in listed:
        name = entry.name
        if name.startswith(".") or name.casefold() in _SYSTEM_FOLDERS:
            continue
        try:
            _sort_in(entry, prefix + name, listing, tell)
        except OSError as error:
            tell(_shown(prefix + name), f"it cannot be looked at ({error.strerror or error})")
    return listing


def _sort_in(entry: os.DirEntry[str], path: str, listing: _Listing, tell: Report) -> None:
    """Puts one entry where it belongs. May raise OSError."""
    suffix = path[path.rfind(".") :].lower()
    if suffix not in SUFFIXES:
        if entry.is_dir():
            (listing.links if entry.is_symlink() else listing.folders).append(path)
        elif suffix in _UNREADABLE:
            tell(_shown(path), _UNREADABLE[suffix])
        return
    facts = entry.stat()
    if stat.S_ISDIR(facts.st_mode):
        (listing.links if entry.is_symlink() else listing.folders).append(path)
    elif not stat.S_ISREG(facts.st_mode):
        tell(_shown(path), "it is no file")
    elif not _plain(path):
        tell(_shown(path), "its name holds characters that are no text; rename it")
    else:
        listing.photos.append(FoundPhoto(path, facts.st_size, facts.st_mtime_ns))


def _first_sight(root: Path, folder: str, seen: set[tuple[int, int]], tell: Report) -> bool:
    """Whether a folder was not scanned before under another name; remembers it."""
    try:
        told = (root / folder).stat()
    except OSError as error:
        tell(_shown(folder), f"the folder cannot be looked at ({error.strerror or error})")
        return False
    if (told.st_dev, told.st_ino) in seen:
        tell(_shown(folder), "it is a link to a folder that is scanned already")
        return False
    seen.add((told.st_dev, told.st_ino))
    return True


def _plain(path: str) -> bool:
    """Whether a path can be kept as text: no bytes that were no text, no line breaks."""
    if path.isascii() and path.isprintable():
        return True
    return not any("\ud800" <= c <= "\udfff" or ord(c) < 32 or ord(c) == 127 for c in path)


def _shown(path: str) -> str:
    """A path that can be written anywhere."""
    return path.encode("utf-8", errors="backslashreplace").decode() if not _plain(path) else path


def _nobody(path: str, reason: str) -> None:
    """Takes reports that nobody asked for."""


def read_facts(root: Path, path: str, *, thumb_size: int = thumbs.SIZE) -> tuple[PhotoFacts, thumbs.Thumb | None]:
    """What is inside one file, and its thumbnail: the file is read once and decoded once. Any thread.

    Never raises for a file: what is wrong with it stands in `problem`, and the rest is filled in as far as it can be.
    """
    file = root / path
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return PhotoFacts(path, problem=f"{file.name} is not there any more; it was moved, renamed or deleted."), None
    except (OSError, ValueError, MemoryError) as error:
        return PhotoFacts(path, problem=f"{file.name} cannot be read ({error}).".replace(str(root), "")), None
    header: Header | None = None
    thumb: thumbs.Thumb | None = None
    problem: str | None = None
    try:
        header = jpeg_header(content) or header_by_pillow(io.BytesIO(content), file)
        thumb = thumbs.thumb_of(picture_in(io.BytesIO(content), file, longest=thumb_size))
    except PhotoError as error:
        problem = str(error)
    width, height = header.upright if header is not None else (None, None)
    exif = header.exif if header is not None else NO_EXIF
    facts = PhotoFacts(
        path,
        width=width,
        height=height,
        orientation=exif.orientation,
        taken_at=exif.taken_at,
        equipment=exif.equipment,
        content_hash=hashlib.sha256(content).hexdigest(),
        perceptual_hash=None if thumb is None else thumb.dhash,
        problem=problem,
    )
    return facts, thumb
