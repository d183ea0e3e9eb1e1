"""Some three hundred odd and damaged files, made on the spot: each either a picture of four quarters, or a reason.

All combinations that cameras, phones, mail programs, broken cards and evil minds make: formats and colour modes, ways
to encode, orientations, profiles, wrong names, cuts at many places, holes, bombs, and files that are no pictures.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms

from tests.imaging.damaged import QUARTERS, encoded, png_claiming, quarters, wide_gamut_profile

WIDE, HIGH = 64, 48
SHOWN, EITHER = "shown", "either"
"""What must become of a file beside a reason: its picture; or one of the two, and if the picture then the right one."""
_GREY = tuple((round(0.299 * r + 0.587 * g + 0.114 * b),) * 3 for r, g, b in QUARTERS)
_BILEVEL = tuple((255 * (grey[0] >= 128),) * 3 for grey in _GREY)
_SUFFIXES = ("jpg", "png", "tif", "bmp", "gif", "webp")


@dataclass(frozen=True, slots=True)
class Odd:
    """One file. `fate`: `SHOWN`, `EITHER`, or a pattern of the sentence that must explain why it is not shown."""

    name: str
    content: bytes
    fate: str = SHOWN
    colours: tuple[tuple[int, ...], ...] = QUARTERS
    """Of the four quarters, as they must be shown."""
    size: tuple[int, int] = (WIDE, HIGH)
    """Upright."""
    tolerance: int = 14


def picture(mode: str = "RGB") -> Image.Image:
    return quarters(WIDE, HIGH).convert(mode)


def corpus() -> tuple[Odd, ...]:
    """All of them; names are unlike each other."""
    kinds = (_modes, _ways, _orientations, _profiles, _misnamed, _shapes, _cuts, _holes, _bombs, _no_pictures)
    made = tuple(odd for kind in kinds for odd in kind())
    assert len({odd.name for odd in made}) == len(made)
    return made


def write(folder: Path) -> tuple[Odd, ...]:
    """Write all of them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = corpus()
    for odd in made:
        (folder / odd.name).write_bytes(odd.content)
    return made


def _modes() -> Iterator[Odd]:
    kinds = {
        "jpg": ("JPEG", ("RGB", "L", "CMYK", "YCbCr")),
        "png": ("PNG", ("RGB", "L", "1", "P", "RGBA", "LA")),
        "tif": ("TIFF", ("RGB", "L", "1", "P", "RGBA", "LA", "CMYK", "YCbCr")),
        "bmp": ("BMP", ("RGB", "L", "1", "P", "RGBA")),
        "gif": ("GIF", ("RGB", "L", "1", "P")),
        "webp": ("WEBP", ("RGB", "RGBA", "L")),
        "mpo": ("MPO", ("RGB", "L", "CMYK")),
    }
    for suffix, (kind, modes) in kinds.items():
        for mode in modes:
            # Dithering would leave no quarter of one colour.
            made = picture("L").point(lambda v: 255 * (v >= 128), "1") if mode == "1" else picture(mode)
            options = {"quality": 98} if kind in ("JPEG", "MPO", "WEBP") else {}
            colours = {"L": _GREY, "LA": _GREY, "1": _BILEVEL}.get(mode, QUARTERS)
            yield Odd(
                f"mode_{mode}.{suffix}",
                encoded(made, kind, **options),
                colours=colours,
                tolerance=30,
            )
    lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    yield Odd("mode_LAB.tif", encoded(ImageCms.applyTransform(picture(), lab), "TIFF"), tolerance=40)
    rare = bytearray(encoded(picture(), "TIFF"))
    at = rare.index(struct.pack("<HHII", 0x106, 3, 1, 2))
    rare[at + 8] = 9  # colours that no reader of ours knows; all else is whole
    yield Odd("rare_kind.tif", bytes(rare), "of a kind that cannot be read")
    deep = np.asarray(picture("L")).astype(np.uint16) * 257
    yield Odd("deep_grey.png", encoded(Image.fromarray(deep), "PNG"), colours=_GREY)
    yield Odd("deep_grey.tif", encoded(Image.fromarray(deep), "TIFF"), colours=_GREY)
    yield Odd("deep_big_endian.tif", encoded(Image.fromarray(deep.astype(">u2")), "TIFF"), colours=_GREY)
    white_is_zero = encoded(Image.fromarray(65535 - deep), "TIFF", tiffinfo={262: 0})
    yield Odd("deep_white_is_zero.tif", white_is_zero, colours=_GREY)
    yield Odd("deep_colour.png", _deep_png())
    yield Odd("float.tif", encoded(Image.fromarray(np.asarray(picture("L")) / np.float32(255)), "TIFF"), colours=_GREY)
    yield Odd("whole_numbers.tif", encoded(picture("L").convert("I"), "TIFF"), colours=_GREY)
    clear = picture("RGBA")
    clear.putalpha(0)
    for suffix, kind in (("png", "PNG"), ("webp", "WEBP"), ("tif", "TIFF")):
        options = {"lossless": True} if kind == "WEBP" else {}
        yield Odd(f"all_clear.{suffix}", encoded(clear, kind, **options), colours=((128, 128, 128),) * 4)
    yield Odd("clear_palette.png", encoded(picture("P"), "PNG", transparency=255))
    film = [picture(), Image.new("RGB", (WIDE, HIGH), "black")]
    for suffix, kind in (("gif", "GIF"), ("png", "PNG"), ("webp", "WEBP"), ("tif", "TIFF"), ("mpo", "MPO")):
        content = encoded(film[0], kind, save_all=True, append_images=film[1:])
        yield Odd(f"film.{suffix}", content, tolerance=40)


