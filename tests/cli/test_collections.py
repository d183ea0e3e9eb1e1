"""Folders of photographs from the command line: scanned again, watched, found elsewhere; joints described."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.photos import make_collection, make_photo
from weldstudio.cli import collections as commands
from weldstudio.cli import main


@pytest.fixture
def welds(tmp_path: Path, run: Run) -> Path:
    folder = make_collection(tmp_path / "photos", 4, size=(48, 36)).folder
    project = tmp_path / "welds"
    run("import", project, folder, "--contractor", "Smith")
    return project


def test_rescan_says_what_is_different_in_each_collection(welds: Path, run: Run, tmp_path: Path) -> None:
    photos = sorted((tmp_path / "photos").iterdir())
    photos[0].rename(tmp_path / "photos" / "renamed.jpg")
    photos[1].unlink()
    make_photo(tmp_path / "photos" / "new.jpg", seed=9)
    found = run("rescan", welds, "--collection", "photos")
    assert {key: found[key] for key in ("new", "moved", "missing", "changed")} == {
        "new": 1,
        "moved": 1,
        "missing": 1,
        "changed": 0,
    }
    assert found["collections"][0]["moves"] == [[photos[0].name, "renamed.jpg"]]
    assert run("joints", welds, "--filter", "name:new.jpg")["joints"][0]["contractor"] == "Smith"
    assert "no collection 'south'" in run("rescan", welds, "--collection", "south", status=1)["error"]


def test_a_collection_that_lies_elsewhere_is_found_and_watched(welds: Path, run: Run, tmp_path: Path) -> None:
    shutil.move(tmp_path / "photos", tmp_path / "moved")
    assert "is not there" in run("rescan", welds, status=1)["error"]
    assert "is no folder" in run("relocate", welds, "photos", tmp_path / "nowhere", status=1)["error"]
    found = run("relocate", welds, "photos", tmp_path / "moved")
    assert (found["found"], found["photos"]) == (4, 4)
    assert "No collection is watched" in run("watch", welds, status=1)["error"]
    row = run("collections", welds, "--watch", "photos")["collections"][0]
    assert (row["watched"], row["there"], row["missing"]) == (True, True, 0)
    assert not run("collections", welds, "--unwatch", "photos")["collections"][0]["watched"]


def test_watch_takes_photos_in_as_they_come(
    welds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[dict[str, object]] = []
    say = commands._say

    def hear(as_json: bool, result: dict[str, object], text: str) -> None:
        """Puts a photo into the folder once it is watched; ends the watching when that was taken in."""
        say(as_json, result, text)
        said.append(result)
        if len(said) == 1:
            make_photo(tmp_path / "photos" / "new.jpg", seed=9)
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_say", hear)
    ended = main.run(["watch", str(welds), "--collection", "photos", "--json"], open_window=lambda _: 0)
    assert ended == main.CANCELLED
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("new") for line in lines[:2]] == [0, 1]
    assert lines[1]["joints"][0]["joint"] == "new.jpg"
    assert lines[1]["joints"][0]["contractor"] == "Smith"


def test_describe_sets_what_joints_are(welds: Path, run: Run) -> None:
    names = [joint["joint"] for joint in run("joints", welds)["joints"]]
    run("describe", welds, names[0], "--type", "tapping-T", "--by", "Ann")
    assert run("describe", welds, "--filter", "contractor:Smith", "--medium", "water", "--by", "Ann")["joints"] == 4
    first = run("joints", welds, "--filter", "type:tapping-T medium:water")["joints"]
    assert [joint["joint"] for joint in first] == [names[0]]
    assert "Say what is to be set" in run("describe", welds, names[0], status=2)["error"]
    assert "no joint 'J9'" in run("describe", welds, "J9", "--type", "x", status=1)["error"]
