"""A page that scrolls once there is less room than it needs, as on a small screen with large text."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Roomy(QScrollArea):
    """Holds one widget, which is as large as the room there is but never smaller than it can be."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setProperty("look", "scrolled")
        self.setWidget(content)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)
