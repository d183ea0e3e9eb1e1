"""What a training would use, told before it starts."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.photos import FLAGS
from tests.studio.labelled import labelled_project
from weldstudio.jobs import waiting
from weldstudio.studio import training


def test_a_check_tells_counts_and_starts_nothing(tmp_path: Path, run: Run) -> None:
    project = tmp_path / "project"
    with labelled_project(tmp_path, count=30):
        pass
    found = run("train", project, "--recipe", "quick", "--check", "--set", "network.weights=random")
    assert sum(found["photos"].values()) == 30
    assert found["classes"]["train"][FLAGS[0]] == [6, 12]
    assert any("raised on 6 training photos" in warning for warning in found["warnings"])
    assert found["problem"] == ""
    assert not list((project / "runs").glob("*"))


def test_without_a_recipe_one_is_taken_that_can_start(tmp_path: Path, run: Run) -> None:
    with labelled_project(tmp_path, count=30):
        pass
    assert run("train", tmp_path / "project", "--check")["problem"] == ""
    refused = run("train", tmp_path / "project", "--check", "--set", "network.weights=shipped", status=1)
    assert "network.weights = torchvision" in refused["problem"]


def test_a_check_that_finds_a_problem_says_it_and_fails(tmp_path: Path, run: Run) -> None:
    with labelled_project(tmp_path, count=12) as store:
        assert training.preview(store, training.load_recipe("small", {"data.folds": "20"})).problem
    found = run("train", tmp_path / "project", "--recipe", "small", "--check", "--set", "data.folds=20", status=1)
    assert "20 folds need as many joints" in found["problem"]


def test_a_second_training_waits_says_so_and_can_be_moved_or_taken_out(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    with labelled_project(tmp_path, count=30):
        pass
    monkeypatch.setattr("weldstudio.jobs.process.start_detached", lambda _run, _device="": 4711)
    line = waiting.of_machine()
    words = ("train", project, "--recipe", "quick", "--set", "network.weights=random")
    with line.device_lock(line.devices[0]):
        first, second = run(*words), run(*words)
        assert (first["pid"], first["before"], second["before"]) == (None, 0, 1)
        assert run(*words, "--now")["pid"] == 4711
        listed = run("runs", project)["runs"]
        assert [one["state"] for one in listed] == ["running", "waiting", "waiting"]
        assert [one["id"] for one in listed[1:]] == [first["run"], second["run"]]
        moved = run("runs", project, "--first", second["run"])["runs"]
        assert [one["id"] for one in moved[1:]] == [second["run"], first["run"]]
        moved = run("runs", project, "--down", second["run"])["runs"]
        assert [one["id"] for one in moved[1:]] == [first["run"], second["run"]]
        moved = run("runs", project, "--up", second["run"])["runs"]
        assert [one["id"] for one in moved[1:]] == [second["run"], first["run"]]
        assert run("stop", project, second["run"])["state"] == "stopped"
        assert "does not wait" in run("runs", project, "--up", second["run"], status=1)["error"]
        assert "no run" in run("runs", project, "--up", "x", status=1)["error"]
    listed = run("runs", project)["runs"]
    assert [one["state"] for one in listed].count("running") == 2
