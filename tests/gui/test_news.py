"""What the window says by itself: toast, banner, status line, work list; in words that are true."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from weldstudio.domain.changes import Progress
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.news import Banner, Toast
from weldstudio.gui.status_line import StatusLine, work_words
from weldstudio.gui.theme import theme
from weldstudio.gui.work import Work


@pytest.fixture
def ground(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def test_a_toast_offers_once(qtbot: QtBot, ground: QWidget) -> None:
    toast, taken = Toast(ground), []
    toast.say("Soil: raised on 3 photographs", offer="Undo", take=lambda: taken.append(1))
    assert toast.isVisible()
    assert ground.rect().contains(toast.geometry())
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert taken == [1]
    assert not toast.isVisible()


def test_a_toast_stays_inside_a_narrow_window(ground: QWidget) -> None:
    ground.resize(420, 300)
    toast = Toast(ground)
    toast.say("A very long sentence " * 20, offer="Undo")
    assert ground.rect().contains(toast.geometry())
    assert toast.label.toolTip().startswith("A very long sentence")
    toast.dismiss()


def test_a_banner_stays_until_it_is_closed(qtbot: QtBot, ground: QWidget) -> None:
    banner = Banner(ground)
    banner.say("The disk is full.", kind="warning")
    assert banner.isVisible()
    assert not banner.button.isVisible()
    qtbot.mouseClick(banner.cross, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_work_in_words() -> None:
    work = Work("Scoring")
    assert work_words(work) == "Scoring: starting"
    work.note(Progress(0, 1000, ""), now=0.0)
    work.note(Progress(410, 1000, ""), now=2.0)
    assert work_words(work) == "Scoring: 41 %, 205/s, 3 s left"
    work.note(Progress(500, None, "Looking through the folder"), now=3.0)
    assert work_words(work).startswith("Looking through the folder: 500")
    work.cancel()
    assert work_words(work) == "Scoring: stopping"


def test_the_status_line_shows_the_newest_work_and_how_many_more(qtbot: QtBot, ground: QWidget) -> None:
    line = StatusLine(ground)
    line.resize(800, 28)
    line.show()
    one, two = Work("one"), Work("two")
    line.show_works([one])
    assert not line.work.isVisible()
    one.note(Progress(1, 10, "first"))
    two.note(Progress(5, 10, "second"))
    line.show_works([one, two])
    assert line.work.text.text().startswith("Second: 50 %")
    assert line.work.more.text() == "2 running"
    with qtbot.waitSignal(line.cancel_asked) as signal:
        qtbot.mouseClick(line.work.cancel, Qt.MouseButton.LeftButton)
    assert signal.args == [two]


def test_selected_and_hidden(ground: QWidget) -> None:
    line = StatusLine(ground)
    line.show_selection(0, 0)
    assert line.selection.text() == ""
    line.show_selection(1234, 3)
    assert line.selection.text() == "1,234 selected, 3 hidden by filter"


def test_the_work_list_floats_above_the_status_line_and_goes_by_escape(qtbot: QtBot, window: MainWindow) -> None:
    window.announce(window.settings.path.parent if window.settings.path else window)  # type: ignore[arg-type]
    work = Work("Exporting")
    work.note(Progress(1, 4, "Exporting"))
    window.work_list.show_works([work])
    window.work_list.open_above(window.status)
    assert window.work_list.isVisible()
    assert window.rect().contains(window.work_list.geometry())
    qtbot.keyClick(window.work_list, Qt.Key.Key_Escape)
    assert not window.work_list.isVisible()


def test_colours_follow_the_theme_and_say_so(qtbot: QtBot) -> None:
    light = theme.colour("text").name()
    with qtbot.waitSignal(theme.changed):
        theme.apply("dark")
    assert theme.dark
    assert theme.colour("text").name() != light
    assert theme.colour("accent", alpha=0.5).alphaF() == pytest.approx(0.5, abs=0.01)
    with pytest.raises(KeyError):
        theme.colour("mauve")


def test_compact_rows_are_lower() -> None:
    theme.apply("light", density="compact")
    compact = theme.row_height
    theme.apply("light", density="comfortable")
    assert compact == theme.px(26)
    assert theme.row_height == theme.px(32)
