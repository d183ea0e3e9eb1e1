from PySide6.QtCore import QEvent, QObject, QRect
from pytestqt.qtbot import QtBot

from tests.gui.review.made import made_mirror, rows_of
from weldstudio.gui.review.flag_list import FlagList


class Painted(QObject):
    """What of a widget has been painted since it was made."""

    def __init__(self) -> None:
        super().__init__()
        self.area = QRect()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.area |= event.rect()
        return False


def test_only_the_row_that_says_something_else_is_painted(qtbot: QtBot) -> None:
    flags = FlagList()
    qtbot.addWidget(flags)
    flags.resize(300, 300)
    flags.flags.show_rows(rows_of(made_mirror(["..."]), [10], {}))
    with qtbot.waitExposed(flags):
        flags.show()
    qtbot.waitUntil(lambda: not flags.visualRect(flags.flags.index(2)).isEmpty())
    qtbot.wait(50)  # for the first layout and its painting
    painted = Painted()
    flags.viewport().installEventFilter(painted)
    flags.flags.show_rows(rows_of(made_mirror([".r."]), [10], {}))
    qtbot.waitUntil(lambda: not painted.area.isEmpty())
    qtbot.wait(20)  # for what might be painted behind it
    assert painted.area == flags.visualRect(flags.flags.index(1))
