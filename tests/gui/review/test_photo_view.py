import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QInputDevice, QNativeGestureEvent, QPixmap, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from weldstudio.domain.model import Frame
from weldstudio.gui.review.layer import Layer
from weldstudio.gui.review.photo_view import PhotoView
from weldstudio.gui.review.pictures import Picture

FINGER = QPointingDevice.PointerType.Finger
CAPABLE = QInputDevice.Capability.Scroll | QInputDevice.Capability.PixelScroll
SYNTHESIZED = Qt.MouseEventSource.MouseEventNotSynthesized


def plain(width: int, height: int, colour: str = "#808080") -> Picture:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return Picture(image, image, QSize(width, height))


@pytest.fixture
def view(qtbot: QtBot) -> PhotoView:
    made = PhotoView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    qtbot.waitExposed(made)
    made.show_photo(1)
    made.show_picture(plain(400, 200))
    return made


def test_a_photo_is_fitted_into_the_view(view: PhotoView) -> None:
    assert view.place.rect == QRectF(0, 50, 400, 200)
    image = view.grab().toImage()
    assert image.pixelColor(200, 150).red() == 128
    assert image.pixelColor(200, 20).red() < 60


def test_zoom_stays_from_photo_to_photo_until_fitted(view: PhotoView) -> None:
    view.zoom_by(4, QPointF(300, 150))
    rect = view.place.rect
    view.show_photo(2, QPixmap(40, 20))
    view.show_picture(plain(400, 200))
    assert view.place.rect == rect
    view.fit()
    assert view.place.rect == QRectF(0, 50, 400, 200)


def test_a_thumbnail_stands_in_at_the_same_place(view: PhotoView) -> None:
    thumb = QPixmap(80, 40)
    thumb.fill(QColor("#ff0000"))
    view.show_photo(3, thumb)
    stand_in = view.place.rect
    assert view.grab().toImage().pixelColor(200, 150).red() == 255
    view.show_picture(plain(400, 200))
    assert stand_in.center() == view.place.rect.center()


def test_one_to_one_and_the_wheel(qtbot: QtBot, view: PhotoView) -> None:
    view.show_picture(plain(1600, 800))
    view.actual()
    assert view.place.rect.width() == 1600
    view.zoom_by(0.001)
    assert view.place.scale is None


def test_dragging_pans(view: PhotoView) -> None:
    view.zoom_by(4)
    before = view.place.rect
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    QTest.mouseMove(view, view.rect().center() + QPointF(30, 20).toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=view.rect().center() + QPointF(30, 20).toPoint())
    assert view.place.rect.left() == pytest.approx(before.left() + 30)
    assert view.place.rect.top() == pytest.approx(before.top() + 20)


def test_detail_that_the_picture_lacks_is_asked_for(qtbot: QtBot, view: PhotoView) -> None:
    half = QImage(1000, 500, QImage.Format.Format_RGB32)
    view.show_picture(Picture(half, half, QSize(4000, 2000)))
    with qtbot.assertNotEmitted(view.whole_wanted):
        view.zoom_by(1.5)
    with qtbot.waitSignal(view.whole_wanted):
        view.actual()


@pytest.mark.parametrize("zoom", [1.0, 3.0])
@pytest.mark.parametrize("frame", [Frame(), Frame(0.25, 0.0, 0.75, 1.0)])
def test_the_overlay_lies_where_the_model_looked(view: PhotoView, zoom: float, frame: Frame) -> None:
    """A map of 16 x 16 with one hot cell: on screen its evidence has its middle over that cell of the frame."""
    overlay = QImage(16, 16, QImage.Format.Format_ARGB32_Premultiplied)
    overlay.fill(Qt.GlobalColor.transparent)
    overlay.setPixelColor(9, 6, QColor("#ff0000"))
    view.set_opacity(1.0)
    view.zoom_by(zoom, QPointF(view.place.frame_rect(frame).center()))
    view.show_layer(Layer(overlay, frame))
    image = view.grab().toImage()
    target = view.place.frame_rect(frame)
    expected = QPointF(target.left() + target.width() * 9.5 / 16, target.top() + target.height() * 6.5 / 16)
    weights = [
        (x, y, image.pixelColor(x, y).red() - image.pixelColor(x, y).green())
        for x in range(0, 400, 2)
        for y in range(0, 300, 2)
    ]
    total = sum(w for _, _, w in weights if w > 8)
    assert total > 0
    across = sum(x * w for x, _, w in weights if w > 8) / total
    down = sum(y * w for _, y, w in weights if w > 8) / total
    assert across == pytest.approx(expected.x(), abs=2)
    assert down == pytest.approx(expected.y(), abs=2)


