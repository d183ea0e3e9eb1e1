"""What lies in a folder: first names, sizes and times alone, then what is inside each file."""

import hashlib
import io
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

Place = tuple[int, int]
"""Device and number of a folder: the same by whatever path it is reached."""

PROJECT_FILE = "project.sqlite"

_UNREADABLE = {
    **dict.fromkeys((".heic", ".heif"), "a HEIC picture, which cannot be read; save it as JPEG"),
    **dict.fromkeys(
        (".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf"),
        "a camera's raw file, which cannot be read; save it as JPEG",
    ),
    **dict.fromkeys(
        (".jp2", ".j2k", ".jxl", ".psd", ".tga"), "a picture of a kind that cannot be read; save it as JPEG"
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
    for _, photos in folders(root, {readable(root)}, report=report):
        yield from photos


def readable(root: Path) -> Place:
    """Which folder a root is, whatever it is called. Raises PhotoError if it cannot be read."""
    try:
        told = root.stat()
        os.scandir(root).close()
    except OSError as error:
        raise PhotoError(f"The folder {root} cannot be read ({error.strerror or error}).") from error
    return told.st_dev, told.st_ino


def folders(
    root: Path, seen: set[Place], *, start: str = "", report: Report | None = None
) -> Iterator[tuple[str, Iterator[FoundPhoto]]]:
    """Each folder from `start` down with its photos, which must be taken before the next folder is asked for.

    `seen` holds the folders that were met before; those met now are added to it.
    """
    tell = report or _nobody
    waiting = [start]
    links: list[str] = []
    while waiting or links:
        if waiting:
            folder = waiting.pop()
        else:
            # Links come last, so that a folder that is also there by itself keeps its own path.
            folder = links.pop(0)
            if not _first_sight(root, folder, seen, tell):
                continue
        listing = _Listing()
        yield folder, _photos_of(root, folder, listing, tell)
        waiting += [inner for inner in reversed(listing.folders) if _first_sight(root, inner, seen, tell)]
        links += listing.links


def one_folder(root: Path, folder: str, *, report: Report | None = None) -> tuple[list[FoundPhoto], list[str]]:
    """The photos of one folder, and the folders (or links to them) in it."""
    listing = _Listing()
    photos = list(_photos_of(root, folder, listing, report or _nobody))
    return photos, listing.folders + listing.links


@dataclass(slots=True)
class _Listing:
    """What one folder holds beside its photos: paths relative to the root."""

    folders: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    """Links to folders."""


def _photos_of(root: Path, folder: str, listing: _Listing, tell: Report) -> Iterator[FoundPhoto]:
    """The photos of one folder, each looked at when it is asked for; what else lies there goes into `listing`."""
    try:
        with os.scandir(root / folder if folder else root) as entries:
            by_name = {entry.name: entry for entry in entries}
    except OSError as error:
        tell(_shown(folder), f"the folder cannot be read ({error.strerror or error})")
        return
    if folder and PROJECT_FILE in by_name:
        tell(_shown(folder), "it is a project of weldstudio, not a folder of photos")
        return
    prefix = f"{folder}/" if folder else ""
    for name in sorted(by_name):
        if name[0] == ".":
            continue
        entry = by_name[name]
        path = prefix + name
        suffix = name[name.rfind(".") :].lower()
        try:
            if suffix in SUFFIXES:
                facts = entry.stat()
                if stat.S_ISREG(facts.st_mode) and ((path.isascii() and path.isprintable()) or _plain(path)):
                    yield FoundPhoto(path, facts.st_size, facts.st_mtime_ns)
                    continue
            _sort_in(entry, path, suffix, listing, tell)
        except OSError as error:
            tell(_shown(path), f"it cannot be looked at ({error.strerror or error})")


def _sort_in(entry: os.DirEntry[str], path: str, suffix: str, listing: _Listing, tell: Report) -> None:
    """Puts one entry that is no photo where it belongs. May raise OSError."""
    if entry.is_dir():
        if entry.name.casefold() not in _SYSTEM_FOLDERS:
            (listing.links if entry.is_symlink() else listing.folders).append(path)
    elif suffix in _UNREADABLE:
        tell(_shown(path), _UNREADABLE[suffix])
    elif suffix in SUFFIXES:
        plain = _plain(path)
        tell(_shown(path), "it is no file" if plain else "its name holds characters that are no text; rename it")


def _first_sight(root: Path, folder: str, seen: set[Place], tell: Report) -> bool:
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
    return not any("\ud800" <= c <= "\udfff" or ord(c) < 32 or ord(c) == 127 for c in path)


def _shown(path: str) -> str:
    """A path that can be written anywhere."""
    return path.encode("utf-8", errors="backslashreplace").decode() if not _plain(path) else path


def _nobody(path: str, reason: str) -> None:
    """Takes reports that nobody asked for."""


def read_facts(root: Path, path: str, *, thumb_size: int = thumbs.SIZE) -> tuple[PhotoFacts, thumbs.Thumb | None]:
    """What is inside one file, and its thumbnail: the file is read once and decoded once. Any thread.

    With a `thumb_size` of 0 the content's hash alone, nothing is decoded. Never raises for a file: what is wrong with
    it stands in `problem`, and the rest is filled in as far as it can be.
    """
    file = root / path
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return PhotoFacts(path, problem=f"{file.name} is not there any more; it was moved, renamed or deleted."), None
    except (OSError, ValueError, MemoryError) as error:
        return PhotoFacts(path, problem=f"{file.name} cannot be read ({error}).".replace(str(root), "")), None
    content_hash = hashlib.sha256(content).hexdigest()
    if not thumb_size:
        return PhotoFacts(path, content_hash=content_hash), None
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
        content_hash=content_hash,
        perceptual_hash=None if thumb is None else thumb.dhash,
        problem=problem,
    )
    return facts, thumb
