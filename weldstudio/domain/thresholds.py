"""From which probability a prediction counts as raised."""

import numpy as np

from weldstudio.domain.scores import Bools, Floats, roc


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

    Below 10 raised photos it is the rule for calibrated probabilities, false_alarm / (miss + false_alarm) [Elkan 2001].
    """
    if raised.sum() < 10 or raised.all():
        return false_alarm / (miss + false_alarm)
    alarm_rate, sensitivity, cuts = roc(probabilities, raised)
    cost = miss * (1 - sensitivity) * raised.sum() + false_alarm * alarm_rate * (~raised).sum()
    return _cheapest(cuts, cost)


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
