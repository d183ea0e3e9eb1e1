"""The floors of the house: import-linter for contracts 1 to 4, the syntax tree for 5, processes at run time.

Each contract is shown to catch a breach on a small stub of the house, so that a contract that has gone blind
fails here and not in somebody's window.
"""

import ast
import itertools
import pkgutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import importlinter.api  # noqa: F401 - its import sets import-linter up for use from Python
import pytest
from importlinter.application.use_cases import lint_imports

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "weldstudio"
PYPROJECT = ROOT / "pyproject.toml"

FLOORS, TORCH, ML, QT, SQL = (
    "1. The floors",
    "2. torch stays",
    "2. Window, command",
    "3. Qt stays",
    "4. All SQL",
)
FORBIDDEN_WORDS = {"utils", "util", "helpers", "helper", "manager", "base", "common"}
MOST_LINES, MOST_FUNCTION_LINES, MOST_METHODS = 400, 80, 25


# ── The linter, on our tree and on stubs ──────────────────────────────────────────────────────────


def broken(config: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The names of the contracts in `config` that do not hold; the report is printed for the reader."""
    held = lint_imports(str(config), cache_dir=None, is_debug_mode=True, no_logo=True)
    report = capsys.readouterr().out
    print(report)
    names = [line.rsplit(" ", 1)[0] for line in report.splitlines() if line.endswith(" BROKEN")]
    assert held == (not names), report
    return names


STUB: dict[str, str] = {
    "__init__.py": "",
    "__main__.py": """
def main():
    from house.jobs import child
    from house.gui import app
    from house.cli import main
""",
    "paths.py": "import platformdirs",
    "settings.py": "from house import paths",
    "log.py": "import logging",
    "domain/__init__.py": "",
    "domain/photo.py": "import numpy",
    "imaging/__init__.py": "",
    "imaging/read.py": "import PIL\nfrom house.domain import photo",
    "ml/__init__.py": "",
    "ml/train.py": "import torch, torchvision\nfrom house.imaging import read",
    "jobs/__init__.py": "",
    "jobs/wire.py": "from house.domain import photo",
    "jobs/engine.py": "from house.jobs import wire",
    "jobs/folder.py": "",
    "jobs/devices.py": "",
    "jobs/locks.py": "",
    "jobs/launcher.py": "from house.jobs import process, waiting",
    "jobs/learner.py": "from house.imaging import read",
    "jobs/process.py": "from house.jobs import devices, engine",
    "jobs/waiting.py": "from house.jobs import locks, process",
    "jobs/reader.py": "from house.imaging import read",
    "jobs/looking.py": "from house.imaging import read",
    "jobs/child.py": "def main():\n    from house.ml import train\n    from house.jobs import reader",
    "store/__init__.py": "",
    "store/store.py": "import sqlite3, sqlite_utils",
    "studio/__init__.py": "",
    "studio/training.py": "from house.store import store\nfrom house.jobs import process",
    "cli/__init__.py": "",
    "cli/main.py": "import click\nfrom house.studio import training",
    "gui/__init__.py": "",
    "gui/app.py": "import PySide6, pyqtgraph\nfrom house.studio import training",
}

_numbers = itertools.count()
BuildStub = Callable[[dict[str, str]], Path]


@pytest.fixture
def build_stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuildStub:
    """Write the stub with lines added per file; returns its configuration: ours with the name changed."""

    def build(added: dict[str, str]) -> Path:
        # A name of its own for each stub: Python finds a package once.
        name = f"house{next(_numbers)}"
        for file in STUB | added:
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            source = f"{STUB.get(file, '')}\n{added.get(file, '')}\n"
            path.write_text(source.replace("house", name), encoding="utf-8")
        config = tmp_path / "pyproject.toml"
        config.write_text(PYPROJECT.read_text(encoding="utf-8").replace("weldstudio", name), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return config

    return build


def test_the_house_keeps_its_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    assert broken(PYPROJECT, capsys) == []


def test_a_sound_stub_keeps_them(build_stub: BuildStub, capsys: pytest.CaptureFixture[str]) -> None:
    assert broken(build_stub({}), capsys) == []


@pytest.mark.parametrize(
    ("file", "line", "contracts"),
    [
        ("domain/photo.py", "from house.imaging import read", [FLOORS]),
        ("domain/photo.py", "def late():\n    from house.imaging import read", [FLOORS]),
        ("paths.py", "from house.domain import photo", [FLOORS]),
        ("gui/app.py", "from house.cli import main", [FLOORS]),
        ("jobs/process.py", "from house.store import store", [FLOORS]),
        ("studio/training.py", "from house import __main__", [FLOORS, TORCH, ML, QT]),
        ("extra/__init__.py", "", [FLOORS]),
        ("studio/training.py", "import torch", [TORCH]),
        ("imaging/read.py", "def late():\n    import torchvision", [TORCH]),
        ("jobs/reader.py", "import torch", [TORCH]),
        ("jobs/process.py", "from house.jobs import child", [TORCH, ML]),
        ("gui/app.py", "from house.ml import train", [TORCH, ML]),
        ("cli/main.py", "from house.gui import app", [FLOORS, QT]),
        ("studio/training.py", "import PySide6.QtCore", [QT]),
        ("jobs/child.py", "import pyqtgraph", [QT]),
        ("settings.py", "from PySide6.QtCore import QSettings", [QT]),
        ("studio/training.py", "import sqlite3", [SQL]),
        ("gui/app.py", "def late():\n    from sqlite_utils import Database", [SQL]),
        ("__main__.py", "import sqlite3", [SQL]),
    ],
)
def test_a_breach_is_caught(
    build_stub: BuildStub,
    capsys: pytest.CaptureFixture[str],
    file: str,
    line: str,
    contracts: list[str],
) -> None:
    caught = broken(build_stub({file: line}), capsys)
    for contract in contracts:
        assert any(name.startswith(contract) for name in caught), (contract, caught)


def test_every_jobs_module_but_the_child_is_held_free_of_torch() -> None:
    contracts = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    sources = next(contract["source_modules"] for contract in contracts if contract["id"] == "torch")
    listed = {name.removeprefix("weldstudio.jobs.") for name in sources if name.startswith("weldstudio.jobs.")}
    present = {module.name for module in pkgutil.iter_modules([str(PACKAGE / "jobs")])}
    assert listed == present - {"child"}


# ── Contract 5: domain needs nothing but the standard library and numpy ───────────────────────────


def foreign_imports(folder: Path, allowed: set[str]) -> list[str]:
    """“file: module” for every import below `folder`, also inside functions, that is not allowed."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                # `from . import x` stays inside; two dots leave the package.
                names = [node.module or ""] if node.level == 0 else ["domain" if node.level == 1 else "outside"]
            else:
                continue
            found += [
                f"{file.name}: {name}"
                for name in names
                if not (name.split(".")[0] in allowed or name.startswith("weldstudio.domain") or name == "domain")
            ]
    return found


DOMAIN_MAY_IMPORT = set(sys.stdlib_module_names) - {"sqlite3"} | {"numpy"}


def test_domain_imports_the_standard_library_and_numpy_alone() -> None:
    assert any((PACKAGE / "domain").glob("*.py"))
    assert foreign_imports(PACKAGE / "domain", DOMAIN_MAY_IMPORT) == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("import PIL.Image", ["stub.py: PIL.Image"]),
        ("def late():\n    import click", ["stub.py: click"]),
        ("from weldstudio import paths", ["stub.py: weldstudio"]),
        ("from weldstudio.imaging import read", ["stub.py: weldstudio.imaging"]),
        ("from .. import imaging", ["stub.py: outside"]),
        ("import sqlite3", ["stub.py: sqlite3"]),
        ("import math, json\nfrom numpy import ndarray\nfrom weldstudio.domain import photo", []),
    ],
)
def test_a_foreign_import_in_domain_is_caught(tmp_path: Path, line: str, caught: list[str]) -> None:
    (tmp_path / "stub.py").write_text(line, encoding="utf-8")
    assert foreign_imports(tmp_path, DOMAIN_MAY_IMPORT) == caught


