"""What lies on the large photograph: the colours of a map, a contour, and where they belong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage, QPainterPath, QTransform

from weldstudio.domain.model import Frame
from weldstudio.imaging.overlay import Side, evidence, overlay_rgba

_FINER = 6
"""A contour runs through a map this much finer than the network's, as does the smooth overlay on the screen."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A map over the upright photograph, and how it is to be shown."""

    activation: NDArray[np.float32]
    """(h, w), above 0 where something speaks for the flag."""
    frame: Frame
    scale: float
    """The evidence that gets the strongest colour."""
    side: Side = Side.FOR
    smooth: bool = True
    """Else each place of the map is a square: what the network told apart, and no more."""
    level: float = 0.0
    """Part of the scale at which a contour is drawn; 0 = none."""
    note: str = ""
    weak: bool = False
    """The flag lies below its threshold: the note is grey."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """An overlay made ready for painting over a photograph that may be turned."""

    image: QImage
    frame: Frame
    contour: QPainterPath | None = None
    """In parts of the frame's width and height."""
    smooth: bool = True
    note: str = ""
    weak: bool = False


def layer(overlay: Overlay, turns: int) -> Layer:
    """The overlay over the photograph turned clockwise by so many quarters."""
    activation = np.rot90(overlay.activation, -turns)
    strength = evidence(activation, overlay.side) / overlay.scale
    return Layer(
        colours_image(overlay_rgba(activation, scale=overlay.scale, opacity=1.0, side=overlay.side)),
        overlay.frame.turned(turns),
        contour(strength, overlay.level) if overlay.level > 0 else None,
        smooth=overlay.smooth,
        note=overlay.note,
        weak=overlay.weak,
    )


def colours_image(rgba: NDArray[np.uint8]) -> QImage:
    """(h, w, 4) straight alpha as an image that Qt blends and scales without further conversion."""
    rgba = np.ascontiguousarray(rgba)
    height, width = rgba.shape[:2]
    image = QImage(rgba.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    # Premultiplied, or the colour of transparent pixels would bleed in when it is scaled up; the conversion copies.
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def contour(strength: NDArray[np.float32], level: float) -> QPainterPath:
    """Where a map (h, w) crosses `level`, closed at its edges, in parts of its width and height."""
    # Only whoever asks for a contour pays for the library.
    from pyqtgraph.functions import isocurve

    rows, columns = strength.shape
    fine = Image.fromarray(strength).resize((columns * _FINER, rows * _FINER), Image.Resampling.BILINEAR)
    padded = np.pad(np.asarray(fine), 1)  # nothing lies outside, so every line closes
    path: QPainterPath = isocurve(padded.T, level, path=True)
    # Value k of the padded map is the middle of place k - 1.
    place = QTransform.fromScale(1 / (columns * _FINER), 1 / (rows * _FINER)).translate(-0.5, -0.5)
    return place.map(path)
