"""Example photos: picked on the Review page, shown beside the row and on the Flags page, undone."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from weldstudio.domain.scheme import Flag
from weldstudio.gui.flags.page import FlagsPage
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.page import ReviewPage
from weldstudio.studio import merging

SOIL = 1


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, project: Path) -> MainWindow:
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    return window


def examples(window: MainWindow) -> list[tuple[str, bool]]:
    assert window.session is not None
    flag = window.session.mirror.scheme.by_slot(SOIL)
    assert isinstance(flag, Flag)
    return [(one.path, one.look_alike) for one in flag.examples]


def test_examples_are_picked_shown_and_undone(qtbot: QtBot, opened: MainWindow) -> None:
    session, page = opened.session, opened.pages["review"]
    assert session is not None
    assert isinstance(page, ReviewPage)
    first, second = session.mirror.ids.tolist()[:2]
    paths = session.mirror.paths
    session.set_current(first)
    session.choose_flag(SOIL)
    opened.action_table.trigger("example.typical")
    session.set_current(second)
    opened.action_table.trigger("example.look_alike")
    assert examples(opened) == [(paths[0], False), (paths[1], True)]
    opened.action_table.trigger("flag.about")
    card = page.examples.card
    qtbot.waitUntil(card.isVisible)
    assert card.title.text().startswith("Soil")
    assert len(card.pictures.pictures) == 2
    opened.action_table.trigger("flag.about")
    assert not card.isVisible()
    session.undo()
    assert examples(opened) == [(paths[0], False)]

    opened.show_page("flags")
    flags = opened.pages["flags"]
    assert isinstance(flags, FlagsPage)
    flags.table.choose(SOIL)
    (picture,) = flags.panel.pictures.pictures
    assert not picture.icon().isNull()
    picture.click()
    assert opened.page == "review"
    assert [int(photo) for photo in page.filtering.shown.ids] == [first]
    flags.panel.pictures.removed.emit(session.mirror.scheme.by_slot(SOIL).examples[0].content_hash)  # type: ignore[union-attr]
    assert examples(opened) == []


def test_of_a_merge_it_is_asked_which_flag(qtbot: QtBot, opened: MainWindow) -> None:
    session, page = opened.session, opened.pages["review"]
    assert session is not None
    assert isinstance(page, ReviewPage)
    session.edit("", merging.merge, "Both", [0, SOIL], who="Ann")
    session.set_current(session.mirror.ids.tolist()[0])
    merge = session.mirror.scheme.live_merges[0]
    session.choose_flag(merge.slot)
    menu = page.examples.menu(look_alike=False, members=merge.members)
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert texts == ["No Clamp Used", "Soil"]
    menu.actions()[-1].trigger()
    assert len(examples(opened)) == 1
    menu.deleteLater()
