"""What the camera wrote into a photo, in words, for people who want to know how it came about."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from PIL import ExifTags, Image

from weldstudio.imaging.read import open_picture

Facts = tuple[tuple[str, str], ...]
"""(name, value) in the order in which they are read."""


def exif_facts(path: Path) -> Facts:
    """What is known of camera, exposure and place; empty where the file says nothing. Raises PhotoError.

    Source: CIPA DC-008 (EXIF 3.0), tables 4 to 15.
    """
    with open_picture(path) as picture:
        try:
            tags = picture.getexif()
            camera, shot = dict(tags), tags.get_ifd(ExifTags.IFD.Exif)
            place = tags.get_ifd(ExifTags.IFD.GPSInfo)
        except (OSError, ValueError, SyntaxError, KeyError, TypeError, OverflowError):
            # A damaged block is the camera's or some other program's; the picture may be whole all the same.
            return (("EXIF", "damaged"),)
        facts = [("Format", _format(picture))]
    for name, tag, word in _ROWS:
        value = shot.get(tag, camera.get(tag))
        said = _said(value, word) if value not in (None, "", b"") else ""
        if said:
            facts.append((name, said))
    where = _position(place)
    return (*facts, ("Position", where)) if where else tuple(facts)


def _format(picture: Image.Image) -> str:
    return f"{picture.format}, {picture.mode}"


def _said(value: Any, word: Callable[[Any], str]) -> str:
    try:
        return word(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, IndexError):
        return ""  # a value that makes no sense is none


def _text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return " ".join(text.replace("\0", " ").split())[:200]


def _seconds(value: Any) -> str:
    seconds = float(value)
    if seconds <= 0:
        return ""
    return f"1/{round(1 / seconds)} s" if seconds < 0.3 else f"{seconds:g} s"


def _position(place: Mapping[int, Any]) -> str:
    """Degrees north and east, as maps take them."""

    def degrees(value: Any, side: Any, negative: str) -> float:
        d, m, s = (float(Fraction(part)) if not isinstance(part, float) else part for part in value)
        found = d + m / 60 + s / 3600
        return -found if str(side).strip("\0 ").upper() == negative else found

    gps = ExifTags.GPS
    try:
        north = degrees(place[gps.GPSLatitude], place.get(gps.GPSLatitudeRef), "S")
        east = degrees(place[gps.GPSLongitude], place.get(gps.GPSLongitudeRef), "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return ""
    return f"{north:.6f}, {east:.6f}" if abs(north) <= 90 and abs(east) <= 180 else ""


_TAG: Final = ExifTags.Base
_ROWS: Final[tuple[tuple[str, int, Callable[[Any], str]], ...]] = (
    ("Make", _TAG.Make, _text),
    ("Model", _TAG.Model, _text),
    ("Lens", _TAG.LensModel, _text),
    ("Taken", _TAG.DateTimeOriginal, _text),
    ("Changed", _TAG.DateTime, _text),
    ("Exposure", _TAG.ExposureTime, _seconds),
    ("Aperture", _TAG.FNumber, lambda value: f"f/{float(value):g}"),
    ("Sensitivity", _TAG.ISOSpeedRatings, lambda value: f"ISO {int(value[0] if isinstance(value, tuple) else value)}"),
    ("Focal length", _TAG.FocalLength, lambda value: f"{float(value):g} mm"),
    ("Flash", _TAG.Flash, lambda value: "fired" if int(value) & 1 else "did not fire"),
    ("Orientation", _TAG.Orientation, lambda value: str(int(value)) if int(value) != 1 else ""),
    ("Program", _TAG.Software, _text),
    ("Description", _TAG.ImageDescription, _text),
    ("Artist", _TAG.Artist, _text),
)
