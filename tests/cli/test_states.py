"""`set` and `copy` through the same door as a person."""

from pathlib import Path

from tests.cli.conftest import Run
from tests.photos import FLAGS, make_collection


def test_many_photos_are_looked_at_before_they_are_set(run: Run, tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 6, seed=3)
    project = tmp_path / "p"
    run("import", project, made.folder, "--labels", made.write_wide(tmp_path / "labels.csv"), "--by", "Company")
    other = run("status", project)["flags"][0]["name"]
    found = run("set", project, "", other, "unsure", "--dry-run")
    assert (found["photos"], found["changed"]) == (6, 6)
    assert found["flags"][0]["after"] == {"unsure": 6}
    assert run("history", project)["history"][0]["kind"] == "import"  # nothing was written
    done = run("set", project, "", other, "unsure", "--by", "Ann")
    assert done["changed"] == 6
    assert run("history", project)["history"][0]["text"] == f"{other}: unsure on 6 photographs"
    run("copy", project, made.paths[0], made.paths[1], "--by", "Ann")
    (newest, *_) = run("history", project, "--photo", made.paths[1])["history"]
    assert newest["text"].startswith("Labels copied from")
    run("set", project, "", "nothing", "clear", "--by", "Ann")
    assert run("status", project)["reviewed"] == 6
    run("set", project, "", "nothing", "raised", status=2)
    run("set", project, "", "No flag", "raised", status=1)
    assert "No photo is found" in run("set", project, "nowhere", FLAGS[0], "raised", status=1)["error"]


def test_what_a_photo_is_besides_its_labels(run: Run, tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 2, seed=3)
    project = tmp_path / "p"
    run("import", project, made.folder)
    told = run("info", project, made.paths[0])
    assert told["file"]["name"] == Path(made.paths[0]).name
    assert told["camera"]["format"].startswith("JPEG")
    assert told["joint"]["photographs"] == "1"
    assert "no photo" in run("info", project, "nowhere.jpg", status=1)["error"]
