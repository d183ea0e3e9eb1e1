"""Joints, decisions and reject limits from the command line."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.photos import FLAGS, make_collection
from weldstudio.cli import main


@pytest.fixture
def welds(tmp_path: Path, run: Run) -> Path:
    """Four joints J1 to J4 of two photos each: gas and water, Smith and Jones, one flag of 50 points raised on J1."""
    scheme = tmp_path / "scheme.toml"
    flags = "".join(
        f'[[flags]]\nname = "{name}"\npoints = {points}\n' for name, points in zip(FLAGS, (50, 30, 25), strict=True)
    )
    scheme.write_text(f'name = "test"\n{flags}', encoding="utf-8")
    made = make_collection(tmp_path / "photos", 8, size=(48, 36))
    table = tmp_path / "labels.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "joint", "contractor", "type", "medium", *FLAGS])
        for n, path in enumerate(made.paths):
            joint = n // 2 + 1
            facts = ["Smith" if joint < 3 else "Jones", "coupler", "water" if joint == 1 else "gas"]
            rows.writerow([path, f"J{joint}", *facts, int(joint == 1), int(joint == 2), 0])
    project = tmp_path / "welds"
    run("init", project, "--scheme", scheme)
    run("import", project, made.folder, "--labels", table, "--by", "Ann")
    return project


def names(answer: dict[str, Any]) -> list[str]:
    return [joint["joint"] for joint in answer["joints"]]


def test_joints_are_listed_with_all_that_is_known(welds: Path, run: Run) -> None:
    found = run("joints", welds)
    assert names(found) == ["J1", "J2", "J3", "J4"]
    first = found["joints"][0]
    assert (first["contractor"], first["type"], first["medium"], first["photos"]) == ("Smith", "coupler", "water", 2)
    assert (first["verdict"], first["labels"]["low"], first["model"], first["decision"]) == ("reject", 50, None, None)
    assert first["waiting_s"] >= 0
    assert names(run("joints", welds, "--filter", "medium:gas contractor:smith")) == ["J2"]
    assert run("joints", welds, "--limit", 1)["count"] == 4


def test_type_and_medium_may_be_said_at_the_import(welds: Path, run: Run) -> None:
    run("import", welds, welds.parent / "photos", "--medium", "oil", "--type", "tapping-T", "--by", "Ann")
    found = run("joints", welds, "--filter", "medium:oil type:tapping-t")
    assert names(found) == ["J1", "J2", "J3", "J4"]


def test_a_decision_keeps_the_scheme_of_its_moment_and_the_history_its_points(welds: Path, run: Run) -> None:
    run("decide", welds, "J1", "--as", "rejected", "--by", "Ann")
    run("scheme", welds, "points", FLAGS[0], "5", "--by", "Ann")
    (row,) = run("joints", welds, "--filter", "joint:J1")["joints"]
    assert (row["labels"]["low"], row["labels"]["raised"]) == (5, [FLAGS[0]])
    assert (row["decision"]["moment"]["low"], row["decision"]["moment"]["reject_limit"]) == (50, 50)
    then = run("scheme", welds, "show", "--decided", row["decision"]["moment"]["scheme"])
    assert next(flag["points"] for flag in then["flags"] if flag["name"] == FLAGS[0]) == 50
    (entry,) = (e for e in run("history", welds, "--joint", "J1")["history"] if e["kind"] == "decision")
    assert entry["details"] == ["decision: rejected at 50 points, reject at 50"]
    assert main.run(["scheme", str(welds), "show", "--decided", "abc"], open_window=lambda _: 0) == 1


def test_what_an_import_says_of_joints_and_photos_can_be_taken_back(welds: Path, run: Run) -> None:
    photographs = welds.parent / "photos"
    told = ("--medium", "oil", "--contractor", "Evans", "--equipment", "Redbox")
    run("import", welds, photographs, *told, "--by", "Ann")
    run("describe", welds, "J2", "--medium", "steam", "--by", "Ann")
    newest = next(one for one in run("history", welds)["history"] if one["text"].startswith("Joint, equipment"))
    assert newest["text"] == "Joint, equipment, contractor, type, medium or date of 8 photographs and joints"
    assert "changed since" in run("history", welds, "--revert", newest["action"], "--by", "Ann")["effect"]
    rows = {row["joint"]: (row["contractor"], row["medium"]) for row in run("joints", welds)["joints"]}
    assert rows == {"J1": ("Smith", "water"), "J2": ("Smith", "steam"), "J3": ("Jones", "gas"), "J4": ("Jones", "gas")}
    assert run("joints", welds, "--filter", "equipment:redbox")["count"] == 0
    again = next(one for one in run("history", welds)["history"] if not one["taken_back_by"])
    run("history", welds, "--revert", again["action"], "--by", "Ann")
    assert run("joints", welds, "--filter", "equipment:redbox medium:oil")["count"] == 3


def test_what_a_label_file_says_beside_labels_goes_back_with_them(welds: Path, run: Run) -> None:
    table = welds.parent / "more.csv"
    table.write_text(f"joint,contractor,date,{FLAGS[0]}\nJ3,Evans,2024-05-01,1\n", encoding="utf-8")
    done = run("label", welds, table, "--by", "Ann")
    row = next(row for row in run("joints", welds)["joints"] if row["joint"] == "J3")
    assert row["contractor"] == "Evans"
    run("history", welds, "--revert", done["action"], "--by", "Ann")
    row = next(row for row in run("joints", welds)["joints"] if row["joint"] == "J3")
    assert row["contractor"] == "Jones"
    # A file may say nothing else.
    table.write_text("joint;contractor;medium\nJ3;Evans;oil\nJ77;Evans;oil\n", encoding="utf-16")
    told = run("label", welds, table, "--by", "Ann", "--dry-run")
    assert (told["labels"], told["facts"], len(told["left_out"])) == (0, {"contractor": 2, "medium": 2}, 1)
    run("label", welds, table, "--by", "Ann")
    row = next(row for row in run("joints", welds)["joints"] if row["joint"] == "J3")
    assert (row["contractor"], row["medium"]) == ("Evans", "oil")
    assert run("history", welds)["history"][0]["text"] == "Facts from more.csv on 2 photographs"


def test_decisions_empty_the_inbox_and_stand(welds: Path, run: Run) -> None:
    assert run("status", welds)["waiting"] == {"inbox": 4, "decisive": 0, "changed": 0}
    done = run("decide", welds, "J2", "j3", "--as", "accepted", "--by", "Ann", "--reason", "fine")
    assert [joint["decision"]["said"] for joint in done["joints"]] == ["accepted", "accepted"]
    assert names(run("joints", welds, "--queue", "inbox")) == ["J1", "J4"]
    moved = run("contractors", welds, "--set", "Smith", 30, "--by", "Ann")
    assert moved["change"]["moved"] == 1
    changed = run("joints", welds, "--queue", "changed")
    assert names(changed) == ["J2"]
    assert changed["joints"][0]["decision"]["moment"] | {"scheme": ""} == {
        "low": 30,
        "high": 30,
        "reject_limit": 50,
        "scheme": "",
    }
    run("decide", welds, "J2", "--override", "accept", "--reason", "agreed with Smith", "--by", "Ann")
    assert names(run("joints", welds, "--queue", "changed")) == []
    run("decide", welds, "J2", "--override", "none", "--by", "Ann")
    run("decide", welds, "J2", "--as", "undecided", "--by", "Ann")
    assert run("status", welds)["waiting"] == {"inbox": 3, "decisive": 0, "changed": 0}


def test_how_often_each_expert_raises_a_flag_is_told_by_medium(welds: Path, run: Run) -> None:
    assert run("joints", welds, "--rates")["rates"] == []


def test_limits_are_previewed_set_and_removed(welds: Path, run: Run) -> None:
    tried = run("contractors", welds, "--set", "smith", 30, "--preview")
    assert tried["change"]["done"] is False
    assert [row["reject_limit"] for row in tried["contractors"]] == [50, 50]
    done = run("contractors", welds, "--set", "Smith", 30, "--from", "2999-01-01", "--by", "Ann")
    assert done["change"]["moved"] == 0
    (smith,) = [row for row in done["contractors"] if row["name"] == "Smith"]
    assert smith == {
        "name": "Smith",
        "reject_limit": 50,
        "limits": [{"from": "2999-01-01", "points": 30}],
        "joints": 2,
        "rejected": 1,
    }
    run("contractors", welds, "--remove", "Smith", "--from", "2999-01-01", "--by", "Ann")
    assert run("contractors", welds)["contractors"][1]["limits"] == []
    assert len(run("contractors", welds, "--set", "Best", 40, "--new", "--by", "Ann")["contractors"]) == 3


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["decide", "J9", "--as", "accepted"], 1, "no joint 'J9'"),
        (["decide", "J1"], 2, "--as"),
        (["decide", "J1", "--override", "accept"], 1, "Say why"),
        (["contractors", "--set", "Smit", "40"], 1, "Did you mean 'Smith'"),
        (["contractors", "--set", "Smith", "0"], 1, "at least 1 point"),
        (["contractors", "--preview"], 2, "go with --set"),
        (["joints", "--filter", "verdict:maybe"], 1, "accept, reject or open"),
    ],
)
def test_what_cannot_be_is_said(welds: Path, run: Run, words: list[str], status: int, said: str) -> None:
    command, *rest = words
    by = [] if command == "joints" else ["--by", "Ann"]
    assert said in run(command, welds, *rest, *by, status=status)["error"]


def test_people_read_a_table(welds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["joints"], ["contractors"], ["status"]):
        assert main.run([words[0], str(welds)], open_window=lambda _: 0) == 0
        assert {"joints": "reject at", "contractors": "Smith", "status": "4 joints undecided"}[
            words[0]
        ] in capsys.readouterr().out
