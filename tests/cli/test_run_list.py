"""The table of runs from the command line: filtered, marked, compared, written out."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.gui.train.scripted import make_run, say, story
from weldstudio.store.store import Store

RUNS = ("20260101-100000", "20260102-100000")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    with Store.create(folder):
        pass
    for run_id in RUNS:
        say(make_run(folder, run_id, name=f"Of {run_id[:8]}"), *story(10, finished=True))
    return folder


def test_runs_are_marked_deleted_and_brought_back(project: Path, run: Run) -> None:
    assert run("runs", project, "--star", RUNS[0], "--note", RUNS[0], "the first", "--where", "star")["runs"][0][
        "note"
    ] == ("the first")
    assert [one["id"] for one in run("runs", project, "--delete", RUNS[0])["runs"]] == [RUNS[1]]
    assert [one["id"] for one in run("runs", project, "--deleted")["runs"]] == [RUNS[0]]
    listed = run("runs", project, "--restore", RUNS[0], "--sort", "started")["runs"]
    assert {one["id"] for one in listed} == set(RUNS)
    assert listed[0]["settings"]["schedule.epochs"] == 5
    assert "Did you mean 'accuracy'" in run("runs", project, "--where", "acuracy>1", status=1)["error"]


def test_runs_are_compared(project: Path, run: Run) -> None:
    found = run("runs", project, "--compare", *RUNS)
    assert found["settings"] == {}
    assert found["snapshot"]["labels"] == []
    assert "no run 'x'" in run("runs", project, "--compare", "x", RUNS[0], status=1)["error"]


def test_curves_are_written(project: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "curves.csv"
    found = run("curves", project, file, "--run", RUNS[0])
    assert len(file.read_text(encoding="utf-8").splitlines()) == found["points"] + 1
    events = run("curves", project, tmp_path / "events", "--tensorboard")["files"]
    assert [Path(name).parent.name for name in events] == list(reversed(RUNS))
    drawing = tmp_path / "curves.svg"
    assert run("curves", project, drawing, "--draw", "flag:Soil")["runs"] == 2
    text = drawing.read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    assert f"Of {RUNS[0][:8]}, {RUNS[0]}" in text
    assert "cannot be drawn" in run("curves", project, drawing, "--draw", "foo", status=1)["error"]
