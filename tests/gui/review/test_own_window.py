"""The large photograph in a window of its own, by keys in both windows."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from weldstudio.domain.labelling import State
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.own_window import OwnWindow
from weldstudio.gui.review.page import ReviewPage

CONTROL = Qt.KeyboardModifier.ControlModifier


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    window = QApplication.activeWindow()
    assert window is not None
    QTest.keyClick(window.focusWidget() or window, key, modifier)


@pytest.fixture
def own(qtbot: QtBot, page: ReviewPage) -> OwnWindow:
    press(Qt.Key.Key_F11, CONTROL)
    window = page.apart.window
    assert window is not None
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def test_it_follows_the_photograph_and_takes_every_key(qtbot: QtBot, page: ReviewPage, own: OwnWindow) -> None:
    assert page.stack.currentWidget() is page.grid
    qtbot.waitUntil(lambda: page.large.view._picture is not None)
    first = page._session.current
    press(Qt.Key.Key_2)
    mirror = page._session.mirror
    assert mirror.states(1)[mirror.row(first or 0)] == State.RAISED
    press(Qt.Key.Key_Right)
    second = page._session.current
    assert second != first
    assert page.large.view.photo_id == second
    assert own.windowTitle() == mirror.paths[mirror.row(second or 0)]
    press(Qt.Key.Key_Left)
    assert page.large.view.photo_id == first == page.grid.state.current_id


def test_the_photograph_in_it_is_meant_alone_whatever_is_selected(
    qtbot: QtBot, page: ReviewPage, own: OwnWindow
) -> None:
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(page.window().isActiveWindow)
    assert page.grid.hasFocus()
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(page._session.targets()) == 12
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(own.isActiveWindow)
    assert page._session.targets() == (page._session.current,)
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(page._session.targets()) == 12)


@pytest.mark.parametrize("by", ["key", "cross"])
def test_it_goes_back_into_the_page(qtbot: QtBot, page: ReviewPage, own: OwnWindow, by: str) -> None:
    if by == "key":
        press(Qt.Key.Key_F11, CONTROL)
    else:
        own.close()
    assert page.apart.window is None
    assert not page._session.settings.photo_window
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    page.grid.setFocus()
    press(Qt.Key.Key_Return)
    assert page.going.is_large
    assert page.large.view.isVisible()


def test_it_is_there_again_where_it_stood(qtbot: QtBot, page: ReviewPage, own: OwnWindow) -> None:
    own.setGeometry(40, 50, 420, 330)
    window, folder = page.window(), page._session.folder
    assert isinstance(window, MainWindow)
    window.close_project()
    assert not own.isVisible()
    window.open_project(folder)
    qtbot.waitUntil(lambda: "review" in window.pages)
    again = window.pages["review"]
    assert isinstance(again, ReviewPage)
    assert again.apart.window is not None
    assert again.apart.window.geometry().size() == own.geometry().size()
    # On the only screen it stays in front, or nobody would see it behind the other window.
    qtbot.waitUntil(again.apart.window.isActiveWindow)
