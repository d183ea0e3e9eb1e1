"""`bundle`, `conflicts` and `restore` through the same door as a person."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.photos import make_collection
from weldstudio.cli import main
from weldstudio.domain.labelling import State
from weldstudio.store.store import Store


def test_two_desks_exchange_differ_and_agree(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = make_collection(tmp_path / "photos", 4, seed=3)
    ann, bob = tmp_path / "ann", tmp_path / "bob"
    run("import", ann, made.folder, "--labels", made.write_wide(tmp_path / "labels.csv"), "--by", "Company")
    with Store.open(ann) as store:  # all in one file, to be copied
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        flag = str(store.value("SELECT name FROM flags WHERE slot = 0"))
        path = str(store.value("SELECT path FROM photos WHERE id = 1"))
        other = "0" if store.value("SELECT labels FROM label_now WHERE photo_id = 1")[0] & 3 == State.RAISED else "1"
    shutil.copytree(ann, bob)
    for project, who, value in ((ann, "Ann", "unsure"), (bob, "Bob", other)):
        table = tmp_path / f"{who}.csv"
        table.write_text(f'path,"{flag}"\n"{path}",{value}\n')
        run("label", project, table, "--by", who)
    bundle = tmp_path / "ann.weldlabels"
    made_of = run("bundle", ann, bundle, "--by", "Ann")
    assert "Ann" in made_of["experts"]
    took = run("bundle", bob, "--take", bundle, "--by", "Bob")
    assert (took["labels"], took["waiting"]) == (1, 0)
    (conflict,) = run("conflicts", bob)["conflicts"]
    assert (conflict["photo"], conflict["flag"]) == (path, flag)
    assert [said["who"] for said in conflict["answers"]] == ["Ann", "Bob"]
    assert main.run(["conflicts", str(bob)], open_window=lambda _: 0) == 0
    assert "Ann: unsure" in capsys.readouterr().out
    run("conflicts", bob, "--settle", path, flag, "raised", "--by", "Bob")
    assert run("conflicts", bob)["conflicts"] == []
    assert run("bundle", bob, "--take", bundle)["labels"] == 0
    run("bundle", bob, status=2)
    run("bundle", bob, tmp_path / "x", "--take", bundle, status=2)
    run("bundle", bob, "--take", bundle, "--since", "2026-01-01", status=2)
    run("conflicts", bob, "--settle", path, flag, "maybe", status=2)
    run("conflicts", bob, "--settle", "nowhere.jpg", flag, "clear", status=1)
    assert "No clamp" not in run("conflicts", bob, "--settle", path, "No flag", "clear", status=1)["error"]


def test_a_project_goes_back_to_what_it_was(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = make_collection(tmp_path / "photos", 4, seed=3)
    labels = made.write_wide(tmp_path / "labels.csv")
    run("import", tmp_path / "p", made.folder, "--labels", labels, "--by", "Company")
    before = run("status", tmp_path / "p")
    table = tmp_path / "late.csv"
    flag = before["flags"][0]["name"]
    table.write_text(f'path,"{flag}"\n' + "".join(f'"{path}",unsure\n' for path in made.paths))
    assert run("restore", tmp_path / "p")["snapshots"] == []
    run("label", tmp_path / "p", table, "--by", "Late")
    (first,) = run("restore", tmp_path / "p")["snapshots"]  # kept before that wrote anything
    assert first["photos"] == 4
    done = run("restore", tmp_path / "p", first["name"])
    assert run("status", tmp_path / "p")["flags"] == before["flags"]
    run("restore", tmp_path / "p", done["kept_as"])
    after = run("status", tmp_path / "p")
    assert after["flags"][0]["unsure"] == 4
    run("restore", tmp_path / "p", "nonsense", status=1)
    assert main.run(["restore", str(tmp_path / "p")], open_window=lambda _: 0) == 0
    assert "before a restore" in capsys.readouterr().out


def test_notes_and_history_by_command(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = make_collection(tmp_path / "photos", 4, seed=3)
    project = tmp_path / "p"
    run("import", project, made.folder, "--labels", made.write_wide(tmp_path / "labels.csv"), "--by", "Company")
    path = made.paths[0]
    flag = run("status", project)["flags"][0]["name"]
    note = run("note", project, "ask the crew", "--photo", path, "--by", "Ann")["action"]
    assert run("note", project, "--search", "CREW")["notes"] == [
        {"about": "photo", "name": path, "text": "ask the crew"}
    ]
    assert run("note", project, "--joint", path)["notes"] == []
    newest, imported = run("history", project, "--photo", path)["history"]
    assert (newest["action"], newest["who"], newest["details"]) == (note, "Ann", ["note: ask the crew"])
    assert imported["who"] == "Company"
    assert [entry["who"] for entry in run("history", project, "--of", "Company")["history"]] == ["Company"]
    assert run("history", project, "--flag", flag)["history"][0]["who"] == "Company"
    assert len(run("history", project, "--joint", path)["history"]) == 2
    back = run("history", project, "--revert", note[:8], "--by", "Bob")
    assert back["effect"] == "1 other change goes back"
    assert run("note", project)["notes"] == []
    assert main.run(["history", str(project)], open_window=lambda _: 0) == 0
    assert "taken back by Bob" in capsys.readouterr().out
    run("history", project, "--revert", "zz", status=1)
    run("note", project, "text", status=2)
    run("note", project, "text", "--photo", "nowhere.jpg", status=1)
    run("note", project, "text", "--joint", "nowhere", status=1)
