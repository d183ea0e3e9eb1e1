"""From which probability a prediction counts as raised."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, exp, floor, log

import numpy as np

from weldstudio.domain.calibration import platt
from weldstudio.domain.choices import Thresholds
from weldstudio.domain.scores import FEW, Bools, Confusion, Floats, logit, roc


@dataclass(frozen=True)
class Ranked:
    """Photos of one class whose label is known, sorted once: then one threshold after the other is tried at once."""

    probabilities: Floats
    """(n,)"""
    raised: Bools
    """(n,)"""

    @cached_property
    def curve(self) -> tuple[Floats, Floats, Floats]:
        """As `scores.roc`."""
        return roc(self.probabilities, self.raised)

    @cached_property
    def found(self) -> Floats:
        """Probabilities of the raised photos, ascending, float64."""
        result: Floats = np.sort(self.probabilities[self.raised].astype(np.float64))
        return result

    @cached_property
    def passed(self) -> Floats:
        """Probabilities of the clear photos, ascending, float64."""
        result: Floats = np.sort(self.probabilities[~self.raised].astype(np.float64))
        return result

    def confusion(self, threshold: float) -> Confusion:
        """As `scores.confusion`."""
        misses, passes = (int(np.searchsorted(some, threshold)) for some in (self.found, self.passed))
        return Confusion(len(self.found) - misses, misses, len(self.passed) - passes, passes)

    @cached_property
    def best(self) -> float:
        """The threshold with the highest mean per-class accuracy on these (validation) photos.

        0.5 where a kind of photo is missing.
        """
        if not len(self.found) or not len(self.passed):
            return 0.5
        false_alarm, sensitivity, cuts = self.curve
        return _cheapest(cuts, false_alarm - sensitivity)

    def by_cost(self, *, miss: float, false_alarm: float) -> float:
        """The threshold with the least total cost on these photos.

        Below 10 raised photos it is the rule for probabilities calibrated on these photos, false_alarm / (miss +
        false_alarm) [Elkan 2001].
        """
        if len(self.found) < FEW or not len(self.passed):
            wanted = false_alarm / (miss + false_alarm)
            if not len(self.found) or not len(self.passed):
                return wanted
            slope, offset = self._platt
            return wanted if slope <= 0 else 1 / (1 + exp(-min(500.0, max(-500.0, (_odds(wanted) - offset) / slope))))
        alarm_rate, sensitivity, cuts = self.curve
        return _cheapest(cuts, miss * (1 - sensitivity) * len(self.found) + false_alarm * alarm_rate * len(self.passed))

    def by_recall(self, *, recall: float) -> float:
        """The highest threshold at which at least this share of the raised is found; 0.5 without raised photos."""
        if not len(self.found):
            return 0.5
        highest = float(self.found[floor((1 - recall) * len(self.found) + 1e-9)])
        below = [
            some[np.searchsorted(some, highest) - 1]
            for some in (self.found, self.passed)
            if len(some) and some[0] < highest
        ]
        lower = float(max(below, default=0.0))
        middle = (lower + highest) / 2
        return middle if middle > lower else highest

    def guaranteed(self, *, miss_rate: float) -> tuple[float | None, int]:
        """(threshold, 0) with P(miss) <= `miss_rate` for a new raised photo, or (None, how many more are needed).

        The k-th smallest score of the m raised photos, k = floor(miss_rate (m + 1)); attainable from m >= 1 / miss_rate
        - 1 on (Angelopoulos et al., arXiv 2208.02814). It holds where new photos are like the validation photos.
        """
        k = floor(miss_rate * (len(self.found) + 1) + 1e-9)
        if k < 1:
            return None, max(1, ceil(1 / miss_rate - 1 - 1e-9) - len(self.found))
        return float(self.found[k - 1]), 0

    @cached_property
    def _platt(self) -> tuple[float, float]:
        return platt(logit(self.probabilities), self.raised)


def best_threshold(probabilities: Floats, raised: Bools) -> float:
    """As `Ranked.best`."""
    return Ranked(probabilities, raised).best


def threshold_by_cost(probabilities: Floats, raised: Bools, *, miss: float, false_alarm: float) -> float:
    """As `Ranked.by_cost`."""
    return Ranked(probabilities, raised).by_cost(miss=miss, false_alarm=false_alarm)


def threshold_by_recall(probabilities: Floats, raised: Bools, *, recall: float) -> float:
    """As `Ranked.by_recall`."""
    return Ranked(probabilities, raised).by_recall(recall=recall)


def conformal_threshold(probabilities: Floats, raised: Bools, *, miss_rate: float) -> tuple[float | None, int]:
    """As `Ranked.guaranteed`."""
    return Ranked(probabilities, raised).guaranteed(miss_rate=miss_rate)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A threshold, and what there is to say about it ('' as a rule)."""

    threshold: float
    note: str = ""


def choose(
    choice: Thresholds, known: Ranked, *, prior: float = 0.5, balanced: bool = False, points: int = 1, name: str = ""
) -> Chosen:
    """The threshold of one flag by a recipe's rule, from its validation photos alone.

    `prior` is the share of raised photos as trained on, after sampling; `balanced` whether loss or sampling made up
    for it already; `points` are the flag's penalty points.
    """
    match choice.rule:
        case "half":
            return Chosen(0.5)
        case "cost":
            miss = choice.cost_miss * (max(points, 1) if choice.by_points else 1)
            found = known.by_cost(miss=miss, false_alarm=choice.cost_false_alarm)
            few = f"'{name}' is raised on {len(known.found)} validation photos: its threshold is that of the costs."
            return Chosen(found, few if len(known.found) < FEW else "")
        case "recall":
            return Chosen(known.by_recall(recall=choice.recall))
        case "conformal":
            guaranteed, more = known.guaranteed(miss_rate=choice.miss_rate)
            if guaranteed is not None:
                return Chosen(guaranteed)
            sentence = f"A miss rate of {100 * choice.miss_rate:.1f} % cannot be guaranteed for '{name}'"
            return Chosen(known.best, f"{sentence}: {more} more raised validation photos are needed.")
        case "prior":
            if balanced:
                return Chosen(0.5, f"'{name}' was balanced in training already; its threshold stays at one half.")
            return Chosen(prior)
    return Chosen(known.best)


def _odds(p: float) -> float:
    return log(p / (1 - p))


def _cheapest(cuts: Floats, cost: Floats) -> float:
    """The cheapest of the cuts of `scores.roc`; among equals the one nearest to 0.5.

    Moved halfway to the next lower score, so that a score that moves in its last digit changes nothing.
    """
    upper = np.asarray(cuts, dtype=np.float64).copy()
    upper[0] = np.nextafter(max(1.0, upper[1]), 2.0)  # the strictest cut lets nothing be raised, not even a score of 1
    lower = np.r_[upper[1:], 0.0]
    middles = (upper + lower) / 2
    middles = np.where(middles > lower, middles, upper)  # no room between neighbours in the last digit
    best = np.flatnonzero(cost <= cost.min() + 1e-9)
    return float(middles[best[np.argmin(np.abs(middles[best] - 0.5))]])
