"""Turning a photograph and changing its tones for looking, in the real window and in the large view alone."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from pytestqt.qtbot import QtBot

from weldstudio.domain.model import Frame
from weldstudio.gui.review.adjusting import Adjusting, turned_pixmap
from weldstudio.gui.review.layer import Overlay, layer
from weldstudio.gui.review.page import ReviewPage
from weldstudio.gui.review.photo_view import PhotoView
from weldstudio.gui.review.pictures import Picture
from weldstudio.imaging.look import Look

NONE, ALT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def page(qtbot: QtBot, page: ReviewPage) -> ReviewPage:
    """With the first photograph large and painted."""
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.large.view._picture is not None)
    return page


def shown(page: ReviewPage) -> np.ndarray:
    """The pixels of the picture in the large view, (h, w, 3)."""
    picture = page.large.view._picture
    assert picture is not None
    image = picture.image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def press(qtbot: QtBot, page: ReviewPage, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    qtbot.keyClick(page.window().focusWidget() or page, key, modifier)


def test_turned_by_key_and_back_as_it_is(qtbot: QtBot, page: ReviewPage) -> None:
    before = shown(page)
    press(qtbot, page, Qt.Key.Key_Right, ALT)
    qtbot.waitUntil(lambda: shown(page).shape == before.transpose(1, 0, 2).shape)
    assert (shown(page) == np.rot90(before, -1)).all()
    press(qtbot, page, Qt.Key.Key_Left, ALT)
    qtbot.waitUntil(lambda: shown(page).shape == before.shape)
    press(qtbot, page, Qt.Key.Key_Left, ALT)
    qtbot.waitUntil(lambda: shown(page).shape != before.shape)
    assert (shown(page) == np.rot90(before)).all()
    press(qtbot, page, Qt.Key.Key_0, CONTROL)
    qtbot.waitUntil(lambda: shown(page).shape == before.shape)
    assert (shown(page) == before).all()


def test_tones_by_slider_hold_for_one_photo_or_are_kept(qtbot: QtBot, page: ReviewPage) -> None:
    panel, large = page.large.look_panel, page.large
    files = {path: path.read_bytes() for path in page.sources.of(large.view.photo_id or 0).path.parent.glob("*.jpg")}
    before = shown(page).mean()
    press(qtbot, page, Qt.Key.Key_U, CONTROL)
    assert panel.isVisible()
    press(qtbot, page, Qt.Key.Key_PageUp)
    assert large.look == Look(brightness=0.1)
    qtbot.waitUntil(lambda: shown(page).mean() > before + 10)
    first = large.view.photo_id
    press(qtbot, page, Qt.Key.Key_Right)
    assert (large.view.photo_id, large.look) == (first, Look(brightness=0.11))
    press(qtbot, page, Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert page.window().focusWidget() is large.view
    assert page.going.is_large
    press(qtbot, page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: large.view.photo_id != first)
    assert large.look == Look()
    press(qtbot, page, Qt.Key.Key_Right, ALT)
    press(qtbot, page, Qt.Key.Key_U, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert panel.keep.isChecked()
    second = large.view.photo_id
    press(qtbot, page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: large.view.photo_id != second)
    assert large.look == Look(turns=1)
    assert {path: path.read_bytes() for path in files} == files


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("zoom", [1.0, 3.3])
@pytest.mark.parametrize("size", [(90, 60), (64, 64), (30, 100)])
def test_an_overlay_lies_on_its_place_in_every_turn_and_zoom(
    qtbot: QtBot, turns: int, zoom: float, size: tuple[int, int]
) -> None:
    columns, rows = size
    side = min(size)
    left, top = (columns - side) // 2, (rows - side) // 2
    frame = Frame(left / columns, top / rows, (left + side) / columns, (top + side) / rows)
    activation = np.zeros((6, 6), np.float32)
    activation[1, 4] = 1
    seen = Frame(
        frame.left + 4 / 6 * side / columns,
        frame.top + 1 / 6 * side / rows,
        frame.left + 5 / 6 * side / columns,
        frame.top + 2 / 6 * side / rows,
    ).turned(turns)
    image = QImage(columns, rows, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    made = Adjusting()
    qtbot.addWidget(view)
    plain = Picture(image, image, QSize(columns, rows))
    look = Look(turns=turns)
    if turns:
        with qtbot.waitSignal(made.ready):
            made.want([(1, plain)], look)
    picture = made.get(1, plain, look)
    made.stop()
    assert picture is not None
    view.show_picture(picture)
    view.show_layer(layer(Overlay(activation, frame, 1.0), turns))
    view.set_opacity(1.0)
    expected = view.place.frame_rect(seen)
    view.zoom_by(zoom, QPointF(expected.center()))
    expected = view.place.frame_rect(seen)
    pixels = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    red = np.array(
        [[pixels.pixelColor(x, y).red() for x in range(pixels.width())] for y in range(0, pixels.height())], float
    )
    weight = red / red.sum()
    down, across = (
        (weight.sum(1) * (np.arange(red.shape[0]) + 0.5)).sum(),
        (weight.sum(0) * (np.arange(red.shape[1]) + 0.5)).sum(),
    )
    if red[0].max() == red[-1].max() == red[:, 0].max() == red[:, -1].max() == 0:  # wholly inside the view
        assert abs(down - expected.center().y()) <= 1
        assert abs(across - expected.center().x()) <= 1
    assert red.max() > 200


def test_a_thumbnail_stands_in_turned() -> None:
    thumb = QPixmap(40, 20)
    assert turned_pixmap(thumb, 1).size() == QSize(20, 40)
    assert turned_pixmap(thumb, 0).size() == QSize(40, 20)
