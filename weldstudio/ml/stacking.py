"""Stacking: weights of several networks' logits, fitted on validation photos, kept only where better than their mean.

Wolpert 1992; Soper 2019. For each class a logistic regression z = sum_m w_m z_m + b with w near 1 / members and b near
0 (L2), so that few photos change little. Better is decided on photos that the fit did not see: every photo is judged
once by weights from the other half.
"""

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State

RIDGE = 1.0
"""Strength, in photos, that keeps the weights near the mean."""


def stacked(logits: NDArray[np.float64], states: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(weight (members, classes), bias (classes,)) for `logits` (members, photos, classes) of photos with `states`.

    A class for which the mean is better, or that lacks raised or clear photos, has weight 1 / members and bias 0.
    """
    members, _, classes = logits.shape
    weight, bias = np.full((members, classes), 1 / members), np.zeros(classes)
    for c in range(classes):
        known = np.isin(states[:, c], (State.RAISED, State.CLEAR))
        x, raised = logits[:, known, c].T, states[known, c] == State.RAISED
        if min(raised.sum(), (~raised).sum()) < 4:
            continue
        half = np.zeros(len(raised), dtype=bool)
        for kind in (raised, ~raised):
            half[np.flatnonzero(kind)[::2]] = True
        judged = np.empty(len(raised))
        for part in (half, ~half):
            judged[part] = _answer(x[part], _fit(x[~part], raised[~part]))
        if _loss(judged, raised) < _loss(x.mean(1), raised):
            found = _fit(x, raised)
            weight[:, c], bias[c] = found[:-1], found[-1]
    return weight, bias


def _fit(x: NDArray[np.float64], raised: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Newton's method on the penalised cross entropy; (members + 1,), the bias last."""
    design = np.column_stack([x, np.ones(len(x))])
    start = np.r_[np.full(x.shape[1], 1 / x.shape[1]), 0.0]
    w = start.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ w, -500, 500)))
        gradient = design.T @ (p - raised) + RIDGE * (w - start)
        step = np.linalg.solve((design.T * (p * (1 - p))) @ design + RIDGE * np.eye(len(w)), gradient)
        w = w - step
        if np.abs(step).max() < 1e-8:
            break
    return w


def _answer(x: NDArray[np.float64], w: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = x @ w[:-1] + w[-1]
    return found


def _loss(z: NDArray[np.float64], raised: NDArray[np.bool_]) -> float:
    return float((np.logaddexp(0, z) - raised * z).mean())
