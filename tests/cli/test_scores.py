"""What `evaluate` and `compare` print: every figure with its range, and what it cannot promise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.photos import FLAGS
from tests.studio.scored import two_models
from weldstudio.cli import main


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    with two_models(tmp_path) as store:
        yield store.folder


def told(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main.run([*map(str, words)], open_window=lambda _: 0) == 0
    return capsys.readouterr().out


def test_an_evaluation_is_told_with_ranges_calibration_and_verdicts(
    project: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, "evaluate", project, "--model", "new")
    assert "90.0 % (60-98)" in text  # 9 of 10 raised ones found
    assert "not attainable: 19 more raised validation photographs needed" in text
    assert "Verdicts of 30 joints: 100.0 % (89-100) as by the labels. None of them is rejected" in text
    assert "red disc  green bar (1)" in text  # missed there, while the bar was raised wrongly
    found = run("evaluate", project, "--model", "new", "--miss-rate", "0.1")
    assert found["per_class"][FLAGS[0]]["promise"]["needed"] == 9
    assert found["per_class"][FLAGS[0]]["accuracy_interval"][0] < 28 / 30


def test_a_comparison_names_the_better_one_and_the_photos(
    project: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, "compare", project, "old", "new")
    assert "-7.5 (" in text
    assert "Photos of which they say different things: 2." in text
    assert "not known here" in text
    found = run("compare", project, "old", "new")
    (one,) = found["against_the_first"]
    assert [flip["second_is_right"] for flip in one["flips"]] == [False, False]
    assert "two to 8" in run("compare", project, "old", status=1)["error"]
