"""A corpus of odd and damaged image files, made on the spot."""

import io
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

# Four quarters, so that a turn or a mirror shows: red, green / blue, yellow.
QUARTERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))


def quarters(width: int = 160, height: int = 96) -> Image.Image:
    pixels = np.zeros((height, width, 3), np.uint8)
    top, left = slice(None, height // 2), slice(None, width // 2)
    bottom, right = slice(height // 2, None), slice(width // 2, None)
    for (down, across), colour in zip(
        ((top, left), (top, right), (bottom, left), (bottom, right)), QUARTERS, strict=True
    ):
        pixels[down, across] = colour
    return Image.fromarray(pixels)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is that large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + b"\x08\x02\0\0\0")
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


def write_broken(folder: Path) -> dict[str, str]:
    """Files that cannot be shown -> a word of the sentence that must explain each."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = encoded(quarters(640, 480), quality=90)
    noise = np.random.default_rng(1).integers(0, 256, 4000, dtype=np.uint8).tobytes()
    files = {
        "empty.jpg": (b"", "empty"),
        "cut_off.jpg": (whole[: len(whole) * 2 // 3], "cut off"),
        "head_only.jpg": (whole[:30], "JPEG|damaged|cut off|beginning"),
        "noise.jpg": (noise, "no picture"),
        "zeros.jpg": (bytes(5000), "no picture"),
        "page.jpg": (b"<!DOCTYPE html><html>not found</html>", "web page"),
        "paper.jpg": (b"%PDF-1.7 ...", "PDF"),
        "phone.jpg": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + noise, "HEIC"),
        "cut_off.png": (encoded(quarters(), "PNG")[:120], "cut off|damaged"),
        "no_pixels.png": (png_claiming(64, 64), "damaged|cut off"),
        "bomb.png": (png_claiming(60_000, 60_000), "60000 x 60000"),
        "cut_off.tif": (encoded(quarters(), "TIFF")[:9000], "cut off|damaged"),
        "cut_off.gif": (encoded(quarters(), "GIF")[:60], "cut off|damaged"),
        "cut_off.webp": (encoded(quarters(), "WEBP")[:60], "damaged|cut off|no picture"),
        "text.png": (b"path,class\na,b\n", "no picture"),
    }
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content)
    return {name: word for name, (_, word) in files.items()}


def wide_gamut_profile() -> bytes:
    """An ICC profile with sRGB's curve but red and green swapped, so that nobody can miss whether it was applied.

    The colorant tags of Pillow's own sRGB profile are exchanged in its tag table.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(profile[131])}
    red, green = at[b"rXYZ"], at[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)
