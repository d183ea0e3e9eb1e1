"""What tests of the Review page share."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.page import ReviewPage


def opened(qtbot: QtBot, window: MainWindow, project: Path) -> ReviewPage:
    """The page of a project in the real window, the grid with the keyboard."""
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page.grid.setFocus()
    return page


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, project: Path) -> ReviewPage:
    """Of a project in the real window, the grid with the keyboard."""
    return opened(qtbot, window, project)
