"""Themes and sizes of text: every one dresses the window, by keys too, and the size is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from weldstudio.gui import dressing
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.palette import CONTRAST, LIGHT, ROLES
from weldstudio.gui.review.page import ReviewPage
from weldstudio.gui.theme import theme
from weldstudio.settings import Settings

CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def plain_again() -> Iterator[None]:
    yield
    theme.apply("light")


@pytest.mark.parametrize("text", [80, 100, 200])
def test_text_has_the_size_that_is_set(text: int) -> None:
    theme.apply("light", text=text)
    assert theme.px(100) == text
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert app.font().pixelSize() == theme.px(13)
    assert f"font-size: {theme.px(20)}px" in app.styleSheet()


def test_high_contrast_by_key_and_back(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_H, CONTROL_ALT)
    assert (theme.kind, theme.dark) == (CONTRAST, True)
    assert theme.colour("window").name().upper() == ROLES["window"][CONTRAST]
    QTest.keyClick(window, Qt.Key.Key_H, CONTROL_ALT)
    assert theme.kind != CONTRAST
    window.action_table.trigger("app.contrast")
    window.action_table.trigger("app.theme")
    assert theme.kind == LIGHT


def test_the_keys_go_through_the_sizes_and_pages_are_laid_out_anew(
    qtbot: QtBot, window: MainWindow, project: Path
) -> None:
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    assert window.session is not None
    before, width = window.pages["review"], window.rail.width()
    assert isinstance(before, ReviewPage)
    before.show_filter("-id:3")
    before.filtering.turn(True)
    before.grid.move_to(4)
    before.grid.move_to(6, extend=True)
    before.filtering.apply("-id:3 -id:6", say=True)
    selected, hidden, current = window.session.selection, window.session.hidden, window.session.current
    assert (len(selected), hidden) == (2, 1)
    window.show_page("flags")
    window.action_table.trigger("app.text_larger")
    assert window.settings.text_size == 110
    assert window.rail.width() > width
    qtbot.waitUntil(lambda: window.pages.get("review") not in (None, before) and window.page == "flags")
    after = window.pages["review"]
    assert isinstance(after, ReviewPage)
    assert window.session is not None
    assert (after.filtering.shown.filter.text, after.filtering.shown.descending) == ("-id:3 -id:6", True)
    assert (window.session.selection, window.session.hidden, window.session.current) == (selected, hidden, current)
    for _ in range(4):
        window.action_table.trigger("app.text_smaller")
    assert window.settings.text_size == dressing.SIZES[0]
    assert Settings.load(window.settings.path or Path()).text_size == dressing.SIZES[0]


def test_from_a_size_between_the_next_one_is_taken() -> None:
    settings = Settings()
    settings.change(text_size=93)
    assert dressing.next_size(settings, 1) == 100
    assert dressing.next_size(settings, -1) == 90
