"""Thresholds, mixed-up flags and errors of a model, by keys and mouse; what it said of the photographs is stored."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QTableWidget
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from tests.photos import FLAGS
from tests.studio.scored import judged_project
from weldstudio.domain.labelling import State
from weldstudio.gui.models.page import ModelsPage
from weldstudio.gui.models.tabs import CONFUSIONS, ERRORS, REPORT, THRESHOLDS, ModelTabs
from weldstudio.gui.models.threshold_panel import ThresholdPanel
from weldstudio.gui.session import Session
from weldstudio.studio import reviewing
from weldstudio.studio.filters import parse


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, make_session: Callable[..., Session]) -> Stage:
    with judged_project(tmp_path) as store:
        folder = store.folder
    return set_stage(qtbot, make_session(folder))


@pytest.fixture
def tabs(qtbot: QtBot, stage: Stage) -> ModelTabs:
    page = stage.show_page(ModelsPage, "models")
    assert isinstance(page, ModelsPage)
    at = page.tabs.bar.tabRect(THRESHOLDS).center()
    qtbot.mouseClick(page.tabs.bar, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: page.tabs.judged.judging is not None)
    return page.tabs


@pytest.fixture
def panel(tabs: ModelTabs) -> ThresholdPanel:
    return tabs.thresholds


@pytest.fixture
def asked(stage: Stage) -> list[str]:
    texts: list[str] = []
    stage.session.photos_asked.connect(texts.append)
    return texts


def click(qtbot: QtBot, table: QTableWidget, row: int, column: int) -> None:
    at: QPoint = table.visualRect(table.model().index(row, column)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def shown(stage: Stage, text: str) -> int:
    return len(reviewing.select(stage.session.mirror, parse(text, stage.session.mirror.scheme)))


def thresholds(stage: Stage) -> list[float]:
    return stage.session.mirror.thresholds[:2].tolist()


def test_a_dearer_miss_lowers_thresholds_and_everything_follows(
    qtbot: QtBot, stage: Stage, panel: ThresholdPanel
) -> None:
    assert "own thresholds" in panel.rule.words.text()
    assert not panel.keep_button.isEnabled()
    before = panel.table.cell(0, 1).text, panel.tiles.accepted.figure.text(), panel.tiles.hours.figure.text()
    qtbot.keyClick(panel.rule.handle, Qt.Key.Key_End)
    assert panel.rule.words.text() == "Missing one costs as much as 1,000 false alarms."
    after = panel.table.cell(0, 1).text, panel.tiles.accepted.figure.text(), panel.tiles.hours.figure.text()
    assert after[0] != before[0]
    assert panel.table.cell(0, 2).text.startswith("0 of ")
    assert after[1] == "0" != before[1]
    assert float(after[2].split()[0]) <= float(before[2].split()[0])
    qtbot.mouseClick(panel.back_button, Qt.MouseButton.LeftButton)
    assert panel.table.cell(0, 1).text == before[0]
    assert thresholds(stage) == [0.5, 0.5]


def test_thresholds_are_kept_as_an_edit_that_undo_takes_back(qtbot: QtBot, stage: Stage, panel: ThresholdPanel) -> None:
    stage.do("model.evaluate")
    page = stage.findChild(ModelsPage)
    assert page is not None
    qtbot.waitUntil(lambda: "test" in page.report.tables)

    def overtaken() -> bool:
        return any("Changed since these figures were made" in one.text() for one in page.report.findChildren(QLabel))

    assert not overtaken()
    qtbot.keyClick(panel.rule.handle, Qt.Key.Key_PageUp)
    qtbot.mouseClick(panel.keep_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(overtaken)
    assert thresholds(stage) != [0.5, 0.5]
    assert thresholds(stage) == pytest.approx(panel._judged.own, abs=1e-6)
    assert not panel.keep_button.isEnabled()
    assert "from these thresholds on" in stage.told[-1]
    stage.do("edit.undo")
    assert thresholds(stage) == [0.5, 0.5]
    assert panel._judged.figures is not None
    assert panel._judged.figures.thresholds == (0.5, 0.5)


def test_one_flag_alone_by_hand_or_by_a_point_of_its_curve(qtbot: QtBot, panel: ThresholdPanel) -> None:
    click(qtbot, panel.table, 1, 0)
    panel.rule.rules.setFocus()
    qtbot.keyClick(panel.rule.rules, Qt.Key.Key_End)
    qtbot.keyClick(panel.rule.handle, Qt.Key.Key_Home)
    assert (panel.table.cell(0, 1).text, panel.table.cell(1, 1).text) == ("0.500", "0.000*")
    roc = panel.detail.roc
    qtbot.mouseClick(roc, Qt.MouseButton.LeftButton, pos=roc._at(0.0, 0.3).toPoint())
    assert panel.table.cell(0, 1).text == "0.500"
    assert 0.5 < float(panel.table.cell(1, 1).text.rstrip("*")) <= 1
    assert roc.mark is not None
    assert roc.mark[0] < 0.5


def test_a_promise_that_validation_photos_cannot_bear_says_what_it_takes(qtbot: QtBot, panel: ThresholdPanel) -> None:
    for _ in range(2):
        qtbot.keyClick(panel.rule.rules, Qt.Key.Key_Down)
    qtbot.keyClick(panel.rule.handle, Qt.Key.Key_Home)
    assert "guaranteed" in panel.rule.words.text()
    assert "more raised validation photos are needed" in panel.note.text()


def test_every_number_opens_its_photographs(
    qtbot: QtBot, stage: Stage, panel: ThresholdPanel, asked: list[str]
) -> None:
    click(qtbot, panel.table, 0, 2)
    assert shown(stage, asked[-1]) == int(panel.table.cell(0, 2).text.split()[0]) > 0
    assert stage.session.chosen_flag == 0
    panel.table.setCurrentCell(1, 4)
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert shown(stage, asked[-1]) == int(panel.table.cell(1, 4).text.split()[0])
    for cell, button in panel.detail.cells.items():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert shown(stage, asked[-1]) == int(button.text()), cell
    qtbot.mouseClick(panel.tiles.accepted.figure, Qt.MouseButton.LeftButton)
    assert shown(stage, asked[-1]) == 2 * int(panel.tiles.accepted.figure.text())
    figures = panel._judged.figures
    assert figures is not None
    panel.tiles.accepted.words.linkActivated.emit("accepted")
    assert shown(stage, asked[-1]) == 2 * figures.passed.joints
    panel.tiles.agreement.words.linkActivated.emit("judged")
    assert shown(stage, asked[-1]) == 2 * len(figures.verdicts.joints)
    click(qtbot, panel.table, 0, 1)
    judging = panel._judged.judging
    assert judging is not None
    near = asked[-1].removeprefix("id:").split(",")
    values = judging.found.probabilities[:, 0]
    assert int(near[0]) == judging.mirror.ids[judging.found.rows[abs(values - 0.5).argmin()]]
    panel.detail.trust.linkActivated.emit("judged")
    assert shown(stage, asked[-1]) == 30
    dot = panel.detail.reliability
    qtbot.mouseClick(dot, Qt.MouseButton.LeftButton, pos=dot._at(*dot._points[0]).toPoint())
    assert shown(stage, asked[-1]) == panel.detail._bins[0].n


def test_flags_mixed_up_and_costly_errors_open_their_photographs(
    qtbot: QtBot, stage: Stage, tabs: ModelTabs, asked: list[str]
) -> None:
    tabs.turn_to(CONFUSIONS)
    table = tabs.confusions.table
    click(qtbot, table, 0, 2)
    assert shown(stage, asked[-1]) == int(table.cell(0, 2).text) > 0
    assert "is missed and" in tabs.confusions.said.text()
    tabs.turn_to(ERRORS)
    pictures = tabs.errors.pictures
    qtbot.waitUntil(lambda: not pictures.item(0).icon().isNull())
    pictures.setCurrentRow(1)
    with qtbot.waitSignal(tabs.errors.opened):  # to be seen large
        qtbot.keyClick(pictures, Qt.Key.Key_Return)
    assert stage.session.current == pictures.item(1).data(Qt.ItemDataRole.UserRole)
    assert shown(stage, asked[-1]) == pictures.count()
    qtbot.keyClick(tabs.errors.flags, Qt.Key.Key_Down)
    tabs.errors.flags.activated.emit(1)
    assert {pictures.item(n).text().split(",")[0] for n in range(pictures.count())} == {tabs.errors.flags.itemText(1)}


def test_after_a_label_has_changed_it_is_judged_again(qtbot: QtBot, stage: Stage, tabs: ModelTabs) -> None:
    judging = tabs.judged.judging
    assert judging is not None
    photo = int(judging.photos(0, "misses", (0.5, 0.5))[0])
    before = tabs.thresholds.table.cell(0, 2).text
    assert tabs.banner.isHidden()
    stage.session.label([photo], 0, State.CLEAR)
    assert not tabs.banner.isHidden()
    qtbot.mouseClick(tabs.banner.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tabs.judged.judging not in (None, judging))
    assert tabs.banner.isHidden()
    assert tabs.thresholds.table.cell(0, 2).text != before


def test_other_photographs_are_judged_by_the_choice_beside_the_tabs(qtbot: QtBot, tabs: ModelTabs) -> None:
    table = tabs.thresholds.table
    before = [table.cell(row, column).text for row in range(2) for column in (2, 4)]
    qtbot.keyClick(tabs.splits, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: tabs.judged.judging is not None and tabs.judged.judging.split == "validation")
    assert [table.cell(row, column).text for row in range(2) for column in (2, 4)] != before


def test_every_number_of_the_report_opens_its_photographs(
    qtbot: QtBot, stage: Stage, tabs: ModelTabs, asked: list[str]
) -> None:
    stage.do("model.evaluate")
    page = stage.findChild(ModelsPage)
    assert page is not None
    qtbot.waitUntil(lambda: "test" in page.report.tables)
    tabs.turn_to(REPORT)
    table = page.report.tables["test"]
    row = next(n for n in range(table.rowCount()) if table.cell(n, 0).text == FLAGS[0])
    figures = page.list.models.rows[0].evaluations["test"]
    one = figures["per_class"][FLAGS[0]]
    errors = one["misses"] + one["false_alarms"]
    expected = {1: one["raised"], 2: one["clear"], 3: errors, 4: errors, 5: one["misses"]}
    for column, photos in expected.items():
        click(qtbot, table, row, column)
        assert shown(stage, asked[-1]) == photos
    assert stage.session.chosen_flag == 0
    figure = page.report.findChild(QLabel, "test mean")
    assert figure is not None
    qtbot.mouseClick(figure, Qt.MouseButton.LeftButton, pos=QPoint(10, figure.height() // 2))
    wrong = shown(stage, asked[-1])
    assert 0 < wrong < figures["photos"]
    (words,) = [label for label in page.report.findChildren(QLabel) if "Rejects that it would accept" in label.text()]
    words.linkActivated.emit("joints_agreeing")
    verdicts = figures["verdicts"]
    agreeing = verdicts["rejected_by_both"] + verdicts["accepted_by_both"]
    assert shown(stage, asked[-1]) == 2 * agreeing  # two photographs a joint
    words.linkActivated.emit("joints_judged")
    assert shown(stage, asked[-1]) == 2 * verdicts["joints"]
    click(qtbot, table, row, 9)
    assert tabs.bar.currentIndex() == THRESHOLDS
    assert tabs.thresholds.detail.title.text() == FLAGS[0]
