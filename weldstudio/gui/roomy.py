"""A page or panel that scrolls once there is less room than it needs, as on a small screen with large text."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


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
        self.setWidget(content)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)
