"""Make weldstudio ready to run and open it: `python3 packaging/run.py`.

Makes `.venv` beside `pyproject.toml` or reuses it, installs weldstudio there, checks the system libraries that Qt
needs, and opens the window: the first time on the demo, or, without a display, on a tour through it that leaves
pictures. Standard library only; Linux, macOS, Windows; Python 3.11 or newer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import environment
import machine

TOUR_PHOTOS = 240
"""Enough to learn from, few enough for a tour of some minutes on two cores."""
_RECENT = (
    "from weldstudio import paths; from weldstudio.settings import Settings; "
    "print(*Settings.load(paths.settings_file()).recent_projects, sep='\\n')"
)


def main(argv: list[str]) -> int:
    """Do what `argv` says and return the exit status."""
    options = _parser().parse_args(argv)
    wish = environment.Wish(device=options.device, torch_channel=options.torch_channel, repair=options.repair)
    try:
        environment.require_python()
        libraries = libraries_are_there()
        python, made = environment.ready(wish)
    except environment.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    complaint = machine.qt_loads(python) if made and libraries else None
    if complaint is not None:
        print(f"Qt still cannot be loaded: {complaint}", file=sys.stderr)
    if options.setup_only:
        mended = libraries and complaint is None
        print(f"Ready. To open weldstudio: python3 {Path(sys.argv[0])}" if mended else "Not ready: see above.")
        return 0 if mended else 1
    if not libraries or complaint is not None:
        print("The window cannot open before that is mended.", file=sys.stderr)
        return 1
    if not machine.has_display():
        return _without_display(python, options.results)
    return subprocess.call([str(python), "-m", "weldstudio", *_words(python, options)])


def _words(python: Path, options: argparse.Namespace) -> list[str]:
    """What weldstudio is to open: what was asked for, the first time the demo, later the page with the projects."""
    if options.project:
        return ["open", str(options.project)]
    if options.demo:
        return ["demo"]
    said = subprocess.run([str(python), "-c", _RECENT], capture_output=True, encoding="utf-8", check=False).stdout
    recent = [line for line in (said or "").splitlines() if line]
    if options.last and recent:
        return ["open", recent[0]]
    return [] if recent or options.welcome or options.last else ["demo"]


def libraries_are_there() -> bool:
    """Whether Qt finds what it needs of the system, after installing that if it may; else the command is named."""
    wanting = machine.wanting()
    if not wanting:
        return True
    print(f"Qt needs what this system lacks: {wanting}.", flush=True)
    manager = machine.package_manager()
    if manager is None:
        print("Install these with your system's package manager, then run this script again.", flush=True)
        return False
    packages = wanting.packages(manager)
    before = machine.may_install()
    if before is not None and machine.install(packages, manager=manager, before=before) and not machine.wanting():
        return True
    print(f"To install it, type:\n  {machine.install_command(manager, packages)}", flush=True)
    return False


def _without_display(python: Path, results: Path | None) -> int:
    """The tour, into `results` or a new folder; the exit status says whether every step of it went well."""
    out = (results or Path(tempfile.mkdtemp(prefix="weldstudio-"))).absolute()
    print("There is no display here, so no window can open (neither DISPLAY nor WAYLAND_DISPLAY is set).")
    print("Going once round the whole program without one instead; a picture of every step is kept.", flush=True)
    tour = ["demo", "--tour", str(out), "--photos", str(TOUR_PHOTOS)]
    status = subprocess.call([str(python), "-m", "weldstudio", *tour])
    print(f"The results lie in {out}" if status == 0 else f"The tour ended with status {status}; see {out}")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Make the environment that weldstudio runs in, or reuse it, and open weldstudio.",
        epilog="Without a display a tour goes round the whole program and leaves a picture of every step.",
    )
    parser.add_argument("project", nargs="?", type=Path, help="the project folder to open")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--demo", action="store_true", help="open the demo, as the first start does")
    what.add_argument("--welcome", action="store_true", help="open the page with the projects")
    what.add_argument("--last", action="store_true", help="open the project that was open last")
    parser.add_argument("--setup-only", action="store_true", help="stop before weldstudio is opened")
    parser.add_argument(
        "--device",
        choices=environment.DEVICES,
        default="auto",
        help="what torch is to compute on: auto (the default) looks for a GPU driver",
    )
    parser.add_argument(
        "--torch-channel",
        metavar="ADDRESS",
        help="the package index to take both torch and torchvision from, instead of the one pip uses",
    )
    parser.add_argument("--repair", action="store_true", help="install again what is there but does not work")
    parser.add_argument(
        "--results", type=Path, metavar="FOLDER", help="where the tour without a display puts its results"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
