"""The two commands of the README: what they promise, without making an environment each time."""

import ast
import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from weldstudio import paths
from weldstudio.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
# These need what the others install: they photograph the window, train the network that ships, show what is drawn.
INSIDE = ("pictures", "weldnet", "contact_sheet")
SCRIPTS = sorted(file for file in (ROOT / "packaging").glob("*.py") if file.stem not in INSIDE)
_NAMES = [script.stem for script in SCRIPTS]


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The modules of `packaging/`, imported as a script there would find them, and forgotten again."""
    monkeypatch.syspath_prepend(ROOT / "packaging")
    # `test` is also a package of Python's own library.
    kept = {name: sys.modules.pop(name) for name in _NAMES if name in sys.modules}
    yield {name: importlib.import_module(name) for name in _NAMES}
    for name in _NAMES:
        sys.modules.pop(name, None)
    sys.modules.update(kept)


# ── What they are made of ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("script", SCRIPTS, ids=_NAMES)
def test_scripts_need_nothing_but_python(script: Path) -> None:
    """And any Python 3 can read them, so that an old one hears a sentence and not a SyntaxError."""
    tree = ast.parse(script.read_text(encoding="utf-8"), feature_version=(3, 7))
    allowed = set(sys.stdlib_module_names) | set(_NAMES)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert all(alias.name.split(".")[0] in allowed for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # accelerator is standard library only, too, and lies in the checkout.
            assert str(node.module).split(".")[0] in allowed or node.module == "weldstudio.cli"


def test_what_the_scripts_take_from_the_package_needs_nothing_either() -> None:
    code = "import sys; from weldstudio.cli import accelerator; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert set(done.stdout.split()) <= set(sys.stdlib_module_names) | {"weldstudio", "__main__"}


def test_the_readme_gives_exactly_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```[a-z]*\n(.*?)```", readme, re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if line.strip()]
    assert commands == ["python3 packaging/run.py", "python3 packaging/test.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_ci_runs_the_readmes_test_command_on_a_clean_clone() -> None:
    script = ROOT / ".ci" / "run"
    subprocess.run(["bash", "-n", script], check=True)
    text = script.read_text(encoding="utf-8")
    assert "git clone" in text
    assert "\n    python3 packaging/test.py" in text


def test_qt_is_held_below_the_release_that_kills_older_pythons() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "PySide6-Essentials<6.12; python_version < '3.12'" in project["dependencies"]


def test_the_wheel_carries_resources_and_models(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("weldstudio-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("resources", "models"):
        there = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert there
        missing = [path for path in there if f"weldstudio/{path.relative_to(ROOT).as_posix()}" not in names]
        assert missing == []
    assert "weldstudio/__main__.py" in names
    assert not any(name.startswith(("packaging/", "tests/")) for name in names)


# ── The environment ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def made(
    scripts: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[object]:
    """Stands in for venv and pip; holds what they were asked for."""
    environment = scripts["environment"]
    calls: list[object] = []

    def make(venv: Path) -> None:
        calls.append("make")
        environment.python_of(venv).parent.mkdir(parents=True, exist_ok=True)
        environment.python_of(venv).write_text("")

    monkeypatch.setenv("WELDSTUDIO_VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(environment, "_make", make)
    monkeypatch.setattr(environment, "_install", lambda python, wish: calls.append(wish))
    monkeypatch.setattr(environment, "_install_project", lambda python, extras=None: calls.append("project"))
    return calls


def test_an_environment_is_made_once(scripts: dict[str, ModuleType], made: list[object]) -> None:
    environment = scripts["environment"]
    run, test = environment.Wish(), environment.Wish(tests=True)
    assert environment.ready(run)[1] is True
    assert made == ["make", run]
    python, installed = environment.ready(run)
    assert (python.exists(), installed) == (True, False)
    environment.ready(test)
    assert made == ["make", run, test], "the tests need more, in the same environment"
    environment.ready(run)
    environment.ready(test)
    assert len(made) == 3, "what has the more has the less"


def test_it_is_made_anew_when_what_it_was_made_from_changes(
    scripts: dict[str, ModuleType], made: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = scripts["environment"]
    environment.ready(environment.Wish())
    monkeypatch.setattr(environment, "fingerprint", lambda: "another")
    environment.ready(environment.Wish())
    assert made.count("make") == 2


def test_only_what_is_installed_makes_another_environment(
    scripts: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = scripts["environment"]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    monkeypatch.setattr(environment, "ROOT", tmp_path)

    def fingerprint(text: str) -> str:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        return str(environment.fingerprint())

    ours = fingerprint(project)
    assert fingerprint(project.replace("line-length = 120", "line-length = 99")) == ours
    assert fingerprint(project.replace('"click>=8.1"', '"click>=8.2"')) != ours
    assert fingerprint(project.replace('"psutil>=6"', '"psutil>=7"')) != ours
    monkeypatch.setattr(environment.sys, "base_prefix", "/another/python")
    assert fingerprint(project) != ours


def test_another_device_or_channel_and_a_repair_install_again(
    scripts: dict[str, ModuleType], made: list[object]
) -> None:
    environment = scripts["environment"]
    wishes = [
        environment.Wish(),
        environment.Wish(device="cpu"),
        environment.Wish(device="cpu", torch_channel="file:///packages"),
        environment.Wish(repair=True),
    ]
    for wish in wishes:
        assert environment.ready(wish)[1] is True
    assert made == ["make", *wishes]


def test_a_half_made_environment_is_completed(
    scripts: dict[str, ModuleType], made: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = scripts["environment"]

    def fail(python: Path, wish: object) -> None:
        raise environment.SetupError("the network is down")

    with monkeypatch.context() as patch:
        patch.setattr(environment, "_install", fail)
        with pytest.raises(environment.SetupError, match="network"):
            environment.ready(environment.Wish())
    assert environment.ready(environment.Wish())[1] is True


def test_a_moved_checkout_installs_the_project_alone(scripts: dict[str, ModuleType], made: list[object]) -> None:
    environment = scripts["environment"]
    environment.ready(environment.Wish())
    stamp = environment.folder() / "weldstudio.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"root": "elsewhere"}))
    assert environment.ready(environment.Wish())[1] is False
    assert made[2:] == ["project"]
    environment.ready(environment.Wish())
    assert made[2:] == ["project"]


def test_torch_is_taken_from_one_channel(
    scripts: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second channel is shut out however it was set, and all else that pip was told still holds."""
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = file:///index\nextra-index-url = file:///a\n    file:///b\nfind-links = /wheels\n"
        "timeout = 7\n[install]\nno-compile = true\n"
    )
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_FIND_LINKS", "/more/wheels")
    monkeypatch.setenv("PIP_TIMEOUT", "9")
    clean = scripts["environment"]._one_channel(Path(sys.executable))
    # This machine may have told pip more.
    told = {"PIP_INDEX_URL": "file:///index", "PIP_TIMEOUT": "9", "PIP_NO_COMPILE": "true"}
    assert {name: clean.get(name) for name in told} == told
    assert clean["PIP_CONFIG_FILE"] == os.devnull
    assert not {"PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"} & set(clean)
    seen = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], env=clean, capture_output=True, text=True, check=True
    )
    assert "wheels" not in seen.stdout
    assert "file:///a" not in seen.stdout


