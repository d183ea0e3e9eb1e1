"""Two models on the same photos: which is better, by how much, and whether that could be chance.

Every photo is answered by both, so what counts is where they differ. Intervals of a difference of paired shares are
Newcombe's (Statistics in Medicine 17, 1998, 2635-2650, method 10), put together over shares as `scores.mean_interval`
does (MOVER), and widened where photos of a joint, or flags of a photo, go right and wrong together (Kish's design
effect, 1965). The test is McNemar's, exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.scores import wilson

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Paired:
    """Photos of one kind, by who got them right."""

    both: int
    first: int
    """The first model alone."""
    second: int
    """The second model alone."""
    neither: int

    @property
    def n(self) -> int:
        return self.both + self.first + self.second + self.neither

    @property
    def difference(self) -> float:
        """Share that the second got right, less that of the first."""
        return (self.second - self.first) / self.n

    @property
    def reach(self) -> tuple[float, float]:
        """How far below and above `difference` its 95 % interval goes."""
        n, right, other = self.n, self.both + self.second, self.both + self.first
        p, (low, high) = right / n, wilson(right, n)
        q, (q_low, q_high) = other / n, wilson(other, n)
        product = float(right) * (n - right) * other * (n - other)
        together = self.both * self.neither - self.first * self.second
        phi = (max(together - n / 2, 0) if together > 0 else together) / sqrt(product) if product else 0.0
        return _apart(p - low, q_high - q, phi), _apart(high - p, q - q_low, phi)


def _apart(one: float, other: float, phi: float) -> float:
    return sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def mcnemar(first: int, second: int) -> float:
    """Two-sided exact p of so many photos that one model alone, and the other alone, got right (McNemar 1947)."""
    n, least = first + second, min(first, second)
    if not n:
        return 1.0
    tail = sum(np.exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2)) for k in range(least + 1))
    return float(min(1.0, 2 * tail))


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better the second model is in mean per-class accuracy, of one class or of all."""

    difference: float | None
    """None where there is nothing to compare."""
    interval: tuple[float, float]
    """95 %."""
    first_alone: int
    """Labels that the first alone got right."""
    second_alone: int
    n: int

    @property
    def p(self) -> float:
        """Chance that labels would part the two so far, were they equally good."""
        return mcnemar(self.first_alone, self.second_alone)

    @property
    def proven(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.difference is not None and not self.interval[0] <= 0 <= self.interval[1]

    def to_json(self) -> dict[str, Any]:
        return {
            "difference": self.difference,
            "interval": self.interval,
            "first_alone": self.first_alone,
            "second_alone": self.second_alone,
            "n": self.n,
            "p": self.p,
        }


def compare(
    first: Bools, second: Bools, states: NDArray[np.uint8], joints: NDArray[np.int64], *, exclusive: bool = False
) -> tuple[Difference, list[Difference]]:
    """How the second model differs from the first: over all classes, and class by class.

    `first` and `second` are what the models raise, `states` the labels, all (n, classes); `joints` (n,) says which
    photos belong together. In an exclusive task the mean is that of the recalls.
    """
    weight, shares = np.zeros(states.shape), []
    per_class: list[Difference] = []
    right_1, right_2 = (said == (states == State.RAISED) for said in (first, second))
    for c in range(states.shape[1]):
        kinds = [states[:, c] == State.RAISED] + ([] if exclusive else [states[:, c] == State.CLEAR])
        parts = [_paired(right_1[kind, c], right_2[kind, c]) for kind in kinds if kind.any()]
        if len(parts) < len(kinds):
            per_class.append(Difference(None, (-1.0, 1.0), 0, 0, sum(part.n for part in parts)))
            continue
        own = np.zeros_like(weight)
        for kind, part in zip(kinds, parts, strict=True):
            own[kind, c] = 1 / part.n / len(parts)
        per_class.append(_difference(parts, own, right_1, right_2, joints))
        weight += own
        shares += parts
    count = sum(one.difference is not None for one in per_class)
    if not count:
        return Difference(None, (-1.0, 1.0), 0, 0, 0), per_class
    return _difference(shares, weight / count, right_1, right_2, joints), per_class


def overall(first: Bools, second: Bools, truth: Bools, groups: NDArray[np.int64]) -> Difference:
    """How much more of the answers (n,) of the second are right, over both kinds; `groups` (n,) belong together."""
    if not len(truth):
        return Difference(None, (-1.0, 1.0), 0, 0, 0)
    right = first == truth, second == truth
    weight = np.full((len(truth), 1), 1 / len(truth))
    return _difference([_paired(*right)], weight, right[0][:, None], right[1][:, None], groups)


def _paired(first: Bools, second: Bools) -> Paired:
    return Paired(
        int((first & second).sum()),
        int((first & ~second).sum()),
        int((~first & second).sum()),
        int((~first & ~second).sum()),
    )


def _difference(
    parts: Sequence[Paired], weight: NDArray[np.float64], first: Bools, second: Bools, joints: NDArray[np.int64]
) -> Difference:
    """The mean of the parts' differences; `weight` (n, classes) is what each label adds to it."""
    middle = sum(part.difference for part in parts) / len(parts)
    below, above = (sqrt(sum(part.reach[side] ** 2 for part in parts)) / len(parts) for side in (0, 1))
    wider = _design_effect(weight * (second.astype(np.float64) - first), joints)
    interval = max(-1.0, middle - wider * below), min(1.0, middle + wider * above)
    return Difference(
        middle,
        interval,
        sum(part.first for part in parts),
        sum(part.second for part in parts),
        sum(part.n for part in parts),
    )


def _design_effect(added: NDArray[np.float64], joints: NDArray[np.int64]) -> float:
    """By how much an interval widens, 1 or more, since what is `added` (n, classes) is so by joints, not by labels."""
    alone = float((added**2).sum())
    if not alone:
        return 1.0
    _, place = np.unique(joints, return_inverse=True)
    together = float((np.bincount(place, added.sum(axis=1)) ** 2).sum())
    return sqrt(max(1.0, together / alone))
