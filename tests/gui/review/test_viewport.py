import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF

from weldstudio.domain.model import Frame
from weldstudio.gui.review.viewport import MOST, Viewport

views = st.builds(
    Viewport,
    st.builds(QSizeF, st.floats(100, 2000), st.floats(100, 1500)),
    st.builds(QSize, st.integers(20, 5000), st.integers(20, 5000)),
    st.sampled_from([1.0, 1.5, 2.0]),
)


def test_a_fitted_photo_lies_in_the_middle() -> None:
    view = Viewport(QSizeF(1000, 500), QSize(400, 400))
    assert view.rect == QRectF(250, 0, 500, 500)


def test_a_small_photo_is_not_blown_up_without_end() -> None:
    assert Viewport(QSizeF(1000, 1000), QSize(50, 50)).rect.width() == 150


@given(views, st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_zooming_in_keeps_the_place_under_the_cursor(view: Viewport, x: float, y: float) -> None:
    cursor = QPointF(x * view.view.width(), y * view.view.height())
    near = view.zoomed(4, cursor).zoomed(2, cursor)
    if near.rect.width() < view.view.width() or near.rect.height() < view.view.height():
        return  # a side that fits is held in the middle
    nearer = near.zoomed(1.3, cursor)
    before, after = near.on_photo(cursor), nearer.on_photo(cursor)
    if 0.3 < before.x() < 0.7 and 0.3 < before.y() < 0.7:  # at the rim the photo is held to the view
        assert after.x() == pytest.approx(before.x(), abs=1e-6)
        assert after.y() == pytest.approx(before.y(), abs=1e-6)


@given(views, st.lists(st.tuples(st.floats(0.3, 3), st.floats(-500, 500), st.floats(-500, 500)), max_size=8))
def test_however_one_zooms_and_pans_no_more_is_blank_than_must_be(
    view: Viewport, moves: list[tuple[float, float, float]]
) -> None:
    for factor, dx, dy in moves:
        view = view.zoomed(factor, QPointF(50, 60)).panned(QPointF(dx, dy))
        assert view.used_scale * view.ratio <= max(MOST, view.fit_scale * view.ratio) + 1e-6
        rect = view.rect
        if rect.width() >= view.view.width():
            assert rect.left() <= 1e-6
            assert rect.right() >= view.view.width() - 1e-6
        else:
            assert rect.center().x() == pytest.approx(view.view.width() / 2)


@given(views)
def test_zooming_far_out_ends_at_the_fit(view: Viewport) -> None:
    far = view.zoomed(5, QPointF(10, 10)).zoomed(0.001, QPointF(30, 30))
    assert far.used_scale == pytest.approx(min(view.fit_scale, view.actual_scale))


def test_a_frame_lies_on_its_part_of_the_photo() -> None:
    view = Viewport(QSizeF(800, 400), QSize(400, 200))
    assert view.frame_rect(Frame(0.25, 0, 0.75, 1)) == QRectF(200, 0, 400, 400)
