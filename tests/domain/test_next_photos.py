"""Labels given in the order in which they are asked for find the rare flags far sooner than labels in any order."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.learner import Learner
from weldstudio.domain.refit import Space

N, WIDTH, LABELLED = 2000, 24, 0.05
SHARES = (0.012, 0.018, 0.08, 0.3)
RARE = 2
"""So many of them are raised on less than 2 % of the photos."""


def made(seed: int) -> tuple[Space, NDArray[np.uint8]]:
    """Photos whose flags are regions of feature space with blurred edges."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(N, WIDTH)).astype(np.float32)
    raised = np.zeros((N, len(SHARES)), np.bool_)
    for flag, share in enumerate(SHARES):
        some = rng.choice(N, round(share * N), replace=False)
        features[some] += 1.2 * rng.normal(size=WIDTH).astype(np.float32)
        raised[some, flag] = True
    return Space.of(features), np.where(raised, State.RAISED, State.CLEAR).astype(np.uint8)


def found(seed: int) -> float:
    """Rare raised photos among the first that are asked for, in units of what chance would find."""
    space, truth = made(seed)
    learner = Learner(space, np.zeros_like(truth), units=np.arange(N))
    done = 0
    while done < LABELLED * N:
        rows, _ = learner.suggest(10, seed=1000 * seed + done)
        learner.heads.relabel([(row, flag, int(truth[row, flag])) for row in rows.tolist() for flag in range(4)])
        for _ in learner.fit():
            pass
        done += len(rows)
    known = (learner.heads.states == State.RAISED)[:, :RARE].sum()
    return float(known / ((truth == State.RAISED)[:, :RARE].sum() * LABELLED))


def test_three_times_the_rare_raised_photos_of_a_random_order(trials: Callable[[int, int], int]) -> None:
    seeds = trials(5, 20)
    assert np.mean([found(seed) for seed in range(seeds)]) >= 3
