"""`label` and the label side of `import`: counted before, whole or not at all, by joint, with what else a file says."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.photos import make_collection
from weldstudio.domain.labelling import State
from weldstudio.domain.merges import for_labels
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store import events, first_pass, photos
from weldstudio.store import notes as note_rows
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import projects
from weldstudio.studio.scheme import load_scheme


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Twelve photos of the pipe welds' flags: two joints of three photos, the others alone."""
    with projects.create(tmp_path / "welds", scheme=load_scheme("pipe-welds")) as store:
        where, _ = photos.add_collection(store, "north", tmp_path / "photos")
        found = [FoundPhoto(f"{n:02}.jpg", 1, n) for n in range(12)]
        joints = ["J1"] * 3 + ["J2"] * 3 + [f"J{n}" for n in range(3, 9)]
        first_pass.insert_found(store, where.id, found, joints)
    return tmp_path / "welds"


def states(project: Path, flag: str) -> str:
    """The states of one flag, photo by photo: R, C, U or '-'."""
    with Store.open(project, read_only=True) as store:
        now = events.present(store, list(range(1, 13)))
        slot = for_labels(scheme_rows.load(store), flag).slot
        marks = {State.UNSEEN: "-", State.RAISED: "R", State.CLEAR: "C", State.UNSURE: "U"}
        return "".join(marks[State((now.get(n, b"").ljust(99, b"\0"))[slot] & 3)] for n in range(1, 13))


def csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "labels.csv"
    file.write_text(text, encoding="utf-8")
    return file


SOIL, CLAMP = "Soil Contamination High Risk", "No Clamp Used"


def test_labels_of_joints_are_brought_onto_photos_by_the_joint_rule(project: Path, tmp_path: Path, run: Run) -> None:
    file = csv(tmp_path, f"joint,{SOIL},{CLAMP}\nJ1,0,1\nJ2,1,0\nJ3,1,1\nj4,0,0\nJ99,1,1\n")
    answer = run("label", project, file, "--by", "Ann")
    # J1: none shows soil, all lack a clamp. J2: some photo shows soil and some a clamp, and nobody said which.
    assert states(project, SOIL) == "CCCUUURC----"
    assert states(project, CLAMP) == "RRRUUURC----"
    assert [entry["line"] for entry in answer["left_out"]] == [6]
    run("history", project, "--revert", answer["action"], "--by", "Ann")
    left = run("label", project, file, "--by", "Ann", "--some-photo", "leave")
    assert states(project, SOIL) == "CCC---RC----"
    assert [entry["line"] for entry in left["left_out"]] == [3, 3, 6]


def test_what_is_known_of_a_joints_photos_settles_what_a_joint_says(project: Path, tmp_path: Path, run: Run) -> None:
    run("label", project, csv(tmp_path, f"path,{SOIL}\n00.jpg,1\n03.jpg,0\n04.jpg,0\n"), "--by", "Ann")
    run("label", project, csv(tmp_path, f"joint,{SOIL}\nJ1,1\nJ2,1\n"), "--by", "Ann")
    assert states(project, SOIL) == "R--CCR------"  # J1 is settled already; in J2 only one photo is left
    run("label", project, csv(tmp_path, f"path,{SOIL}\n05.jpg,0\n"), "--by", "Ann")
    refused = run("label", project, csv(tmp_path, f"joint,{SOIL}\nJ2,1\n"), "--by", "Ann")
    assert "on none of its 3 photos" in refused["left_out"][0]["reason"]


def test_what_a_file_says_beside_labels_is_stored(project: Path, tmp_path: Path, run: Run) -> None:
    head = "path,date,equipment,contractor,joint,type,medium,note,Other"
    row = "00.jpg,31.05.2024,Redbox,Acme,W7,coupler,water,wet,1"
    answer = run("label", project, csv(tmp_path, f"{head}\n{row}\n"), "--by", "Ann")
    assert answer["notes"] == 1
    with Store.open(project, read_only=True) as store:
        photo = photos.get(store, 1)
        assert photo is not None
        joint = photos.joint(store, photo.joint_id)
        assert joint is not None
        assert (photo.equipment, photo.taken_at) == ("Redbox", "2024-05-31T00:00:00")
        assert (joint.reference, joint.kind, joint.medium) == ("W7", "coupler", "water")
        assert note_rows.read(store).photos == {1: "wet"}
    # One action: labels and note are taken back together.
    run("history", project, "--revert", answer["action"], "--by", "Ann")
    with Store.open(project, read_only=True) as store:
        assert note_rows.read(store).photos == {}
    assert states(project, "Other") == "-" * 12


def test_counted_before_and_nothing_written(project: Path, tmp_path: Path, run: Run) -> None:
    run("label", project, csv(tmp_path, "path,Other\n00.jpg,1\n"), "--by", "Ann")
    file = csv(tmp_path, "path,Other,Frost\n00.jpg,0,1\n01.jpg,1,\nnone.jpg,1,1\n01.jpg,0,1\n")
    assert "'Frost'" in run("label", project, file, "--by", "Ann", "--dry-run", status=1)["error"]
    report = tmp_path / "report.csv"
    words = ("label", project, file, "--by", "Ann", "--new-flags", "--dry-run", "--report", report)
    forecast = run(*words)
    assert (forecast["labels"], forecast["photos"], forecast["replaced"], forecast["new_flags"]) == (2, 1, 1, ["Frost"])
    assert [entry["line"] for entry in forecast["left_out"]] == [3, 4, 5]
    assert [line.split(",")[0] for line in report.read_text().splitlines()] == ["line", "3", "4", "5"]
    refused = run(*words[:6], "--all-or-nothing", status=1)["error"]
    assert "3 lines" in refused
    assert "line 3" in refused
    status = run("status", project)
    assert "Frost" not in {flag["name"] for flag in status["flags"]}
    assert states(project, "Other") == "R-----------"
    done = run("label", project, file, "--by", "Ann", "--new-flags")
    assert (done["labels"], states(project, "Other"), states(project, "Frost")) == (2, "C-----------", "R-----------")
    # The flag came with the labels and goes with them.
    run("history", project, "--revert", done["action"], "--by", "Ann")
    assert "Frost" not in {flag["name"] for flag in run("status", project)["flags"]}


