"""F1: the help opens at the page that belongs to what is on screen, over the window or over a dialog."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def open_help(over: QWidget, page: str) -> None:
    """Show a page of the help; `over` is the window or dialog that asks, or the help could not be clicked in."""
    from weldstudio.gui.help.viewer import HelpViewer  # few ask for it, and it takes time to bring along

    viewer = over.findChild(HelpViewer, options=Qt.FindChildOption.FindDirectChildrenOnly) or HelpViewer(over)
    viewer.show_page(page)
    viewer.show()
    viewer.activateWindow()


def help_by_key(dialog: QWidget, page: str) -> None:
    """Have F1 in a dialog open its page; the window's own F1 does not reach it there."""
    QShortcut(QKeySequence("F1"), dialog).activated.connect(lambda: open_help(dialog, page))
