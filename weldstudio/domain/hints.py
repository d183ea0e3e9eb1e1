"""What a few labels hint at, before a flag has a head: ridge regression on the labelled photos alone, in a moment."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.refit import Floats, States

_MOST = 800
"""Labelled photos that are learned from at most, the raised ones first."""
_RIDGE = 1e-2
_CHUNK = 8192


def hints(points: Callable[[NDArray[np.int64]], Floats], states: States, *, rng: np.random.Generator) -> Floats:
    """(n, classes) the higher, the likelier raised; a class that is not known both raised and clear is NaN.

    `points` answers with the features of some rows. Only the order within a class means something.
    """
    found = np.full(states.shape, np.nan, np.float32)
    raised, known = states == State.RAISED, (states == State.RAISED) | (states == State.CLEAR)
    columns = np.flatnonzero(raised.any(axis=0) & (known & ~raised).any(axis=0))
    if not len(columns):
        return found
    rows = np.flatnonzero(known[:, columns].any(axis=1))
    first = np.lexsort((rng.random(len(rows)), ~raised[rows][:, columns].any(axis=1)))
    rows = np.sort(rows[first[:_MOST]])
    seen = points(rows)
    mean = seen.mean(axis=0)
    seen = (seen - mean).astype(np.float64)
    gram = seen @ seen.T
    weight = np.zeros((len(columns), seen.shape[1]))
    for place, column in enumerate(columns.tolist()):
        at = np.flatnonzero(known[rows, column])
        target = raised[rows[at], column] - raised[rows[at], column].mean()
        inner = gram[np.ix_(at, at)]
        inner[np.diag_indices(len(at))] += _RIDGE * max(np.trace(inner), 1e-12)  # the ridge is beside the mean loss
        weight[place] = np.linalg.solve(inner, target) @ seen[at]
    turned = weight.T.astype(np.float32)
    for start in range(0, len(states), _CHUNK):
        part = np.arange(start, min(start + _CHUNK, len(states)))
        found[part[:, None], columns] = (points(part) - mean) @ turned
    return found
