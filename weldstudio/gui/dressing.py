"""How the window looks by the settings: theme, density, size of text."""

from typing import Final

from weldstudio.gui.theme import theme
from weldstudio.settings import Settings

SIZES: Final = (80, 90, 100, 110, 125, 150, 175, 200)
"""Sizes of text that the keys go through, in percent."""


def dress(settings: Settings) -> bool:
    """Dress the application; says whether text has another size now, so that pages have to be laid out anew."""
    before = theme.text
    theme.apply(settings.theme, density=settings.density, text=settings.text_size)
    return theme.text != before


def next_size(settings: Settings, by: int) -> int:
    """The next larger (`by` 1) or smaller (-1) size of text; the last one stays."""
    now = settings.text_size
    others = [size for size in SIZES if (size > now if by > 0 else size < now)]
    return (min(others) if by > 0 else max(others)) if others else now
