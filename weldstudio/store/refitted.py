"""The refitted heads' probabilities laid over those of the active model, in the mirror alone."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror


def lay_over(mirror: "Mirror") -> None:
    """What the heads say of a photo and a class replaces what the model says; where they say nothing it stands."""
    refit = mirror.refit
    if refit is None or refit.model_id != mirror.model_id or not len(mirror):
        return
    places = np.minimum(mirror.ids.searchsorted(refit.ids), len(mirror) - 1)
    there = mirror.ids[places] == refit.ids
    rows = places[there]
    slots = mirror.probabilities.shape[1]
    thresholds = np.full(max(slots, len(mirror.thresholds)), 0.5, np.float32)
    thresholds[: len(mirror.thresholds)] = mirror.thresholds
    for column, slot in enumerate(refit.slots.tolist()):
        if slot >= slots or np.isnan(refit.probabilities[0, column]):
            continue
        mirror.probabilities[rows, slot] = refit.probabilities[there, column]
        thresholds[slot] = refit.thresholds[column]
    mirror.thresholds = thresholds
    for name in ("predicted", "chances"):
        mirror.tallied.pop(name, None)


def said_of(mirror: "Mirror", photo_id: int) -> frozenset[int]:
    """Slots of the classes of which the heads say something of a photo."""
    refit = mirror.refit
    if refit is None or refit.model_id != mirror.model_id:
        return frozenset()
    place = int(refit.ids.searchsorted(photo_id))
    if place == len(refit.ids) or refit.ids[place] != photo_id:
        return frozenset()
    return frozenset(refit.slots[~np.isnan(refit.probabilities[place])].tolist())
