"""The main loop without a window, on photographs drawn for the purpose: what `run.py` does where no display is.

Each step is a command that a person could type; it is printed before it runs, and its results stay in a folder.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

PHOTOS = 60
_DRAW = (
    "import sys; from pathlib import Path; from weldstudio.imaging.drawn.collection import make_collection; "
    "make_collection(Path(sys.argv[1]), int(sys.argv[2]), 1)"
)


class LoopError(Exception):
    """A step of the loop failed; the text names it."""


def run(python: Path, results: Path) -> None:
    """Go once round: import, label, merge, train, evaluate, predict, export; everything stays in `results`.

    LoopError names the step that failed. What the steps print goes to the terminal.
    """
    results.mkdir(parents=True, exist_ok=True)
    photos, project = results / "photos", results / "project"
    print(f"Drawing {PHOTOS} photographs of pipe joints into {photos}", flush=True)
    _call([str(python), "-c", _DRAW, str(photos), str(PHOTOS)])
    begun, rest = _halves(photos / "labels.csv")
    step = _Steps(python)
    step("import", project, photos, "--labels", begun, "--joint", "folder", "--equipment", "Drawn")
    step("label", project, rest, "--by", "Demo")
    step("merge", project, "No Clamps", "No Clamp Used", "Photo Does Not Show Enough Of Clamps")
    step("train", project, "--recipe", "quick", "--set", "network.weights=random", "--follow")
    evaluation = step("evaluate", project, "--json", keep=results / "evaluation.json")
    step("predict", project, "--out", results / "predictions.csv")
    step("export", project, results / "export", "--format", "csv")
    step("status", project)
    scores = json.loads(evaluation)
    # Null where chance put no photograph of a class into the test part; so few are drawn that it can happen.
    accuracy, (low, high) = scores["mean_per_class_accuracy"], scores["interval"] or (None, None)
    said = "not known" if accuracy is None else f"{accuracy:.0%}"
    between = "" if low is None or high is None else f" (95 % interval {low:.0%} to {high:.0%})"
    print(f"\nMean per-class accuracy on {scores['photos']} photographs that were not trained on: {said}{between}")
    print("The network began from random weights, so this shows that the loop runs, not how good it gets.")
    print(f"The results lie in {results}")


class _Steps:
    """Runs `python -m weldstudio ...`, showing the command as a person would type it."""

    def __init__(self, python: Path) -> None:
        self._python = python

    def __call__(self, *words: object, keep: Path | None = None) -> str:
        """Run one command; with `keep` its output goes there instead of to the terminal, and is returned."""
        said = [str(word) for word in words]
        print(f"\n$ weldstudio {shlex.join(said)}" + (f" > {shlex.quote(str(keep))}" if keep else ""), flush=True)
        output = _call([str(self._python), "-m", "weldstudio", *said], capture=keep is not None)
        if keep is not None:
            keep.write_text(output, encoding="utf-8")
        return output


def _call(command: list[str], *, capture: bool = False) -> str:
    # Output as UTF-8 whatever the system's encoding is, since names of flags may hold anything.
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, check=False, env=environment, stdout=subprocess.PIPE if capture else None, encoding="utf-8"
    )
    if done.returncode != 0:
        raise LoopError(f"The step failed with status {done.returncode}: {shlex.join(command)}")
    return done.stdout or ""


def _halves(labels: Path) -> tuple[Path, Path]:
    """Cut the table of labels in two: the first comes with the import, the second is given by an expert."""
    header, *rows = labels.read_text(encoding="utf-8").splitlines(keepends=True)
    parts = []
    for name, part in (("begun", rows[: len(rows) // 2]), ("rest", rows[len(rows) // 2 :])):
        file = labels.parent.parent / f"labels-{name}.csv"
        file.write_text(header + "".join(part), encoding="utf-8")
        parts.append(file)
    return parts[0], parts[1]
