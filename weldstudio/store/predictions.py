"""What models say of photos: one row of float16 in slot order per (model, photo), NaN where a model says nothing."""

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Changes
from weldstudio.store import columns
from weldstudio.store.store import Store

Halves = NDArray[np.float16]


def write(store: Store, model_id: str, photo_ids: Sequence[int], probabilities: Halves) -> Changes:
    """Keep predictions, (n, slots) as `model.slot_row` spreads them; older ones of these photos are replaced."""
    matrix = np.ascontiguousarray(probabilities, dtype=np.float16)
    if matrix.ndim != 2 or len(matrix) != len(photo_ids):
        raise ValueError(f"{len(photo_ids)} photos cannot have predictions of shape {matrix.shape}")
    with store.atomic():
        store.executemany(
            "INSERT INTO predictions (model_id, photo_id, probabilities) VALUES (?, ?, ?)"
            " ON CONFLICT (model_id, photo_id) DO UPDATE SET probabilities = excluded.probabilities",
            [(model_id, int(i), row.tobytes()) for i, row in zip(photo_ids, matrix, strict=True)],
        )
        return store.record(Changes(predictions=frozenset(map(int, photo_ids))))


def read(store: Store, model_id: str, photo_ids: Sequence[int] | None = None) -> tuple[NDArray[np.int64], Halves]:
    """Photo ids, ascending, and their predictions (n, slots) by one model; photos without any are left out."""
    parameters: tuple[str, ...] = (model_id,)
    table = "predictions WHERE model_id = ?"
    if photo_ids is not None:
        table += " AND photo_id IN (SELECT value FROM json_each(?))"
        parameters += (json.dumps([int(i) for i in photo_ids]),)
    return columns.blobs(store, "photo_id", "probabilities", table, parameters, dtype=np.float16, fill=np.nan)


def models(store: Store) -> list[str]:
    """Ids of the models of which predictions are kept."""
    said = "SELECT id FROM models WHERE EXISTS (SELECT 1 FROM predictions WHERE model_id = models.id)"
    return [model_id for (model_id,) in store.rows(said)]


def keep_only(store: Store, model_ids: Sequence[str]) -> Changes:
    """Drop the predictions of all other models."""
    with store.atomic():
        store.execute(
            "DELETE FROM predictions WHERE model_id NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(list(model_ids)),),
        )
        return Changes()
