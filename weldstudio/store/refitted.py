"""The refitted heads' probabilities laid over those of the active model, in the mirror alone."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.tallied import touch

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror


def lay_over(mirror: "Mirror", *, noticed: float = 0.0) -> NDArray[np.int64]:
    """What the heads say of a photo and a class replaces what the model says; where they say nothing it stands.

    Returns the rows of which a probability has moved by more than `noticed`.
    """
    refit = mirror.refit
    if refit is None or refit.model_id != mirror.model_id or not len(mirror):
        return np.zeros(0, np.int64)
    places = np.minimum(mirror.ids.searchsorted(refit.ids), len(mirror) - 1)
    there = mirror.ids[places] == refit.ids
    rows = places[there]
    slots = mirror.probabilities.shape[1]
    thresholds = np.full(max(slots, len(mirror.thresholds)), 0.5, np.float32)
    thresholds[: len(mirror.thresholds)] = mirror.thresholds
    moved, seen = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    for column, slot in enumerate(refit.slots.tolist()):
        if slot >= slots or np.isnan(refit.probabilities[0, column]):
            continue
        now, was = refit.probabilities[there, column], mirror.probabilities[rows, slot]
        other = now != was
        moved |= other
        seen[other] |= ~(np.abs(now[other].astype(np.float32) - was[other].astype(np.float32)) <= noticed)
        mirror.probabilities[rows[other], slot] = now[other]
        thresholds[slot] = refit.thresholds[column]
    if not np.array_equal(thresholds, mirror.thresholds):
        mirror.thresholds = thresholds
    touch(mirror.tallied, "probabilities", np.sort(rows[moved]), len(mirror))
    return rows[seen]


def said_of(mirror: "Mirror", photo_id: int) -> frozenset[int]:
    """Slots of the classes of which the heads say something of a photo."""
    refit = mirror.refit
    if refit is None or refit.model_id != mirror.model_id:
        return frozenset()
    place = int(refit.ids.searchsorted(photo_id))
    if place == len(refit.ids) or refit.ids[place] != photo_id:
        return frozenset()
    return frozenset(refit.slots[~np.isnan(refit.probabilities[place])].tolist())
