"""Tones of a photograph for looking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.imaging.look import Look, adjusted, tone_curve

tones = st.floats(-1, 1)
looks = st.builds(Look, tones, tones, tones, st.floats(0, 1), st.integers(0, 3))


def noise(rows: int = 40, columns: int = 60) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


@given(looks)
def test_a_tone_curve_never_falls_and_a_photo_keeps_its_shape(look: Look) -> None:
    assert (np.diff(tone_curve(look).astype(int)) >= 0).all()
    pixels = noise()
    before = pixels.copy()
    made = adjusted(pixels, look)
    assert made.shape == pixels.shape
    assert made.dtype == np.uint8
    assert (pixels == before).all()


def test_the_plain_look_changes_nothing() -> None:
    assert Look().plain
    assert Look(turns=1).plain
    assert (tone_curve(Look()) == np.arange(256)).all()
    assert (adjusted(noise(), Look()) == noise()).all()


@pytest.mark.parametrize(
    ("look", "dark", "middle", "bright"),
    [
        (Look(brightness=0.2), 1, 1, 1),
        (Look(contrast=0.5), -1, 0, 1),
        (Look(contrast=-0.5), 1, 0, -1),
        (Look(gamma=0.5), 1, 1, 1),
        (Look(gamma=-0.5), -1, -1, -1),
    ],
)
def test_each_tone_moves_values_as_it_says(look: Look, dark: int, middle: int, bright: int) -> None:
    curve = tone_curve(look).astype(int)
    moved = [int(np.sign(curve[value] - value)) if abs(curve[value] - value) > 1 else 0 for value in (60, 128, 200)]
    assert moved == [dark, middle, bright]


def test_local_contrast_brings_out_a_faint_edge_in_the_shade_and_keeps_grey_grey() -> None:
    pixels = np.full((96, 192, 3), 20, dtype=np.uint8)
    pixels[:, 96:] = 200
    pixels[40:56, 40:48] = 28
    made = adjusted(pixels, Look(local=1.0)).astype(int)
    assert made[48, 44, 0] - made[48, 30, 0] > 12
    assert (made[..., 0] == made[..., 1]).all()
    flat = np.full((50, 50, 3), 90, dtype=np.uint8)
    assert (adjusted(flat, Look(local=1.0)) == flat).all()


def test_four_quarter_turns_are_none() -> None:
    assert Look(brightness=0.3).turned(1).turned(3) == Look(brightness=0.3)
    assert Look().turned(-1).turns == 3
