"""What an earlier model said of a photo that the one in use has not looked at yet, so that it can be shown as such."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from weldstudio.store import models, predictions
from weldstudio.store.store import Store


@dataclass(frozen=True, slots=True)
class Earlier:
    """A stale prediction."""

    model: str
    """Name of the model that said it."""
    created: str
    """When that was trained: ISO 8601, UTC."""
    said: Mapping[int, tuple[float, float]]
    """Slot -> (probability, threshold of that model)."""


def earlier(store: Store, photo_id: int) -> Earlier | None:
    """Of the newest other model that has looked; None where the one in use has, or none ever did."""
    active = models.active_id(store)
    if active is None or len(predictions.read(store, active, [photo_id])[0]):
        return None
    others = [card for card in models.every(store) if card.id != active]
    for card in sorted(others, key=lambda card: card.created, reverse=True):
        ids, found = predictions.read(store, card.id, [photo_id])
        if len(ids):
            row = found[0].astype(np.float64)
            kept = [one for one in card.classes if one.slot < len(row) and not np.isnan(row[one.slot])]
            return Earlier(card.name, card.created, {one.slot: (float(row[one.slot]), one.threshold) for one in kept})
    return None
