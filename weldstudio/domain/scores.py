"""How good predictions are: pure functions of arrays of probabilities, labels and thresholds.

Throughout, `scores` is (n,) float (a probability or a logit), `raised` (n,) bool, and only photos whose label is
known (raised or clear) are passed in.
"""

from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]

FEW = 10
"""Below this many photos a figure is shown in grey: its interval says next to nothing."""


def too_few(name: str, number: int, word: str) -> str:
    """What is said of a class that is raised or clear (`word`) on fewer training photos than that."""
    photos = f"{number} training photo{'' if number == 1 else 's'}"
    return f"'{name}' is {word} on {photos}; at least {FEW} are needed to learn. Label more."


@dataclass(frozen=True, slots=True)
class Confusion:
    """Photos of one class by label and prediction."""

    hits: int
    """Raised, predicted raised."""
    misses: int
    """Raised, predicted clear."""
    false_alarms: int
    """Clear, predicted raised."""
    passes: int
    """Clear, predicted clear."""

    @property
    def raised(self) -> int:
        return self.hits + self.misses

    @property
    def clear(self) -> int:
        return self.false_alarms + self.passes

    @property
    def accuracy(self) -> float | None:
        total = self.raised + self.clear
        return (self.hits + self.passes) / total if total else None

    @property
    def sensitivity(self) -> float | None:
        """Share of the raised photos that was found (accuracy on raised)."""
        return self.hits / self.raised if self.raised else None

    @property
    def specificity(self) -> float | None:
        """Share of the clear photos that was let pass (accuracy on clear)."""
        return self.passes / self.clear if self.clear else None

    @property
    def mean_per_class_accuracy(self) -> float | None:
        """(sensitivity + specificity) / 2 [Dalyac 2014, 6.2]; None unless both kinds of photos are known."""
        if not self.raised or not self.clear:
            return None
        return (self.hits / self.raised + self.passes / self.clear) / 2


def confusion(scores: Floats, raised: Bools, threshold: float) -> Confusion:
    """A score at or above the threshold counts as raised."""
    predicted = scores >= threshold
    hits, alarms = int((predicted & raised).sum()), int((predicted & ~raised).sum())
    return Confusion(hits, int(raised.sum()) - hits, alarms, int((~raised).sum()) - alarms)


def wilson(successes: float, n: float, z: float = 1.959964) -> tuple[float, float]:
    """Wilson score interval of a share, 95 % by default. Without trials nothing is known: (0, 1).

    Source: Wilson, *JASA* 22 (1927), eq. for the roots of (p - p0)^2 = z^2 p0 (1 - p0) / n.
    """
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def worth(right: Bools, units: NDArray[np.int64]) -> float:
    """As how many photos that have nothing to do with each other these (n,) count, at most n.

    `units` (n,) say which belong to one joint: they go right and wrong together. n over Kish's design effect (Survey
    Sampling, 1965); where all are right, or none, nothing shows how far they do, so they are taken to do so wholly.
    """
    return worth_by_place(right, np.unique(units, return_inverse=True)[1])


def worth_by_place(right: Bools, place: NDArray[np.int64]) -> float:
    """As `worth`, of joints that are numbered from 0 on: for who asks often."""
    if not len(right):
        return 0.0
    off = right - right.mean()
    alone = float((off**2).sum())
    if not alone:
        return float(len(right) ** 2 / (np.bincount(place).astype(np.float64) ** 2).sum())
    return len(right) / max(1.0, float((np.bincount(place, off) ** 2).sum()) / alone)


def mean_interval(shares: tuple[tuple[float, float], ...], z: float = 1.959964) -> tuple[float, float]:
    """95 % interval of a mean of independent shares (successes, n), each with its Wilson interval.

    Source: Zou & Donner, *Statistics in Medicine* 27 (2008): recovery of variances from the separate intervals (MOVER).
    """
    known = [(s / n, *wilson(s, n, z)) for s, n in shares if n]
    if not known:
        return 0.0, 1.0
    mean = sum(share for share, _, _ in known) / len(known)
    down = sqrt(sum((share - low) ** 2 for share, low, _ in known)) / len(known)
    up = sqrt(sum((high - share) ** 2 for share, _, high in known)) / len(known)
    return max(0.0, mean - down), min(1.0, mean + up)


def logit(probabilities: Floats) -> Floats:
    """log(p / (1 - p)), finite for certainties too."""
    p = np.clip(probabilities.astype(np.float64), 1e-12, 1 - 1e-12)
    result: Floats = np.log(p / (1 - p))
    return result


def precision_recall(scores: Floats, raised: Bools) -> tuple[Floats, Floats]:
    """Recall and precision at every distinct score, from the strictest threshold to the laxest; one photo at least."""
    order = np.argsort(-scores, kind="stable")
    ranked, hit = scores[order], raised[order]
    ends = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True]) if len(ranked) else np.zeros(0, int)
    hits = np.cumsum(hit)[ends]
    return hits / max(1, int(raised.sum())), hits / (ends + 1)


