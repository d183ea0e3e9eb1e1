"""A model that has said something of photos, written straight into the store."""

from collections.abc import Sequence

import numpy as np

from weldstudio.domain.model import ModelCard, ModelClass, slot_row
from weldstudio.store import models, predictions
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store

MODEL = "m1"


def score(
    store: Store, photo_ids: Sequence[int], said: Sequence[Sequence[float]], *, slots: Sequence[int] | None = None
) -> None:
    """An active model with threshold 0.5 whose probabilities of these photos, (photos, classes), are `said`."""
    scheme = scheme_rows.load(store)
    known = [flag for flag in scheme.flags if slots is None or flag.slot in slots]
    card = ModelCard(
        id=MODEL,
        name=MODEL,
        network="mobilenet_v2",
        classes=tuple(ModelClass(flag.slot, flag.name, 0.5) for flag in known),
    )
    models.add(store, card)
    models.activate(store, MODEL)
    predictions.write(store, MODEL, list(photo_ids), slot_row(card, np.array(said, np.float32), scheme.slots))
