"""Where the keyboard is can be seen on everything that Tab reaches, and everything of it has a name."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from weldstudio.gui.main_window import MainWindow

MOST_STOPS = 80


@pytest.mark.parametrize("page", ["review", "flags", "models", "quality"])
def test_every_stop_of_the_tab_key_is_named_and_seen(
    qtbot: QtBot, window: MainWindow, project: Path, page: str
) -> None:
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    window.show_page(page)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    seen: list[QWidget] = []
    for _ in range(MOST_STOPS):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        here = window.focusWidget()
        assert here is not None
        if here in seen:
            break
        seen.append(here)
        name = QAccessible.queryAccessibleInterface(here).text(QAccessible.Text.Name)
        assert name, f"{type(here).__name__} has no name"
        here.setFocus(Qt.FocusReason.TabFocusReason)
        ringed = here.grab().toImage()
        here.clearFocus()
        assert here.grab().toImage() != ringed, f"{name} does not show that it has the keyboard"
        here.setFocus(Qt.FocusReason.TabFocusReason)
    assert len(seen) > 3
