"""Going to a photograph or joint by typing its name, at the window."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import CONTROL, At, Key
from weldstudio.gui.main_window import MainWindow


@pytest.fixture
def at(qtbot: QtBot, window: MainWindow, project: Path) -> At:
    return At(qtbot, window, project)


def typed(at: At, text: str) -> int | None:
    at.qtbot.keyClicks(at.page.seek.field, text)
    return at.session.current


def test_typing_a_name_goes_there_and_labels_nothing(at: At) -> None:
    ids = at.shown
    names = [Path(path).name for path in at.session.mirror.paths]
    at.key(Key.Key_End)
    at.key(Key.Key_L, CONTROL)
    assert at.page.seek.isVisible()
    assert at.page.seek.field.hasFocus()
    wanted = names[4]
    assert typed(at, wanted) == ids[4]
    assert at.page.seek.said.text() == "1 of 1"
    at.key(Key.Key_Return)
    assert not at.page.seek.isVisible()
    assert at.page.grid.hasFocus()
    assert at.session.current == ids[4]
    assert not (at.session.mirror.labels & 3).any(), "letters are flag keys outside of the field alone"


def test_down_and_up_go_on_among_what_begins_so_and_escape_goes_back(at: At) -> None:
    ids = at.shown
    names = [Path(path).name for path in at.session.mirror.paths]
    common = names[0][0]
    assert sum(name.startswith(common) for name in names) > 2
    at.key(Key.Key_Right)
    at.key(Key.Key_L, CONTROL)
    assert typed(at, common) == ids[1], "from where one is on"
    at.key(Key.Key_Down)
    assert at.session.current == ids[2]
    at.key(Key.Key_Up)
    at.key(Key.Key_Up)
    assert at.session.current == ids[0]
    assert typed(at, "zzzq") == ids[0]
    assert at.page.seek.said.text() == "none shown here"
    at.key(Key.Key_Escape)
    assert not at.page.seek.isVisible()
    assert at.session.current == ids[1]


def test_it_works_over_the_large_photograph_too(at: At) -> None:
    ids = at.shown
    at.key(Key.Key_Return)
    assert at.page.going.is_large
    at.key(Key.Key_L, CONTROL)
    assert typed(at, Path(at.session.mirror.paths[3]).name) == ids[3]
    at.key(Key.Key_Return)
    assert at.page.going.is_large
    assert at.page.large.view.hasFocus()
