"""A picture for a report: a photograph with what a model saw laid over it, and words and a scale of colours below."""

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from weldstudio.domain.model import Frame
from weldstudio.imaging.look import Look, adjusted
from weldstudio.imaging.overlay import Side, colours, evidence, overlay_rgba

_FONTS: Final = ("DejaVuSans.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc", "LiberationSans-Regular.ttf")
"""Looked for where the system keeps its fonts; without any of them a small one of Pillow's own, of Latin letters."""
_PAPER, _INK, _GREY = (255, 255, 255), (27, 30, 34), (91, 99, 109)
_LEAST_WIDTH: Final = 480
"""Of the figure in pixels: narrower photographs are enlarged, or no word would have room below."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A map over the upright photograph, as it is to be printed."""

    activation: NDArray[np.float32]
    frame: Frame
    scale: float
    side: Side = Side.FOR
    opacity: float = 0.6
    smooth: bool = True
    level: float = 0.0
    """Part of the scale at which a line is drawn; 0 = none."""


def figure(pixels: NDArray[np.uint8], laid: Laid | None, words: tuple[str, ...], *, look: Look) -> Image.Image:
    """The upright photo (h, w, 3) as it is looked at, with a map over it, `words` line by line below; the first is
    printed larger. The array stays as it is.
    """
    turned = np.rot90(adjusted(pixels, look) if not look.plain else pixels, -look.turns)
    photo = Image.fromarray(np.ascontiguousarray(turned))
    if photo.width < _LEAST_WIDTH:
        factor = -(-_LEAST_WIDTH // photo.width)
        photo = photo.resize((photo.width * factor, photo.height * factor), Image.Resampling.BICUBIC)
    if laid is not None:
        _lay(photo, laid, look.turns)
    return _captioned(photo, words, None if laid is None else laid.side)


def _lay(photo: Image.Image, laid: Laid, turns: int) -> None:
    activation, frame = np.rot90(laid.activation, -turns), laid.frame.turned(turns)
    left, right = round(frame.left * photo.width), round(frame.right * photo.width)
    top, bottom = round(frame.top * photo.height), round(frame.bottom * photo.height)
    size = (max(1, right - left), max(1, bottom - top))
    rgba = overlay_rgba(activation, scale=laid.scale, opacity=laid.opacity, side=laid.side)
    how = Image.Resampling.BILINEAR if laid.smooth else Image.Resampling.NEAREST
    colour = Image.fromarray(rgba).resize(size, how)
    photo.paste(colour, (left, top), colour)
    if laid.level > 0:
        strength = Image.fromarray(evidence(activation, laid.side) / laid.scale).resize(size, Image.Resampling.BILINEAR)
        inside = Image.fromarray(((np.asarray(strength) >= laid.level) * 255).astype(np.uint8))
        width = 2 * max(1, photo.width // 640) + 1
        # Light within dark, so that it is seen on any photo.
        for grey, wide in ((16, width + 2), (245, width)):
            edge = np.asarray(inside.filter(ImageFilter.MaxFilter(wide))) > np.asarray(inside)
            photo.paste((grey, grey, grey), (left, top), Image.fromarray((edge * 255).astype(np.uint8)))


def _captioned(photo: Image.Image, words: tuple[str, ...], side: Side | None) -> Image.Image:
    large, small = max(18, photo.width // 44), max(14, photo.width // 56)
    room = photo.width - 2 * large
    sizes = [large if n == 0 else small for n in range(len(words))]
    lines = [
        (line, size) for text, size in zip(words, sizes, strict=True) for line in _wrapped(text, room, _font(size))
    ]
    high = sum(_step(size) for _, size in lines) + 2 * large + (_step(small) if side is not None else 0)
    made = Image.new("RGB", (photo.width, photo.height + high), _PAPER)
    made.paste(photo, (0, 0))
    pen, y = ImageDraw.Draw(made), photo.height + large
    for line, size in lines:
        pen.text((large, y), line, fill=_INK if size == large else _GREY, font=_font(size))
        y += _step(size)
    if side is not None:
        _scale(made, pen, (large, y + small // 4), side=side, size=small)
    return made


def _step(size: int) -> int:
    """From line to line."""
    return size * 3 // 2


def _scale(made: Image.Image, pen: ImageDraw.ImageDraw, at: tuple[int, int], *, side: Side, size: int) -> None:
    """The colours, each side of the evidence with its word."""
    x, y = at
    wide, font = min(220, made.width // 5), _font(size)
    parts = [("for", "speaks for it")] if side is not Side.AGAINST else []
    parts += [("against", "speaks against it")] if side is not Side.FOR else []
    for name, word in parts:
        row = colours(name)[np.linspace(0, 255, wide).astype(int)]
        ramp = np.ascontiguousarray(np.broadcast_to(row, (size, wide, 3)))
        made.paste(Image.fromarray(ramp), (x, y))
        pen.text((x + wide + size // 2, y - size // 8), word, fill=_GREY, font=font)
        x += wide + round(pen.textlength(word, font=font)) + 2 * size


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def _wrapped(text: str, room: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """Lines no wider than `room`; a single word that is wider stays whole."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
