"""From a file to pixels: sRGB, upright, decoded at the scale that is needed. One way, for eye and model alike."""

import functools
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from weldstudio import paths
from weldstudio.domain.errors import PhotoError
from weldstudio.imaging.header import NO_EXIF, Exif, Header, camera, jpeg_header, moment, parse_exif
from weldstudio.settings import Settings

SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".bmp", ".dib", ".tif", ".tiff", ".gif", ".webp", ".avif")
)
"""What a scan takes for a photo; what a file really is, its content decides."""

PIXELS_AT_MOST = 250_000_000
"""Larger pictures are refused, unless the settings allow more: a file of some kilobytes can claim to hold terabytes."""

_FORMATS = ("PNG", "BMP", "DIB", "TIFF", "GIF", "WEBP", "AVIF")
"""Beside JPEG. The others that Pillow knows are not photos, and some start other programs."""
_GROUND = (128, 128, 128)
"""What shows through transparent pixels."""
_HEAD_BYTES = 16_384
_BROKEN = (
    *(OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError, MemoryError),
    *(struct.error, zlib.error),
)
"""What Pillow raises on damaged files."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIGNS = (
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"%pdf", "a PDF"),
    (b"pk\x03\x04", "a ZIP archive"),
    (b"<svg", "an SVG drawing"),
    (b"8bps", "a Photoshop document"),
    (b"version https://git-lfs", "a Git LFS pointer"),
    (b"<?xml", "an XML file"),
)

_KINDS = (
    *((b"\x89PNG", "PNG"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"GIF8", "GIF"), (b"RIFF", "WebP"), (b"BM", "BMP")),
    (b"\xff\xd8", "JPEG"),
)

# Pillow's own limit is a Python warning, which threads cannot catch one by one; `_open` measures instead.
Image.MAX_IMAGE_PIXELS = None
# Damaged metadata is taken as absent; Pillow says so in warnings that would fill the log, one per photo.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\..*")


def read_photo(path: Path, *, at_least: int | None = None, longest: int | None = None) -> NDArray[np.uint8]:
    """The photo as (h, w, 3) uint8, C-contiguous, sRGB, upright by EXIF. Any thread.

    `at_least`: the shorter side may come smaller than the file's, but not below this many pixels (JPEG is decoded at
    1/2, 1/4 or 1/8, nothing is resampled). `longest`: shrunk (bilinear) until the longer side has at most this many
    pixels; never enlarged. Raises PhotoError.
    """
    with _opening(path) as file:
        return decode(file, path, at_least=at_least, longest=longest)


def read_size(path: Path) -> tuple[int, int]:
    """Width and height of the upright picture, from the file's header alone. Raises PhotoError."""
    return read_header(path).upright


def read_header(path: Path) -> Header:
    """Size and EXIF, without decoding the picture. Raises PhotoError."""
    with _opening(path, buffered=False) as file:
        head = file.read(_HEAD_BYTES)
        header = jpeg_header(head)
        if header is None and len(head) == _HEAD_BYTES:
            file.seek(0)
            header = jpeg_header(file.read()) if head[:2] == b"\xff\xd8" else None
        if header is not None:
            return header
        file.seek(0)
        return header_by_pillow(file, path)


@contextmanager
def open_picture(path: Path) -> Iterator[Image.Image]:
    """The file as Pillow sees it, its header read and its pixels not. Raises PhotoError."""
    with _opening(path) as file, _open(file, path) as picture:
        yield picture


def header_by_pillow(file: IO[bytes], path: Path) -> Header:
    """Size and EXIF of a file of any format, at its start. Raises PhotoError."""
    picture = _open(file, path)
    exif = _exif_of(picture)
    if picture.format == "TIFF":
        # Pillow turns TIFFs upright itself and announces their upright size.
        width, height = picture.size
        if exif.orientation >= 5:
            width, height = height, width
        return Header(width, height, exif)
    return Header(*picture.size, exif)


def decode(
    file: IO[bytes], path: Path, *, at_least: int | None = None, longest: int | None = None
) -> NDArray[np.uint8]:
    """`read_photo` of an open file (`path` is for its errors)."""
    return np.array(picture_in(file, path, at_least=at_least, longest=longest), dtype=np.uint8, order="C")


def read_picture(path: Path, *, longest: int) -> Image.Image:
    """`read_photo` as a Pillow image in mode RGB, for what is encoded again at once. Raises PhotoError."""
    # Read at once: the decoder asks for pieces, and between them threads would wait for each other.
    with _opening(path, buffered=False) as file:
        try:
            content = io.BytesIO(file.read())
        except _BROKEN as error:
            raise _explained(error, path) from error
    return picture_in(content, path, longest=longest)


