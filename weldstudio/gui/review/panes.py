"""Photo views side by side, zoomed and moved as one: the photograph worked on, and what it is compared with."""

import math
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from weldstudio.gui.review.photo_view import PhotoView
from weldstudio.gui.theme import theme

_GAP: Final = 2
_SHAPE: Final = 4 / 3
"""Of most photographs: the tiles are laid so that one of this shape is as large as can be."""


class Panes(QWidget):
    """The first view is the photograph worked on; others come and go beside it. GUI thread."""

    chosen = Signal(int)
    """Place of a view beside the first: work on what it shows (double click, or Return where the keyboard is)."""

    carried = Signal(object)
    """The view whose photograph is dragged out of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main = PhotoView(self)
        self.main.carried.connect(partial(self.carried.emit, self.main))
        self.main.setMinimumSize(1, 1)
        self.setMinimumSize(160, 120)
        self.main.moved.connect(partial(self._follow, self.main))
        self._beside: list[PhotoView] = []
        self._count = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)

    @property
    def beside(self) -> tuple[PhotoView, ...]:
        """The views shown beside the first."""
        return tuple(self._beside[: self._count])

    @property
    def views(self) -> tuple[PhotoView, ...]:
        """All that are shown."""
        return (self.main, *self.beside)

    def show_beside(self, count: int) -> None:
        """So many views beside the first; what they show is told to each."""
        if count == self._count:
            return
        while len(self._beside) < count:
            self._beside.append(self._made(len(self._beside)))
        self._count = count
        for place, view in enumerate(self._beside):
            if place >= count:
                view.show_photo(None)
            view.setVisible(place < count)
        self.main.set_caption("", framed=count > 0)
        self._lay()

    def set_opacity(self, opacity: float) -> None:
        """Of the overlays, 0 to 1."""
        for view in (self.main, *self._beside):
            view.set_opacity(opacity)

    def sizeHint(self) -> QSize:
        return self.main.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("well"))
        painter.end()

    def _made(self, place: int) -> PhotoView:
        view = _Beside(self)
        view.setMinimumSize(1, 1)
        view.moved.connect(partial(self._follow, view))
        view.whole_wanted.connect(self.main.whole_wanted)
        view.closed.connect(partial(self.chosen.emit, place))
        view.carried.connect(partial(self.carried.emit, view))
        view.set_opacity(self.main.opacity)
        # Below what floats on the photographs.
        view.lower()
        return view

    def _follow(self, moved: PhotoView) -> None:
        for view in self.views:
            if view is not moved:
                view.follow(moved.place)

    def _lay(self) -> None:
        for view, tile in zip(self.views, tiles(1 + self._count, self.size()), strict=True):
            view.setGeometry(tile)


class _Beside(PhotoView):
    """A view beside the first; where the keyboard is, Return works on what it shows."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.type() == QEvent.Type.ShortcutOverride and not event.modifiers() & ~_KEYPAD:
                event.accept()  # before the page's own key, which would leave the photographs
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.closed.emit()
                return True
        return super().event(event)


_KEYPAD: Final = Qt.KeyboardModifier.KeypadModifier


def tiles(count: int, room: QSize) -> list[QRect]:
    """Row by row, as many columns as make a photograph in each the largest."""
    wide, high = room.width(), room.height()

    def photo(columns: int) -> float:
        rows = math.ceil(count / columns)
        return min(wide / columns, high / rows * _SHAPE)

    columns = max(range(1, count + 1), key=photo)
    rows = math.ceil(count / columns)
    found = []
    for place in range(count):
        row, column = divmod(place, columns)
        begin = QPointF(column * (wide + _GAP) / columns, row * (high + _GAP) / rows)
        end = QPointF((column + 1) * (wide + _GAP) / columns - _GAP, (row + 1) * (high + _GAP) / rows - _GAP)
        first, last = QPoint(round(begin.x()), round(begin.y())), QPoint(round(end.x()), round(end.y()))
        found.append(QRect(first, last - QPoint(1, 1)))
    return found
