"""Example photos of flags: picked from the collection, known by their content, shown as small copies.

The scheme holds what is an example of what (`domain.scheme.Example`); so picking one is an edit of the scheme like any
other. Beside the store the project keeps a copy of each, `examples/<content hash>.jpg`, at most 640 pixels long: it is
shown where the photo itself lies on another machine, was moved, or never was in this project. A scheme file takes its
copies along in a folder beside it, `<name>.examples`.
"""

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import EditRefused, PhotoError, SchemeError
from weldstudio.domain.scheme import Example, Flag, Scheme
from weldstudio.imaging.read import read_photo
from weldstudio.store import named, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio.scheme import edit_scheme

FOLDER = "examples"
LONGEST = 640
"""Pixels of the longer side of a copy."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An example with what there is of it here."""

    example: Example
    picture: Path | None
    """The copy; None where there is neither copy nor photo."""
    photo_id: int | None
    """The photo of this content, where the project has one."""


def add(store: Store, slot: int, photo_id: int, *, look_alike: bool = False, who: str) -> Done:
    """Have a photo stand as typical of a flag, or as one that looks like it but is not.

    Raises EditRefused for a photo that cannot be read, SchemeError for a class that is no flag.
    """
    flag = _flag(scheme_rows.load(store), slot)
    photo = photos.get(store, photo_id)
    if photo is None:
        raise EditRefused("This photo is not in the project, so it can be no example.")
    file = photos.root_of(store, photo.collection_id) / photo.path
    content = photo.content_hash or _hash(file)
    _keep(store.folder, content, file)
    example = Example(content, look_alike, photo.path)

    def change(scheme: Scheme) -> Scheme:
        flag = _flag(scheme, slot)
        if any((e.content_hash, e.look_alike) == (content, look_alike) for e in flag.examples):
            return scheme
        others = tuple(e for e in flag.examples if e.content_hash != content)
        return scheme.with_changed_flag(replace(flag, examples=(*others, example)))

    kind = "look-alike" if look_alike else "typical"
    return edit_scheme(store, change, who=who, text=f"{flag.name}: {photo.path} is {kind}")


def remove(store: Store, slot: int, content_hash: str, *, who: str) -> Done:
    """Have a photo no longer stand as an example of a flag."""

    def change(scheme: Scheme) -> Scheme:
        flag = _flag(scheme, slot)
        left = tuple(e for e in flag.examples if e.content_hash != content_hash)
        return scheme.with_changed_flag(replace(flag, examples=left))

    name = _flag(scheme_rows.load(store), slot).name
    return edit_scheme(store, change, who=who, text=f"{name}: an example less")


def shown(store: Store, examples: Iterable[Example]) -> list[Shown]:
    """What can be shown of examples, in their order; a copy that is missing is made where the photo is here."""
    found = []
    for example in examples:
        photo_id = named.photo_of_content(store, example.content_hash, example.path)
        copy = _copy(store.folder, example.content_hash)
        if not copy.is_file():
            copy = _made_again(store, example.content_hash, photo_id) or copy
        found.append(Shown(example, copy if copy.is_file() else None, photo_id))
    return found


def examples_of(scheme: Scheme, slot: int) -> tuple[Example, ...]:
    """Of a flag, or of the members of a merge."""
    item = scheme.by_slot(slot)
    if isinstance(item, Flag):
        return item.examples
    return tuple(example for member in item.members for example in examples_of(scheme, member))


def give_along(folder: Path, scheme: Scheme, file: Path) -> int:
    """Copy the pictures of a scheme's examples from a project's folder beside a scheme file; returns how many.

    Raises SchemeError where they cannot be written.
    """
    copies = [_copy(folder, e.content_hash) for flag in scheme.flags for e in flag.examples]
    return _copied([copy for copy in copies if copy.is_file()], beside(file))


def take_along(folder: Path, scheme: Scheme, file: Path) -> int:
    """Copy the pictures that lie beside a scheme file into a project's folder; returns how many."""
    wanted = [beside(file) / f"{e.content_hash}.jpg" for flag in scheme.flags for e in flag.examples]
    return _copied([copy for copy in wanted if copy.is_file()], folder / FOLDER)


def beside(file: Path) -> Path:
    """Where the examples of a scheme file lie."""
    return file.with_name(f"{file.stem}.{FOLDER}")


def _flag(scheme: Scheme, slot: int) -> Flag:
    item = scheme.by_slot(slot)
    if not isinstance(item, Flag):
        raise SchemeError(f"'{item.name}' is a merge; give the example to one of its flags.")
    return item


def _copy(folder: Path, content_hash: str) -> Path:
    return folder / FOLDER / f"{content_hash}.jpg"


def _hash(file: Path) -> str:
    try:
        with file.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise EditRefused(f"{file.name} cannot be read ({error.strerror}), so it can be no example.") from error


def _keep(folder: Path, content_hash: str, file: Path) -> None:
    """Make the copy of a photo, if it is not there. Raises EditRefused."""
    copy = _copy(folder, content_hash)
    if copy.is_file():
        return
    try:
        picture = Image.fromarray(read_photo(file, longest=LONGEST))
        copy.parent.mkdir(exist_ok=True)
        part = copy.with_suffix(".part")
        picture.save(part, "JPEG", quality=88)
        part.replace(copy)
    except (PhotoError, OSError) as error:
        raise EditRefused(f"{file.name} can be no example: {error}") from error


def _made_again(store: Store, content_hash: str, photo_id: int | None) -> Path | None:
    photo = None if photo_id is None or store.read_only else photos.get(store, photo_id)
    if photo is None:
        return None
    try:
        _keep(store.folder, content_hash, photos.root_of(store, photo.collection_id) / photo.path)
    except EditRefused:
        return None
    return _copy(store.folder, content_hash)


def _copied(files: list[Path], folder: Path) -> int:
    try:
        if files:
            folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            if not (folder / file.name).exists():
                shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise SchemeError(f"The examples cannot be copied to {folder} ({error.strerror or error}).") from error
    return len(files)