def picture_in(file: IO[bytes], path: Path, *, at_least: int | None = None, longest: int | None = None) -> Image.Image:
    """`read_photo` of an open file as a Pillow image: so that bytes read once serve hash, thumbnail and picture."""
    picture = _open(file, path)
    width, height = picture.size
    try:
        if at_least is not None:
            _draft(picture, min(width, height), at_least)
        if longest is not None:
            _draft(picture, max(width, height), longest)
        picture.load()
        # TIFFs come upright out of load(), and some files hold their EXIF behind the pixels: so ask only now.
        orientation = 1 if picture.format == "TIFF" else _exif_of(picture).orientation
        full = (width, height) if isinstance(picture, JpegImageFile) else picture.size
        rgb = _shrunk(_as_srgb(picture), longest, full)
        return rgb.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else rgb
    except _BROKEN as error:
        raise _explained(error, path) from error


def _draft(picture: Image.Image, side: int, wanted: int) -> None:
    """Lets the JPEG decoder leave out detail as long as `side` pixels become `wanted` or more. No effect elsewhere."""
    if not isinstance(picture, JpegImageFile):
        return
    width, height = picture.size
    factor = next((f for f in (8, 4, 2) if -(-side // f) >= wanted), 1)
    if factor > 1:
        # Pillow takes the largest factor that divides both sides down to what it is given, and rounds sizes up.
        picture.draft(None, (max(1, width // factor), max(1, height // factor)))


def _shrunk(picture: Image.Image, longest: int | None, full: tuple[int, int]) -> Image.Image:
    """`full` is the size in the file: a tiny picture that was decoded scaled has another shape."""
    if longest is None or max(picture.size) <= longest:
        return picture
    scale = longest / max(full)
    size = tuple(max(1, round(side * scale)) for side in full)
    return picture.resize((size[0], size[1]), Image.Resampling.BILINEAR)


def _opening(path: Path, *, buffered: bool = True) -> IO[bytes]:
    try:
        return path.open("rb", buffering=-1 if buffered else 0)
    except FileNotFoundError as error:
        if not path.parent.exists():
            raise PhotoError(f"{path.name} cannot be read: its folder is not there. Is its drive connected?") from error
        raise PhotoError(f"{path.name} is not there any more; it was moved, renamed or deleted.") from error
    except IsADirectoryError as error:
        raise PhotoError(f"{path.name} is a folder, not a photo.") from error
    except PermissionError as error:
        raise PhotoError(f"{path.name} may not be read by you; change its permissions.") from error
    except (OSError, ValueError) as error:
        raise PhotoError(f"{path.name} cannot be opened ({error}).") from error


def _open(file: IO[bytes], path: Path) -> Image.Image:
    """The picture with its header read. Raises PhotoError."""
    is_jpeg = file.read(3) == b"\xff\xd8\xff"
    file.seek(0)
    try:
        # Of a file with several JPEG pictures (MPO) the first is the photo: no need to look for the others.
        picture = JpegImageFile(file) if is_jpeg else Image.open(file, formats=_formats())
    except _BROKEN as error:
        raise _explained(error, path, file) from error
    width, height = picture.size
    if width * height > PIXELS_AT_MOST and width * height > (allowed := _allowed()):
        raise PhotoError(
            f"{path.name} claims {width} x {height} pixels; pictures above {allowed // 1_000_000} million pixels are "
            "not opened. Save a smaller copy, or raise the limit in the settings and look at the folder again."
        )
    if not width or not height:
        raise PhotoError(f"{path.name} holds a picture without pixels.")
    return picture


def _allowed() -> int:
    """So many pixels a person allows. Read where it matters alone: so every process knows it, and at once."""
    return Settings.load(paths.settings_file()).megapixels * 1_000_000


@functools.cache
def _formats() -> tuple[str, ...]:
    """Those of `_FORMATS` that this Pillow was built with."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _explained(error: BaseException, path: Path, file: IO[bytes] | None = None) -> PhotoError:
    """A sentence for what Pillow said, which is mostly for programmers."""
    head = b""
    if file is not None:
        file.seek(0)
        head = file.read(64)
        if kind := next((kind for sign, kind in _KINDS if head.startswith(sign)), ""):
            # What Pillow says of these is meant for programmers.
            if "unsupported" in str(error).lower() or (kind == "TIFF" and _is_rare_tiff(file)):
                return PhotoError(
                    f"{path.name} is a {kind} file of a kind that cannot be read; save it as PNG or JPEG."
                )
            return PhotoError(f"{path.name} is a {kind} file, but cut off or damaged. Copy it again.")
    if isinstance(error, UnidentifiedImageError):
        if not head:
            return PhotoError(f"{path.name} is empty (0 bytes); copy it again from where it came.")
        if head[4:8] == b"ftyp" and head[8:11] in (b"hei", b"hev", b"mif", b"msf"):
            return PhotoError(f"{path.name} is a HEIC picture, which cannot be read; save it as JPEG.")
        told = next((what for sign, what in _SIGNS if head.lstrip().lower().startswith(sign)), None)
        if told:
            return PhotoError(f"{path.name} is no picture but {told}.")
        return PhotoError(f"{path.name} is no picture that can be read, or its beginning is damaged.")
    if isinstance(error, MemoryError):
        return PhotoError(f"{path.name} is too large for this computer's memory.")
    if isinstance(error, OSError) and error.errno is not None:
        return PhotoError(f"{path.name} cannot be read ({error.strerror}).")
    if "truncated" in str(error).lower():
        return PhotoError(f"{path.name} is cut off: the end of the picture is missing. Copy it again.")
    return PhotoError(f"{path.name} is damaged and cannot be shown ({str(error).strip() or type(error).__name__}).")


def _is_rare_tiff(file: IO[bytes]) -> bool:
    """Whether a TIFF that was not opened is whole, but holds its pixels in a way that Pillow does not know."""
    from PIL.TiffImagePlugin import TiffImageFile  # few have such files

    file.seek(0)
    try:
        TiffImageFile(file)
    except SyntaxError as error:
        return "unknown" in str(error)
    except _BROKEN:
        pass
    return False


def _exif_of(picture: Image.Image) -> Exif:
    block = picture.info.get("exif")
    if isinstance(block, bytes):
        return parse_exif(block)
    if picture.format == "TIFF":
        tags: Any = getattr(picture, "tag_v2", {})
        inner = picture.getexif().get_ifd(0x8769)
        stamp = inner.get(0x9003) or tags.get(0x132)
        return Exif(tags.get(0x112, 1) or 1, moment(stamp), camera(tags.get(0x10F), tags.get(0x110)))
    return NO_EXIF


# --- colours ------------------------------------------------------------------------------------------------------


def _as_srgb(picture: Image.Image) -> Image.Image:
    """The picture in mode RGB and in sRGB, transparency laid on grey."""
    profile = picture.info.get("icc_profile")
    picture = _eight_bit(picture)
    alpha = None
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        picture = picture.convert("RGB")
    elif picture.mode not in ("RGB", "L", "CMYK"):
        picture = picture.convert("RGB")
    rgb = _through_profile(picture, profile) if isinstance(profile, bytes) and profile else None
    if rgb is None:
        rgb = picture if picture.mode == "RGB" else picture.convert("RGB")
    if alpha is not None:
        rgb = Image.composite(rgb, Image.new("RGB", rgb.size, _GROUND), alpha)
    return rgb


def _eight_bit(picture: Image.Image) -> Image.Image:
    """16 and 32 bits a channel brought to 8: by the full range of the type, so that photos stay comparable."""
    if not (picture.mode.startswith("I") or picture.mode == "F"):
        return picture
    values = np.nan_to_num(np.asarray(picture, dtype=np.float32))
    if picture.mode == "F":
        full = 1.0 if values.max(initial=0) <= 1 else 255.0
    else:
        full = 65535.0 if picture.mode != "I" or values.max(initial=0) > 255 else 255.0
        if picture.format == "TIFF" and getattr(picture, "tag_v2", {}).get(0x106) == 0:
            values = full - values  # white is zero, as radiographs are kept; of 8 bits Pillow sees to that itself
    return Image.fromarray((np.clip(values / full, 0, 1) * 255 + 0.5).astype(np.uint8))


def _through_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture in sRGB by its ICC profile; None where the profile is sRGB already, does not fit or is damaged."""
    transform = _transform_of(profile, picture.mode)
    if transform is None:
        return None
    from PIL import ImageCms

    return ImageCms.applyTransform(picture, transform)


@functools.lru_cache(maxsize=32)
def _transform_of(profile: bytes, mode: str) -> Any:
    """A transform to sRGB that changes something visible, or None. A collection has few different profiles."""
    from PIL import ImageCms  # most photos carry no profile

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    if mode == "RGB":
        levels = np.linspace(0, 255, 6, dtype=np.uint8)
        chart = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(6, 36, 3)
        shown = ImageCms.applyTransform(Image.fromarray(chart), transform)
        if shown is not None and np.abs(np.asarray(shown).astype(int) - chart).max() <= 3:
            return None
    return transform
