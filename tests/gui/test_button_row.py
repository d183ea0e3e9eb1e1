"""A header's buttons where there is little room."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from weldstudio.gui.button_row import ButtonRow


def test_what_has_no_room_is_in_the_menu_and_what_matters_most_stays(qtbot: QtBot) -> None:
    row = ButtonRow("More")
    qtbot.addWidget(row)
    row.words.setText("17 flags")
    buttons = {text: QPushButton(text) for text in ("Contractors", "Merge", "Add a flag")}
    for text, button in buttons.items():
        row.add(button, QAction(text, row))

    def seen(width: int) -> tuple[list[str], list[str]]:
        row.resize(width, 40)
        shown = [text for text, button in buttons.items() if not button.isHidden()]
        return shown, [action.text() for action in row.more.menu().actions()]

    row.show()
    assert seen(900) == (["Contractors", "Merge", "Add a flag"], [])
    assert not row.words.isHidden()
    wide = buttons["Add a flag"].sizeHint().width() + row.more.sizeHint().width() + 10
    assert seen(wide) == (["Add a flag"], ["Contractors", "Merge"])
    assert row.words.isHidden()
    row.want(buttons["Merge"], False)
    assert seen(wide) == (["Add a flag"], ["Contractors"])
    assert seen(900) == (["Contractors", "Add a flag"], [])
