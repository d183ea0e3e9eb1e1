"""From which probability a prediction counts as raised."""

from dataclasses import dataclass
from math import ceil, exp, floor, log

import numpy as np

from weldstudio.domain.calibration import platt
from weldstudio.domain.choices import Thresholds
from weldstudio.domain.scores import FEW, Bools, Floats, logit, roc


def best_threshold(probabilities: Floats, raised: Bools) -> float:
    """The threshold with the highest mean per-class accuracy on these (validation) photos.

    0.5 where a kind of photo is missing.
    """
    if not raised.any() or raised.all():
        return 0.5
    false_alarm, sensitivity, cuts = roc(probabilities, raised)
    return _cheapest(cuts, false_alarm - sensitivity)


def threshold_by_cost(probabilities: Floats, raised: Bools, *, miss: float, false_alarm: float) -> float:
    """The threshold with the least total cost on these photos.

    Below 10 raised photos it is the rule for probabilities calibrated on these photos, false_alarm / (miss +
    false_alarm) [Elkan 2001].
    """
    if raised.sum() < FEW or raised.all():
        wanted = false_alarm / (miss + false_alarm)
        if not raised.any() or raised.all():
            return wanted
        slope, offset = platt(logit(probabilities), raised)
        return wanted if slope <= 0 else 1 / (1 + exp(-min(500.0, max(-500.0, (_odds(wanted) - offset) / slope))))
    alarm_rate, sensitivity, cuts = roc(probabilities, raised)
    cost = miss * (1 - sensitivity) * raised.sum() + false_alarm * alarm_rate * (~raised).sum()
    return _cheapest(cuts, cost)


def threshold_by_recall(probabilities: Floats, raised: Bools, *, recall: float) -> float:
    """The highest threshold at which at least this share of the raised photos is found; 0.5 without raised photos."""
    if not raised.any():
        return 0.5
    found = np.sort(probabilities[raised].astype(np.float64))
    missed = floor((1 - recall) * len(found) + 1e-9)
    below = probabilities[probabilities < found[missed]]
    lower = float(below.max()) if len(below) else 0.0
    middle = (lower + float(found[missed])) / 2
    return middle if middle > lower else float(found[missed])


def conformal_threshold(probabilities: Floats, raised: Bools, *, miss_rate: float) -> tuple[float | None, int]:
    """(threshold, 0) with P(miss) <= `miss_rate` for a new raised photo, or (None, how many more are needed).

    The k-th smallest score of the m raised photos, k = floor(miss_rate (m + 1)); attainable from m >= 1 / miss_rate - 1
    on (Angelopoulos et al., arXiv 2208.02814). It holds where new photos are like the validation photos.
    """
    found = np.sort(probabilities[raised].astype(np.float64))
    k = floor(miss_rate * (len(found) + 1) + 1e-9)
    if k < 1:
        return None, max(1, ceil(1 / miss_rate - 1 - 1e-9) - len(found))
    return float(found[k - 1]), 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A threshold, and what there is to say about it ('' as a rule)."""

    threshold: float
    note: str = ""


def choose(
    choice: Thresholds,
    probabilities: Floats,
    raised: Bools,
    *,
    prior: float,
    balanced: bool,
    points: int = 1,
    name: str = "",
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
            found = threshold_by_cost(probabilities, raised, miss=miss, false_alarm=choice.cost_false_alarm)
            few = f"'{name}' is raised on {int(raised.sum())} validation photos: its threshold is that of the costs."
            return Chosen(found, few if raised.sum() < FEW else "")
        case "recall":
            return Chosen(threshold_by_recall(probabilities, raised, recall=choice.recall))
        case "conformal":
            guaranteed, more = conformal_threshold(probabilities, raised, miss_rate=choice.miss_rate)
            if guaranteed is not None:
                return Chosen(guaranteed)
            sentence = f"A miss rate of {choice.miss_rate:.1%} cannot be guaranteed for '{name}': {more} more raised "
            return Chosen(best_threshold(probabilities, raised), sentence + "validation photos are needed.")
        case "prior":
            if balanced:
                return Chosen(0.5, f"'{name}' was balanced in training already; its threshold stays at one half.")
            return Chosen(prior)
    return Chosen(best_threshold(probabilities, raised))


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
