"""All runs by keys and mouse: table, curves over each other, differences, notes, deletion with undo, export."""

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from tests.gui.train.scripted import CLASSES, evaluated, make_run, say, story
from weldstudio.domain.curves import Curves
from weldstudio.domain.labelling import State
from weldstudio.domain.messages import Alarm, Filters, Wall
from weldstudio.domain.recipe import Recipe
from weldstudio.gui.session import Session
from weldstudio.gui.theme import theme
from weldstudio.gui.train import notifying
from weldstudio.gui.train.balance_card import BalanceCard
from weldstudio.gui.train.filter_strip import FilterStrip, changed
from weldstudio.gui.train.notifying import RunNotices, notice
from weldstudio.gui.train.overlay_plot import MOST, OverlayPlot
from weldstudio.gui.train.page import TrainPage
from weldstudio.gui.train.runs_list import MIME, RunModel, RunRow
from weldstudio.gui.train.seen_view import SeenView
from weldstudio.gui.train.stage_slider import StageSlider
from weldstudio.gui.train.wall import shown_classes

RUNS = ("20260101-100000", "20260102-100000", "20260103-100000")


@pytest.fixture
def stage(
    qtbot: QtBot, project: Path, make_session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Stage:
    monkeypatch.setattr("weldstudio.paths.shipped_models", lambda: tmp_path / "none")
    for number, run_id in enumerate(RUNS):
        run = make_run(project, run_id, name=f"Recipe {number}")
        recipe = Recipe(name=f"Recipe {number}").with_values({"schedule.epochs": str(5 + number)})
        (run.path / "recipe.toml").write_text(recipe.to_toml(), encoding="utf-8")
        say(run, *story(10 + 10 * number, finished=True))
    return set_stage(qtbot, make_session(project))


def open_page(stage: Stage, qtbot: QtBot) -> TrainPage:
    page = stage.show_page(TrainPage, "train")
    assert isinstance(page, TrainPage)
    stage.do("train.runs")
    qtbot.waitUntil(lambda: len(page.all_runs.plot.drawn) == len(RUNS))
    return page


def shown(page: TrainPage) -> list[str]:
    return [run.id for run in page.all_runs.table.runs.rows]


def click_row(qtbot: QtBot, page: TrainPage, row: int, *, add: bool = False) -> None:
    table = page.all_runs.table
    at = table.visualRect(table.runs.index(row, 1)).center()
    held = Qt.KeyboardModifier.ControlModifier if add else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, held, at)


