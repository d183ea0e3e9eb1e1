"""The filter's field: ways to go on with what is typed, by keys and mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import CONTROL, At, Key
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.gui.main_window import MainWindow
from weldstudio.jobs.folder import RunFolder

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def at(qtbot: QtBot, window: MainWindow, project: Path) -> At:
    return At(qtbot, window, project)


def write(at: At, text: str) -> list[str]:
    """Type into the field and see what is offered."""
    at.key(Key.Key_F, CONTROL)
    at.page.header.field.selectAll()
    at.qtbot.keyClicks(at.page.header.field, text)
    return [way.text for way in at.page.header.field.offered.ways]


def test_a_term_is_completed_by_keys_and_quoted_as_it_has_to_be(at: At) -> None:
    at.key(Key.Key_1)
    field = at.page.header.field
    assert write(at, "fla")[0] == "flag:"
    at.key(Key.Key_Tab)
    assert field.text() == "flag:", "Tab takes the first"
    at.qtbot.keyClicks(field, "clamp")
    at.key(Key.Key_Down)
    at.key(Key.Key_Return)
    assert field.text() == 'flag:"No Clamp Used" '
    assert field.hasFocus(), "a term that is taken is not yet the whole filter"
    assert not field.offered.isVisible()
    at.key(Key.Key_Return)
    assert len(at.shown) == 1
    assert at.page.grid.hasFocus()


def test_return_means_the_text_as_it_stands_unless_a_row_was_chosen(at: At) -> None:
    assert write(at, "uns")[0] == "unseen"
    at.key(Key.Key_Return)
    assert at.page.filtering.shown.filter.text == "name:uns"
    write(at, "unseen")
    at.key(Key.Key_Return)
    assert len(at.shown) == 12


def test_what_is_offered_stays_while_the_photographs_follow_the_typing(at: At) -> None:
    write(at, "uns")
    at.page.header.typed.emit("uns")
    assert at.shown == []
    assert at.page.header.field.offered.isVisible()


def test_escape_takes_the_list_away_before_it_leaves_the_field(at: At) -> None:
    field = at.page.header.field
    assert write(at, "pro")
    at.key(Key.Key_Escape)
    assert field.hasFocus()
    assert not field.offered.isVisible()
    at.key(Key.Key_Escape)
    assert at.page.grid.hasFocus()


def test_the_list_comes_on_request_and_its_ends_lead_back_to_the_field(at: At) -> None:
    field = at.page.header.field
    assert write(at, "") == []
    at.key(Key.Key_Down, ALT)
    first, *_, last = field.offered.ways
    at.key(Key.Key_Up)
    assert field.offered.current == last
    at.key(Key.Key_Down)
    assert field.offered.current is None
    at.key(Key.Key_Down)
    assert field.offered.current == first
    assert field.hasFocus()


def test_a_click_takes_a_row_and_the_list_lies_below_the_field(at: At) -> None:
    field = at.page.header.field
    ways = write(at, "-unsure soi")
    place = ways.index("flag:Soil")
    listed = field.offered
    assert listed.mapToGlobal(listed.rect().topLeft()).y() >= field.mapToGlobal(field.rect().bottomLeft()).y()
    middle = listed.visualRect(listed.model().index(place, 0)).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert field.text() == "-unsure flag:Soil "
    at.page.grid.setFocus()
    write(at, "pro")
    at.page.grid.setFocus()
    assert not listed.isVisible(), "it goes with the focus"


def test_photographs_of_a_run_are_read_when_a_filter_names_it(at: At, project: Path) -> None:
    photos = tuple(ManifestPhoto(n, f"{n}.jpg", Split.TRAIN, (1,)) for n in at.session.mirror.ids[:3].tolist())
    RunFolder.create(project / "runs" / "r1", Recipe(), Manifest((ManifestClass(0, "No Clamp Used"),), photos))
    assert write(at, "run:") == ["run:r1"]
    write(at, "run:r1")
    at.key(Key.Key_Return)
    assert len(at.shown) == 3
    write(at, "-run:r1")
    at.key(Key.Key_Return)
    assert len(at.shown) == 9
    write(at, "run:r2")
    at.key(Key.Key_Return)
    assert "Did you mean 'r1'" in at.page.wrong.text()
    assert len(at.shown) == 9
