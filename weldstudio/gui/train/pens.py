"""The lines by which classes are told apart: one of eight hues, dashed differently from the ninth class on."""

from typing import Final

from PySide6.QtGui import QPen

from weldstudio.gui.theme import theme

HUES: Final = 8
DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (6, 3), (2, 3), (8, 3, 2, 3))


def class_pen(number: int, *, width: float = 1.0, alpha: float = 1.0) -> QPen:
    """The pen of the class with this place in its run; a table draws its legend with the same one."""
    pen = QPen(theme.colour(f"curve_{number % HUES + 1}", alpha=alpha), width)
    pen.setCosmetic(True)
    dash = DASHES[number // HUES % len(DASHES)]
    if dash:
        pen.setDashPattern(dash)
    return pen
