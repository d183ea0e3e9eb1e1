"""Whether a key is being held down, so that it repeats by itself: then photographs run past, and words may follow."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class HeldKey(QObject):
    """Listens to the keys of the windows it is told of, those that are shortcuts among them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.down = False
        """Whether the last key came by itself."""
        self.listen(parent)

    def listen(self, widget: QWidget) -> None:
        """Keys that reach this widget from what is inside it count."""
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            # A key that repeats is let go of and pressed again, as far as the events tell.
            self.down = event.isAutoRepeat()
        return False
