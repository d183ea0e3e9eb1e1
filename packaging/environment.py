"""The environment that weldstudio runs in: made once in `.venv`, known again by what it was made from.

Standard library only. It must be parsed by any Python 3, so that an old one can be told what is missing.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import machine

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
DEVICES = ("auto", "cpu", "cuda")
_STAMP = "weldstudio.json"
# The two settings by which pip takes packages from a second place beside its index.
_SECOND_CHANNELS = ("find-links", "extra-index-url")
_NOT_HANDED_ON = (*_SECOND_CHANNELS, "config-file")


class SetupError(Exception):
    """The environment cannot be made; the text is for a person and ends with what to do."""


@dataclass(frozen=True)
class Wish:
    """What the environment is to hold. `torch_channel`: an index to take torch from instead of pip's own."""

    tests: bool = False
    device: str = "auto"
    torch_channel: str | None = None
    repair: bool = False


def require_python() -> None:
    """Go on in a newer Python of this machine if this one is too old; SetupError if there is none."""
    if sys.version_info >= OLDEST:
        return
    for minor in (13, 12, 14, 11):
        found = shutil.which(f"python3.{minor}")
        # What is found may be a stand-in that only says it is not installed.
        if found and subprocess.call([found, "-c", "import venv"], stderr=subprocess.DEVNULL) == 0:
            print(f"This is Python {platform.python_version()}; going on with {found}.", flush=True)
            raise SystemExit(subprocess.call([found, *sys.argv]))
    raise SetupError(
        f"weldstudio needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {platform.python_version()} "
        f"({sys.executable}). Install a newer one and run this script with it."
    )


def folder() -> Path:
    """Where the environment lies: `.venv` in the checkout, or what WELDSTUDIO_VENV names."""
    return Path(os.environ.get("WELDSTUDIO_VENV") or ROOT / ".venv").absolute()


def python_of(venv: Path) -> Path:
    """The Python inside an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint() -> str:
    """What an environment must have been made from to be used again: the requirements and the Python."""
    # The base's prefix, so that the environment's own Python is known as the one it was made from.
    python = f"{sys.version_info[:3]} {sys.base_prefix} {sys.platform} {platform.machine()}"
    return hashlib.sha256((_requirements() + python).encode()).hexdigest()[:16]


def _requirements() -> str:
    """What `pyproject.toml` says about installing; how the linter is set must cost nobody a new environment."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    try:
        import tomllib
    except ImportError:  # an old Python, which is about to hand over to a newer one
        return text
    table = tomllib.loads(text)
    keys = ("name", "requires-python", "dependencies", "optional-dependencies", "scripts")
    return json.dumps([table["build-system"], *(table["project"].get(key) for key in keys)])


def ready(wish: Wish) -> tuple[Path, bool]:
    """Make the environment, or know it again and reuse it: its Python, and whether anything was installed.

    SetupError says what to do.
    """
    venv = folder()
    python = python_of(venv)
    stamp = _read_stamp(venv)
    if not wish.repair and python.exists() and _fits(stamp, wish):
        if stamp.get("root") != str(ROOT):
            print("The checkout has moved: pointing the environment at it.", flush=True)
            _install_project(python)
            _write_stamp(venv, {**stamp, "root": str(ROOT)})
        print(f"Using the environment in {venv}.", flush=True)
        return python, False
    if stamp.get("fingerprint") != fingerprint() or not python.exists():
        _make(venv)
    # Without the stamp an environment that was left half-made is completed, not trusted.
    (venv / _STAMP).unlink(missing_ok=True)
    _install(python, wish)
    _write_stamp(
        venv,
        {
            "fingerprint": fingerprint(),
            "tests": wish.tests or bool(stamp.get("tests")),
            "device": wish.device,
            "torch_channel": wish.torch_channel,
            "root": str(ROOT),
        },
    )
    return python, True


def _fits(stamp: dict[str, object], wish: Wish) -> bool:
    return (
        stamp.get("fingerprint") == fingerprint()
        and (bool(stamp.get("tests")) or not wish.tests)
        and wish.device in ("auto", stamp.get("device"))
        and wish.torch_channel in (None, stamp.get("torch_channel"))
    )


