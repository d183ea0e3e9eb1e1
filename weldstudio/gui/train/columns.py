"""Small parts of the columns of the Train page: headings, hairlines, a wheel that scrolls and changes no values."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP


class CalmWheel(QObject):
    """The wheel scrolls the column; it changes a field only after that was clicked into."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def heading(text: str, tip: str) -> QLabel:
    """The title of a part of a column."""
    label = QLabel(text)
    set_look(label, "section")
    label.setToolTip(tip)
    label.setContentsMargins(GROUP, GROUP, GROUP, GAP)
    return label


def level_line() -> QFrame:
    """A hairline between two parts, one above the other."""
    line = QFrame()
    line.setProperty("look", "line")
    return line


def upright_line() -> QFrame:
    """A hairline between two columns."""
    line = QFrame()
    line.setProperty("look", "upright")
    return line
