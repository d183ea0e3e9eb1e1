"""A card that floats over the window until something else is done: Escape, a click or focus elsewhere closes it.

A child of the window rather than a popup of the system: it needs no grab of mouse or keyboard, and stands where it is
put on every platform.
"""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget


class Floating(QFrame):
    """A 'lifted' frame; `float_at` places and shows it, `closed` says that it went."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "lifted")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.over = parent
        self._before: QWidget | None = None
        self.hide()

    def float_at(self, x: int, y: int) -> None:
        """Show at a place of the parent, kept inside it."""
        self._before = QApplication.focusWidget()
        self.adjustSize()
        self.move(max(0, min(x, self.over.width() - self.width())), max(0, min(y, self.over.height() - self.height())))
        self.show()
        self.raise_()
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def dismiss(self) -> None:
        """Hide, and give the focus back to who had it."""
        if self.isHidden():
            return
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.hide()
        if self._before is not None:
            try:
                self._before.setFocus()
            except RuntimeError:
                pass  # it is gone meanwhile
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            # Before any shortcut of the window gets it.
            event.accept()
            self.dismiss()
            return True
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            place = self.mapFromGlobal(event.globalPosition().toPoint())
            if not self.rect().contains(place):
                self.dismiss()
        elif kind == QEvent.Type.WindowDeactivate and watched is self.window():
            self.dismiss()
        return False
