"""Photos, joints, collections, contractors: what is looked at."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

DEFAULT_LIMIT = 50
"""Reject limit where no contractor has another."""

EVER = date(1970, 1, 1)
"""The day of a limit that holds for all joints."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Photographs imported together from one root folder.

    `uuid` names the collection on every desk; `id` is the row of this store alone. The root folder is kept
    per machine and is no part of the value.
    """

    id: int
    uuid: str
    name: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A reject limit in points, for the joints made on that day or later."""

    valid_from: date
    points: int

    def __post_init__(self) -> None:
        if self.points < 1:
            raise ValueError(f"a reject limit is at least 1 point, not {self.points}")


@dataclass(frozen=True, slots=True)
class Contractor:
    """Who made the joints. A joint whose points reach the limit of its day is rejected."""

    id: int
    name: str
    limits: tuple[Limit, ...] = ()
    """Oldest first, a day at most once."""

    def __post_init__(self) -> None:
        days = [limit.valid_from for limit in self.limits]
        if days != sorted(set(days)):
            raise ValueError("reject limits come in the order of their days, one a day")

    def limit_on(self, day: date) -> int:
        """The reject limit of a joint made that day."""
        held = [limit.points for limit in self.limits if limit.valid_from <= day]
        return held[-1] if held else DEFAULT_LIMIT

    @property
    def reject_limit(self) -> int:
        """The reject limit of a joint made today."""
        return self.limit_on(date.today())


@dataclass(frozen=True, slots=True)
class Joint:
    """One weld, shown by one or more photos. It carries the verdict."""

    id: int
    reference: str
    contractor_id: int | None = None
    kind: str | None = None
    """Tapping-T, coupler, ..."""
    medium: str | None = None
    """Gas, water, ..."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One image file. Identified by (collection, path); the content hash is an attribute that may be missing.

    `width` and `height` are those of the upright picture (after its EXIF orientation).
    """

    id: int
    collection_id: int
    path: str
    """Relative to the collection's root, with '/' on every system."""
    size: int
    """Bytes."""
    mtime_ns: int
    joint_id: int
    width: int | None = None
    height: int | None = None
    orientation: int = 1
    """EXIF orientation, 1 to 8."""
    taken_at: str | None = None
    """Local capture time, ISO 8601 without a zone (EXIF carries none)."""
    equipment: str | None = None
    content_hash: str | None = None
    """SHA-256 of the file, hexadecimal."""
    perceptual_hash: int | None = None
    """64-bit difference hash of the upright picture, as an unsigned integer."""
    problem: str | None = None
    """Why the file cannot be shown, as a sentence; None when all is well."""

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


class FoundPhoto(NamedTuple):
    """What a folder scan sees of a file: enough to browse, before a single byte of it is read.

    A tuple, for a scan makes them by the hundred thousand.
    """

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What the second pass of an import reads from inside the file (see `Photo` for the fields)."""

    path: str
    width: int | None = None
    height: int | None = None
    orientation: int = 1
    taken_at: str | None = None
    equipment: str | None = None
    """Camera make and model by EXIF; used only where the import names no equipment."""
    content_hash: str | None = None
    perceptual_hash: int | None = None
    problem: str | None = None