def _deep_png() -> bytes:
    """A PNG of 16 bits a channel, which Pillow reads and does not write."""
    rows = np.asarray(picture()).astype(">u2") * 257
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = struct.pack(">IIBBBBB", WIDE, HIGH, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def _ways() -> Iterator[Odd]:
    for name, options in {
        "progressive": {"progressive": True},
        "optimised": {"optimize": True},
        "restart_rows": {"restart_marker_rows": 1},
        "restart_blocks": {"restart_marker_blocks": 1},
        "restart_progressive": {"restart_marker_rows": 1, "progressive": True},
        "full_colour": {"subsampling": 0},
        "half_colour": {"subsampling": 1},
        "quarter_colour": {"subsampling": 2},
        "rough": {"quality": 8},
        "comment": {"comment": b"welded in the rain " * 900},
        "dense": {"dpi": (1200, 1200)},
        "keeps_rgb": {"keep_rgb": True},
    }.items():
        yield Odd(f"way_{name}.jpg", encoded(picture(), **options), tolerance=60 if name == "rough" else 40)
    for packing in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield Odd(f"way_{packing}.tif", encoded(picture(), "TIFF", compression=packing), tolerance=40)
    for level in (0, 9):
        yield Odd(f"way_{level}.png", encoded(picture(), "PNG", compress_level=level))
    yield Odd("way_lossless.webp", encoded(picture(), "WEBP", lossless=True))
    yield Odd("way_packed.bmp", encoded(picture("P"), "BMP"))
    jpeg = encoded(picture(), quality=95)
    yield Odd("behind_the_end.jpg", jpeg + b"\0" * 5000)
    yield Odd("behind_the_end.png", encoded(picture(), "PNG") + b"more")
    yield Odd("fill_bytes.jpg", jpeg[:2] + b"\xff\xff\xff" + jpeg[2:])
    yield Odd("strange_segment.jpg", jpeg[:2] + b"\xff\xed\x00\x08\1\2\3\4\5\6" + jpeg[2:])


def _orientations() -> Iterator[Odd]:
    """The picture stored so that it comes upright; what makes no sense is taken as upright."""
    stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    for orientation in (*stored, 0, 9, 300):
        turn = stored.get(orientation)
        turned = picture() if turn is None else picture().transpose(turn)
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        for suffix, kind in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP"), ("tif", "TIFF"), ("mpo", "MPO")):
            if orientation in stored or kind == "JPEG":
                content = encoded(turned, kind, exif=exif)
                yield Odd(f"turned_{orientation}.{suffix}", content, tolerance=40)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    content = encoded(picture().transpose(stored[6]), progressive=True, exif=exif)  # type: ignore[arg-type]
    yield Odd("turned_progressive.jpg", content, tolerance=40)
    block = exif.tobytes()
    for name, broken in (("cut", block[:20]), ("order", b"Exif\0\0XX" + block[8:]), ("loop", _looping_exif())):
        yield Odd(f"exif_{name}.jpg", encoded(picture(), exif=broken), tolerance=40)


def _looping_exif() -> bytes:
    """A directory that names itself as the next one."""
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 8, 8)


