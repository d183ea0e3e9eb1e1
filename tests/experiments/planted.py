"""Wrong labels planted by chance, and how many of them suspects find: `python -m tests.experiments.planted FOLDER`.

A share of the labels of every flag is turned round: `pairs`, as many raised as clear ones, of each flag so many as are
that share of its raised labels; `each`, every label with the same chance; `swapped`, of a table with one class per
photo, the class for another one. Said are the share of planted errors that is missed by so many looks as there are
errors, and the average precision of the ranking, over several seeds; beside it that of cleanlab 2.8 or later, where it
is installed, from probabilities of logistic heads that did not see the photo, in five folds: its own way. The photos
are read once by a trunk with given weights, as the program reads them.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.experiments import labelled_folder
from tests.experiments.labelled_folder import percent
from weldstudio.domain.doubt import contradicted
from weldstudio.domain.labelling import State
from weldstudio.domain.learner import ROUGHLY
from weldstudio.domain.leave_one_out import leave_one_out
from weldstudio.domain.neighbours import Neighbours
from weldstudio.domain.refit import Heads, Space, sigmoid
from weldstudio.domain.scores import average_precision

Bools = NDArray[np.bool_]
NOISE = (0.05, 0.1, 0.2)
FOLDS = 5


def main() -> int:
    """Prints a table as Markdown."""
    options = _options()
    manifest = labelled_folder.read(options.folder, seed=0, most=options.photos)
    truth = np.array([photo.states for photo in manifest.photos]) == State.RAISED
    space = Space.of(_features(manifest, options))
    near = Neighbours(space)
    for _ in near.find(np.where(truth, State.RAISED, State.CLEAR).astype(np.uint8)):
        pass
    group = [list(range(truth.shape[1]))] if manifest.task == "exclusive" and not options.apart else []
    print(
        f"{options.folder.name}, {len(truth):,} photographs, {truth.shape[1]} flags, {options.network}, {options.size}"
    )
    print(
        "\n| errors | share | missed | average precision | cleanlab missed | its average precision |\n"
        + "| --- " * 6
        + "|"
    )
    for kind in options.kinds or [name for name in KINDS if name != "swapped" or manifest.task == "exclusive"]:
        for noise in NOISE:
            found = [_tried(near, truth, group, KINDS[kind], noise, seed) for seed in range(options.seeds)]
            cells = [
                percent([row[n] for row in found], scale=100) if found[0][n] is not None else "-" for n in range(4)
            ]
            print(f"| {kind} | {noise:.0%} | " + " | ".join(cells) + " |", flush=True)
    return 0


def pairs(truth: Bools, noise: float, rng: np.random.Generator) -> Bools:
    """Which labels (n, flags) are turned round: as many raised as clear ones."""
    wrong = np.zeros(truth.shape, np.bool_)
    for flag in range(truth.shape[1]):
        raised, clear = np.flatnonzero(truth[:, flag]), np.flatnonzero(~truth[:, flag])
        count = min(round(noise * len(raised)), len(clear))
        wrong[rng.choice(raised, count, replace=False), flag] = True
        wrong[rng.choice(clear, count, replace=False), flag] = True
    return wrong


def each(truth: Bools, noise: float, rng: np.random.Generator) -> Bools:
    """As `pairs`, every label with the same chance."""
    found: Bools = rng.random(truth.shape) < noise
    return found


def swapped(truth: Bools, noise: float, rng: np.random.Generator) -> Bools:
    """As `pairs`, of photos with one class: another one in its place."""
    given = truth.copy()
    for photo in np.flatnonzero(rng.random(len(truth)) < noise).tolist():
        given[photo] = False
        given[photo, rng.choice(np.flatnonzero(~truth[photo]))] = True
    return given ^ truth


KINDS: dict[str, Callable[[Bools, float, np.random.Generator], Bools]] = {
    "pairs": pairs,
    "each": each,
    "swapped": swapped,
}


def _tried(
    near: Neighbours,
    truth: Bools,
    group: list[list[int]],
    plant: Callable[[Bools, float, np.random.Generator], Bools],
    noise: float,
    seed: int,
) -> tuple[float, float, float | None, float | None]:
    """Share missed and average precision of ours and of cleanlab."""
    wrong = plant(truth, noise, np.random.default_rng(seed))
    given = truth ^ wrong
    states = np.where(given, State.RAISED, State.CLEAR).astype(np.uint8)
    alone = next(found for found in leave_one_out(near.space, states) if found is not None)
    for _ in near.join(alone.probabilities, states):
        pass
    spoken = contradicted(alone.probabilities.astype(np.float16), states, group).astype(np.float32)
    ours = _score(np.where(given, 1 - spoken, spoken), wrong)
    share = given.mean(axis=0)
    strength = np.maximum(alone.ridges * share * (1 - share), 1e-7).astype(np.float32)  # as the learner takes it
    theirs = _cleanlab(Heads(near.space, states, strength), given)
    return (*ours, *((None, None) if theirs is None else _score(theirs, wrong)))


def _score(doubt: NDArray[np.floating], wrong: Bools) -> tuple[float, float]:
    looks = np.argsort(-doubt.ravel(), kind="stable")[: wrong.sum()]
    return 1 - float(wrong.ravel()[looks].mean()), float(average_precision(doubt.ravel().astype(float), wrong.ravel()))


def _cleanlab(whole: Heads, given: Bools) -> NDArray[np.floating] | None:
    """One less its quality of each label, (n, flags)."""
    try:
        from cleanlab.multilabel_classification.rank import get_label_quality_scores_per_class
    except ImportError:
        return None
    said = np.empty(given.shape)
    folds = np.random.default_rng(0).integers(0, FOLDS, len(given))
    for fold in range(FOLDS):
        heads = whole.copy()
        for _ in heads.converge(known=folds != fold, tolerance=ROUGHLY):
            pass
        said[folds == fold] = sigmoid(heads.logits[folds == fold])
    labels = [np.flatnonzero(row).tolist() for row in given]
    found: NDArray[np.floating] = 1 - get_label_quality_scores_per_class(labels, said)
    return found


def _features(manifest: labelled_folder.Manifest, options: argparse.Namespace) -> NDArray[np.float32]:
    """(photos, width); kept in a file where `--keep` names one."""
    if options.keep is not None and options.keep.is_file():
        kept: NDArray[np.float32] = np.load(options.keep)
        return kept
    found = labelled_folder.seen(manifest, options.network, options.weights, options.size)
    if options.keep is not None:
        np.save(options.keep, found)
    return found


def _options() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    reader.add_argument("folder", type=Path)
    reader.add_argument("--weights", type=Path, required=True, help="state dictionary of --network")
    reader.add_argument("--network", default="mobilenet_v2")
    reader.add_argument("--size", type=int, default=224)
    reader.add_argument("--photos", type=int, default=0, help="so many at random, 0 = all")
    reader.add_argument("--seeds", type=int, default=5)
    reader.add_argument("--kinds", nargs="+", choices=KINDS)
    reader.add_argument("--apart", action="store_true", help="say nothing of the classes being a group")
    reader.add_argument("--keep", type=Path, help="file for the features")
    return reader.parse_args()


if __name__ == "__main__":
    sys.exit(main())
