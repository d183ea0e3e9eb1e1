"""Where the keyboard is, on lists and areas that have no frame of their own to show it."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QGraphicsView, QScrollArea, QWidget
from shiboken6 import isValid

from weldstudio.gui.theme import theme

_WIDTH: Final = 2


class FocusRing(QObject):
    """Lays a ring on whichever of them has the keyboard; everything else shows it by itself. GUI thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._ring: _Ring | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._changed)

    def _changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        ring, self._ring = self._ring, None
        if ring is not None and isValid(ring):
            ring.hide()
            ring.deleteLater()
        if now is not None and _is_bare(now):
            self._ring = _Ring(now)


class _Ring(QWidget):
    """A child of what it lies on, so that it scrolls and goes with it."""

    def __init__(self, on: QWidget) -> None:
        super().__init__(on)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        on.installEventFilter(self)
        self.setGeometry(on.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pen = QPen(theme.colour("accent"), _WIDTH)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()


def _is_bare(widget: QWidget) -> bool:
    if isinstance(widget, QAbstractItemView):
        return widget.property("look") == "bare"
    return isinstance(widget, QScrollArea | QGraphicsView)
