"""Icons follow the theme and the size of the text."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QRadioButton, QToolButton
from pytestqt.qtbot import QtBot

from weldstudio.gui.icons import set_icon
from weldstudio.gui.theme import theme


@pytest.mark.parametrize(("text", "side"), [(100, 16), (200, 32)])
def test_icons_of_buttons_grow_with_the_text(qtbot: QtBot, text: int, side: int) -> None:
    theme.apply("light")
    buttons = [QPushButton("Go"), QToolButton(), QRadioButton("One")]
    for button in buttons:
        qtbot.addWidget(button)
    set_icon(buttons[0], "photo")
    try:
        theme.apply("light", text=text)
        for button in buttons:
            button.ensurePolished()
            assert button.iconSize() == QSize(side, side)
        assert buttons[0].icon().availableSizes()[0].width() >= side
        unchosen = buttons[2].sizeHint()
        buttons[2].setChecked(True)
        assert buttons[2].sizeHint() == unchosen
    finally:
        theme.apply("light")
