"""`demo` opens the window on a project that is only begun, makes it whole without one, and hands the tour on."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.studio.shipped_model import ship
from weldstudio import paths
from weldstudio.cli import main
from weldstudio.studio import demo


class Window:
    """Remembers how it was opened."""

    def __init__(self, status: int = 0) -> None:
        self.status = status
        self.opened: list[tuple[Path | None, dict[str, Any]]] = []

    def __call__(self, project: Path | None, **how: Any) -> int:
        self.opened.append((project, how))
        if how.get("tour"):
            how["tour"].mkdir(parents=True, exist_ok=True)
            (how["tour"] / "report.json").write_text(json.dumps({"ok": not self.status, "steps": []}), "utf-8")
        return self.status


@pytest.fixture(autouse=True)
def _nothing_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "shipped_models", lambda: tmp_path / "none")


def run(window: Window, *words: object) -> int:
    return main.run([str(word) for word in words], open_window=window)


@pytest.fixture(autouse=True)
def _display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weldstudio.cli.demo.has_display", lambda: True)


def test_the_window_opens_at_once_on_a_project_that_fills_later(tmp_path: Path) -> None:
    window = Window(7)
    assert run(window, "demo", tmp_path / "d", "--photos", 8) == 7
    ((project, how),) = window.opened
    assert project == tmp_path / "d" / demo.PROJECT
    assert how == {}
    assert demo.read(project) == demo.Demo(8, demo.SEED)


def test_without_a_folder_it_lies_with_the_persons_data() -> None:
    window = Window()
    assert run(window, "demo", "--photos", 8) == 0
    assert window.opened[0][0] == paths.user_data() / "demo" / demo.PROJECT


def test_with_json_it_is_made_whole_and_no_window_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    window = Window()
    assert run(window, "demo", tmp_path / "d", "--photos", 4, "--json") == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["photos"], report["drawn"]) == (4, 4)
    assert not window.opened
    assert run(window, "demo", tmp_path / "d", "--photos", 5, "--json") == 1
    assert "name another folder" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]


def test_without_a_display_it_is_made_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr("weldstudio.cli.demo.has_display", lambda: False)
    assert run(Window(), "demo", tmp_path / "d", "--photos", 3) == 1
    out, err = capsys.readouterr()
    assert "3 drawn photographs" in out
    assert "no display" in err
    assert "--tour" in err


def test_the_tour_gets_a_demo_and_settings_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WELDSTUDIO_HOME", str(tmp_path / "mine"))
    out = tmp_path / "out"
    window = Window(1)
    assert run(window, "demo", "--tour", out, "--photos", 9, "--theme", "dark", "--json") == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"ok": False, "steps": []}
    ((project, how),) = window.opened
    assert project == out / "demo" / demo.PROJECT
    assert (how["tour"], how["theme"]) == (out, "dark")
    assert out in paths.settings_file().parents
    assert run(window, "demo", "--tour", out) == 1
    assert "not empty" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("--photos", "0"), ("--photos", "many"), ("--theme", "blue")])
def test_nonsense_is_a_usage_error(words: tuple[str, ...], tmp_path: Path) -> None:
    assert run(Window(), "demo", tmp_path / "d", *words) == 2
    assert not (tmp_path / "d").exists()


def test_a_shipped_model_is_added_by_name_and_not_put_into_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ship(monkeypatch, tmp_path / "models")
    assert run(Window(), "init", tmp_path / "p", "--scheme", "pipe-welds") == 0
    assert run(Window(), "models", tmp_path / "p", "--add", "weldnet", "--json") == 0
    (entry,) = json.loads(capsys.readouterr().out.splitlines()[-1])["models"]
    assert (entry["name"], entry["active"]) == ("weldnet", False)
    assert run(Window(), "models", tmp_path / "p", "--add", "wednet") == 1
    assert "Did you mean 'weldnet'?" in capsys.readouterr().err
