"""The Train page by keys and mouse, over scripted run folders; no child is started and no torch is needed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from tests.gui.train.scripted import finish, make_run, say, story
from weldstudio.domain import messages
from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.messages import Alarm, Failed, RunFinished, Skipped
from weldstudio.domain.recipe import Recipe
from weldstudio.gui.session import Session
from weldstudio.gui.theme import theme
from weldstudio.gui.train.page import TrainPage
from weldstudio.gui.train.preset_card import PresetCard
from weldstudio.gui.train.run_words import in_words
from weldstudio.jobs import waiting
from weldstudio.jobs.folder import RunFolder
from weldstudio.jobs.locks import FileLock
from weldstudio.studio import training

WAIT_MS = 30_000  # against hanging, on a machine with other things to do


@pytest.fixture
def stage(
    qtbot: QtBot, project: Path, make_session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Stage:
    # Without shipped weights, else the page begins with the preset that can use them.
    monkeypatch.setattr("weldstudio.paths.shipped_models", lambda: tmp_path / "none")
    return set_stage(qtbot, make_session(project))


def labelled(stage: Stage) -> None:
    """Half of the photographs raised, half clear, for every flag."""
    ids = stage.session.mirror.ids.tolist()
    for slot in range(3):
        stage.session.label(ids[slot % 2 :: 2], slot, State.RAISED)
        stage.session.label(ids[(slot + 1) % 2 :: 2], slot, State.CLEAR)


def open_page(stage: Stage) -> TrainPage:
    page = stage.show_page(TrainPage, "train")
    assert isinstance(page, TrainPage)
    return page


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[RunFolder]:
    """Runs that were started; each says its first words and waits."""
    runs: list[RunFolder] = []

    def start(run: RunFolder) -> int:
        control = run.control()
        run.write_control(type(control)(1e9, control.stop, control.who))
        say(run, *story(5))
        runs.append(run)
        return 4711

    monkeypatch.setattr(training, "start", start)
    return runs


def choose(qtbot: QtBot, box: QComboBox, text: str) -> None:
    index = box.findText(text)
    assert index >= 0, [box.itemText(i) for i in range(box.count())]
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_without_labels_start_is_disabled_and_says_why(stage: Stage) -> None:
    page = open_page(stage)
    choose_weights_random(page)
    page.panel.ask()
    assert not page.panel.start_button.isEnabled()
    assert not stage.actions_table["train.start"].isEnabled()
    assert page.panel.reason.text()
    assert page.view._empty.isVisible()  # the sentence that says what to do


def choose_weights_random(page: TrainPage) -> None:
    page.form.set_values({"network.weights": "random", "network.freeze": "0"})


def test_presets_are_chosen_by_mouse_and_a_changed_recipe_is_none_of_them(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage)
    cards = page.form.findChildren(PresetCard)
    assert cards[0].text() == "Quick look"
    assert cards[0].isChecked()
    qtbot.mouseClick(cards[1], Qt.MouseButton.LeftButton)
    assert page.form.preset == "small"
    assert [card.isChecked() for card in cards[:2]] == [False, True]
    stage.actions_table["train.more"].setChecked(True)
    field = page.form.findChild(QLineEdit, "schedule.epochs")
    assert field.isVisible()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "9")
    assert page.form.recipe.schedule.epochs == 9
    assert page.form.preset is None
    assert not any(card.isChecked() for card in cards)
    qtbot.keyClick(cards[0], Qt.Key.Key_Space)
    assert page.form.preset == "quick"


def test_nonsense_in_a_field_is_said_beside_it_and_blocks_the_start(qtbot: QtBot, stage: Stage) -> None:
    labelled(stage)
    page = open_page(stage)
    choose_weights_random(page)
    stage.actions_table["train.more"].setChecked(True)
    field = page.form.findChild(QLineEdit, "schedule.learning_rate")
    field.selectAll()
    qtbot.keyClicks(field, "fast")
    assert "a number" in page.form.problem
    assert page.panel.reason.text() == page.form.problem
    assert not page.panel.start_button.isEnabled()
    field.selectAll()
    qtbot.keyClicks(field, "0.1")
    assert page.form.problem == ""
    assert page.form.recipe.schedule.learning_rate == 0.1


def test_fields_that_have_no_effect_are_greyed(stage: Stage) -> None:
    page = open_page(stage)
    epochs = page.form.findChild(QLineEdit, "schedule.epochs")
    assert page.form.recipe.network.frozen_stages == page.form.freeze.maximum()
    assert not epochs.isEnabled()
    assert "no effect" in epochs.toolTip()
    page.form.freeze.setValue(10)
    assert page.form.recipe.network.freeze == 10
    assert epochs.isEnabled()


def test_another_network_keeps_how_much_is_frozen(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage)
    network = page.form.findChild(QComboBox, "network.name")
    choose(qtbot, network, "ResNet-18")
    assert page.form.recipe.network.name == "resnet18"
    assert page.form.recipe.network.freeze == -1
    page.form.freeze.setValue(0)
    choose(qtbot, network, "MobileNetV2")
    assert page.form.recipe.network.freeze == 0


def test_a_weights_file_is_asked_for_and_stays_for_the_next_preset_of_its_network(
    qtbot: QtBot, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "weights.pth"
    file.write_bytes(b"")
    monkeypatch.setattr("weldstudio.gui.train.recipe_form.QFileDialog.getOpenFileName", lambda *_: (str(file), ""))
    page = open_page(stage)
    choose(qtbot, page.form.weights, "File…")
    assert page.form.weights_file == file
    assert page.form.recipe.network.weights == "file"
    assert page.form.preset == "quick"  # where it starts from does not make it another recipe
    _quick, small, fine, _thorough = page.form.findChildren(PresetCard)
    qtbot.mouseClick(fine, Qt.MouseButton.LeftButton)
    assert page.form.recipe.network.weights == "file"
    qtbot.mouseClick(small, Qt.MouseButton.LeftButton)
    page.panel.ask()
    assert (page.form.recipe.network.weights, page.form.weights_file) == ("shipped", None)
    offered = [page.form.weights.itemText(i) for i in range(page.form.weights.count())]
    assert offered == ["Random", "Shipped weights", "File…"]  # none of ImageNet, which this network never saw
    choose(qtbot, page.form.findChild(QComboBox, "network.name"), "MobileNetV2")
    assert (page.form.recipe.network.weights, page.form.weights_file) == ("file", file)
    choose(qtbot, page.form.weights, "Random")
    assert page.form.weights_file is None
    page.form.show_starts(((f"own:{file}", "ours"),))  # added on the Models page
    choose(qtbot, page.form.weights, "ours")
    assert (page.form.recipe.network.weights, page.form.weights_file) == ("file", file)
    choose(qtbot, page.form.weights, "Random")
    qtbot.mouseClick(fine, Qt.MouseButton.LeftButton)
    assert page.form.weights_file is None


def test_the_remedy_for_missing_weights_lies_beside_the_sentence_that_names_them(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "imagenet.pth"
    file.write_bytes(b"")
    monkeypatch.setattr("weldstudio.gui.train.recipe_form.QFileDialog.getOpenFileName", lambda *_: (str(file), ""))
    page = open_page(stage)
    assert "No weights" in page.panel.reason.text()
    assert page.panel.choose_file.isVisible()
    page.panel.choose_file.click()
    assert page.form.weights_file == file
    assert not page.panel.choose_file.isVisible()


def test_the_weights_of_an_earlier_run_are_where_the_next_begins(qtbot: QtBot, stage: Stage, project: Path) -> None:
    labelled(stage)
    recipe = Recipe().with_values({"network.name": "mobilenet_v2", "network.weights": "file"})
    run = RunFolder.create(project / "runs" / "20260101-100000", recipe, Manifest((), ()), who="Ada")
    finish(run)
    kept = run.path / "weights" / "a_rather_long_name_of_weights.pth"
    kept.parent.mkdir()
    kept.write_bytes(b"")
    page = open_page(stage)
    assert page.form.weights_file == kept
    assert page.form.weights.currentText() == kept.name
    assert "…" in page.form.weights.shown_text(100)
    assert "20260101-100000" in page.form.findChild(QLabel, "weights-note").text()
    choose(qtbot, page.form.weights, "Random")
    page.panel.ask()
    assert page.form.weights_file is None


def test_what_was_trained_last_is_what_will_be_trained_next(stage: Stage, project: Path) -> None:
    labelled(stage)
    recipe = Recipe().with_values({"network.name": "squeezenet1_0", "network.weights": "random", "seed": "7"})
    finish(RunFolder.create(project / "runs" / "20260101-100000", recipe, Manifest((), ()), who="Ada"))
    page = open_page(stage)
    assert page.form.recipe == recipe
    assert page.form.weights_file is None


def test_the_snapshot_shows_what_the_run_will_use(stage: Stage) -> None:
    labelled(stage)
    page = open_page(stage)
    choose_weights_random(page)
    page.panel.ask()
    counted = stage.session.run(training.preview, page.form.recipe).result
    assert sum(counted.photos.values()) == 12
    assert page.panel.snapshot.warnings == tuple(counted.warnings)


def test_a_run_is_started_by_key_and_its_curves_appear(qtbot: QtBot, stage: Stage, started: list[RunFolder]) -> None:
    labelled(stage)
    page = open_page(stage)
    choose_weights_random(page)
    page.panel.ask()
    assert page.panel.reason.text() == ""
    stage.do("train.start")
    qtbot.waitUntil(lambda: bool(started))
    qtbot.waitUntil(lambda: page.view.drawn.plots.curves.last_known_step == 5)
    assert page.view.drawn.plots.curves.classes == ("No Clamp Used", "Soil", "Joint Misaligned")
    assert page.classes.model().rowCount() == 3
    assert page.runs.chosen_id == started[0].id
    assert started[0].recipe().name == "Quick look, changed"
    assert page.panel.start_button.isEnabled()  # a second one would wait for its turn


def test_start_pressed_while_it_still_counts_starts_when_it_has(
    qtbot: QtBot, stage: Stage, started: list[RunFolder]
) -> None:
    labelled(stage)
    page = open_page(stage)
    choose_weights_random(page)
    assert page.panel.counting
    stage.do("train.start")
    assert not started
    qtbot.waitUntil(lambda: bool(started), timeout=5000)
    assert len(started) == 1


@pytest.fixture
def running(stage: Stage, project: Path) -> RunFolder:
    run = make_run(project, "20261121-101500")
    say(run, *story(15))
    return run


def test_a_run_under_way_is_found_again_when_the_window_opens(stage: Stage, running: RunFolder) -> None:
    page = open_page(stage)
    assert page.runs.chosen_id == running.id
    assert page.view.drawn.plots.curves.last_known_step == 15
    assert page.view.stop_button.isVisible()


def test_stop_is_asked_of_the_run(qtbot: QtBot, stage: Stage, running: RunFolder) -> None:
    page = open_page(stage)
    qtbot.mouseClick(page.view.stop_button, Qt.MouseButton.LeftButton)
    assert running.control().stop
    say(running, RunFinished("stopped", "Stopped; the weights of step 10 were kept.", 9.0, 10, 0.8))
    qtbot.waitUntil(lambda: page.runs.row_of(running.id).state == "stopped")
    assert not stage.actions_table["train.stop"].isEnabled()


def test_the_first_model_is_adopted_and_in_use_at_once(qtbot: QtBot, stage: Stage, running: RunFolder) -> None:
    page = open_page(stage)
    assert stage.session.mirror.model_id is None
    finish(running)
    qtbot.waitUntil(lambda: stage.session.mirror.model_id == running.id)
    qtbot.waitUntil(lambda: any("answers from now on" in text for text in page.view.banner_texts))
    assert not any("is ready" in told for told in stage.told)  # not twice, and over the curves
    assert page.runs.row_of(running.id).state == "done"


def test_a_later_model_is_offered_and_used_by_a_button(
    qtbot: QtBot, stage: Stage, project: Path, running: RunFolder
) -> None:
    older = make_run(project, "20261120-101500")
    say(older, *story(20))
    finish(older)
    page = open_page(stage)
    assert stage.session.mirror.model_id == older.id
    finish(running, "Fine-tune")
    qtbot.waitUntil(lambda: any("The model “Fine-tune” is ready." in text for text in page.view.banner_texts))
    assert stage.session.mirror.model_id == older.id
    qtbot.mouseClick(page.view.news.button, Qt.MouseButton.LeftButton)
    assert stage.session.mirror.model_id == running.id
    stage.do("edit.undo")
    assert stage.session.mirror.model_id == older.id


def test_an_old_run_is_shown_by_a_click(qtbot: QtBot, stage: Stage, project: Path, running: RunFolder) -> None:
    older = make_run(project, "20261120-101500", name="Older")
    say(older, *story(8, finished=True))
    page = open_page(stage)
    assert page.runs.chosen_id == running.id
    place = page.runs.visualRect(page.runs.model().index(1, 0)).center()
    qtbot.mouseClick(page.runs.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.view.drawn.plots.curves.last_known_step == 8
    qtbot.keyClick(page.runs, Qt.Key.Key_Up)
    assert page.view.drawn.plots.curves.last_known_step == 15


def test_alarms_stand_above_the_curves_with_their_remedy_as_a_button(
    qtbot: QtBot, stage: Stage, running: RunFolder
) -> None:
    say(
        running,
        *(Alarm("preflight", f"'{name}' is left out.") for name in "abcd"),
        Alarm("rate", "The loss rises: the learning rate is too large.", {"schedule.learning_rate": "0.001"}),
        Skipped(2, (("a.jpg", "truncated"),)),
    )
    page = open_page(stage)
    assert "The loss rises: the learning rate is too large." in page.view.banner_texts
    assert any("2 photographs could not be read" in text for text in page.view.banner_texts)
    (before,) = [text.splitlines() for text in page.view.banner_texts if "is left out." in text]
    assert (len(before), before[0], before[3][:10]) == (4, "'a' is left out.", "And 1 more")
    (button,) = [
        b for b in page.view.findChildren(QPushButton, "") if b.text() == "Apply to the recipe" and b.isVisible()
    ]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.form.recipe.schedule.learning_rate == 0.001


def test_a_failed_run_says_why(stage: Stage, project: Path) -> None:
    run = make_run(project, "20261121-101500")
    say(run, *story(3), Failed(-1, "The disk is full."))
    page = open_page(stage)
    assert any("The disk is full." in text for text in page.view.banner_texts)


def test_why_a_run_failed_is_said_once(stage: Stage, project: Path) -> None:
    run = make_run(project, "20261121-101500")
    say(run, *story(3), RunFinished("failed", "The weights do not fit.", 9.0, 0, None))
    page = open_page(stage)
    said = [label.text() for label in page.view.findChildren(QLabel) if "The weights do not fit." in label.text()]
    assert len(said) == 1


def test_a_class_chosen_in_the_list_is_brought_forward(qtbot: QtBot, stage: Stage, running: RunFolder) -> None:
    page = open_page(stage)
    qtbot.keyClick(page.classes, Qt.Key.Key_Down)
    name = page.classes.chosen_class
    assert name is not None
    assert page.view.drawn.plots.chosen_class == name
    page.view.drawn.plots.point_at(10)
    assert name in page.view.drawn._readout.text()
    assert "Step 10" in page.view.drawn._readout.text()
    qtbot.keyClick(page.classes, Qt.Key.Key_Escape)
    assert page.view.drawn.plots.chosen_class is None


def test_news_of_runs_from_elsewhere_is_shown(stage: Stage, project: Path) -> None:
    page = open_page(stage)
    assert page.runs.model().rowCount() == 0
    run = make_run(project, "20261121-120000")
    say(run, *story(4))
    stage.session.changed.emit(Changes(runs=True))
    assert page.runs.chosen_id == run.id


def test_a_run_is_paused_and_resumed_by_buttons(
    qtbot: QtBot, stage: Stage, project: Path, running: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(stage)
    assert not page.view.resume_button.isVisible()
    qtbot.mouseClick(page.view.pause_button, Qt.MouseButton.LeftButton)
    assert running.control().pause
    say(running, RunFinished("paused", "Paused; it goes on where it is when it is resumed.", 9.0))
    qtbot.waitUntil(lambda: page.runs.row_of(running.id).state == "paused")
    assert not page.view.pause_button.isVisible()
    assert page.view.resume_button.isVisible()

    def start(run: RunFolder) -> int:
        run.write_control(replace(run.control(), started=time.time()))
        say(run, *story(20))
        return 4711

    monkeypatch.setattr(training, "start", start)
    qtbot.mouseClick(page.view.resume_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.view.curves.last_known_step == 20)
    qtbot.waitUntil(page.view.pause_button.isVisible)
    assert page.view.curves.finished is None
    assert not running.control().pause
    assert not page.view.resume_button.isVisible()
    ended = make_run(project, "20260101-100000")
    finish(ended)
    page._watcher.look()
    qtbot.waitUntil(lambda: page.runs.row_of(ended.id) is not None)
    page.runs.choose(
        ended.id
    )  # the actions still mean the run under way, but the buttons above another's curves do not
    assert not page.view.pause_button.isVisible()
    assert not page.view.stop_button.isVisible()
    page.runs.choose(running.id)
    assert page.view.stop_button.isVisible()
    told = [point.step for point in page.view.curves.evaluations]
    assert told == sorted(set(told))


@pytest.fixture
def device() -> Iterator[FileLock]:
    """The device as the run under way holds it."""
    whole = waiting.of_machine()
    held = whole.device_lock(whole.devices[0])
    assert held.take()
    yield held
    held.release()


@pytest.fixture
def line(project: Path, running: RunFolder, device: FileLock) -> list[RunFolder]:
    """Three runs that wait for the one under way."""
    runs = [make_run(project, f"20261121-12000{n}", name=name, started=False) for n, name in enumerate("ABC")]
    for run in runs:
        waiting.of_machine().join(run)
    return runs


def test_waiting_runs_stand_in_their_order_and_are_moved_and_cancelled(
    qtbot: QtBot, stage: Stage, running: RunFolder, line: list[RunFolder]
) -> None:
    page = open_page(stage)

    def names() -> list[str]:
        return [row.name for row in page.runs.runs.rows]

    assert names() == ["Quick look", "A", "B", "C"]
    assert page.runs.chosen_id == running.id
    assert not page.view.sooner_button.isVisible()
    for _ in range(3):
        qtbot.keyClick(page.runs, Qt.Key.Key_Down)
    assert "2 others begin first" in in_words(page.view.row, page.view.curves)
    assert not page.view.later_button.isVisible()
    qtbot.mouseClick(page.view.sooner_button, Qt.MouseButton.LeftButton)
    assert names() == ["Quick look", "A", "C", "B"]
    stage.do("train.sooner")
    assert names() == ["Quick look", "C", "A", "B"]
    assert not page.view.sooner_button.isVisible()
    stage.do("train.later")
    assert names() == ["Quick look", "A", "C", "B"]
    assert page.runs.chosen_id == line[2].id
    assert not running.control().stop
    qtbot.mouseClick(page.view.stop_button, Qt.MouseButton.LeftButton)
    assert names() == ["Quick look", "A", "B", "C"]
    assert page.runs.row_of(line[2].id).state == "stopped"
    assert in_words(page.view.row, page.view.curves) == "Stopped before it was started"
    assert [run.id for run in waiting.of_machine().waiting()] == [line[0].id, line[1].id]


def test_an_open_window_starts_the_next_where_nobody_else_did(
    qtbot: QtBot,
    stage: Stage,
    running: RunFolder,
    line: list[RunFolder],
    device: FileLock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[str] = []

    def launch(run: Path, _device: str) -> int:
        begun.append(run.name)
        say(RunFolder(run), *story(5))
        return 4711

    monkeypatch.setattr("weldstudio.jobs.process.start_detached", launch)
    monkeypatch.setattr("weldstudio.gui.train.run_watcher.LOOK_MS", 20)
    page = open_page(stage)
    say(running, RunFinished("done", "Done.", 9.0))
    qtbot.waitUntil(lambda: page.runs.row_of(running.id).state == "done", timeout=WAIT_MS)
    assert begun == []
    device.release()  # its process has ended
    qtbot.waitUntil(lambda: page.runs.row_of(line[0].id).state == "running", timeout=WAIT_MS)
    assert begun == [line[0].id]


def test_a_run_that_is_being_stopped_has_no_time_left_to_tell(stage: Stage, running: RunFolder) -> None:
    page = open_page(stage)
    assert page.view.curves.last_step is not None
    assert " left" in in_words(page.view.row, page.view.curves)
    page.view.curves.take([messages.Stage("stopping after this step")])
    assert " left" not in in_words(page.view.row, page.view.curves)


def test_the_right_column_gives_way_before_the_recipe_does(qtbot: QtBot, stage: Stage) -> None:
    page = open_page(stage)
    column = page.runs.parentWidget()
    assert column.width() == theme.px(300)
    stage.resize(880, 500)
    qtbot.waitUntil(lambda: column.width() < theme.px(300))
    assert page.panel.width() == theme.px(336)
    assert column.geometry().right() <= page.width()
