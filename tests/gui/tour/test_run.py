"""The tour: its steps see what they must, say what did not happen, and leave a report of both."""

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from weldstudio.domain.labelling import State
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.tour import learning, looking
from weldstudio.gui.tour.hand import STOP, Hand, Interrupted, StepFailed, check, wait_for
from weldstudio.gui.tour.round import Round
from weldstudio.gui.tour.run import StepResult, take, write_report
from weldstudio.store.store import Store
from weldstudio.studio import demo


@pytest.fixture
def go(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Round:
    """A tour that has not begun, on a demo without a model: of six photographs, which take no more processes."""
    monkeypatch.setattr("weldstudio.paths.shipped_models", lambda: tmp_path / "none")
    project = demo.begin(tmp_path / "demo", photos=6, seed=5)
    out = tmp_path / "out"
    out.mkdir()
    window.activateWindow()
    return Round(window, Hand(window, out), project, out=out)


def test_the_way_round_as_far_as_no_model_is_needed(go: Round, qtbot: QtBot) -> None:
    steps = (
        looking.open_project,
        looking.fill,
        looking.browse,
        looking.search,
        looking.relabel,
        looking.undo,
        learning.merge,
        learning.disagree,
        learning.export,
    )
    results = [take(step, go) for step in steps]
    assert [(result.step, result.checked) for result in results if not result.ok] == []
    assert all(result.pictures for result in results if result.step not in ("undo",))
    assert all((go.out / name).stat().st_size > 10_000 for result in results for name in result.pictures)
    qtbot.waitUntil(lambda: not go.session.works)


def test_a_step_without_effect_fails_and_says_so(go: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in (looking.open_project, looking.fill):
        assert take(step, go).ok
    go.review  # noqa: B018 - it raises if it is not on screen
    monkeypatch.setattr(type(go.session.editing.outbox), "add", lambda *_: None)  # no edit reaches the disk
    result = take(looking.relabel, go)
    assert not result.ok
    assert "the store says" in result.checked
    assert result.pictures[-1] == "failed-relabel.png"
    with Store.open(go.project, read_only=True) as store:
        assert store.value("SELECT count(*) FROM label_events WHERE source = 1") == 0


def test_a_bug_in_a_step_is_its_result(go: Round, expect_log) -> None:
    def stumble(_go: Round) -> str:
        """It falls."""
        raise ZeroDivisionError("of all things")

    with expect_log("weldstudio.gui.tour.run", "stumble"):
        result = take(stumble, go)
    assert (result.ok, result.what) == (False, "It falls.")
    assert "of all things" in result.checked


def test_waiting_ends_at_once_with_the_reason(qtbot: QtBot) -> None:
    with pytest.raises(StepFailed, match="the sun rises: it is night"):
        wait_for(lambda: False, "the sun rises", seconds=60, unless=lambda: "it is night")
    with pytest.raises(StepFailed, match="not within"):
        wait_for(lambda: None, "the sun rises", seconds=0)
    with pytest.raises(StepFailed, match="dark"):
        check([], "dark")


def test_a_dialog_that_stays_open_holds_nobody_up(window: MainWindow, tmp_path: Path) -> None:
    hand = Hand(window, tmp_path)
    dialog = QDialog(window)
    with pytest.raises(StepFailed, match="too hard"):
        hand.in_dialog(QDialog, lambda: bool(dialog.exec()), lambda _dialog: check(False, "too hard"))
    assert not dialog.isVisible()


def test_the_merge_can_be_made_twice(go: Round) -> None:
    steps = (looking.open_project, looking.fill, learning.merge, learning.merge)
    results = [take(step, go) for step in steps]
    assert [result.checked for result in results if not result.ok] == []
    assert [merge.name for merge in go.on_disk().scheme.live_merges] == ["No Clamps", "No Clamps 2"]


def test_ctrl_c_ends_the_waiting(qtbot: QtBot) -> None:
    STOP.set()
    try:
        with pytest.raises(Interrupted):
            wait_for(lambda: False, "the sun rises", seconds=60)
    finally:
        STOP.clear()


def test_the_report_is_there_for_machines_and_for_people(tmp_path: Path) -> None:
    good = StepResult("open", "It opens.", True, "36 | 40", 1.2, ("open.png",))
    bad = StepResult("undo", "It goes back.", False, "Not so: it stays.", 0.3, ())
    write_report(tmp_path, [good, bad], complete=False)
    whole = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (whole["ok"], whole["complete"], len(whole["steps"])) == (False, False, 2)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "| undo | **failed** |" in text
    assert r"36 \| 40" in text
    assert "![open](open.png)" in text


def test_cells_of_the_table_are_read_as_they_are_written() -> None:
    states = {"1": State.RAISED, "0": State.CLEAR, "": State.UNSEEN, "unsure": State.UNSURE}
    assert {cell: learning.read_cell(cell) for cell in states} == states
