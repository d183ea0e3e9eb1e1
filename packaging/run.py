"""Make weldstudio ready to run and open it: `python3 packaging/run.py`.

Makes `.venv` beside `pyproject.toml` or reuses it, installs weldstudio there, checks the system libraries that Qt
needs, and opens the window. Standard library only; Linux, macOS, Windows; Python 3.11 or newer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import environment
import loop
import machine


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
    if not machine.has_display():
        return _without_display(python, options.results)
    if not libraries or complaint is not None:
        print("The window cannot open before that is mended.", file=sys.stderr)
        return 1
    words = ["open", str(options.project)] if options.project else []
    return subprocess.call([str(python), "-m", "weldstudio", *words])


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
    print("There is no display here, so no window can open (neither DISPLAY nor WAYLAND_DISPLAY is set).")
    print("Going once round the main loop without one instead: import, label, merge, train, evaluate, predict, export.")
    try:
        loop.run(python, (results or Path(tempfile.mkdtemp(prefix="weldstudio-"))).absolute())
    except loop.LoopError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Make the environment that weldstudio runs in, or reuse it, and open weldstudio.",
        epilog="Without a display the main loop is run without a window, on photographs drawn for the purpose.",
    )
    parser.add_argument("project", nargs="?", type=Path, help="the project folder to open")
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
        "--results", type=Path, metavar="FOLDER", help="where the loop without a display puts its results"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
