"""Labels a fully labelled project once more, in the order in which it asks for photographs, and counts rare ones.

    python -m tests.experiments.simulated_labelling PROJECT [--batch 50] [--labelled 0.05] [--share 0.02] [--seeds 20]

In each round one flag is made rare (photographs on which it is raised are left out by chance until it is raised on so
small a share), all labels are taken away, and they come back batch by batch. The project needs features.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.learner import Learner
from weldstudio.domain.refit import Space
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import features, refitting


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A fully labelled set."""

    features: NDArray[np.float32]
    """(n, width)"""
    states: NDArray[np.uint8]
    """(n, classes)"""
    rare: tuple[int, ...]
    """The classes of which raised photos are counted."""


def made_rare(points: NDArray[np.float32], states: NDArray[np.uint8], *, flag: int, share: float, seed: int) -> Case:
    """The set with so many of the photos left out on which `flag` is raised that this share of all is."""
    raised = np.flatnonzero(states[:, flag] == State.RAISED)
    others = np.flatnonzero(states[:, flag] != State.RAISED)
    count = min(len(raised), round(share * len(others) / (1 - share)))
    kept = np.sort(np.r_[others, np.random.default_rng(seed).choice(raised, count, replace=False)])
    return Case(points[kept], states[kept], (flag,))


def found(case: Case, *, batch: int, labelled: float, seed: int, judged: bool = False) -> tuple[int, float]:
    """Rare raised photos among the first that are asked for, and how many of them chance would find.

    `judged`: after each batch the strength of the ridge and the thresholds are looked at too, as after a second's rest.
    """
    truth, count = case.states, len(case.states)
    learner = Learner(Space.of(case.features.copy()), np.zeros_like(truth), units=np.arange(count))
    done, wanted = 0, round(labelled * count)
    while done < wanted:
        rows, _ = learner.suggest(min(batch, wanted - done), seed=1000 * seed + done)
        classes = range(truth.shape[1])
        learner.heads.relabel([(row, flag, int(truth[row, flag])) for row in rows.tolist() for flag in classes])
        for _ in learner.judge() if judged else learner.fit():
            pass
        done += len(rows)
    rare = list(case.rare)
    known = int((learner.heads.states == State.RAISED)[:, rare].sum())
    return known, float((truth == State.RAISED)[:, rare].sum() * done / count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--labelled", type=float, default=0.05)
    parser.add_argument("--share", type=float, default=0.02)
    parser.add_argument("--seeds", type=int, default=20)
    chosen = parser.parse_args()
    with Store.open(chosen.project) as store:
        place = features.active_place(store)
        on = refitting.ground(mirrors.read(store), place)
        file = FeatureFile.open(place.folder)
    assert file is not None
    known = np.isin(on.states, (State.RAISED, State.CLEAR)).all(axis=1)
    points, states = file.read(on.records[known]), on.states[known]
    told = []
    for seed in range(chosen.seeds):
        case = made_rare(points, states, flag=seed % states.shape[1], share=chosen.share, seed=seed)
        told.append(found(case, batch=chosen.batch, labelled=chosen.labelled, seed=seed, judged=True))
        print(f"seed {seed}: {told[-1][0]} found, {told[-1][1]:.1f} by chance", flush=True)
    raised, by_chance = np.array(told).T
    times = raised / by_chance
    error = 1.96 * times.std(ddof=1) / np.sqrt(len(times)) if len(times) > 1 else float("nan")
    print(
        f"{raised.sum() / by_chance.sum():.1f} times chance ({times.mean() - error:.1f} to {times.mean() + error:.1f})"
    )


if __name__ == "__main__":
    main()
