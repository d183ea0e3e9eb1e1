"""A page or panel that scrolls once there is less room than it needs, as on a small screen with large text."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget


class Roomy(QScrollArea):
    """Holds one widget, which is as large as the room there is but never smaller than it can be.

    Without `sideways` it is as wide as the room, and only what is below the edge is scrolled to.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None, *, sideways: bool = True) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if not sideways:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content.setProperty("look", "scrolled")
        self.setWidget(_Room(content) if sideways else content)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


class _Room(QWidget):
    """Round a page: with words in it that wrap, a scroll area would make it as high as it would like to be."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setProperty("look", "scrolled")
        self._content = content
        content.setParent(self)

    def minimumSizeHint(self) -> QSize:
        least, layout = self._content.minimumSizeHint(), self._content.layout()
        if layout is not None and layout.hasHeightForWidth():
            least.setHeight(layout.totalMinimumHeightForWidth(max(self.width(), least.width())))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._content.resize(event.size())
        if event.size().width() != event.oldSize().width():
            QApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))  # other words wrap now
