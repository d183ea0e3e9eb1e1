"""Colours of flags can be seen in both themes, whatever a person chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from weldstudio.gui.flag_colour import LEAST, SWATCHES, contrast, shown
from weldstudio.gui.palette import GROUNDS, ROLES


@given(st.integers(0, 0xFFFFFF), st.booleans())
def test_every_colour_stands_out_from_every_ground(number: int, dark: bool) -> None:
    colour = shown(f"#{number:06x}", dark=dark)
    assert min(contrast(colour, QColor(ROLES[role][dark])) for role in GROUNDS) >= LEAST


@pytest.mark.parametrize("colour", SWATCHES)
def test_the_colours_offered_are_shown_as_they_are_in_the_light(colour: str) -> None:
    assert shown(colour, dark=False).name() == colour.lower()