def test_the_overlay_goes_with_the_photo(view: PhotoView) -> None:
    overlay = QImage(2, 2, QImage.Format.Format_ARGB32_Premultiplied)
    overlay.fill(QColor("#ff0000"))
    view.show_layer(Layer(overlay, Frame(), note="Soil  0.10, below its threshold 0.50", weak=True))
    with_note = view.grab().toImage()
    view.show_photo(5)
    view.show_picture(plain(400, 200))
    assert view.grab().toImage() != with_note
    assert view.grab().toImage().pixelColor(200, 150) == QColor("#808080")


def test_a_problem_is_said_in_place_of_the_photo(view: PhotoView) -> None:
    before = view.grab().toImage()
    view.show_problem("12.jpg is cut off: the end of the picture is missing. Copy it again.")
    assert view.grab().toImage() != before


def wheel(view: PhotoView, *, pixels: QPoint, angle: QPoint, device: QPointingDevice, control: bool = False) -> None:
    modifiers = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    at = QPointF(view.rect().center())
    no, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        pixels,
        angle,
        no,
        modifiers,
        phase,
        False,
        SYNTHESIZED,
        device,
    )
    QApplication.sendEvent(view, event)


def test_two_fingers_move_and_pinching_zooms_where_a_wheel_zooms(view: PhotoView) -> None:
    touchpad = QPointingDevice("pad", 7, QInputDevice.DeviceType.TouchPad, FINGER, CAPABLE, 2, 3)
    view.zoom_by(4)
    before = view.place
    wheel(view, pixels=QPoint(20, -10), angle=QPoint(), device=touchpad)
    assert view.place.scale == before.scale
    assert view.place.rect.topLeft() == before.rect.topLeft() + QPointF(20, -10)
    wheel(view, pixels=QPoint(0, 60), angle=QPoint(), device=touchpad, control=True)
    assert view.place.used_scale == pytest.approx(before.used_scale * 1.25)
    wheel(view, pixels=QPoint(), angle=QPoint(0, -120), device=QPointingDevice.primaryPointingDevice())
    assert view.place.used_scale == pytest.approx(before.used_scale)
    at = QPointF(100, 100)
    place = view.place.on_photo(at)
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, touchpad, 2, at, at, view.mapToGlobal(at), 0.5, QPointF()
    )
    QApplication.sendEvent(view, pinch)
    assert view.place.used_scale == pytest.approx(before.used_scale * 1.5)
    assert view.place.on_photo(at).x() == pytest.approx(place.x())


def test_two_fingers_on_a_screen_zoom_about_their_middle(qtbot: QtBot, view: PhotoView) -> None:
    screen = QTest.createTouchDevice()
    left, right = QPoint(150, 150), QPoint(250, 150)
    QTest.touchEvent(view, screen).press(0, left, view).press(1, right, view).commit()
    for step in range(1, 6):
        apart = QPoint(10 * step, 0)
        QTest.touchEvent(view, screen).move(0, left - apart, view).move(1, right + apart, view).commit()
    QTest.touchEvent(view, screen).release(0, left - apart, view).release(1, right + apart, view).commit()
    assert view.place.rect.width() > 500
    assert view.place.rect.center().x() == pytest.approx(200, abs=3)


def test_where_the_keyboard_came_by_tab_is_seen(qtbot: QtBot, view: PhotoView) -> None:
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    ringed = view.grab().toImage()
    view.clearFocus()
    view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert view.grab().toImage() != ringed
