"""The commands on small projects, through the same door as a person; training is in the test of the whole loop."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.photos import FLAGS, MadeCollection, make_collection
from weldstudio.cli import main
from weldstudio.store.store import Store
from weldstudio.studio import training


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("made") / "photos", 12, seed=3)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, made: MadeCollection) -> Path:
    folder = tmp_path_factory.mktemp("imported")
    labels = made.write_wide(folder / "labels.csv")
    words = ["import", folder / "project", made.folder, "--labels", labels, "--by", "Ann", "--json"]
    assert main.run([str(word) for word in words], open_window=lambda _: 0) == 0
    return folder / "project"


@pytest.fixture
def project(tmp_path: Path, imported: Path) -> Path:
    """The imported project, a copy for each test."""
    return Path(shutil.copytree(imported, tmp_path / "project"))


def raised(run: Run, project: Path) -> dict[str, int]:
    return {flag["name"]: flag["raised"] for flag in run("status", project)["flags"]}


def test_import_makes_the_project_and_its_flags(project: Path, made: MadeCollection, run: Run) -> None:
    status = run("status", project)
    assert (status["photos"], status["problems"]) == (12, 0)
    assert raised(run, project) == {flag: sum(flag in shown for shown in made.shown) for flag in FLAGS}


def test_importing_again_changes_nothing(project: Path, made: MadeCollection, run: Run) -> None:
    before = run("status", project)
    assert run("import", project, made.folder)["new"] == 0
    assert run("status", project) == before


def test_names_that_the_scheme_lacks_become_flags_only_when_one_says_so(
    project: Path, made: MadeCollection, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "more.csv").write_text(f"path,rust\n{made.paths[0]},1\n{made.paths[1]},0\n")
    assert "'rust'" in run("import", project, made.folder, "--labels", tmp_path / "more.csv", status=1)["error"]
    run("import", project, made.folder, "--labels", tmp_path / "more.csv", "--new-flags")
    assert raised(run, project)["rust"] == 1


def test_people_read_text(project: Path, made: MadeCollection, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["import", str(project), str(made.folder)], open_window=lambda _: 0) == 0
    assert main.run(["status", str(project)], open_window=lambda _: 0) == 0
    out = capsys.readouterr().out
    assert "12 photos" in out
    assert not out.startswith("{")


def test_init_makes_an_empty_project_with_flags_to_begin_with(tmp_path: Path, run: Run) -> None:
    made = run("init", tmp_path / "new", "--scheme", "pipe-welds", "--name", "Welds")
    assert len(made["flags"]) == 17
    assert run("status", tmp_path / "new")["name"] == "Welds"
    assert "holds a project already" in run("init", tmp_path / "new", status=1)["error"]


def test_labels_from_a_file_are_signed_and_what_was_left_out_is_said(
    project: Path, made: MadeCollection, tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = raised(run, project)
    wrong = next(path for path, shown in zip(made.paths, made.shown, strict=True) if "red disc" in shown)
    (tmp_path / "fix.csv").write_text(f"path,red disc\n{wrong},0\nnowhere.jpg,1\n")
    answer = run("label", project, tmp_path / "fix.csv", "--by", "Bob")
    assert answer["photos"] == 1
    assert len(answer["left_out"]) == 1
    assert raised(run, project) == before | {"red disc": before["red disc"] - 1}
    assert main.run(["label", str(project), str(tmp_path / "fix.csv"), "--by", "Bob"], open_window=lambda _: 0) == 0
    assert "nowhere.jpg" in capsys.readouterr().out


def test_merge_and_back(project: Path, run: Run) -> None:
    before = raised(run, project)
    run("merge", project, "colour", "red disc", "green bar", "--by", "Ann")
    assert set(raised(run, project)) == {"colour", "blue square"}
    run("merge", project, "--undo", "colour")
    assert raised(run, project) == before
    assert "Did you mean" in run("merge", project, "x", "red disk", "green bar", status=1)["error"]


def test_export_to_a_table_and_to_folders(project: Path, tmp_path: Path, run: Run, made: MadeCollection) -> None:
    assert run("export", project, tmp_path / "out.csv", "--format", "csv")["exported"] == 12
    report = run("export", project, tmp_path / "out", "--format", "imagefolder", "--link")
    assert report["exported"] == sum(len(shown) == 1 for shown in made.shown)
    assert report["exported"] + len(report["left_out"]) == 12
    assert "not empty" in run("export", project, tmp_path / "out", "--format", "imagefolder", status=1)["error"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "{new}", "{missing}"), "does not exist"),
        (("import", "{new}", "{photos}", "--labels", "{flags}"), "--unlisted"),
        (("import", "{new}", "{photos}", "--labels", "{foreign}"), "names no photo"),
        (("import", "{new}", "{photos}", "--labels", "{tabbed}"), "control character"),
        (("import", "{new}", "{photos}", "--joint", "("), "no regular expression"),
        (("import", "{foreign}", "{photos}"), "cannot be made"),
        (("label", "{project}", "{flags}", "--by", "Bob"), "--unlisted"),
        (("label", "{project}", "{foreign}", "--by", "Bob"), "does not have: 'hue'"),
        (("label", "{project}", "{missing}", "--by", "Bob"), "cannot be read"),
        (("status", "{missing}"), "no weldstudio project"),
        (("status", "{foreign}"), "no weldstudio project"),
        (("models", "{missing}"), "no weldstudio project"),
        (("predict", "{project}"), "no model"),
        (("evaluate", "{project}"), "no model"),
        (("compare", "{project}", "a", "b"), "no model"),
        (("train", "{project}", "--recipe", "quikc"), "'quick'"),
        (("train", "{project}", "--set", "loss.nmae=bce"), "'loss.name'"),
        (("train", "{project}", "--weights", "{missing}"), "no weights file"),
        (("stop", "{project}", "r9"), "no run"),
        (("pause", "{project}", "r9"), "no run"),
        (("resume", "{project}", "r9"), "no run"),
        (("export", "{missing}", "{new}", "--format", "csv"), "no weldstudio project"),
        (("init", "{new}", "--scheme", "weldz"), "no scheme"),
    ],
)
def test_what_cannot_be_done_is_refused_and_leaves_nothing(
    project: Path, made: MadeCollection, tmp_path: Path, run: Run, words: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "foreign.csv").write_text("path,hue\nelsewhere.jpg,1\n")
    (tmp_path / "tabbed.csv").write_text(f"path,h\tue\n{made.paths[0]},1\n")
    places = {
        "project": project,
        "photos": made.folder,
        "new": tmp_path / "new",
        "missing": tmp_path / "missing",
        "flags": made.write_flags(tmp_path / "flags.csv"),
        "foreign": tmp_path / "foreign.csv",
        "tabbed": tmp_path / "tabbed.csv",
    }
    before = run("status", project)
    assert sentence in run(*(word.format(**places) for word in words), status=1)["error"]
    assert not (tmp_path / "new").exists()
    assert run("status", project) == before


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent Ctrl+C there")
def test_ctrl_c_in_an_import_ends_with_130_and_the_next_import_goes_on(tmp_path: Path, run: Run) -> None:
    """The whole process group gets the signal, as at a terminal: the reader child too."""
    made = make_collection(tmp_path / "photos", 12)
    for number in range(400):  # enough that the import is under way when the signal comes
        (made.folder / f"more-{number}.jpg").write_bytes((made.folder / made.paths[0]).read_bytes())
    project = tmp_path / "cancelled"
    child = subprocess.Popen(
        [sys.executable, "-m", "weldstudio", "import", str(project), str(made.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stderr is not None
    first = child.stderr.readline()
    os.killpg(child.pid, signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130, first + err
    assert "Traceback" not in err
    assert "Cancelled" in err
    run("import", project, made.folder)
    status = run("status", project)
    assert (status["photos"], status["problems"]) == (412, 0)


def test_status_names_the_newest_runs(project: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status", project)["newest_runs"] == []
    recipe = training.load_recipe("quick", {"network.weights": "random", "network.input_size": "64"})
    with Store.open(project) as store:
        waiting = training.prepare(store, recipe, who="Ann")
    answer = run("status", project)
    assert [(found["id"], found["state"]) for found in answer["newest_runs"]] == [(waiting.id, "waiting")]
    assert main.run(["status", str(project)], open_window=lambda _: 0) == 0
    assert waiting.id in capsys.readouterr().out