def _profiles() -> Iterator[Odd]:
    red, green, blue, yellow = QUARTERS
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for suffix, kind in (("jpg", "JPEG"), ("png", "PNG"), ("tif", "TIFF"), ("webp", "WEBP")):
        swapped = encoded(picture(), kind, icc_profile=wide_gamut_profile())
        yield Odd(f"profile_swapped.{suffix}", swapped, colours=(green, red, blue, yellow), tolerance=40)
        yield Odd(f"profile_srgb.{suffix}", encoded(picture(), kind, icc_profile=srgb), tolerance=40)
        yield Odd(f"profile_broken.{suffix}", encoded(picture(), kind, icc_profile=srgb[:150]), tolerance=40)
    yield Odd("profile_of_colours.jpg", encoded(picture("L"), icc_profile=srgb), colours=_GREY, tolerance=20)
    yield Odd("profile_of_rgb.jpg", encoded(picture("CMYK"), icc_profile=srgb), tolerance=40)


def _misnamed() -> Iterator[Odd]:
    """Every format under the name of every other."""
    kinds = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "MPO")
    for kind in kinds:
        content = encoded(picture(), kind)
        for suffix in _SUFFIXES:
            yield Odd(f"really_{kind}.{suffix}", content, tolerance=40)
    for name in (
        "UPPER.JPG",
        "two.dots.jpeg",
        " blank .jpg",
        "Grün und blau ü.jpg",
        "写真.png",
        "-dash.jpg",
        "q'u\"o.jpg",
    ):
        yield Odd(name, encoded(picture(), "PNG" if name.endswith("png") else "JPEG"), tolerance=40)


def _shapes() -> Iterator[Odd]:
    for wide, high in ((1, 1), (1, 900), (900, 1), (2, 2), (300, 100), (100, 300), (17, 13), (800, 600)):
        for suffix, kind in (("jpg", "JPEG"), ("png", "PNG")):
            grey = Image.new("RGB", (wide, high), (90, 90, 90))
            yield Odd(f"{wide}x{high}.{suffix}", encoded(grey, kind), colours=((90, 90, 90),) * 4, size=(wide, high))


