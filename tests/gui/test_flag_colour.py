"""Colours of flags can be seen in every theme, whatever a person chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from weldstudio.gui.flag_colour import LEAST, SWATCHES, contrast, shown
from weldstudio.gui.palette import CONTRAST, DARK, GROUNDS, LIGHT, ROLES


@given(st.integers(0, 0xFFFFFF), st.sampled_from((LIGHT, DARK, CONTRAST)))
def test_every_colour_stands_out_from_every_ground(number: int, kind: int) -> None:
    colour = shown(f"#{number:06x}", kind=kind)
    assert min(contrast(colour, QColor(ROLES[role][kind])) for role in GROUNDS) >= LEAST


@pytest.mark.parametrize("colour", SWATCHES)
def test_the_colours_offered_are_shown_as_they_are_in_the_light(colour: str) -> None:
    assert shown(colour, kind=LIGHT).name() == colour.lower()
