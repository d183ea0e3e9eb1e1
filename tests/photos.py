"""Small photographs for tests, made in memory: of any size, turned by EXIF, with shapes that a network can learn.

A photo shows a noisy grey ground and, for each of its flags, that flag's shape in that flag's colour, somewhere.
Nothing here is random beyond its seed, so a test that fails fails again.
"""

import csv
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageDraw

FLAGS = ("red disc", "green bar", "blue square")
_COLOURS = {"red disc": (220, 40, 40), "green bar": (40, 190, 60), "blue square": (50, 70, 230)}


@dataclass(frozen=True, slots=True)
class MadeCollection:
    """Photographs on disk and what they show. `shown[i]` holds the flags of `paths[i]`, relative to `folder`."""

    folder: Path
    paths: tuple[str, ...]
    shown: tuple[frozenset[str], ...]

    def write_wide(self, file: Path) -> Path:
        """`path,<flag>,...` with 1 and 0."""
        rows = [[path, *(int(flag in shown) for flag in FLAGS)] for path, shown in self._rows()]
        return _write_table(file, ["path", *FLAGS], rows)

    def write_flags(self, file: Path) -> Path:
        """`path,flags` with the raised flags only, as “A; B”."""
        rows = [[path, "; ".join(flag for flag in FLAGS if flag in shown)] for path, shown in self._rows()]
        return _write_table(file, ["path", "flags"], rows)

    def write_class(self, file: Path) -> Path:
        """`path,class`; each photo must show exactly one flag (`make_collection(one_each=True)`)."""
        rows = [[path, *shown] for path, shown in self._rows()]
        assert all(len(row) == 2 for row in rows), "a photo has more or less than one class"
        return _write_table(file, ["path", "class"], rows)

    def _rows(self) -> list[tuple[str, frozenset[str]]]:
        return list(zip(self.paths, self.shown, strict=True))


def draw_photo(
    flags: Sequence[str] = (), *, size: tuple[int, int] = (96, 72), seed: int = 0, tint: int = 128
) -> np.ndarray:
    """A photo (height, width, 3) uint8 of `size` = (width, height) showing `flags`, on a ground of grey `tint`."""
    random = np.random.default_rng(seed)
    width, height = size
    ground = random.normal(tint, 12, (height, width, 1)) + random.normal(0, 4, (height, width, 3))
    image = Image.fromarray(ground.clip(0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    side = max(4, min(size) // 3)
    for flag in flags:
        left, top = int(random.integers(0, width - side + 1)), int(random.integers(0, height - side + 1))
        colour = _COLOURS[flag]
        if flag == "red disc":
            pen.ellipse((left, top, left + side - 1, top + side - 1), fill=colour)
        elif flag == "green bar":
            pen.rectangle((0, top, width - 1, top + max(2, side // 3)), fill=colour)
        else:
            pen.rectangle((left, top, left + side - 1, top + side - 1), fill=colour)
    return np.asarray(image)


def make_photo(
    path: Path,
    flags: Sequence[str] = (),
    *,
    size: tuple[int, int] = (96, 72),
    seed: int = 0,
    tint: int = 128,
    orientation: int | None = None,
    taken: datetime | None = None,
    camera: str | None = None,
    quality: int = 90,
) -> Path:
    """Write a photo to `path`, in the format that its suffix says, and return `path`.

    With `orientation` (1 to 8) the stored pixels are turned so that the upright photo is the one `draw_photo`
    gives, as a camera held sideways would store it. `taken` and `camera` (its model) go into the EXIF block.
    """
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    if camera is not None:
        exif[ExifTags.Base.Model] = camera
    if taken is not None:
        stamp = taken.strftime("%Y:%m:%d %H:%M:%S")
        exif[ExifTags.Base.DateTime] = stamp
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = stamp
    path.parent.mkdir(parents=True, exist_ok=True)
    block = exif.tobytes() if len(exif) else b""
    encoded = _encoded(
        path.suffix,
        tuple(flags),
        size=size,
        seed=seed,
        tint=tint,
        orientation=orientation or 1,
        exif=block,
        quality=quality,
    )
    path.write_bytes(encoded)
    return path


@functools.cache  # the same few collections are made by very many tests
def _encoded(
    suffix: str,
    flags: tuple[str, ...],
    *,
    size: tuple[int, int],
    seed: int,
    tint: int,
    orientation: int,
    exif: bytes,
    quality: int,
) -> bytes:
    """The bytes of a photo's file."""
    upright = Image.fromarray(draw_photo(flags, size=size, seed=seed, tint=tint))
    stored = upright if orientation == 1 else upright.transpose(_TO_STORED[orientation])
    file = io.BytesIO()
    kind = Image.registered_extensions()[suffix.lower()]
    stored.save(file, kind, quality=quality, **({"exif": exif} if exif else {}))
    return file.getvalue()


# What turns the upright photo into the pixels that, by EXIF, a viewer turns back.
_TO_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def make_collection(
    folder: Path,
    count: int,
    *,
    size: tuple[int, int] = (96, 72),
    seed: int = 0,
    one_each: bool = False,
    per_joint: int = 1,
    suffix: str = ".jpg",
) -> MadeCollection:
    """Write `count` photos below `folder`: each flag shown by about half, or exactly one flag each (`one_each`).

    With `per_joint` over 1 the photos lie in a folder per joint, `joint-0001/1.jpg`, else side by side.
    """
    random = np.random.default_rng(seed)
    paths, shown = [], []
    for number in range(count):
        if one_each:
            flags = [FLAGS[number % len(FLAGS)]]
        else:
            flags = [flag for flag in FLAGS if random.random() < 0.5]
        path = f"{number + 1:04d}{suffix}"
        if per_joint > 1:
            path = f"joint-{number // per_joint + 1:04d}/{number % per_joint + 1}{suffix}"
        tint = int(random.integers(90, 170))
        make_photo(folder / path, flags, size=size, seed=seed * 100_003 + number, tint=tint)
        paths.append(path)
        shown.append(frozenset(flags))
    return MadeCollection(folder, tuple(paths), tuple(shown))


def _write_table(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([header, *rows])
    return file
