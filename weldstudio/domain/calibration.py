"""From scores to probabilities one can rely on: Platt's sigmoid, a temperature, and the correction for the prior.

`scores` (n,) are logits or margins of photos whose label is known, `raised` (n,) bool.
"""

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.scores import Bools, Floats


def platt(scores: Floats, raised: Bools) -> tuple[float, float]:
    """(slope, offset) so that sigmoid(slope * score + offset) is the probability of raised.

    Platt 1999 with targets (m + 1) / (m + 2) and 1 / (n + 2), by Newton's method as in Lin, Lin & Weng 2007. Identity
    unless both kinds of photos are known.
    """
    m, n = int(raised.sum()), int((~raised).sum())
    if not m or not n:
        return 1.0, 0.0
    target = np.where(raised, (m + 1) / (m + 2), 1 / (n + 2))
    scale = max(float(np.std(scores)), 1e-12)
    x = np.stack([scores / scale, np.ones(len(scores))], 1).astype(np.float64)
    w = np.array([0.0, np.log((m + 1) / (n + 1))])
    for _ in range(100):
        p = _sigmoid(x @ w)
        gradient = x.T @ (p - target)
        if np.abs(gradient).max() < 1e-9 * len(scores):
            break
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(2), gradient)
        before, length = _cross_entropy(x @ w, target), 1.0
        while length > 1e-9 and _cross_entropy(x @ (w - length * step), target) > before:
            length /= 2
        w = w - length * step
    return float(w[0] / scale), float(w[1])


def temperature(logits: Floats, truth: NDArray[np.int64]) -> float:
    """The slope that makes softmax(slope * logits) (n, classes) likeliest for the true classes (n,) (Guo 2017)."""
    if not len(logits):
        return 1.0
    grid = np.exp(np.linspace(np.log(0.02), np.log(50), 400))

    def loss(slope: float) -> float:
        z = slope * logits
        z = z - z.max(1, keepdims=True)
        return float((np.log(np.exp(z).sum(1)) - z[np.arange(len(z)), truth]).mean())

    return float(min(grid, key=loss))


def prior_corrected(probabilities: Floats, prior: Floats) -> Floats:
    """p'_c = (p_c / pi_c) / sum_k (p_k / pi_k) for exclusive classes (n, classes) [Dalyac 2014, 8.3.8].

    `prior` (classes,) is that of the photos as trained on, after sampling.
    """
    weighed = probabilities / prior
    return weighed / weighed.sum(axis=-1, keepdims=True)


def prior_corrected_flag(probability: Floats, prior: float) -> Floats:
    """The same for one flag: p (1 - pi) / (p (1 - pi) + (1 - p) pi); one half exactly where p = pi."""
    return probability * (1 - prior) / (probability * (1 - prior) + (1 - probability) * prior)


def _sigmoid(z: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def _cross_entropy(z: Floats, target: Floats) -> float:
    return float((np.logaddexp(0, z) - target * z).sum())
