"""An overlay made ready for painting."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from weldstudio.domain.model import Frame
from weldstudio.gui.review.layer import Overlay, contour, layer
from weldstudio.imaging.overlay import Side


def hot(row: int, column: int, rows: int = 7, columns: int = 7) -> np.ndarray:
    activation = np.zeros((rows, columns), np.float32)
    activation[row, column] = 1
    return activation


@pytest.mark.parametrize(("row", "column"), [(3, 3), (0, 6), (6, 0)])
def test_a_contour_runs_round_the_strong_place_and_closes_at_the_edge(row: int, column: int) -> None:
    path = contour(hot(row, column), 0.5)
    assert path.contains(QPointF((column + 0.5) / 7, (row + 0.5) / 7))
    assert not path.contains(QPointF(((column + 3) % 7 + 0.5) / 7, (row + 0.5) / 7))
    box = path.boundingRect()
    assert 0.05 < box.width() < 0.3
    assert -0.03 < box.left() < box.right() < 1.03


def test_a_level_that_nothing_reaches_gives_no_line() -> None:
    assert contour(hot(2, 2) * 0.2, 0.5).isEmpty()


@pytest.mark.parametrize("turns", range(4))
def test_colours_contour_and_frame_turn_together(turns: int) -> None:
    made = layer(Overlay(hot(1, 5), Frame(0.2, 0.0, 0.8, 1.0), 1.0, level=0.5, note="Soil", weak=True), turns)
    row, column = np.argwhere(np.rot90(hot(1, 5), -turns))[0].tolist()
    assert made.image.pixelColor(column, row).alpha() == 255
    assert made.contour is not None
    assert made.contour.contains(QPointF((column + 0.5) / 7, (row + 0.5) / 7))
    assert made.frame == Frame(0.2, 0.0, 0.8, 1.0).turned(turns)
    assert (made.note, made.weak) == ("Soil", True)


def test_the_contour_is_of_the_side_that_is_shown() -> None:
    activation = hot(1, 1) - hot(5, 5)
    against = layer(Overlay(activation, Frame(), 1.0, side=Side.AGAINST, level=0.5), 0).contour
    assert against is not None
    assert against.contains(QPointF(5.5 / 7, 5.5 / 7))
    assert not against.contains(QPointF(1.5 / 7, 1.5 / 7))
