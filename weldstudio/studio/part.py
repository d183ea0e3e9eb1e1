"""A few photos of the mirror: as a small mirror of their own, and what the model says of all their classes at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.scheme import Merge, SchemeClass
from weldstudio.store.mirror import Mirror
from weldstudio.store.reviewed import Reviews


def part(mirror: Mirror, rows: NDArray[np.int64]) -> Mirror:
    """Labels, predictions, reviews and joints of these rows, in their order: a copy that sees nothing written later."""
    states = mirror.reviews.states
    return Mirror(
        ids=mirror.ids[rows],
        labels=mirror.labels[rows],
        probabilities=mirror.probabilities[rows],
        joint=mirror.joint[rows],
        taken=mirror.taken[rows],
        added=mirror.added[rows],
        scheme=mirror.scheme,
        model_id=mirror.model_id,
        thresholds=mirror.thresholds,
        joints=mirror.joints,
        decided=mirror.decided,
        reviews=Reviews({photo: states[photo] for photo in states.keys() & mirror.ids[rows].tolist()}),
    )


def all_probabilities(
    mirror: Mirror, rows: NDArray[np.int64], *, classes: Sequence[SchemeClass] | None = None
) -> NDArray[np.float32]:
    """`Mirror.probability` of every class (or these) for these rows, (rows, classes): quicker than class by class."""
    classes = mirror.scheme.classes if classes is None else classes
    slots = np.array([item.slot for item in classes], np.int64)
    there = slots < mirror.probabilities.shape[1]
    result = np.full((len(rows), len(there)), np.nan, np.float32)
    result[:, there] = mirror.probabilities[rows[:, None], slots[there]]
    for place, item in enumerate(classes):
        if isinstance(item, Merge):
            result[:, place] = mirror.probability(item.slot, rows)
    return result


def all_predicted(
    mirror: Mirror,
    rows: NDArray[np.int64],
    probability: NDArray[np.float32],
    *,
    classes: Sequence[SchemeClass] | None = None,
) -> NDArray[np.bool_]:
    """`Mirror.predicted` of every class (or these) for these rows, (rows, classes), by their `all_probabilities`."""
    classes = mirror.scheme.classes if classes is None else classes
    # Halves are compared with halves, as the mirror does.
    result = probability >= np.array([mirror.threshold(item.slot) for item in classes], np.float16)
    for place, item in enumerate(classes):
        if isinstance(item, Merge):
            result[:, place] = mirror.predicted(item.slot, rows)
    return result
