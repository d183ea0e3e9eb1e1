"""Rods, faces and blocks lie where they are, hide each other by how near they are, and are seen from their fronts."""

import numpy as np
import pytest

from weldstudio.imaging.drawn.camera import View
from weldstudio.imaging.drawn.canvas import Canvas
from weldstudio.imaging.drawn.collection import draw, plan
from weldstudio.imaging.drawn.hit import Frame
from weldstudio.imaging.drawn.parts import Coat, Part, block, face, paint_parts, rod

DEEPEST = Canvas.deepest
RED, BLUE = Coat((0.8, 0.02, 0.02), gloss=0.0), Coat((0.02, 0.02, 0.8), gloss=0.0)


def frame(*origin: float) -> Frame:
    """Along x, up, and towards the camera, which looks along y."""
    vectors = (origin, (1, 0, 0), (0, 0, 1), (0, -1, 0))
    place, along, up, near = (np.array(vector, np.float32) for vector in vectors)
    return place, along, up, near


def towards(*origin: float) -> Frame:
    """With its first axis towards the camera."""
    place, along, up, near = frame(*origin)
    return place, near, up, along


@pytest.fixture
def canvas() -> Canvas:
    view = View(eye=(0, -10, 0), target=(0, 0, 0), roll=0, lens=2, equipment="Redbox", framing="wide")
    return Canvas(view, (64, 48))


def seen(canvas: Canvas, x: float, z: float) -> str:
    """What is painted at a place across the origin."""
    column, row = int(32 + x * 6.4), int(24 - z * 6.4)
    red, _, blue = (float(band[row * 64 + column]) for band in canvas.colour)
    return "" if red == blue == 0 else "red" if red > blue else "blue"


def test_each_shape_covers_its_place_and_no_more(canvas: Canvas) -> None:
    paint_parts(
        canvas,
        [
            rod(frame(0, 0, 2), 0.5, -3, 3, RED),
            face(towards(0, 0, 0), 0, 1.0, BLUE, inner=0.6),
            block(frame(0, 0, -2), (2.0, 0.5, 0.5), RED),
        ],
    )
    assert [seen(canvas, x, 2) for x in (-3.4, -2.5, 0, 2.5, 3.4)] == ["", "red", "red", "red", ""]
    assert [seen(canvas, x, 0) for x in (-1.3, -0.8, 0, 0.8, 1.3)] == ["", "blue", "", "blue", ""]
    assert [seen(canvas, x, -2) for x in (-2.4, -1.5, 0, 1.5, 2.4)] == ["", "red", "red", "red", ""]


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_nearer_hides_what_is_behind_in_either_order(canvas: Canvas, order: int) -> None:
    parts = [rod(frame(0, -2, 0), 0.4, -3, 3, RED), block(frame(0, 1, 0), (1.0, 1.5, 0.3), BLUE)]
    paint_parts(canvas, parts[::order])
    assert (seen(canvas, 0, 0), seen(canvas, 0, 1.1)) == ("red", "blue")


def test_of_two_in_one_plane_the_later_is_seen(canvas: Canvas) -> None:
    paint_parts(canvas, [face(towards(0, 0, 0), 0, 1.0, RED), face(towards(0, 0, 0), 0, 0.5, BLUE)])
    assert (seen(canvas, 0, 0), seen(canvas, 0.8, 0)) == ("blue", "red")


def test_a_face_is_seen_from_its_front_and_a_half_ring_is_half(canvas: Canvas) -> None:
    paint_parts(canvas, [face(towards(0, 0, 0), 0, 1.0, RED, facing=-1)])
    assert not canvas.colour.any()
    paint_parts(canvas, [face(towards(0, 0, 0), 0, 1.0, RED, side=1)])
    assert (seen(canvas, 0, 0.6), seen(canvas, 0, -0.6)) == ("red", "")


def test_nothing_is_painted_of_nothing_and_of_what_is_outside(canvas: Canvas) -> None:
    outside: list[list[Part]] = [[], [rod(frame(0, 0, 40), 0.5, -1, 1, RED)]]
    for parts in outside:
        paint_parts(canvas, parts)
    assert not canvas.colour.any()


def test_looking_only_where_nothing_nearer_lies_leaves_the_picture_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Squares are left out that something nearer covers; with every square looked at the pixels are the same."""
    for photo in plan(4, seed=12, balanced=True, bluebox_share=0):
        sparing = draw(photo)
        with monkeypatch.context() as patched:
            patched.setattr(Canvas, "deepest", lambda self: np.full_like(DEEPEST(self), np.inf))
            patched.setattr("weldstudio.imaging.drawn.parts._wide", lambda part: False)
            assert np.array_equal(draw(photo), sparing)
