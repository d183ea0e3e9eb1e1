"""Themes and sizes of text: every one dresses the window, by keys too, and the size is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from weldstudio.gui import dressing
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.palette import CONTRAST, LIGHT, ROLES
from weldstudio.gui.review.page import ReviewPage
from weldstudio.gui.theme import theme
from weldstudio.imaging.look import Look
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
    window.show_page("review")
    after.going.open_large()
    qtbot.waitUntil(lambda: not after.large.view.place.photo.isEmpty())
    wide = after.large.view.place.photo
    after.looking.set_look(Look(brightness=0.5, turns=1))
    qtbot.waitUntil(lambda: after.large.view.place.photo == wide.transposed())
    after.large.view.zoom_by(3.0)
    after.large.view.pan_by(QPointF(-30, 40))
    lay = after.large.view.place
    for _ in range(4):
        window.action_table.trigger("app.text_smaller")
    assert window.settings.text_size == dressing.SIZES[0]
    qtbot.waitUntil(lambda: window.pages.get("review") not in (None, after))
    again = window.pages["review"]
    assert isinstance(again, ReviewPage)
    qtbot.waitUntil(lambda: again.going.is_large and again.large.view.place.photo == lay.photo)
    assert again.large.look == Look(brightness=0.5, turns=1)
    lies = again.large.view.place
    assert lies.scale == lay.scale
    assert (lies.across, lies.down) == pytest.approx((lay.across, lay.down), abs=0.05)  # of a view of another size
    assert Settings.load(window.settings.path or Path()).text_size == dressing.SIZES[0]


def test_from_a_size_between_the_next_one_is_taken() -> None:
    settings = Settings()
    settings.change(text_size=93)
    assert dressing.next_size(settings, 1) == 100
    assert dressing.next_size(settings, -1) == 90
