"""Run every check of weldstudio: `python3 packaging/test.py`.

The same environment as `run.py` makes, with what the tests need beside it: format, lint, types, tests, one after
the other, each with its time; the exit status is 1 if one of them fails. `--long` gives attacks and property
tests their full number of trials. Words after `--` go to pytest.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import environment
from run import libraries_are_there

# Each check: what it is called, and the words after `python -m`.
CHECKS = (
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("types", ["mypy"]),
    # Each file in one process of as many as there are cores; a file's photographs are drawn once for all its tests.
    ("tests", ["pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]),
)


def main(argv: list[str]) -> int:
    """Run the checks and return the exit status."""
    options = _parser().parse_args(argv)
    try:
        environment.require_python()
        libraries = libraries_are_there()
        wish = environment.Wish(tests=True, device=options.device, repair=options.repair)
        python, _ = environment.ready(wish)
    except environment.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    if not libraries:
        print("The tests of the window cannot run before that is mended.", file=sys.stderr)
        return 1
    if options.setup_only:
        return 0
    return report([(name, *check(python, words, options)) for name, words in CHECKS])


def check(python: Path, words: list[str], options: argparse.Namespace) -> tuple[int, float]:
    """Run one check in the checkout, showing what it says; its exit status and its seconds."""
    more = options.pytest if words[0] == "pytest" else []
    print(f"\n== {' '.join(words + more)}", flush=True)
    # Side by side, each with as many threads as there are cores, tests would only wait for each other.
    surroundings = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    if options.long:
        surroundings["WELDSTUDIO_LONG"] = "1"
    began = time.monotonic()
    status = subprocess.call([str(python), "-m", *words, *more], cwd=environment.ROOT, env=surroundings)
    return status, time.monotonic() - began


def report(done: list[tuple[str, int, float]]) -> int:
    """Print a line per check; 1 if one failed, else 0."""
    print()
    for name, status, seconds in done:
        print(f"{name:<8}{'ok' if status == 0 else 'FAILED':<8}{seconds:7.1f} s")
    failed = [name for name, status, _ in done if status != 0]
    print("All checks passed." if not failed else f"Failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Run every check: format, lint, types, tests.")
    parser.add_argument(
        "--long", action="store_true", help="all trials of attacks and property tests: hours, not minutes"
    )
    parser.add_argument("--setup-only", action="store_true", help="make the environment, run nothing")
    parser.add_argument("--device", choices=environment.DEVICES, default="auto", help="as for run.py")
    parser.add_argument("--repair", action="store_true", help="install again what is there but does not work")
    parser.add_argument("pytest", nargs="*", metavar="-- WORDS", help="words for pytest, as in: -- -k labelling")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
