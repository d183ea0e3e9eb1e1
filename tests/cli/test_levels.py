"""Verdicts, exports and trainings by merges, by their flags, or by both, from the command line."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.photos import make_collection
from weldstudio.domain.recipe import Recipe
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import snapshots

SCHEME = """
[[flags]]
name = "Soil, high"
points = 50
[[flags]]
name = "Soil, low"
points = 15
[[flags]]
name = "No sheet"
points = 5
[[merges]]
name = "Soil"
members = ["Soil, high", "Soil, low"]
"""
FLAGS = ("Soil, high", "Soil, low", "No sheet")
JOINTS = {
    # of each flag as the file has it: high, low, sheet
    "high": (1, 0, 0),
    "low": (0, 1, 0),
    "merge": None,  # only the merge is known
    "clean": (0, 0, 0),
}


@pytest.fixture
def welds(tmp_path: Path, run: Run) -> Path:
    """Four joints of one photo: soil of either kind, soil of which nobody knows the kind, none."""
    (tmp_path / "scheme.toml").write_text(SCHEME, encoding="utf-8")
    made = make_collection(tmp_path / "photos", 4, size=(32, 24))
    of_joint = dict(zip(JOINTS, made.paths, strict=True))
    rows: list[list[Any]] = [["path", "joint", "flag", "state"]]
    for joint, states in JOINTS.items():
        told = [("Soil", 1), ("No sheet", 0)] if states is None else zip(FLAGS, states, strict=True)
        rows += [[of_joint[joint], joint, flag, state] for flag, state in told]
    with (tmp_path / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    run("init", tmp_path / "welds", "--scheme", tmp_path / "scheme.toml")
    run("import", tmp_path / "welds", made.folder, "--labels", tmp_path / "labels.csv", "--by", "Ann")
    return tmp_path / "welds"


def said(run: Run, welds: Path) -> dict[str, tuple[int, int, str]]:
    rows = run("joints", welds)["joints"]
    return {row["joint"]: (row["labels"]["low"], row["labels"]["high"], row["verdict"]) for row in rows}


def test_verdicts_count_what_they_are_told_to(welds: Path, run: Run) -> None:
    by_merges = said(run, welds)
    assert by_merges["low"] == by_merges["merge"] == by_merges["high"] == (50, 50, "reject")
    tried = run("scheme", welds, "verdicts", "flags", "--preview")
    assert (tried["moved"], len(tried["to_accept"]), len(tried["to_open"]), tried["action"]) == (2, 1, 1, None)
    assert said(run, welds) == by_merges
    done = run("scheme", welds, "verdicts", "flags", "--by", "Ann")
    assert done["moved"] == 2
    assert said(run, welds) == {
        "high": (50, 50, "reject"),
        "low": (15, 15, "accept"),
        "merge": (0, 65, "open"),
        "clean": (0, 0, "accept"),
    }
    last = run("scheme", welds, "verdicts", "both", "--by", "Ann")
    assert said(run, welds)["merge"] == (50, 50, "reject")
    assert said(run, welds)["low"] == (15, 15, "accept")
    # A decision is made by what counts at that moment.
    decided = run("decide", welds, "low", "--as", "accepted", "--by", "Ann")["joints"][0]["decision"]
    assert decided["moment"]["low"] == 15
    run("history", welds, "--revert", last["action"], "--by", "Ann")
    assert run("scheme", welds)["verdicts"] == "flags"


def test_what_counts_travels_with_the_scheme_file(welds: Path, run: Run, tmp_path: Path) -> None:
    run("scheme", welds, "verdicts", "both", "--by", "Ann")
    run("scheme", welds, "save", tmp_path / "ours.toml")
    run("init", tmp_path / "other", "--scheme", tmp_path / "ours.toml")
    assert run("scheme", tmp_path / "other")["verdicts"] == "both"
    run("scheme", welds, "verdicts", "flags", "--by", "Ann")
    run("scheme", welds, "load", tmp_path / "ours.toml", "--by", "Ann")
    assert run("scheme", welds)["verdicts"] == "both"
    run("scheme", welds, "load", "pipe-welds", "--by", "Ann")
    assert run("scheme", welds)["verdicts"] == "both", "a scheme without merges says nothing of them"


@pytest.mark.parametrize(
    ("level", "head", "merge_row"),
    [
        ("merges", ["Soil", "No sheet"], ["1", "0"]),
        ("flags", ["Soil, high", "Soil, low", "No sheet"], ["", "", "0"]),
        ("both", ["Soil", "Soil, high", "Soil, low", "No sheet"], ["1", "", "", "0"]),
    ],
)
def test_a_table_has_the_columns_of_the_level(
    welds: Path, run: Run, tmp_path: Path, level: str, head: list[str], merge_row: list[str]
) -> None:
    run("export", welds, tmp_path / "out.csv", "--format", "csv", "--level", level)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["joint"]: row for row in csv.DictReader(file)}
    assert list(rows["merge"])[-len(head) :] == head
    assert [rows["merge"][name] for name in head] == merge_row


def test_folders_hold_a_photo_once_at_each_level(welds: Path, run: Run, tmp_path: Path) -> None:
    found = {
        level: run("export", welds, tmp_path / level, "--format", "imagefolder", "--level", level)
        for level in ("merges", "flags", "both")
    }
    assert found["merges"]["counts"] == {"Soil": 3}
    assert found["flags"]["counts"] == {"Soil, high": 1, "Soil, low": 1}
    assert found["both"]["counts"] == {"Soil": 1, "Soil, high": 1, "Soil, low": 1}
    reasons = [one["reason"] for one in found["flags"]["left_out"]]
    assert "unsure: Soil, high; Soil, low" in reasons


def test_a_recipe_names_the_level(welds: Path) -> None:
    with Store.open(welds) as store:
        scheme = scheme_rows.load(store)
    names = {
        level: [c.name for c in snapshots.chosen_classes(scheme, Recipe().with_values({"data.level": level}))[0]]
        for level in ("merges", "flags", "both")
    }
    assert names["merges"] == ["Soil", "No sheet"]
    assert names["flags"] == ["Soil, high", "Soil, low", "No sheet"]
    assert names["both"] == ["Soil", "Soil, high", "Soil, low", "No sheet"]