def _read_stamp(venv: Path) -> dict[str, object]:
    try:
        stamp = json.loads((venv / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(venv: Path, stamp: dict[str, object]) -> None:
    new = venv / f"{_STAMP}.new"
    new.write_text(json.dumps(stamp, indent=2), encoding="utf-8")
    new.replace(venv / _STAMP)


def _make(venv: Path) -> None:
    print(f"Making an environment in {venv} with Python {platform.python_version()} ...", flush=True)
    # The environment's own Python could not clear away the folder that it runs from.
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [base, "-m", "venv", "--clear", str(venv)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    # Debian and its kin keep a part of Python's own library in a package of its own.
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if machine.package_manager() == machine.APT and "ensurepip" in done.stdout + done.stderr:
        before = machine.may_install()
        if before is not None and machine.install([package], manager=machine.APT, before=before):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return
        raise SetupError(
            "This Python lacks the part that makes environments. Install it, then run this script again:\n"
            f"  {machine.install_command(machine.APT, [package])}"
        )
    raise SetupError(f"The environment could not be made:\n{(done.stdout + done.stderr).strip()[-1500:]}")


def _install(python: Path, wish: Wish) -> None:
    """Put in torch and torchvision from one channel, then all the rest beside them, then a look whether they work."""
    # Not before the Python is known to be new enough for it.
    sys.path.insert(0, str(ROOT))
    from weldstudio.cli import accelerator

    driver = None if wish.device == "cpu" else accelerator.find_driver()
    if driver is not None:
        print(f"GPU: {driver}.", flush=True)
    elif wish.device == "cuda":
        raise SetupError(
            "No GPU driver answers on this machine, so --device cuda cannot be used. Install the driver of your GPU, "
            "or leave the option out to compute on the processor."
        )
    else:
        print(
            "Computing on the processor" + ("." if wish.device == "cpu" else ": no GPU driver was found."), flush=True
        )
    names = accelerator.requirements(driver)
    print("Installing; the first time this downloads some gigabytes, most of them torch ...", flush=True)
    _install_torch(python, names, wish, anew=wish.repair)
    _install_project(python, extras="[test]" if wish.tests else "")
    said = accelerator.ask_torch(str(python))
    trouble = accelerator.complaint(said, driver)
    if trouble is not None and not wish.repair and ("error" in said or wish.device == "cuda"):
        print(f"{trouble} Taking both anew from one channel ...", flush=True)
        _install_torch(python, names, wish, anew=True)
        said = accelerator.ask_torch(str(python))
        trouble = accelerator.complaint(said, driver)
    if trouble is not None and ("error" in said or wish.device == "cuda"):
        raise SetupError(f"{trouble} To try again:\n  {accelerator.repair_command(driver, ROOT)}")
    if trouble is not None:
        command = accelerator.repair_command(driver, ROOT)
        print(f"{trouble} It computes on the processor until you type:\n  {command}", flush=True)
    else:
        print(f"torch {said['torch']} and torchvision {said['torchvision']} work together.", flush=True)


def _install_torch(python: Path, names: tuple[str, str], wish: Wish, *, anew: bool) -> None:
    """Both at once and from one place; from wherever pip is set to look only if that place has not both.

    A second place can hold a torch of the same version that another torchvision was built for: then the
    import fails with "operator torchvision::nms does not exist". `anew` throws away what is there first.
    """
    if anew:
        _pip(python, ["uninstall", "--yes", "torch", "torchvision"])
    channel = [] if wish.torch_channel is None else ["--index-url", wish.torch_channel]
    try:
        _pip(python, ["install", *names, *channel], environment=_one_channel(python))
    except SetupError:
        if wish.torch_channel is not None:
            raise
        print("One channel alone does not hold both; taking them from wherever pip is set to look ...", flush=True)
        _pip(python, ["install", *names])


def _install_project(python: Path, *, extras: str | None = None) -> None:
    """The project itself, editable, so that what runs is the checkout; without `extras` it alone, nothing it needs."""
    # Without isolation the build needs no second download, and a checkout that moved none at all.
    _pip(python, ["install", "hatchling", "editables"])
    what = [str(ROOT), "--no-deps"] if extras is None else [f"{ROOT}{extras}"]
    _pip(python, ["install", "--no-build-isolation", "--editable", *what])


def _one_channel(python: Path) -> dict[str, str]:
    """The environment variables under which pip knows its index, certificates, proxy ... but no second channel.

    An empty variable does not take back what a configuration file says, so the files are shut out and what
    they said is handed on, but for the second channels.
    """
    listed = subprocess.run([str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    clean["PIP_CONFIG_FILE"] = os.devnull
    sections: dict[str, dict[str, str]] = {}
    for line in listed.stdout.splitlines():
        key, equals, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if equals and name not in _NOT_HANDED_ON and value.startswith(("'", '"')):
            sections.setdefault(section, {})[name] = ast.literal_eval(value)
    for section in ("global", "install", ":env:"):
        for name, value in sections.get(section, {}).items():
            clean[f"PIP_{name.upper().replace('-', '_')}"] = value
    return clean


def _pip(python: Path, arguments: list[str], *, environment: dict[str, str] | None = None) -> None:
    """Run pip, with its progress on a terminal, else silent; SetupError, after what it said, if it fails."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *arguments]
    if sys.stdout.isatty():
        status = subprocess.run(command, env=environment, check=False).returncode
    else:
        done = subprocess.run([*command, "--quiet"], env=environment, capture_output=True, text=True, check=False)
        status = done.returncode
        if status != 0:
            print((done.stdout + done.stderr).strip()[-2500:], flush=True)
    if status != 0:
        raise SetupError(
            "pip could not install what weldstudio needs: see above. Check the network connection and the free space, "
            f"then run this script again. The command was:\n  {shlex.join(command)}"
        )
