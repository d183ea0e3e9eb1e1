"""The scheme from the command line: every edit, its refusal by name, groups, examples, files."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.photos import make_collection
from weldstudio.cli import main
from weldstudio.domain.scheme import Flag, JointRule, Scheme
from weldstudio.imaging import scan
from weldstudio.store import first_pass, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four photos and a project of them; flags soil (50 points), no clamp, few clamps."""
    folder = tmp_path_factory.mktemp("scheme")
    photographs = make_collection(folder / "photos", 4, size=(48, 36))
    with Store.create(folder / "welds") as store:
        collection, _ = photos.add_collection(store, "photos", photographs.folder)
        first_pass.insert_found(store, collection.id, list(scan.scan(photographs.folder)))
        flags = (
            Flag(0, "soil", 50),
            Flag(1, "no clamp", 50, "G", joint_rule=JointRule.ALL),
            Flag(2, "few clamps", 5, colour="#C2410C", description="too few"),
        )
        scheme_rows.save(store, Scheme(flags))
    return folder


@pytest.fixture
def welds(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / "welds", tmp_path / "welds")
    return tmp_path / "welds"


def flag(found: dict[str, Any], name: str) -> dict[str, Any]:
    (one,) = (f for f in found["flags"] if f["name"] == name)
    return one


def test_flags_are_shown_with_all_that_they_have(welds: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    found = run("scheme", welds)
    assert flag(found, "no clamp") == {
        "name": "no clamp",
        "points": 50,
        "key": "G",
        "own_key": "G",
        "colour": "",
        "description": "",
        "joint_rule": "no photo shows it",
        "group": None,
        "merge": None,
        "retired": False,
        "examples": [],
    }
    assert (flag(found, "few clamps")["colour"], flag(found, "few clamps")["key"]) == ("#C2410C", "3")
    assert main.run(["scheme", str(welds), "show"], open_window=lambda _: 0) == 0
    assert "no photo shows it" in capsys.readouterr().out


def test_every_field_is_edited_and_undone(welds: Path, run: Run) -> None:
    before = run("scheme", welds)
    actions = [
        run("scheme", welds, *words, "--by", "Ann")["action"]
        for words in (
            ("rename", "soil", ' Erde, "naß"/yes'),
            ("points", ' Erde, "naß"/yes', 15),
            ("key", ' Erde, "naß"/yes', "alt+7"),
            ("colour", ' Erde, "naß"/yes', "#102030"),
            ("describe", ' Erde, "naß"/yes', "wet earth"),
            ("rule", ' Erde, "naß"/yes', "none"),
            ("order", "few clamps", "no clamp"),
            ("retire", "few clamps"),
        )
    ]
    after = run("scheme", welds)
    assert [f["name"] for f in after["flags"]] == ["few clamps", "no clamp", ' Erde, "naß"/yes']
    assert flag(after, "few clamps")["retired"]
    edited = flag(after, ' Erde, "naß"/yes')
    assert (edited["points"], edited["key"], edited["colour"]) == (15, "Alt+7", "#102030")
    assert (edited["description"], edited["joint_rule"]) == ("wet earth", "no photo shows it")
    for action in reversed(actions):
        run("history", welds, "--revert", action, "--by", "Ann")
    assert run("scheme", welds) == before


REFUSALS = (
    (("key", "soil", "G"), "used for 'no clamp'"),
    (("key", "soil", "3"), "used for 'few clamps'"),
    (("key", "soil", "r"), "used for 'Raise the chosen flag'"),
    (("key", "soil", "Ctrl+A"), "cannot be a flag's key"),
    (("points", "soil", -3), "0 or more"),
    (("points", "soill", 3), "Did you mean 'soil'"),
    (("colour", "soil", "red"), "no colour"),
    (("rename", "soil", "no clamp"), "there already"),
    (("add", "soil"), "there already"),
    (("group", "g", "soil"), "at least two"),
    (("group", "g", "--dissolve"), "There is no group 'g'"),
    (("example", "soil", "none.jpg"), "There is no photo"),
    (("example", "soil", "none.jpg", "--remove"), "is no example"),
    (("load", "pipe-weld"), "Did you mean 'pipe-welds'"),
)


def test_what_cannot_be_is_refused_by_name(welds: Path, run: Run) -> None:
    before = run("scheme", welds)
    for words, sentence in REFUSALS:
        assert sentence in run("scheme", welds, *words, "--by", "Ann", status=1)["error"], words
    assert run("scheme", welds) == before


def test_a_group_is_previewed_made_changed_and_dissolved(made: Path, welds: Path, run: Run, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    paths = [file.name for file in sorted((made / "photos").rglob("*.jpg"))]
    rows = [["path", "no clamp", "few clamps"], [paths[0], 1, 1], [paths[1], 1, 0]]
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    run("label", welds, table, "--by", "Ann")
    seen = run("scheme", welds, "group", "Clamps", "no clamp", "few clamps", "--preview")
    assert seen == {"raised": 2, "contradictions": 1, "joints_changed": 0}
    made = run(
        "scheme", welds, "group", "Clamps", "no clamp", "few clamps", "--default", "Clamp Detected", "--by", "Ann"
    )
    assert made["groups"] == [{"name": "Clamps", "default": "Clamp Detected", "members": ["no clamp", "few clamps"]}]
    assert run("joints", welds, "--filter", "contradiction")["count"] == 1
    changed = run(
        "scheme", welds, "group", "Clamps", "soil", "no clamp", "few clamps", "--rename", "All", "--by", "Ann"
    )
    assert changed["groups"][0]["name"] == "All"
    assert len(changed["groups"][0]["members"]) == 3
    assert run("scheme", welds, "group", "All", "--dissolve", "--by", "Ann")["groups"] == []


def test_examples_go_into_a_file_and_out_again(made: Path, welds: Path, run: Run, tmp_path: Path) -> None:
    names = sorted(file.name for file in (made / "photos").rglob("*.jpg"))
    run("scheme", welds, "example", "soil", names[0], "--by", "Ann")
    run("scheme", welds, "example", "soil", names[1], "--looks-like", "--by", "Ann")
    run("scheme", welds, "example", "soil", names[2], "--by", "Ann")
    left = run("scheme", welds, "example", "soil", names[2], "--remove", "--by", "Ann")
    shown = flag(left, "soil")["examples"]
    assert [(one["path"].split("/")[-1], one["looks_like"]) for one in shown] == [(names[0], False), (names[1], True)]
    run("scheme", welds, "save", tmp_path / "ours.toml")
    assert len(list((tmp_path / "ours.examples").glob("*.jpg"))) == 2
    run("init", tmp_path / "new", "--scheme", tmp_path / "ours.toml")
    again = run("scheme", tmp_path / "new")
    assert flag(again, "soil")["examples"] == shown
    assert len(list((tmp_path / "new" / "examples").glob("*.jpg"))) == 2
    run("scheme", welds, "load", "pipe-welds", "--by", "Ann")
    assert len(run("scheme", welds)["flags"]) == 20
