"""`weldstudio doctor`: what is installed, on which device it computes, what is missing and how to mend it."""

import importlib.metadata
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from weldstudio import paths
from weldstudio.cli import accelerator, answer, options

# What weldstudio imports, by the names under which it is installed.
PACKAGES = (
    "PySide6-Essentials",
    "pyqtgraph",
    "torch",
    "torchvision",
    "numpy",
    "pillow",
    "sqlite-utils",
    "click",
    "platformdirs",
    "safetensors",
)
_ASK_SQLITE = "import sqlite3; print(sqlite3.sqlite_version)"
_ASK_QT = "import PySide6.QtSvg, PySide6.QtWidgets; print(PySide6.QtCore.qVersion())"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps weldstudio from doing all it could, and what to type against it."""

    text: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the doctor found. `device` is cpu, cuda or mps; a version is None where a thing is missing."""

    weldstudio: str | None
    python: str
    system: str
    packages: dict[str, str | None]
    qt: str | None
    sqlite: str | None
    device: str | None
    device_name: str | None
    processor_threads: int | None
    gpu_driver: str | None
    display: bool
    settings_file: str
    log_file: str
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def examine() -> Diagnosis:
    """Look at everything; takes as long as importing torch does, in a process of its own."""
    packages = {name: _version(name) for name in PACKAGES}
    driver = accelerator.find_driver()
    said = accelerator.ask_torch()
    qt, qt_error = _ask(_ASK_QT)
    sqlite, sqlite_error = _ask(_ASK_SQLITE)
    return Diagnosis(
        weldstudio=_version("weldstudio"),
        python=platform.python_version(),
        system=platform.platform(),
        packages=packages,
        qt=qt,
        sqlite=sqlite,
        device=said.get("device"),
        device_name=said.get("device_name"),
        processor_threads=said.get("threads"),
        gpu_driver=None if driver is None else str(driver),
        display=has_display(),
        settings_file=str(paths.settings_file()),
        log_file=str(paths.log_file()),
        problems=_problems(
            packages=packages,
            torch=accelerator.complaint(said, driver),
            driver=driver,
            qt=qt_error,
            sqlite=sqlite_error,
        ),
    )


def has_display() -> bool:
    """Whether a window could be shown from here; other systems than Linux are taken to have a screen."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def checkout() -> Path | None:
    """The folder with `packaging/run.py` if this weldstudio runs from one, as opposed to an installed wheel."""
    folder = paths.resources().parent
    return folder if (folder / "packaging" / "run.py").is_file() else None


@click.command()
@options.json_option
def doctor(as_json: bool) -> int:
    """Print versions, the device that computes, what is missing, and the command that mends it.

    The exit status is 1 if something is missing or could work better, else 0.
    """
    diagnosis = examine()
    answer.give(as_json, diagnosis.to_json(), "\n".join(lines(diagnosis)))
    return 1 if diagnosis.problems else 0


def lines(diagnosis: Diagnosis) -> Sequence[str]:
    """The diagnosis as a person reads it."""
    rows = [
        ("weldstudio", diagnosis.weldstudio),
        ("Python", diagnosis.python),
        ("System", diagnosis.system),
        *diagnosis.packages.items(),
        ("Qt", diagnosis.qt),
        ("SQLite", diagnosis.sqlite),
        ("Computes on", _device(diagnosis)),
        ("GPU driver", diagnosis.gpu_driver or "none found"),
        ("Display", "yes" if diagnosis.display else "none: commands work, windows cannot open"),
        ("Settings", diagnosis.settings_file),
        ("Log", diagnosis.log_file),
    ]
    width = max(len(name) for name, _ in rows)
    said = [f"{name:<{width}}  {value or 'missing'}" for name, value in rows]
    if not diagnosis.problems:
        return [*said, "", "Nothing is missing."]
    for problem in diagnosis.problems:
        said += ["", problem.text]
        if problem.command is not None:
            said.append(f"  To mend it: {problem.command}")
    return said


def _device(diagnosis: Diagnosis) -> str | None:
    if diagnosis.device == "cpu":
        return f"the processor, {diagnosis.processor_threads} threads"
    return diagnosis.device_name


def _problems(
    *,
    packages: dict[str, str | None],
    torch: str | None,
    driver: accelerator.Driver | None,
    qt: str | None,
    sqlite: str | None,
) -> tuple[Problem, ...]:
    """The sentences, each with its command, from what each look found wrong (None: nothing)."""
    found = []
    folder = checkout()
    script = None if folder is None else folder / "packaging" / "run.py"
    setup = (
        f"{sys.executable} -m pip install --upgrade weldstudio"
        if script is None
        else f"{sys.executable} {script} --setup-only --repair"
    )
    missing = [name for name, version in packages.items() if version is None]
    if missing:
        found.append(Problem(f"Not installed: {', '.join(missing)}.", setup))
    # A torch that is not there has been named already.
    if torch is not None and packages["torch"] is not None and packages["torchvision"] is not None:
        found.append(Problem(torch, accelerator.repair_command(driver, folder)))
    if qt is not None and packages["PySide6-Essentials"] is not None:
        found.append(Problem(f"Qt cannot be loaded: {qt}.", setup if script is not None else None))
    if sqlite is not None:
        found.append(Problem(f"This Python has no working SQLite: {sqlite}. Use another Python."))
    return tuple(found)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _ask(code: str) -> tuple[str | None, str | None]:
    """What `code` prints in a fresh Python, or what went wrong: only one of the two is not None."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return done.stdout.strip(), None
    return None, (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
