"""What a training would use, told before it starts."""

from pathlib import Path

from tests.cli.conftest import Run
from tests.photos import FLAGS
from tests.studio.labelled import labelled_project
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


def test_a_check_that_finds_a_problem_says_it_and_fails(tmp_path: Path, run: Run) -> None:
    with labelled_project(tmp_path, count=12) as store:
        assert training.preview(store, training.load_recipe("small", {"data.folds": "20"})).problem
    found = run("train", tmp_path / "project", "--recipe", "small", "--check", "--set", "data.folds=20", status=1)
    assert "20 folds need as many joints" in found["problem"]