@pytest.fixture
def pips(scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stands in for pip; holds the words of each call."""
    calls: list[list[str]] = []
    monkeypatch.setattr(
        scripts["environment"], "_pip", lambda python, words, environment=None: calls.append(list(words))
    )
    return calls


def torch_says(monkeypatch: pytest.MonkeyPatch, *answers: dict[str, object]) -> None:
    from weldstudio.cli import accelerator

    left = list(answers)
    monkeypatch.setattr(accelerator, "ask_torch", lambda python: left.pop(0))
    monkeypatch.setattr(accelerator, "find_driver", lambda: None)


WELL: dict[str, object] = {"torch": "2.15.0", "torchvision": "0.29.2", "device": "cpu", "built_for_cuda": None}
BROKEN: dict[str, object] = {"torch": "2.15.0", "error": "RuntimeError: operator torchvision::nms does not exist"}


def test_a_torch_that_does_not_fit_is_taken_anew(
    scripts: dict[str, ModuleType], pips: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch_says(monkeypatch, BROKEN, WELL)
    environment = scripts["environment"]
    environment._install(Path(sys.executable), environment.Wish())
    assert [words[0] for words in pips] == ["install", "install", "install", "uninstall", "install"]
    assert pips[0] == pips[4] == ["install", "torch>=2.6", "torchvision>=0.21"]
    assert pips[3] == ["uninstall", "--yes", "torch", "torchvision"]


def test_what_cannot_be_mended_is_said_with_the_command(
    scripts: dict[str, ModuleType], pips: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch_says(monkeypatch, BROKEN, BROKEN)
    environment = scripts["environment"]
    with pytest.raises(environment.SetupError, match=r"do not belong together(.|\n)*run\.py --setup-only --repair"):
        environment._install(Path(sys.executable), environment.Wish())


def test_a_gpu_that_is_asked_for_but_not_there_is_refused(
    scripts: dict[str, ModuleType], pips: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch_says(monkeypatch)
    environment = scripts["environment"]
    with pytest.raises(environment.SetupError, match="No GPU driver answers"):
        environment._install(Path(sys.executable), environment.Wish(device="cuda"))
    assert pips == []


def test_failing_pip_is_a_sentence(scripts: dict[str, ModuleType], capsys: pytest.CaptureFixture[str]) -> None:
    environment = scripts["environment"]
    with pytest.raises(environment.SetupError, match="Check the network"):
        environment._pip(Path(sys.executable), ["install", "--no-index", "no-such-thing-as-this"])
    assert "no-such-thing-as-this" in capsys.readouterr().out


# ── The machine ─────────────────────────────────────────────────────────────────────────────────


def test_missing_libraries_become_one_command(scripts: dict[str, ModuleType]) -> None:
    machine = scripts["machine"]
    wanting = machine.Wanting(("libxcb-cursor.so.0", "libxcb-randr.so.0", "libxcb-shape.so.0"), fonts=True)
    assert wanting.packages("apt-get") == ["libxcb-cursor0", "libxcb-randr0", "libxcb-shape0", "fonts-dejavu-core"]
    assert wanting.packages("dnf") == ["xcb-util-cursor", "libxcb", "dejavu-sans-fonts"]
    command = machine.install_command("apt-get", wanting.packages("apt-get"))
    assert command.startswith("sudo apt-get install -y")
    assert not machine.Wanting((), fonts=False)
    assert "any font" in str(wanting)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the wheels bring what they need")
def test_libraries_are_asked_for_by_loading_them(
    scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = scripts["machine"]
    monkeypatch.setitem(machine.LIBRARIES, "libno-such-thing.so.1", ("no-such-thing",) * 4)
    assert "libno-such-thing.so.1" in machine.wanting().libraries


def test_qt_loads_where_the_tests_run_and_its_complaint_is_told_where_not(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    machine = scripts["machine"]
    assert machine.qt_loads(Path(sys.executable)) is None
    if sys.platform != "win32":
        bare = tmp_path / "python"
        bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
        bare.chmod(0o755)
        assert "PySide6" in machine.qt_loads(bare)


def test_without_rights_the_command_is_named(
    scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine, run = scripts["machine"], scripts["run"]
    monkeypatch.setattr(machine, "wanting", lambda: machine.Wanting(("libEGL.so.1",), fonts=False))
    monkeypatch.setattr(machine, "package_manager", lambda: "apt-get")
    monkeypatch.setattr(machine, "may_install", lambda: None)
    assert run.libraries_are_there() is False
    assert "sudo apt-get install -y --no-install-recommends libegl1" in capsys.readouterr().out


def test_with_rights_they_are_installed(scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch) -> None:
    machine, run = scripts["machine"], scripts["run"]
    lacking = [machine.Wanting(("libEGL.so.1",), fonts=False), machine.Wanting((), fonts=False)]
    commands: list[list[str]] = []

    def call(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(machine, "wanting", lambda: lacking.pop(0))
    monkeypatch.setattr(machine, "package_manager", lambda: "apt-get")
    monkeypatch.setattr(machine, "may_install", lambda: ["sudo", "-n"])
    monkeypatch.setattr(machine.subprocess, "run", call)
    assert run.libraries_are_there() is True
    assert commands == [
        ["sudo", "-n", "apt-get", "update"],
        ["sudo", "-n", "apt-get", "install", "-y", "--no-install-recommends", "libegl1"],
    ]


# ── What is done then ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def is_set_up(scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts["environment"], "ready", lambda wish: (Path(sys.executable), False))
    monkeypatch.setattr(scripts["machine"], "wanting", lambda: scripts["machine"].Wanting((), fonts=False))


@pytest.fixture
def opened(scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What weldstudio was asked for; it answers with status 4."""
    calls: list[list[str]] = []
    monkeypatch.setattr(scripts["machine"], "has_display", lambda: True)
    monkeypatch.setattr(scripts["run"].subprocess, "call", lambda words: calls.append(words[3:]) or 4)
    return calls


@pytest.mark.usefixtures("is_set_up")
def test_the_first_start_opens_the_demo_and_later_ones_the_projects(
    scripts: dict[str, ModuleType], opened: list[list[str]], tmp_path: Path
) -> None:
    run = scripts["run"]
    assert run.main([]) == 4
    assert run.main(["--last"]) == 4
    settings = Settings.load(paths.settings_file())
    settings.remember_project(tmp_path / "welds")
    settings.save()
    for words in ([], ["--last"], ["--demo"], ["--welcome"], ["mine"]):
        assert run.main(words) == 4
    assert opened == [["demo"], [], [], ["open", str(tmp_path / "welds")], ["demo"], [], ["open", "mine"]]
    assert run.main(["--setup-only"]) == 0
    assert len(opened) == 7


@pytest.mark.usefixtures("is_set_up")
@pytest.mark.parametrize("status", [0, 1])
def test_without_a_display_a_tour_is_gone_and_its_folder_named(
    status: int,
    scripts: dict[str, ModuleType],
    opened: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(scripts["machine"], "has_display", lambda: False)
    monkeypatch.setattr(scripts["run"].subprocess, "call", lambda words: opened.append(words[3:]) or status)
    assert scripts["run"].main(["--results", str(tmp_path / "results")]) == status
    out = capsys.readouterr().out
    assert "There is no display here" in out
    assert str(tmp_path / "results") in out
    (words,) = opened
    assert words[:3] == ["demo", "--tour", str(tmp_path / "results")]


@pytest.mark.usefixtures("is_set_up")
def test_every_check_runs_and_one_failure_fails_all(
    scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[tuple[list[str], dict[str, str]]] = []

    def call(words: list[str], *, cwd: Path, env: dict[str, str]) -> int:
        assert cwd == ROOT
        calls.append((words[2:], env))
        return 1 if "mypy" in words else 0

    monkeypatch.delenv("WELDSTUDIO_LONG", raising=False)
    monkeypatch.setattr(scripts["test"].subprocess, "call", call)
    assert scripts["test"].main(["--", "-k", "labelling"]) == 1
    assert [words for words, _ in calls] == [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", "-k", "labelling"],
    ]
    assert all(env["QT_QPA_PLATFORM"] == "offscreen" and "WELDSTUDIO_LONG" not in env for _, env in calls)
    said = capsys.readouterr().out
    assert re.search(r"types +FAILED +\d+\.\d s", said)
    assert re.search(r"tests +ok +\d+\.\d s", said)
    assert said.rstrip().endswith("Failed: types.")
    monkeypatch.setattr(scripts["test"].subprocess, "call", lambda words, *, cwd, env: calls.append((words, env)) or 0)
    assert scripts["test"].main(["--long"]) == 0
    assert calls[-1][1]["WELDSTUDIO_LONG"] == "1"