def test_the_table_is_filtered_and_sorted_and_one_goes_back(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage, qtbot)
    runs = page.all_runs
    assert "schedule.epochs" in runs.table.runs.columns  # what differs is a column unasked
    assert shown(page) == [RUNS[2], RUNS[1], RUNS[0]]
    head = runs.table.horizontalHeader()
    column = 1 + runs.table.runs.columns.index("schedule.epochs")
    at = QPoint(head.sectionViewportPosition(column) + 20, head.height() // 2)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert shown(page) == [RUNS[2], RUNS[1], RUNS[0]]
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert shown(page) == list(RUNS)
    qtbot.keyClicks(runs.filter, "schedule.epochs>5")
    assert shown(page) == list(RUNS[1:])
    runs.filter.setText("schedule.epochs>5 nonsense=1")
    assert "nonsense" in runs._problem.text()
    assert shown(page) == list(RUNS[1:])  # what could be read stays
    runs.show_column("flag:Soil", True)
    assert runs.table.runs.columns[-1] == "flag:Soil"
    qtbot.mouseClick(runs.back, Qt.MouseButton.LeftButton)
    assert not stage.actions_table["train.runs"].isChecked()
    assert page.form.isVisible()


def test_ticks_decide_which_curves_are_drawn(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage, qtbot)
    runs = page.all_runs
    model = runs.table.runs
    assert model.setData(model.index(0, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert set(runs.plot.drawn) == {RUNS[0], RUNS[1]}
    runs.measure.setCurrentIndex(runs.measure.findData("flag:Soil"))
    runs.measure.activated.emit(0)
    assert not runs.log.isEnabled()  # a share has no logarithmic axis
    runs.plot.point_at(10)
    assert "Step 10" in runs._readout.text()
    assert "Recipe 0" in runs._readout.text()
    runs.measure.setCurrentIndex(runs.measure.findData("training"))
    runs.log.setChecked(True)
    assert runs.plot._log
    theme.apply("dark")
    assert runs.plot.drawn


def test_two_chosen_runs_are_compared(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage, qtbot)
    click_row(qtbot, page, 0)
    assert page.all_runs.panel.note.isVisible()
    click_row(qtbot, page, 2, add=True)
    panel = page.all_runs.panel
    qtbot.waitUntil(lambda: panel.settings.isVisible())
    assert [panel.settings.item(0, column).text() for column in range(3)] == ["Epochs", "5", "7"]
    assert "same labels" in panel.words.text()
    assert not panel.note.isVisible()


def test_a_note_a_star_and_a_deletion_that_is_taken_back(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage, qtbot)
    click_row(qtbot, page, 0)
    panel = page.all_runs.panel
    qtbot.keyClicks(panel.note, "new clamps")
    qtbot.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    stage.do("train.star")
    qtbot.waitUntil(lambda: any(row.star and row.note == "new clamps" for row in page._watcher.rows))
    stage.do("train.delete")
    qtbot.waitUntil(lambda: shown(page) == [RUNS[1], RUNS[0]])
    assert any("1 run deleted" in text for text in stage.told)
    stage.do("edit.undo")
    qtbot.waitUntil(lambda: shown(page) == [RUNS[2], RUNS[1], RUNS[0]])
    click_row(qtbot, page, 1)
    qtbot.keyClicks(panel.note, "old lamps")
    click_row(qtbot, page, 2)  # looking elsewhere keeps what was typed
    qtbot.waitUntil(lambda: any(row.note == "old lamps" and row.id == RUNS[1] for row in page._watcher.rows))
    click_row(qtbot, page, 1, add=True)
    stage.do("train.delete")
    qtbot.waitUntil(lambda: shown(page) == [RUNS[2]])
    stage.do("edit.undo")  # both come back at once
    qtbot.waitUntil(lambda: shown(page) == [RUNS[2], RUNS[1], RUNS[0]])


def test_curves_are_exported_as_table_picture_and_drawing(
    qtbot: QtBot, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(stage, qtbot)
    click_row(qtbot, page, 0)
    name = ""
    asked = "weldstudio.gui.train.run_actions.QFileDialog.getSaveFileName"
    monkeypatch.setattr(asked, lambda *_: (str(tmp_path / name), ""))
    name = "curves.csv"
    stage.do("train.export")
    qtbot.waitUntil(lambda: (tmp_path / name).exists())
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("run,recipe,curve,step,value")
    name = "curves.png"
    stage.do("train.export")
    picture = QImage(str(tmp_path / name))
    assert picture.width() == 2 * page.all_runs.plot.viewport().width()
    assert len({picture.pixel(x, picture.height() // 2) for x in range(picture.width())}) > 2
    name = "curves.svg"
    stage.do("train.export")
    drawing = (tmp_path / name).read_text(encoding="utf-8")
    assert "<path" in drawing
    assert all(f", {run}<" in drawing for run in RUNS)  # on the screen the table is the legend; here nothing else is
    name = "none/curves.png"
    stage.do("train.export")
    assert "cannot be drawn" in stage.failed[-1]


def test_a_run_is_duplicated_with_its_recipe(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage, qtbot)
    click_row(qtbot, page, 0)
    duplicate = next(b for b in page.all_runs.findChildren(QPushButton) if b.text() == "Train again")
    qtbot.mouseClick(duplicate, Qt.MouseButton.LeftButton)
    assert page.form.isVisible()
    assert page.form.recipe.schedule.epochs == 7


def test_a_remedy_changes_the_recipe_of_the_run_that_gave_the_alarm(qtbot: QtBot, stage: Stage, project: Path) -> None:
    page = stage.show_page(TrainPage, "train")
    assert isinstance(page, TrainPage)
    page.form.set_values({"schedule.epochs": "50"})
    page.view.remedy_asked.emit({"schedule.learning_rate": "0.001"})
    assert page.form.recipe.schedule.learning_rate == 0.001
    assert page.form.recipe.schedule.epochs == 7  # of the run, not of what lay in the form


def test_no_more_curves_are_drawn_than_can_be_told_apart(qtbot: QtBot) -> None:
    plot = OverlayPlot()
    qtbot.addWidget(plot)
    curves = Curves()
    curves.take(story(10))
    plot.show_runs([(str(n), n, curves) for n in range(MOST + 5)])
    assert len(plot.drawn) == MOST
    plot.show_runs([("7", 7, curves)])
    assert plot.drawn == ("7",)


def test_a_waiting_run_is_dragged_among_those_that_wait(qtbot: QtBot) -> None:
    model, dropped = RunModel(), []
    model.dropped.connect(lambda run, place: dropped.append((run, place)))
    states = ("running", "waiting", "waiting", "waiting", "done")
    model.show_rows([RunRow(str(n), Path(str(n)), "", state, None, None) for n, state in enumerate(states)])
    drag = Qt.ItemFlag.ItemIsDragEnabled
    assert [bool(model.flags(model.index(n)) & drag) for n in range(5)] == [False, True, True, True, False]

    def drop(run: str, row: int) -> None:
        data = QMimeData()
        data.setData(MIME, run.encode())
        model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, model.index(-1))

    drop("3", 1)
    drop("1", 4)
    drop("2", 3)  # to where it is
    drop("4", 1)  # it does not wait
    assert dropped == [("3", 0), ("1", 2)]


def test_the_wall_tells_of_what_is_raised_first_and_goes_back_in_time(qtbot: QtBot, project: Path) -> None:
    states = ((int(State.CLEAR), int(State.RAISED), int(State.CLEAR)),)
    walls = [Wall(step, CLASSES, (1,), ((0.9, 0.1 + step / 20, 0.3),), states) for step in (0, 10)]
    assert shown_classes(walls[0], 0) == [1, 0, 2]
    assert shown_classes(walls[0], 0, "Joint Misaligned") == [2, 1, 0]
    first = base64.b64encode(np.zeros((2, 1, 1, 3), np.uint8).tobytes()).decode()
    last = base64.b64encode(np.full((2, 1, 1, 3), 51, np.uint8).tobytes()).decode()
    filters = [Filters(0, first, (2, 1, 1)), Filters(10, last, (2, 1, 1))]
    assert changed(filters) == pytest.approx(0.2)
    curves = Curves()
    own = evaluated(10, 1.0)
    own.per_class["Soil"]["threshold"] = 0.7
    curves.take([*walls, *filters, own])
    view = SeenView(lambda _photo: None)
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    view.show_curves(curves)
    assert "Soil 0.60" in view.wall.told()[0]
    assert not view.wall.raises(0, 1)  # by the thresholds of the evaluation, which is said
    assert "best on validation after step 10" in view._wall_title.text()
    assert "20.0 %" in view._filters_title.text()
    qtbot.keyClick(view.slider, Qt.Key.Key_Left)
    assert "Soil 0.10" in view.wall.told()[0]
    assert "wrong at 0.5" in view._wall_title.text()
    assert "beginning" in view._filters_title.text()
    assert isinstance(view.filters, FilterStrip)
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.mouseClick(view.wall, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert opened.args == [1]


def test_stages_are_frozen_by_click_and_key(qtbot: QtBot) -> None:
    slider = StageSlider()
    qtbot.addWidget(slider)
    slider.resize(240, 60)
    slider.show_network(("stem", "one", "two", "three"), frozen=0, fresh=1)
    slider.show()
    third = slider._box(2).center()
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPointF(third).toPoint())
    assert slider.value() == 3
    assert (slider.state_of(0), slider.state_of(3)) == ("stays as it is", "begins anew and is trained")
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert slider.value() == 2
    assert slider.state_of(2) == "is trained"
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(6, 30))
    assert slider.value() == 0
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(236, 30))
    assert slider.value() == 4


def test_the_dial_shows_what_is_left_out_and_warns_of_two_corrections(qtbot: QtBot) -> None:
    card, edited = BalanceCard(), []
    qtbot.addWidget(card)
    card.show()
    card.edited.connect(lambda key, value: edited.append((key, value)))
    card.show_counts({"Soil": (10, 90), "Even": (50, 50)}, "multilabel")
    card.show_recipe(Recipe())
    assert card.rows == ()
    assert not card.share.isVisible()
    recipe = Recipe().with_values({"sampling.method": "under", "sampling.largest_share": "0.75"})
    card.show_recipe(recipe)
    ((name, one),) = card.rows
    assert (name, one.after, one.left_out, one.repeated) == ("Soil", (10, 30), 60, 0)
    assert one.priors == (0.1, 0.25)
    told = {"Soil", "10 % → 25 %", "10 raised, 30 clear", "60 left out"}
    qtbot.waitUntil(lambda: told <= {label.text() for label in card.findChildren(QLabel) if label.isVisible()})
    assert card.warning.isHidden()
    card.show_recipe(recipe.with_values({"loss.name": "bayesian"}))
    assert "both correct" in card.warning.text()
    qtbot.keyClick(card.share, Qt.Key.Key_Right)
    assert edited == [("sampling.largest_share", "0.76")]
    card.show_recipe(recipe.with_values({"sampling.method": "proportional"}))
    assert "one flag" in card.warning.text()


def test_what_the_desktop_is_told() -> None:
    row = RunRow("1", Path("1"), "Quick look", "done", None, 0.9)
    assert notice(row) == ("Quick look is done", "Mean per-class accuracy 90.0 %")
    failed = RunRow("1", Path("1"), "Quick look", "failed", None, None, "No weights.")
    assert notice(failed) == ("Quick look: failed", "No weights.")
    live = RunRow("1", Path("1"), "Quick look", "running", None, None, alarm="It is constant.")
    assert notice(live)[1] == "It is constant."


def test_the_desktop_is_told_by_the_first_program_that_can(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Watcher(QObject):
        noticed = Signal(object)

    told, watcher = tmp_path / "told", Watcher()
    monkeypatch.setattr(notifying, "_heard", lambda: True)
    send, call = notifying.commands('"Deep"', "5 < 6", failed=False)
    assert send[1][-2:] == ['"Deep"', "5 &lt; 6"]
    assert call[1][-5:-3] == [json.dumps(one) for one in send[1][-2:]]  # as its language has texts

    def instead(title: str, text: str, *, failed: bool) -> tuple[tuple[str, list[str]], ...]:
        write = ["-S", "-c", "import sys; open(sys.argv[1], 'w').write(sys.argv[2])", str(told), f"{title}: {text}"]
        return ("there-is-no-such-program", []), (sys.executable, write)

    monkeypatch.setattr(notifying, "commands", instead)
    RunNotices(watcher)  # type: ignore[arg-type]
    watcher.noticed.emit(RunRow("1", Path("1"), "Quick look", "failed", None, None, "No weights."))
    qtbot.waitUntil(lambda: told.exists() and told.read_text() == "Quick look: failed: No weights.")


def test_the_watcher_notices_an_end_and_an_alarm_once(qtbot: QtBot, stage: Stage, project: Path) -> None:
    run = make_run(project, "20260104-100000")
    say(run, *story(5))
    page = stage.show_page(TrainPage, "train")
    assert isinstance(page, TrainPage)
    noticed: list[RunRow] = []
    page._watcher.noticed.connect(noticed.append)
    qtbot.waitUntil(lambda: page._watcher.running is not None)
    say(run, Alarm("constant", "It says the same of every photo.", {}))
    page._watcher.look()
    qtbot.waitUntil(lambda: len(noticed) == 1)
    page._watcher.look()
    say(run, story(5, finished=True)[-1])
    page._watcher.look()
    qtbot.waitUntil(lambda: len(noticed) == 2)
    assert [(row.state, row.alarm) for row in noticed] == [
        ("running", "It says the same of every photo."),
        ("done", "It says the same of every photo."),
    ]
