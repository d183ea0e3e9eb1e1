"""What mouse, touchpad and fingers do on a photograph: wheel and pinch zoom, dragging and two fingers move it.

Where all of it is in sight there is nothing to move: dragging then takes it out to other programs; with Ctrl always.

A wheel zooms. A touchpad tells of itself (its scrolling has phases, or its device is known), and then two fingers move
the photograph while pinching zooms, as elsewhere; with Ctrl they zoom as well, which is how Windows hands pinches on.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QInputDevice, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture

from weldstudio.gui.review.viewport import STEP

if TYPE_CHECKING:
    from weldstudio.gui.review.photo_view import PhotoView

_PIXELS: Final = 60
"""So far two fingers, or a wheel that counts pixels, move for one step of zoom."""
_BY_KEY: Final = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_DRAGS: Final = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)


class PhotoHand(QObject):
    """Listens to one photo view. What it does not take, as moves of the mouse, goes on to whoever lies below."""

    def __init__(self, view: "PhotoView") -> None:
        super().__init__(view)
        self._view = view
        self._dragged: QPointF | None = None
        self._before = view.place
        """How it lay when the button was pressed."""
        self._out_from: QPointF | None = None
        """Where the button was pressed to drag the photograph out of the window."""
        self.ring = False
        """Whether the keyboard came here by a key, so that it has to be seen where it is."""
        view.grabGesture(Qt.GestureType.PinchGesture)
        view.installEventFilter(self)

    @property
    def dragging(self) -> bool:
        return self._dragged is not None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QFocusEvent):
            self.ring = kind == QEvent.Type.FocusIn and event.reason() in _BY_KEY
            self._view.update()
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if isinstance(event, QNativeGestureEvent):
            return self._native(event)
        if kind == QEvent.Type.Gesture and isinstance(event, QGestureEvent):
            return self._pinch(event)
        return self._mouse(kind, event) if isinstance(event, QMouseEvent) else False

    def _wheel(self, event: QWheelEvent) -> bool:
        pixels = event.pixelDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if _by_touchpad(event) and not control:
            self._view.pan_by(QPointF(pixels if not pixels.isNull() else event.angleDelta() / 8))
        else:
            steps = pixels.y() / _PIXELS if not pixels.isNull() else event.angleDelta().y() / 120
            self._view.zoom_by(STEP**steps, event.position())
        event.accept()
        return True

    def _native(self, event: QNativeGestureEvent) -> bool:
        kind = event.gestureType()
        if kind == Qt.NativeGestureType.ZoomNativeGesture:
            self._view.zoom_by(max(0.1, 1 + event.value()), event.position())
        elif kind == Qt.NativeGestureType.PanNativeGesture:
            self._view.pan_by(event.delta())
        elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:
            # Two fingers tapping twice: near, and away again.
            self._view.actual(event.position()) if self._view.place.scale is None else self._view.fit()
        else:
            return False
        event.accept()
        return True

    def _pinch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        self._out_from = None
        if self._dragged is not None:
            # The first finger was taken for the mouse, until the second was there.
            self._dragged = None
            self._view.lie(self._before)
        at = QPointF(self._view.mapFromGlobal(pinch.centerPoint()))
        if pinch.changeFlags() & QPinchGesture.ChangeFlag.ScaleFactorChanged:
            self._view.zoom_by(pinch.scaleFactor(), at)
        self._view.pan_by(pinch.centerPoint() - pinch.lastCenterPoint())
        event.accept()
        return True

    def _mouse(self, kind: QEvent.Type, event: QMouseEvent) -> bool:
        if kind == QEvent.Type.MouseButtonPress and event.button() in _DRAGS:
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if event.button() == Qt.MouseButton.LeftButton and (control or not self._view.overflows):
                self._out_from = event.position()
                return False
            self._dragged, self._before = event.position(), self._view.place
        elif kind == QEvent.Type.MouseMove and self._out_from is not None:
            if (event.position() - self._out_from).manhattanLength() >= QApplication.startDragDistance():
                self._out_from = None
                self._view.carried.emit()
            return False
        elif kind == QEvent.Type.MouseMove and self._dragged is not None:
            self._view.pan_by(event.position() - self._dragged)
            self._dragged = event.position()
            return False
        elif kind == QEvent.Type.MouseButtonRelease:
            self._dragged = self._out_from = None
        elif kind == QEvent.Type.MouseButtonDblClick and event.button() == Qt.MouseButton.LeftButton:
            self._view.closed.emit()
            return True
        else:
            return False
        self._view.show_cursor()
        return True


def _by_touchpad(event: QWheelEvent) -> bool:
    device = event.device()
    if device is not None and device.type() == QInputDevice.DeviceType.TouchPad:
        return True
    return event.phase() != Qt.ScrollPhase.NoScrollPhase
