"""A figure shows the photo untouched, the map where it belongs, and the words below."""

import numpy as np
import pytest

from weldstudio.domain.model import Frame
from weldstudio.imaging.figure import Laid, figure
from weldstudio.imaging.look import Look
from weldstudio.imaging.overlay import Side

WORDS = ("No Clamp Used  0.91", "a/12.jpg", "Model small (m1)")


def grey(width: int = 640, height: int = 480) -> np.ndarray:
    return np.full((height, width, 3), 90, np.uint8)


def test_without_a_map_the_photo_stands_above_its_words() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (480, 640, 3)).astype(np.uint8)
    before = pixels.copy()
    made = np.asarray(figure(pixels, None, ("a/12.jpg",), look=Look()))
    assert (made[:480] == pixels).all()
    assert (pixels == before).all()
    below = made[480:]
    assert below.min() < 100  # ink
    assert below[-2:].min() == 255  # and paper to the edge


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("frame", [Frame(), Frame(0.125, 0.0, 0.875, 1.0)])
def test_the_map_lies_where_the_model_looked(turns: int, frame: Frame) -> None:
    activation = np.zeros((6, 6), np.float32)
    activation[1, 4] = 1
    made = figure(grey(), Laid(activation, frame, 1.0, opacity=1.0), WORDS, look=Look(turns=turns))
    wide, high = (640, 480) if turns % 2 == 0 else (480, 640)
    red = np.asarray(made)[:high, :wide].astype(float)
    weight = np.abs(red - 90).sum(2)
    down, across = (weight.sum(1) * np.arange(high)).sum(), (weight.sum(0) * np.arange(wide)).sum()
    cell = Frame(
        frame.left + 4 / 6 * (frame.right - frame.left),
        1 / 6,
        frame.left + 5 / 6 * (frame.right - frame.left),
        2 / 6,
    ).turned(turns)
    assert down / weight.sum() == pytest.approx((cell.top + cell.bottom) / 2 * high - 0.5, abs=1)
    assert across / weight.sum() == pytest.approx((cell.left + cell.right) / 2 * wide - 0.5, abs=1)


def test_small_photos_leave_room_for_words_and_a_line_is_drawn_where_asked() -> None:
    activation = np.zeros((4, 4), np.float32)
    activation[1:3, 1:3] = 1
    plain = figure(grey(96, 72), Laid(activation, Frame(), 1.0), WORDS, look=Look())
    assert plain.width >= 480
    lined = figure(grey(96, 72), Laid(activation, Frame(), 1.0, level=0.5), WORDS, look=Look())
    assert lined.size == plain.size
    assert (np.asarray(lined) != np.asarray(plain)).any()


def test_the_scale_of_colours_is_that_of_the_side() -> None:
    activation = np.array([[1, -1], [0, 0]], np.float32)
    found = {
        side: np.asarray(figure(grey(), Laid(activation, Frame(), 1.0, side=side), WORDS, look=Look()))[-40:]
        for side in Side
    }
    warm = {side: (below[..., 0].astype(int) - below[..., 2] > 60).any() for side, below in found.items()}
    cold = {side: (below[..., 2].astype(int) - below[..., 0] > 60).any() for side, below in found.items()}
    assert warm == {Side.FOR: True, Side.AGAINST: False, Side.BOTH: True}
    assert cold[Side.AGAINST]
    assert cold[Side.BOTH]
