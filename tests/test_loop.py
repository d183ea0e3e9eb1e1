"""The whole loop by command line on small photographs, every part real: the program's promise in one test each."""

import contextlib
import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.photos import FLAGS, MadeCollection, make_collection
from weldstudio.cli import main

# A small network at a small size learns coloured shapes in seconds; everything else is as a user would have it.
SMALL = tuple(
    word
    for value in ("network.name=squeezenet1_0", "network.input_size=64", "network.weights=random")
    for word in ("--set", value)
)


def weldstudio(*words: object, status: int = 0) -> dict[str, Any]:
    """Run a command through the same door as a person; the object that `--json` puts last on stdout."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        ended = main.run([*map(str, words), "--json"], open_window=lambda _: 0)
    assert ended == status, f"{words}: {ended}\n{said.getvalue()}"
    answer: dict[str, Any] = json.loads(said.getvalue().splitlines()[-1])
    return answer


@pytest.fixture
def collection(tmp_path: Path) -> MadeCollection:
    return make_collection(tmp_path / "photos", 90, seed=5)


@pytest.mark.slow
def test_look_correct_merge_train_use_export(collection: MadeCollection, tmp_path: Path) -> None:
    project = tmp_path / "project"
    labels = collection.write_wide(tmp_path / "labels.csv")
    before = {path: (collection.folder / path).read_bytes() for path in collection.paths}

    weldstudio("import", project, collection.folder, "--labels", labels, "--by", "Ann")
    status = weldstudio("status", project)
    assert status["photos"] == 90
    assert status["problems"] == 0

    weldstudio("merge", project, "colour", "red disc", "green bar", "--by", "Ann")
    weldstudio("merge", project, "--undo", "colour", "--by", "Ann")

    correction = tmp_path / "correction.csv"
    correction.write_text(f"path,red disc\n{collection.paths[0]},0\n", encoding="utf-8")
    weldstudio("label", project, correction, "--by", "Bob")

    ended = weldstudio("train", project, "--recipe", "quick", *SMALL, "--follow")
    models = weldstudio("models", project)["models"]
    assert len(models) == 1
    assert models[0]["active"]
    assert ended["state"] == "done"

    scores = weldstudio("evaluate", project)
    assert 0.6 < scores["mean_per_class_accuracy"] <= 1
    assert set(scores["per_class"]) == set(FLAGS)

    predicted = tmp_path / "predicted.csv"
    weldstudio("predict", project, "--out", predicted)
    with predicted.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["path"] for row in rows] == sorted(collection.paths)
    assert all(0 <= float(row[f"p_{flag}"]) <= 1 for row in rows for flag in FLAGS)

    weldstudio("export", project, tmp_path / "out", "--format", "csv")
    (exported,) = (tmp_path / "out").glob("*.csv")
    with exported.open(newline="", encoding="utf-8") as handle:
        labels_out = {row["path"]: row for row in csv.DictReader(handle)}
    assert labels_out[collection.paths[0]]["red disc"] == "0"
    for path, shown in zip(collection.paths[1:], collection.shown[1:], strict=True):
        assert {flag for flag in FLAGS if labels_out[path][flag] == "1"} == shown

    assert {path: (collection.folder / path).read_bytes() for path in collection.paths} == before


@pytest.mark.slow
def test_one_class_per_photo_from_import_to_imagefolder(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 60, seed=9, one_each=True)
    project = tmp_path / "project"
    weldstudio("import", project, made.folder, "--labels", made.write_class(tmp_path / "classes.csv"))
    weldstudio("train", project, *SMALL, "--follow")
    scores = weldstudio("evaluate", project)
    assert scores["mean_per_class_accuracy"] > 0.5  # three classes: chance is a third
    assert scores["one_vs_rest"] > 0.5
    weldstudio("export", project, tmp_path / "folders", "--format", "imagefolder")
    found = {
        folder.name: len(list(folder.glob("*.jpg")))
        for folder in tmp_path.glob("folders/**/")
        if any(folder.glob("*.jpg"))
    }
    assert found == dict.fromkeys(FLAGS, 20)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_tour_goes_round_in_the_real_window(tmp_path: Path) -> None:
    words = ["demo", "--tour", tmp_path / "tour", "--photos", "40", "--json"]
    ran = subprocess.run([sys.executable, "-m", "weldstudio", *words], capture_output=True, text=True, check=False)
    report = json.loads(ran.stdout.splitlines()[-1])
    assert report["ok"], [step["checked"] for step in report["steps"] if not step["ok"]]
    assert len(report["steps"]) == 15
    pictures = [name for step in report["steps"] for name in step["pictures"]]
    assert {"review.png", "large.png", "flags.png", "train.png", "models.png"} <= set(pictures)
    assert all((tmp_path / "tour" / name).stat().st_size > 10_000 for name in pictures)


def test_a_file_of_raised_flags_only_is_refused_until_one_says_what_unlisted_means(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 6, seed=2)
    labels = made.write_flags(tmp_path / "flags.csv")
    project = tmp_path / "project"
    refused = weldstudio("import", project, made.folder, "--labels", labels, status=1)
    assert "--unlisted" in refused["error"]
    weldstudio("import", project, made.folder, "--labels", labels, "--unlisted", "clear")
    assert weldstudio("status", project)["photos"] == 6


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("status", "nowhere"), 1, "nowhere"),
        (("import", "project", "nowhere"), 1, "nowhere"),
        (("train", "nowhere", "--recipe", "quikc"), 1, "quick"),
        (("frobnicate",), 2, "frobnicate"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    words: tuple[str, ...], status: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sentence in weldstudio(*words, status=status)["error"]
    assert not (tmp_path / "project" / "project.sqlite").exists()
