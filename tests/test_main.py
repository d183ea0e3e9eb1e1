import subprocess
import sys
import types
from pathlib import Path

import pytest

from weldstudio import __main__ as entry


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Stands in for the three ways on; holds what was called with what."""
    calls: list[tuple[object, ...]] = []

    def put(name: str, **functions: object) -> None:
        module = types.ModuleType(name)
        vars(module).update(functions)
        monkeypatch.setitem(sys.modules, name, module)
        package, _, attribute = name.rpartition(".")
        __import__(package)
        monkeypatch.setattr(sys.modules[package], attribute, module, raising=False)

    put("weldstudio.gui.app", open_window=lambda project: calls.append(("window", project)) or 0)
    put("weldstudio.jobs.child", main=lambda argv: calls.append(("child", argv)) or 3)

    def run(argv: list[str], *, open_window: object, write_sheet: object) -> int:
        assert (open_window, write_sheet) == (entry.open_window, entry.write_sheet)
        calls.append(("command", argv))
        return 2

    put("weldstudio.cli.main", run=run)
    monkeypatch.setattr("weldstudio.log.configure", lambda **_: None)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return calls


@pytest.mark.parametrize(
    ("argv", "call", "status"),
    [
        ([], ("window", None), 0),
        (["open", "welds"], ("window", Path("welds")), 0),
        (["open", "--help"], ("command", ["open", "--help"]), 2),
        (["open"], ("command", ["open"]), 2),
        (["open", "a", "b"], ("command", ["open", "a", "b"]), 2),
        (["status", "welds", "--json"], ("command", ["status", "welds", "--json"]), 2),
        (["--help"], ("command", ["--help"]), 2),
        (["--child", "train", "runs/1"], ("child", ["train", "runs/1"]), 3),
    ],
)
def test_each_way_on_is_told_what_follows(
    called: list[tuple[object, ...]], argv: list[str], call: tuple[object, ...], status: int
) -> None:
    assert entry.main(argv) == status
    assert called == [call]


def test_an_unknown_command_is_refused_with_a_sentence() -> None:
    done = subprocess.run([sys.executable, "-m", "weldstudio", "bake"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "bake" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_without_a_display_a_sentence_says_so_and_qt_is_not_asked(
    called: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert entry.main(["open", "welds"]) == 1
    assert called == []
    assert "no display" in capsys.readouterr().err
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert entry.main(["open", "welds"]) == 0