# ── At run time: what other people's packages bring along ─────────────────────────────────────────

IMPORT_ALL = """
import importlib, pkgutil, sys
for packages in sys.argv[1:]:
    for name in packages.split(","):
        module = importlib.import_module(name)
        for found in pkgutil.walk_packages(getattr(module, "__path__", []), name + "."):
            if found.name not in ("weldstudio.jobs.child",):
                importlib.import_module(found.name)
    print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
TORCH_NAMES, QT_NAMES = {"torch", "torchvision"}, {"PySide6", "shiboken6", "pyqtgraph"}
HEAVY_NAMES = TORCH_NAMES | QT_NAMES


def brought_along(*packages: str) -> list[set[str]]:
    """What a fresh process has imported, down to the packages of others, once it has each of these, in their order."""
    words = [sys.executable, "-c", IMPORT_ALL, *packages]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return [set(line.split()) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    "floors",
    [
        {
            "weldstudio.domain,weldstudio.settings,weldstudio.log,weldstudio.paths": HEAVY_NAMES | {"PIL"},
            "weldstudio.imaging,weldstudio.jobs": HEAVY_NAMES | {"sqlite3", "sqlite_utils"},
            "weldstudio.store,weldstudio.studio,weldstudio.cli": HEAVY_NAMES,
            "weldstudio.gui": TORCH_NAMES,
        },
        {"weldstudio.ml": QT_NAMES},
    ],
)
def test_in_a_fresh_process_nothing_heavy_comes_along(floors: dict[str, set[str]]) -> None:
    for (packages, absent), there in zip(floors.items(), brought_along(*floors), strict=True):
        assert there & absent == set(), packages


def test_the_way_to_the_window_imports_nothing_of_the_commands() -> None:
    (there,) = brought_along("weldstudio.__main__")
    assert there & ({"click", "numpy", "PIL", "sqlite3", "sqlite_utils"} | HEAVY_NAMES) == set()


# ── Size and words ────────────────────────────────────────────────────────────────────────────────


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_packages_hold_only_what_they_say_of_themselves() -> None:
    """An `__init__.py` is a docstring: what lives there, what it may import, why, what was rejected."""
    for file in PACKAGE.rglob("__init__.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), file
        assert len(tree.body) == 1, file
    for folder in {file.parent for file in modules()}:
        assert (folder / "__init__.py").is_file(), folder


def test_modules_functions_and_classes_stay_small() -> None:
    too_big = []
    for file in modules():
        text = file.read_text(encoding="utf-8")
        tree = ast.parse(text)
        lines = len(text.splitlines())
        if lines > MOST_LINES:
            too_big.append(f"{file.relative_to(ROOT)}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    too_big.append(f"{file.relative_to(ROOT)}: {node.name} has {lines} lines")
            elif isinstance(node, ast.ClassDef):
                methods = sum(isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) for item in node.body)
                if methods > MOST_METHODS:
                    too_big.append(f"{file.relative_to(ROOT)}: {node.name} has {methods} methods")
    assert too_big == []


def test_rooms_are_called_by_what_they_hold() -> None:
    named = [file for file in modules() if FORBIDDEN_WORDS & set(file.stem.split("_"))]
    assert named == []


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    left = [
        f"{file.relative_to(ROOT)}:{number}"
        for folder in ("weldstudio", "tests", "packaging")
        for file in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if any(word in line for word in words)
    ]
    assert left == []