def roc(scores: Floats, raised: Bools) -> tuple[Floats, Floats, Floats]:
    """False-alarm rate, sensitivity and threshold at every distinct score, from the strictest to the laxest."""
    order = np.argsort(-scores, kind="stable")
    ranked, hit = scores[order], raised[order]
    ends = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True]) if len(ranked) else np.zeros(0, int)
    hits, alarms = np.cumsum(hit)[ends], np.cumsum(~hit)[ends]
    sensitivity = np.r_[0.0, hits / max(1, int(raised.sum()))]
    false_alarm = np.r_[0.0, alarms / max(1, int((~raised).sum()))]
    return false_alarm, sensitivity, np.r_[np.inf, ranked[ends]]


def auc(scores: Floats, raised: Bools) -> float | None:
    """Area under the ROC curve; None unless both kinds of photos are known."""
    if not raised.any() or raised.all():
        return None
    false_alarm, sensitivity, _ = roc(scores, raised)
    return float(np.trapezoid(sensitivity, false_alarm))


def average_precision(scores: Floats, raised: Bools) -> float | None:
    """Area under the precision-recall steps; None unless both kinds of photos are known, as for the other area."""
    if not raised.any() or raised.all():
        return None
    recall, precision = precision_recall(scores, raised)
    return float(np.sum(np.diff(np.r_[0.0, recall]) * precision))


@dataclass(frozen=True, slots=True)
class ClassScores:
    """All figures of one class on one set of photos, at its threshold and at 0.5."""

    confusion: Confusion
    threshold: float
    at_half: float | None
    """Mean per-class accuracy at 0.5."""
    auc: float | None
    average_precision: float | None
    spread: float = 0.0
    """Standard deviation of the logits: near 0 the same is said of every photo."""
    cross_entropy: float | None = None
    """Mean -log of the probability given to what is labelled."""
    worth: tuple[float, float, float] | None = None
    """What the raised photos, the clear ones and all count (`worth`) where joints are known; None: each for itself."""

    @property
    def mean_per_class_accuracy(self) -> float | None:
        return self.confusion.mean_per_class_accuracy

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean per-class accuracy; (0, 1) where there is none."""
        raised, clear, _ = self.trials
        return mean_interval((raised, clear)) if raised[1] and clear[1] else (0.0, 1.0)

    @property
    def trials(self) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
        """(right, photos) of the raised, of the clear and of all, as many photos as they are worth."""
        c = self.confusion
        counts = (c.hits, c.raised), (c.passes, c.clear), (c.hits + c.passes, c.raised + c.clear)
        if self.worth is None:
            return counts
        one, two, three = (
            (right * m / n, m) if n else (0, 0) for (right, n), m in zip(counts, self.worth, strict=True)
        )
        return one, two, three

    def to_json(self) -> dict[str, Any]:
        c = self.confusion
        raised, clear, every = self.trials
        return {
            **asdict(c),
            "raised": c.raised,
            "clear": c.clear,
            "threshold": self.threshold,
            "accuracy": c.accuracy,
            "accuracy_interval": wilson(*every),
            "sensitivity": c.sensitivity,
            "sensitivity_interval": wilson(*raised),
            "specificity": c.specificity,
            "specificity_interval": wilson(*clear),
            "mean_per_class_accuracy": self.mean_per_class_accuracy,
            "interval": self.interval,
            "mean_per_class_accuracy_at_half": self.at_half,
            "auc": self.auc,
            "average_precision": self.average_precision,
            "spread": self.spread,
            "cross_entropy": self.cross_entropy,
        }


def score_class(
    probabilities: Floats, raised: Bools, threshold: float, *, units: NDArray[np.int64] | None = None
) -> ClassScores:
    """All figures of one class; `probabilities` (n,) of photos whose label is known, `units` (n,) their joints."""
    odds = logit(probabilities)
    counted = None
    if units is not None:
        right = (probabilities >= threshold) == raised
        counted = worth(right[raised], units[raised]), worth(right[~raised], units[~raised]), worth(right, units)
    return ClassScores(
        confusion(probabilities, raised, threshold),
        threshold,
        confusion(probabilities, raised, 0.5).mean_per_class_accuracy,
        auc(probabilities, raised),
        average_precision(probabilities, raised),
        float(np.std(odds)) if len(odds) else 0.0,
        float(np.logaddexp(0, np.where(raised, -odds, odds)).mean()) if len(odds) else None,
        counted,
    )


def mean_of_known(values: list[float | None]) -> tuple[float | None, int]:
    """Mean over the classes that have a value, and over how many that is."""
    known = [value for value in values if value is not None]
    return (sum(known) / len(known) if known else None), len(known)


def mean_recall(
    predicted: NDArray[np.integer[Any]], truth: NDArray[np.integer[Any]], classes: int
) -> tuple[float | None, int]:
    """Mean over the exclusive classes present in `truth` of the share of each got right; and over how many."""
    values = [float((predicted[truth == c] == c).mean()) if (truth == c).any() else None for c in range(classes)]
    return mean_of_known(values)
