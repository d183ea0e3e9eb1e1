"""Colours that people give to flags: eight that are offered, and how any other is shown so that it can be seen.

A stored colour is data and stays as it is; what is painted has a contrast of at least 3:1 on every ground of the theme.
"""

from functools import cache
from typing import Final

from PySide6.QtGui import QColor

from weldstudio.gui.palette import GROUNDS, LIGHT, ROLES
from weldstudio.gui.theme import theme

LEAST: Final = 3.0
"""Contrast of a mark that carries meaning (WCAG 2.2, 1.4.11)."""
SWATCHES: Final = tuple(ROLES[f"curve_{n}"][0] for n in range(1, 9))


def shown(colour: str, *, kind: int | None = None) -> QColor:
    """A flag's colour as it is painted in this theme of the palette (by default the present one): its hue, made visible
    if need be.
    """
    return QColor(_visible(colour, theme.kind if kind is None else kind))


def contrast(one: QColor, other: QColor) -> float:
    """Contrast of two opaque colours, 1 to 21, as WCAG 2.2 defines it."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@cache
def _visible(colour: str, kind: int) -> str:
    grounds = [QColor(ROLES[role][kind]) for role in GROUNDS]
    found = QColor(colour)
    hue, saturation, lightness = found.hslHueF(), found.hslSaturationF(), found.lightnessF()
    step = -0.02 if kind == LIGHT else 0.02
    while min(contrast(found, ground) for ground in grounds) < LEAST and 0 < lightness + step < 1:
        lightness += step
        found = QColor(QColor.fromHslF(max(hue, 0), saturation, lightness).name())
    return found.name()


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
