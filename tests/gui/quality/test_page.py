"""The Quality page: every figure is counted from the mirror, and nothing is shown that is not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.photo import PhotoFacts
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.quality import people
from weldstudio.gui.quality.doubts import MONTH_TABLE
from weldstudio.gui.quality.page import QualityPage
from weldstudio.gui.quality.panels import SOURCE_TABLE, WEEK_TABLE
from weldstudio.gui.session import Session
from weldstudio.gui.theme import READABLE, theme
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import labelling, reviews, samples, second


@pytest.fixture
def stage(qtbot: QtBot, project: Path, make_session: Callable[..., Session]) -> Stage:
    return set_stage(qtbot, make_session(project))


def open_page(stage: Stage, panel: str = "overview") -> QualityPage:
    page = stage.show_page(QualityPage, "quality")
    assert isinstance(page, QualityPage)
    page.show_panel(panel)
    return page


def row(page: QualityPage, table: str, name: str) -> list[str]:
    return list(next(r for r in page.tables[table].texts if r[0] == name))


def texts(page: QualityPage) -> str:
    QApplication.processEvents()  # what was added to a layout is shown when that is done
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_an_empty_project_has_one_sentence_and_one_button(
    qtbot: QtBot, tmp_path: Path, make_session: Callable[..., Session]
) -> None:
    Store.create(tmp_path / "empty").close()
    stage = set_stage(qtbot, make_session(tmp_path / "empty"))
    page = open_page(stage)
    (empty,) = [e for e in page.findChildren(EmptyState) if e.isVisible()]
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert stage.page_asked == ["import"]
    assert page.tables == {}


def test_labels_are_counted_by_state_and_by_source_and_follow_edits(qtbot: QtBot, stage: Stage) -> None:
    session = stage.session
    ids = session.mirror.ids.tolist()
    session.label(ids[:1], 0, State.RAISED)
    session.label(ids[1:4], 0, State.CLEAR)
    session.label(ids[4:6], 1, State.RAISED, source=Source.IMPORT)
    page = open_page(stage, "labels")
    assert row(page, "Labels by state", "No Clamp Used") == ["No Clamp Used", "1", "3", "0", "8", "33 %"]
    heads = page.tables["Where the labels came from"].texts[0]
    assert heads == ["Flag", "One by one", "Several at once", "Imported"]
    assert row(page, "Where the labels came from", "No Clamp Used") == ["No Clamp Used", "1", "3", "0"]
    assert row(page, "Where the labels came from", "Soil") == ["Soil", "0", "0", "2"]
    page.show_panel("overview")
    assert "looked at by a person (4)" in texts(page)
    assert "with any label (6)" in texts(page)
    page.show_panel("labels")
    session.label(ids[6:7], 0, State.UNSURE)
    qtbot.waitUntil(lambda: row(page, "Labels by state", "No Clamp Used")[3] == "1")
    stage.do("edit.undo")
    qtbot.waitUntil(lambda: row(page, "Labels by state", "No Clamp Used")[3] == "0")


def test_without_labels_there_is_no_table_of_their_sources(stage: Stage) -> None:
    page = open_page(stage, "labels")
    assert "Where the labels came from" not in page.tables
    assert "By equipment" not in page.tables
    page.show_panel("problems")
    assert "Every photograph that was read can be shown." in texts(page)


def test_problems_are_listed_with_their_reason(stage: Stage, project: Path) -> None:
    session = stage.session
    collection = int(session.mirror.collection[0])
    path = session.mirror.paths[0]
    session.run(photos.record_facts, collection, [PhotoFacts(path, problem="The file ends early; copy it again.")])
    page = open_page(stage, "problems")
    assert row(page, "Problems", path) == [path, "The file ends early; copy it again."]


def test_equipments_stand_side_by_side(stage: Stage) -> None:
    session = stage.session
    collection = int(session.mirror.collection[0])
    facts = [
        PhotoFacts(path, width=96, height=72, equipment="Redbox" if i < 4 else "Bluebox")
        for i, path in enumerate(session.mirror.paths)
    ]
    session.run(photos.record_facts, collection, facts)
    session.label(session.mirror.ids.tolist()[:2], 0, State.RAISED)
    session.label(session.mirror.ids.tolist()[2:4], 0, State.CLEAR)
    page = open_page(stage, "labels")
    table = page.tables["By equipment"]
    assert table.texts[0] == ["", "Bluebox", "Redbox"]
    assert row(page, "By equipment", "Photographs") == ["Photographs", "8", "4"]
    assert row(page, "By equipment", "No Clamp Used, raised of labelled")[1:] == ["–", "50.0 %"]


def test_the_page_is_reached_and_scrolled_by_keys(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage)
    for _ in range(2):
        qtbot.keyClick(page.list, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: MONTH_TABLE in page.tables)
    stage.do("quality.refresh")
    assert page.tables


def test_a_figure_opens_its_photographs_by_mouse_and_by_key(qtbot: QtBot, stage: Stage) -> None:
    asked: list[str] = []
    stage.session.photos_asked.connect(asked.append)
    stage.session.label(stage.session.mirror.ids.tolist()[:1], 0, State.CLEAR)
    page = open_page(stage, "labels")
    table = page.tables["Labels by state"]
    QApplication.processEvents()
    place = table.visualItemRect(table.item(0, 2)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    nothing = table.visualItemRect(table.item(0, 3)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=nothing)
    assert asked == ['flag:"No Clamp Used"=clear']
    table.setFocus()
    table.setCurrentCell(1, 4)
    stage.do("quality.review")
    assert asked[1:] == ["flag:Soil=unseen"]


def test_on_a_wide_screen_numbers_stay_near_their_names(stage: Stage) -> None:
    stage.session.label(stage.session.mirror.ids.tolist()[:2], 0, State.RAISED)
    page = open_page(stage, "labels")
    stage.resize(2560, 1440)
    QApplication.processEvents()
    table = next(iter(page.tables.values()))
    assert theme.px(READABLE) / 2 < table.width() < theme.px(READABLE)


def test_experts_kappa_and_audits_have_their_tables(qtbot: QtBot, stage: Stage) -> None:
    session = stage.session
    session.edit("x", labelling.nothing_applies, range(1, 13), who="Ann")
    session.edit("x", labelling.set_state, [1, 2], 1, State.RAISED, who="Ann")
    session.edit("x", second.draw, 1, "Bea", seed=1, who="Lee")
    session.edit("x", second.set_state, [1, 3], 1, State.RAISED, who="Bea")
    session.edit("x", second.give, range(1, 7), who="Bea")
    session.edit("x", samples.draw_audit, 12, seed=4, who="Lee")
    session.edit("x", labelling.set_state, [2], 1, State.CLEAR, who="Lee")
    session.edit("x", reviews.mark_reviewed, [1, 2, 3], who="Lee")
    asked: list[str] = []
    session.photos_asked.connect(asked.append)
    page = open_page(stage, "people")
    qtbot.waitUntil(lambda: people.AUDITS in page.tables)
    kappa, audits = (page.tables[title] for title in (people.AGREEMENT, people.AUDITS))
    row = next(n for n in range(kappa.rowCount()) if kappa.cell(n, 0).text == "Soil")
    assert [kappa.item(row, column).text() for column in range(1, 7)] == ["6", "1", "1", "1", "0", "0.25"]
    page.content.open_cell(people.AGREEMENT, row, 2)
    assert asked == ["id:1"]
    page.content.open_cell(people.AUDITS, 0, 4)
    assert asked[1:] == ["id:2"], "the wrong ones of the sample"
    assert [audits.item(0, column).text() for column in (2, 3, 4)] == ["4", "3 of 12", "1 of 3"]
    wrong = next(table for title, table in page.tables.items() if title.startswith("Wrong labels"))
    soil = next(n for n in range(wrong.rowCount()) if wrong.cell(n, 0).text == "Soil")
    assert [wrong.item(soil, column).text() for column in (1, 3)] == ["1 of 2", "0 of 1"]
    session.edit("x", reviews.mark_reviewed, [4], who="Lee")
    qtbot.waitUntil(lambda: page.tables[people.AUDITS].item(0, 3).text() == "4 of 12")


def test_how_often_each_expert_raises_a_flag_is_told_by_medium(
    qtbot: QtBot, project: Path, make_session: Callable[..., Session]
) -> None:
    with Store.open(project) as store:
        photos.set_joint_facts(store, photos.joints_shown(store, [1, 2, 3]), medium="water")
        photos.set_joint_facts(store, photos.joints_shown(store, [4, 5, 6, 7]), medium="gas")
        labelling.set_state(store, [1, 2], 0, State.RAISED, who="Ann")
        labelling.nothing_applies(store, [3, 4, 5, 6, 7], who="Ann")
        labelling.set_state(store, [4], 0, State.RAISED, who="Bob")
    stage = set_stage(qtbot, make_session(project))
    page = open_page(stage, "people")
    (title,) = (title for title in page.tables if "raise" in title.casefold())
    table = page.tables[title]
    assert [tuple(r[:4]) for r in table.texts[1:]] == [
        ("Ann, gas", "4", "0", "0.0 %"),
        ("Ann, water", "3", "2", "66.7 %"),
        ("Bob, gas", "1", "1", "100.0 %"),
    ]
    asked: list[str] = []
    stage.session.photos_asked.connect(asked.append)
    page.content.open_cell(title, 1, 2)
    qtbot.waitUntil(lambda: asked == ["id:1,2"])
    page.show_panel("labels")
    page.content.open_cell(SOURCE_TABLE, 0, 1)
    assert asked[1:] == ["id:4"], "where labels came from"
    page.show_panel("overview")
    qtbot.waitUntil(lambda: WEEK_TABLE in page.tables)
    page.content.open_cell(WEEK_TABLE, 0, 1)
    qtbot.waitUntil(lambda: asked[2:] == ["id:1,2,3,4,5,6,7"])
