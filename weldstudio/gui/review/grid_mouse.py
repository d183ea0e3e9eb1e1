"""What the mouse does on the grid: click, Ctrl, Shift, rubber band, dragging out, tooltips, Ctrl and the wheel.

Fingers too: pinching on a touchpad or a screen changes the size of the photographs, as Ctrl and the wheel do.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QHelpEvent, QMouseEvent, QNativeGestureEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QToolTip

from weldstudio.gui.review.selection import Selection
from weldstudio.gui.theme import theme

if TYPE_CHECKING:
    from weldstudio.gui.review.grid import PhotoGrid

_PULL_MS = 30
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_LEFT = Qt.MouseButton.LeftButton


class GridMouse(QObject):
    """Listens to the viewport of the grid. A band keeps points of the whole surface, so that it survives scrolling."""

    def __init__(self, grid: "PhotoGrid", name_of: Callable[[int], str]) -> None:
        super().__init__(grid)
        self._grid, self._name_of = grid, name_of
        self._pressed: QPoint | None = None
        self._band: tuple[QPoint, QPoint] | None = None
        self._held: int | None = None
        """Index of the cell under the pressed button that may be dragged out: selected, or the one clicked last."""
        self._clicked: int | None = None
        """The photograph that was clicked last, alone."""
        self._size = 0.0
        """Width of cells asked for; pinching comes in steps that are smaller than a pixel."""
        self._pull = QTimer(self)
        self._pull.setInterval(_PULL_MS)
        self._pull.timeout.connect(self._pull_band)
        grid.installEventFilter(self)
        grid.viewport().installEventFilter(self)
        grid.viewport().grabGesture(Qt.GestureType.PinchGesture)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._grid:
            if kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
                self._grid.viewport().update()
            return False
        if isinstance(event, QMouseEvent):
            return self._mouse(kind, event)
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tooltip(event)
            return True
        if isinstance(event, QWheelEvent) and event.modifiers() & _CONTROL:
            self._grow(1.15 ** (event.angleDelta().y() / 120))
            return True
        if isinstance(event, QNativeGestureEvent):
            zooms = event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
            if zooms:
                self._grow(max(0.1, 1 + event.value()))
            return zooms
        pinch = event.gesture(Qt.GestureType.PinchGesture) if isinstance(event, QGestureEvent) else None
        if isinstance(pinch, QPinchGesture):
            self._held = self._pressed = None  # the first finger was taken for the mouse
            self._grow(pinch.scaleFactor())
            return True
        return False

    def _grow(self, factor: float) -> None:
        grid = self._grid
        if abs(self._size - grid.cell_size) >= 1:
            self._size = float(grid.cell_size)
        self._size *= factor
        grid.set_cell_size(round(self._size))
        grid.size_changed.emit(grid.cell_size)

    def paint_band(self, painter: QPainter, top: int) -> None:
        """The band, if one is open, on a viewport scrolled to `top`."""
        if self._band is not None:
            band = QRect(*self._band).normalized().translated(0, -top)
            painter.fillRect(band, theme.colour("well_accent", alpha=0.18))
            painter.setPen(theme.colour("well_accent"))
            painter.drawRect(band)

    def _mouse(self, kind: QEvent.Type, event: QMouseEvent) -> bool:
        if kind == QEvent.Type.MouseButtonPress:
            self._press(event)
        elif kind == QEvent.Type.MouseMove:
            self._drag(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._release()
        elif kind == QEvent.Type.MouseButtonDblClick:
            index = self._at(event.position().toPoint())
            if index is not None and event.button() == _LEFT:
                self._grid.opened.emit(int(self._grid.state.ids[index]))
        return True

    def _press(self, event: QMouseEvent) -> None:
        grid = self._grid
        grid.setFocus(Qt.FocusReason.MouseFocusReason)
        index = self._at(event.position().toPoint())
        if event.button() != _LEFT:
            # A menu means the selection, if it was opened on it.
            if index is not None and not grid.state.is_selected(index):
                grid.change(lambda state: state.go_to(index))
            return
        self._pressed = self._on_surface(event.position().toPoint())
        control, shift = bool(event.modifiers() & _CONTROL), bool(event.modifiers() & _SHIFT)
        if index is None:
            # The header of a group means all of its photographs.
            group = self._header_at(self._pressed)
            if group is not None:
                members = grid.layout_.members(group)
                grid.change(lambda state: state.choose(members, add=control or shift))
            elif not control and not shift:
                grid.change(Selection.clear)
        elif shift:
            grid.change(lambda state: state.extend(index, add=control))
        elif control:
            grid.change(lambda state: state.toggle(index))
        elif grid.state.is_selected(index) or (index == grid.state.current and self._clicked == grid.state.current_id):
            self._held = index
        else:
            grid.change(lambda state: state.go_to(index))
            self._clicked = grid.state.current_id

    def _drag(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & _LEFT:
            return
        point = event.position().toPoint()
        here = self._on_surface(point)
        if self._band is None:
            if (here - self._pressed).manhattanLength() < QApplication.startDragDistance():
                return
            if self._held is not None:
                self._pressed = self._held = None
                self._grid.carried.emit()
                return
            self._clicked = None
            self._grid.state.begin_band(keep=bool(event.modifiers() & _CONTROL))
        self._band = (self._pressed, here)
        if self._grid.viewport().rect().contains(point):
            self._pull.stop()
        elif not self._pull.isActive():
            self._pull.start()
        self._apply()

    def _release(self) -> None:
        self._pull.stop()
        self._pressed = None
        if self._held is not None:
            index, self._held = self._held, None
            self._grid.change(lambda state: state.go_to(index))
            self._clicked = self._grid.state.current_id
        if self._band is not None:
            self._band = None
            self._grid.viewport().update()

    def _apply(self) -> None:
        assert self._band is not None
        band = QRect(*self._band).normalized()
        touched = self._grid.layout_.within(band.left(), band.top(), band.right(), band.bottom())
        self._grid.change(lambda state: state.band(touched))

    def _pull_band(self) -> None:
        """The mouse is outside while the band is open: the grid scrolls after it, the faster the farther."""
        grid = self._grid
        here = grid.viewport().mapFromGlobal(grid.cursor().pos())
        beyond = here.y() if here.y() < 0 else max(0, here.y() - grid.viewport().height())
        if self._band is None or not beyond:
            self._pull.stop()
            return
        grid.verticalScrollBar().setValue(grid.verticalScrollBar().value() + math.ceil(beyond / 2))
        self._band = (self._band[0], self._on_surface(here))
        self._apply()

    def _tooltip(self, event: QHelpEvent) -> None:
        index = self._at(event.pos())
        if index is None:
            QToolTip.hideText()
            return
        QToolTip.showText(event.globalPos(), self.words(index), self._grid, self._grid.cell_rect(index))

    def words(self, index: int) -> str:
        """What there is to say of a photograph, line by line."""
        photo_id = int(self._grid.state.ids[index])
        badge = self._grid.badges.get([photo_id])[photo_id]
        parts = [self._name_of(photo_id)]
        if badge.state is not None:
            parts.append(f"{badge.state.word}: {badge.words(names=True)}" if badge.name else badge.state.word)
        parts += [text for text in (badge.disagreement, self._grid.thumbs.problem(photo_id) or "") if text]
        return "\n".join(parts)

    def _at(self, point: QPoint) -> int | None:
        return self._grid.layout_.at(point.x(), point.y() + self._grid.verticalScrollBar().value())

    def _header_at(self, point: QPoint) -> int | None:
        """The group whose header lies under a point of the surface."""
        for group, left, _, width in self._grid.layout_.headers(point.y(), 1):
            if left <= point.x() < left + width:
                return group
        return None

    def _on_surface(self, point: QPoint) -> QPoint:
        return point + QPoint(0, self._grid.verticalScrollBar().value())
