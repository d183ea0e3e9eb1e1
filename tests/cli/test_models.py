"""Thresholds, costly errors, descriptions and files of a model on the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.photos import FLAGS
from tests.studio.scored import judged_project
from weldstudio.cli import main


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    with judged_project(tmp_path) as store:
        yield store.folder


def told(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main.run([*map(str, words)], open_window=lambda _: 0) == 0
    return capsys.readouterr().out


def test_thresholds_are_tried_kept_and_taken_back(project: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("thresholds", project, "--set", "rule=cost", "--set", "cost_miss=1000", "--by", "Ada")
    text = told(capsys, *words, "--try")
    assert "Tried only" in text
    assert "0.0 of 0.2 hours" in text
    tried = run(*map(str, words), "--try")
    assert tried["per_class"][FLAGS[0]]["misses"] == 0
    assert tried["passed"]["wrongly_accepted"] == 0
    (model,) = run("models", str(project))["models"]
    assert model["thresholds"][FLAGS[0]] == 0.5
    kept = run(*map(str, words))
    assert kept["thresholds"] == tried["thresholds"]
    (model,) = run("models", str(project))["models"]
    assert model["thresholds"] == kept["thresholds"]
    (entry,) = [one for one in run("history", str(project))["history"] if one["kind"] == "model"]
    assert entry["who"] == "Ada"
    assert "cost" in entry["text"]


def test_one_threshold_by_hand(project: Path, run: Run) -> None:
    found = run("thresholds", str(project), "--flag", f"{FLAGS[1]}=0.25")
    assert found["thresholds"] == {FLAGS[0]: 0.5, FLAGS[1]: 0.25}
    assert "Did you mean" in run("thresholds", str(project), "--flag", f"{FLAGS[1]}s=0.2", status=1)["error"]
    assert "no probability" in run("thresholds", str(project), "--flag", f"{FLAGS[1]}=x", status=1)["error"]


def test_the_costliest_errors_and_what_is_mixed_up(project: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    found = run("mistakes", str(project), "--most", "3")
    assert len(found["mistakes"]) == 3
    assert found["mistakes"][0]["points"] == 60
    assert found["mixed_up"][0]["photos"] >= found["mixed_up"][-1]["photos"]
    only = run("mistakes", str(project), "--flag", FLAGS[1])
    assert {one["name"] for one in only["mistakes"]} == {FLAGS[1]}
    assert "raised in its place" in told(capsys, "mistakes", project)
    assert "judges no flag" in run("mistakes", str(project), "--flag", "x", status=1)["error"]


def test_a_model_is_described_and_shown_with_its_lineage(
    project: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("models", str(project), "--describe", "m", "--set", "limits=Not for water.", "--by", "Ada")
    text = told(capsys, "models", project, "--show", "m")
    assert "Not for water." in text
    assert "Describe model Quick look" in text
    assert "no field" in run("models", str(project), "--describe", "m", "--set", "limit=x", status=1)["error"]
    assert "no model to go back" in run("models", str(project), "--back", status=1)["error"]


def test_an_ending_that_is_no_model_file_is_refused(project: Path, run: Run, tmp_path: Path) -> None:
    for name, words in (("m.zip", "should end in .onnx"), ("nowhere/m.pt", "There is no folder")):
        assert words in run("export-model", str(project), str(tmp_path / name), status=1)["error"]
