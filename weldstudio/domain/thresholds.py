"""From which probability a prediction counts as raised."""

import numpy as np

from weldstudio.domain.scores import Bools, Floats, roc


def best_threshold(probabilities: Floats, raised: Bools) -> float:
    """The threshold with the highest mean per-class accuracy on these (validation) photos.

    It lies halfway between two neighbouring scores, so that a score that moves in the last digit changes nothing;
    among equals the one nearest to 0.5 wins. 0.5 where a kind of photo is missing.
    """
    if not raised.any() or raised.all():
        return 0.5
    false_alarm, sensitivity, cuts = roc(probabilities, raised)
    balance = sensitivity - false_alarm
    lower = np.r_[cuts[1:], 0.0]  # the next score that would still be let pass
    middles = np.where(np.isinf(cuts), 1.0, (cuts + lower) / 2)
    # The laxest cut has no neighbour below: everything is raised, so any value up to the lowest score serves.
    middles = np.clip(middles, 1e-6, 1.0)
    best = np.flatnonzero(balance >= balance.max() - 1e-12)
    return float(middles[best[np.argmin(np.abs(middles[best] - 0.5))]])


def threshold_by_cost(probabilities: Floats, raised: Bools, *, miss: float, false_alarm: float) -> float:
    """The threshold with the least total cost on these photos, as in `best_threshold` between two scores.

    Below 10 raised photos it is the rule for calibrated probabilities, false_alarm / (miss + false_alarm) [Elkan 2001].
    """
    if raised.sum() < 10 or raised.all():
        return false_alarm / (miss + false_alarm)
    alarm_rate, sensitivity, cuts = roc(probabilities, raised)
    cost = miss * (1 - sensitivity) * raised.sum() + false_alarm * alarm_rate * (~raised).sum()
    lower = np.r_[cuts[1:], 0.0]
    middles = np.clip(np.where(np.isinf(cuts), 1.0, (cuts + lower) / 2), 1e-6, 1.0)
    best = np.flatnonzero(cost <= cost.min() + 1e-9)
    return float(middles[best[np.argmin(np.abs(middles[best] - 0.5))]])
