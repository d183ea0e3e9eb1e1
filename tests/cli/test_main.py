import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from weldstudio.cli import main
from weldstudio.cli.progress import Cancelled
from weldstudio.domain.errors import UserError

COMMANDS = (
    *("demo", "open", "init", "import", "collections", "rescan", "relocate", "watch", "label"),
    *("set", "copy", "queue", "views", "review", "audit", "second", "agreement", "accept"),
    *("joints", "decide", "safe", "describe", "info", "contractors", "scheme", "merge", "predict", "figure"),
    *("features", "refit", "suspects", "next", "similar", "duplicates", "quality"),
    *("train", "recipes", "vary", "runs", "curves", "pause", "resume"),
    *("stop", "evaluate", "learning-curve", "compare", "report", "thresholds", "mistakes", "export-model", "export"),
    *("sheet", "models", "weights", "note", "history", "bundle", "conflicts", "contradictions", "status", "restore"),
    *("doctor", "bench"),
)


def no_window(project: Path | None) -> int:
    raise AssertionError("a window was opened")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A command `fail` that raises what it is given."""

    def register(error: BaseException) -> None:
        @click.command("fail")
        @click.option("--json", is_flag=True)
        def fail(json: bool) -> None:
            raise error

        monkeypatch.setitem(main.weldstudio.commands, "fail", fail)

    return register


def test_the_commands_are_those_that_were_promised() -> None:
    assert tuple(main.weldstudio.commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_it_does_and_shows_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([command, "--help"], open_window=no_window) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: weldstudio {command}")
    if command != "doctor":
        assert f"  weldstudio {command}" in out.split("Examples:")[1]


def test_help_lists_every_command_with_its_whole_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--help"], open_window=no_window) == 0
    listed = capsys.readouterr().out.split("Commands:")[1].split("Examples:")[0]
    assert [line.split()[0] for line in listed.strip().splitlines()] == list(COMMANDS)


def test_help_needs_nothing_heavy() -> None:
    code = (
        "import sys; from weldstudio.cli import main; main.run(['import', '--help'], open_window=None);"
        "print([n for n in ('torch', 'numpy', 'PIL', 'sqlite3', 'sqlite_utils', 'PySide6') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_words_and_open_go_to_the_window() -> None:
    opened = []

    def window(project: Path | None) -> int:
        opened.append(project)
        return 7

    assert main.run([], open_window=window) == 7
    assert main.run(["open", "welds"], open_window=window) == 7
    assert opened == [None, Path("welds")]


def test_a_folder_instead_of_a_command_is_a_project_to_open(tmp_path: Path) -> None:
    opened: list[Path | None] = []

    def window(project: Path | None) -> int:
        opened.append(project)
        return 0

    assert main.run([str(tmp_path)], open_window=window) == 0
    assert opened == [tmp_path]
    assert main.run([str(tmp_path / "none")], open_window=no_window) == 2


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--version"], open_window=no_window) == 0
    assert capsys.readouterr().out.startswith("weldstudio ")


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (UserError("There is no photo."), 1, "There is no photo."),
        (click.ClickException("A file is missing."), 1, "A file is missing."),
        (Cancelled("Cancelled here."), 130, "Cancelled here."),
        (KeyboardInterrupt(), 130, "Cancelled; what was finished is kept."),
    ],
)
def test_errors_become_a_sentence_and_a_status(
    failing: Any, capsys: pytest.CaptureFixture[str], error: BaseException, status: int, sentence: str
) -> None:
    failing(error)
    assert main.run(["fail"], open_window=no_window) == status
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", sentence)
    assert main.run(["fail", "--json"], open_window=no_window) == status
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"error": sentence}


def test_our_own_bugs_are_not_hidden(failing: Any) -> None:
    failing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main.run(["fail"], open_window=no_window)


@pytest.mark.parametrize(
    "words",
    [
        ["bake"],
        ["status"],
        ["status", "p", "--colour"],
        ["export", "p", "d"],
        ["export", "p", "d", "--format", "zip"],
        ["label", "p", "c.csv"],
        ["label", "p", "c.csv", "--by", " "],
        ["train", "p", "--set", "epochs"],
        ["merge", "p", "--undo", "a", "b"],
        ["merge", "p"],
        ["merge", "p", "a", "b"],
        ["bench", "--rounds", "0"],
        ["import", "p", "f", "--unlisted", "maybe"],
    ],
)
def test_words_that_are_not_understood_end_in_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(words, open_window=no_window) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Error: " in err
    assert main.run([*words, "--json"], open_window=no_window) == 2
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["error"]


def test_a_reader_that_leaves_early_is_no_error() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "weldstudio", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    with child.stderr:
        assert child.stderr.read() == ""
    assert child.wait() == 0


def test_the_examples_of_all_commands_keep_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--help"], open_window=no_window) == 0
    out = capsys.readouterr().out
    assert "\\b" not in out
    assert "\n    weldstudio import welds photos --labels labels.csv\n" in out