def test_columns_are_said(project: Path, tmp_path: Path, run: Run) -> None:
    file = csv(tmp_path, "Bildname;Boden;Rest\n00.jpg;ja;x\n01.jpg;nein;\n")
    words = ("label", project, file, "--by", "Ann", "--map", "Bildname=path", "--map", f"Boden=label:{SOIL}")
    run(*words, "--map", "Rest=ignore")
    assert states(project, SOIL) == "RC----------"
    assert "COLUMN=MEANING" in run(*words, "--map", "Rest", status=2)["error"]


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_killed_in_the_middle_nothing_of_a_label_file_is_there(project: Path, tmp_path: Path) -> None:
    file = csv(tmp_path, "path,Frost,Other\n" + "".join(f"{n:02}.jpg,1,1\n" for n in range(12)))
    script = (
        "import sys, time\n"
        "from weldstudio.studio import label_import\n"
        "from weldstudio.studio.label_files import read_label_file\n"
        "from weldstudio.store.store import Store\n"
        "from pathlib import Path\n"
        "label_import._FIRST_PIECE, label_import._PIECE_S = 2, 0.0\n"
        "store = Store.open(Path(sys.argv[1]))\n"
        "terms = label_import.Terms(new_flags=True)\n"
        "work = label_import.apply_label_table(store, read_label_file(Path(sys.argv[2])), who='Ann', terms=terms)\n"
        "for _ in range(3): next(work)\n"
        "print('half', flush=True)\n"
        "time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script, str(project), str(file)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"half"
    with Store.open(project) as store:  # while it lives, what it has staged is left alone and not seen
        assert store.value("SELECT count(*) FROM label_events") > 0
        assert events.present(store, list(range(1, 13))) == {}
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    deadline = time.monotonic() + 10
    left = 1
    while left and time.monotonic() < deadline:
        with Store.open(project) as store:
            left = store.value("SELECT (SELECT count(*) FROM label_events) + (SELECT count(*) FROM actions)")
            assert events.present(store, list(range(1, 13))) == {}
    assert left == 0


def test_an_import_is_counted_before_there_is_a_project(tmp_path: Path, run: Run) -> None:
    made = make_collection(tmp_path / "photos", 4, size=(16, 12))
    file = csv(tmp_path, "joint,Soil,Note\na,1,look\nzz,1,\n")
    words = ("import", tmp_path / "new", made.folder, "--labels", file)
    assert "--joint" in run(*words, status=1)["error"]
    rule = ("--joint", r"(.)\.jpg$")
    file.write_text("joint,Soil,Note\n1,1,look\n2,0,\nzz,1,\n", encoding="utf-8")
    forecast = run(*words, *rule, "--dry-run")
    assert (forecast["found"], forecast["new"], forecast["labels"], forecast["new_flags"]) == (4, 4, 2, ["Soil"])
    assert [entry["line"] for entry in forecast["left_out"]] == [4]
    assert not (tmp_path / "new").exists()
    assert "1 line of labels.csv" in run(*words, *rule, "--all-or-nothing", status=1)["error"]
    assert not (tmp_path / "new").exists()
    done = run(*words, *rule, "--medium", "gas")
    assert (done["labels"], [entry["line"] for entry in done["left_out"]]) == (2, [4])
    with Store.open(tmp_path / "new", read_only=True) as store:
        assert list(note_rows.read(store).joints.values()) == ["look"]
        assert {medium for _, _, medium in photos.joint_kinds(store)} == {"gas"}


def test_labels_without_a_member_by_command(project: Path, tmp_path: Path, run: Run) -> None:
    low = "Soil Contamination Low Risk"
    file = csv(tmp_path, "path,Soil Contamination Risk\n" + "".join(f"{n:02}.jpg,1\n" for n in range(9)))

    def points() -> list[tuple[int, int]]:
        return [(joint["labels"]["low"], joint["labels"]["high"]) for joint in run("joints", project)["joints"]]

    run("label", project, file, "--by", "Ann", "--new-flags")
    before = points()
    preview = run("merge", project, "Soil Contamination Risk", SOIL, low, "--preview")
    assert (preview["raised"], preview["confused_by_experts"]) == (9, 0)
    assert points() == before
    words = ("merge", project, "Soil Contamination Risk", SOIL, low, "--by", "Ann")
    run(*words)
    merged = points()
    assert merged != before
    run("merge", project, "--undo", "Soil Contamination Risk", "--by", "Ann")
    assert points() == before
    assert len(run("contradictions", project, "--to-split")["photos"]) == 9
    run(*words)
    assert points() == merged
    assert run("contradictions", project)["photos"] == run("contradictions", project, "--to-split")["photos"] == []
    run("merge", project, "Soil Contamination Risk", "--penalty", "20", "--by", "Ann")
    assert points() != merged