def _cuts() -> Iterator[Odd]:
    """Broken off at many places: a card pulled out, a mail cut short. Near the end all of the picture may be there."""
    noise = np.random.default_rng(7).integers(0, 256, (HIGH, WIDE, 3), dtype=np.uint8)
    ragged = Image.fromarray((np.asarray(picture()) * 0.9 + noise * 0.1).astype(np.uint8))
    wholes = {
        "plain.jpg": encoded(ragged, quality=95),
        "steps.jpg": encoded(ragged, quality=95, progressive=True),
        "restart.jpg": encoded(ragged, quality=95, restart_marker_rows=1),
        "grey.jpg": encoded(ragged.convert("L"), quality=95),
        "colour.png": encoded(ragged, "PNG"),
        "palette.png": encoded(ragged.convert("P"), "PNG"),
        "raw.tif": encoded(ragged, "TIFF"),
        "packed.tif": encoded(ragged, "TIFF", compression="tiff_lzw"),
        "plain.bmp": encoded(ragged, "BMP"),
        "plain.gif": encoded(ragged, "GIF"),
        "lossy.webp": encoded(ragged, "WEBP", quality=95),
        "lossless.webp": encoded(ragged, "WEBP", lossless=True),
    }
    for name, whole in wholes.items():
        for share in (2, 10, 30, 50, 70, 90, 99):
            cut = whole[: max(1, len(whole) * share // 100)]
            fate = EITHER if share == 99 else "cut off|damaged|no picture|cannot be read"
            yield Odd(f"cut_{share:02}_{name}", cut, fate, tolerance=80)


def _holes() -> Iterator[Odd]:
    """Blocks of a disk that came back as nothing."""
    for suffix, kind in (("jpg", "JPEG"), ("png", "PNG"), ("tif", "TIFF"), ("gif", "GIF"), ("webp", "WEBP")):
        whole = bytearray(encoded(picture(), kind))
        whole[:16] = bytes(16)
        yield Odd(f"no_head.{suffix}", bytes(whole), "no picture|damaged|cut off")
    png = bytearray(encoded(picture(), "PNG"))
    at = png.index(b"IDAT") + 8
    png[at : at + 40] = bytes(40)
    yield Odd("hole.png", bytes(png), "damaged|cut off")
    lzw = bytearray(encoded(picture(), "TIFF", compression="tiff_adobe_deflate"))
    lzw[8:60] = bytes(52)
    yield Odd("hole.tif", bytes(lzw), "damaged|cut off|cannot be read|no picture")


def _bombs() -> Iterator[Odd]:
    """Small files that claim to be huge: refused by what their header says, before anything is decoded."""
    for side in (16_384, 60_000, 2**31 - 1):
        yield Odd(f"bomb_{side}.png", png_claiming(side, side), f"{side} x {side}|damaged")
    jpeg = bytearray(encoded(picture()))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    yield Odd("bomb.jpg", bytes(jpeg), "65000 x 65000")
    gif = bytearray(encoded(picture("P"), "GIF"))
    gif[6:10] = struct.pack("<HH", 65_000, 65_000)
    yield Odd("bomb.gif", bytes(gif), "65000 x 65000")
    bmp = bytearray(encoded(picture(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 50_000, 50_000)
    yield Odd("bomb.bmp", bytes(bmp), "50000 x 50000")
    tiff = bytearray(encoded(picture(), "TIFF"))
    for tag, wide in ((0x100, WIDE), (0x101, HIGH)):
        entry = struct.pack("<HHI", tag, 4, 1) + struct.pack("<I", wide)
        short = struct.pack("<HHI", tag, 3, 1) + struct.pack("<HH", wide, 0)
        found = tiff.find(entry) if entry in tiff else tiff.index(short)
        tiff[found : found + 12] = struct.pack("<HHII", tag, 4, 1, 70_000)
    yield Odd("bomb.tif", bytes(tiff), "70000 x 70000")
    swollen = io.BytesIO()
    picture().save(swollen, "PNG")
    body = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
    text = len(body).to_bytes(4, "big") + b"zTXt" + body + zlib.crc32(b"zTXt" + body).to_bytes(4, "big")
    png = swollen.getvalue()
    yield Odd("bomb_text.png", png[:33] + text + png[33:], EITHER)


def _no_pictures() -> Iterator[Odd]:
    noise = np.random.default_rng(1).integers(0, 256, 3000, dtype=np.uint8).tobytes()
    for suffix in (*_SUFFIXES, "mpo", "jpeg", "avif", "dib", "jfif"):
        yield Odd(f"empty.{suffix}", b"", "empty")
        yield Odd(f"noise.{suffix}", noise, "no picture")
    others = {
        "page": (b"<!DOCTYPE html><html>not found</html>", "web page"),
        "paper": (b"%PDF-1.7 ...", "PDF"),
        "phone": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + noise, "HEIC"),
        "archive": (b"PK\x03\x04" + noise, "ZIP"),
        "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        "list": (b"<?xml version='1.0'?><a/>", "XML"),
        "table": (b"path,class\na,b\n", "no picture"),
        "zeros": (bytes(5000), "no picture"),
        "one_byte": (b"\xff", "no picture"),
        "two_bytes": (b"\xff\xd8", "no picture|cut off|damaged"),
        "only_ends": (b"\xff\xd8\xff\xd9", "no picture|cut off|damaged"),
        "script": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
    }
    for name, (content, reason) in others.items():
        yield Odd(f"{name}.jpg", content, reason)
