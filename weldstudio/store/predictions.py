"""What models say of photos: one row of float16 in slot order per (model, photo), NaN where a model says nothing."""

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Changes
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
    query = "SELECT photo_id, probabilities FROM predictions WHERE model_id = ?"
    parameters: tuple[str, ...] = (model_id,)
    if photo_ids is not None:
        query += " AND photo_id IN (SELECT value FROM json_each(?))"
        parameters += (json.dumps([int(i) for i in photo_ids]),)
    ids: list[int] = []
    blobs: list[bytes] = []
    for rows in store.pieces(f"{query} ORDER BY photo_id", parameters):
        some, their = zip(*rows, strict=True)
        ids += some
        blobs += their
    return np.array(ids, np.int64), matrix_of(blobs)


def matrix_of(blobs: Sequence[bytes]) -> Halves:
    """Blobs of float16 as (n, widest); shorter ones are filled up with NaN."""
    width = max(map(len, blobs), default=0)
    if all(len(blob) == width for blob in blobs):
        return np.frombuffer(b"".join(blobs), np.float16).reshape(len(blobs), width // 2)
    matrix = np.full((len(blobs), width // 2), np.nan, np.float16)
    for row, blob in zip(matrix, blobs, strict=True):
        row[: len(blob) // 2] = np.frombuffer(blob, np.float16)
    return matrix


def keep_only(store: Store, model_ids: Sequence[str]) -> Changes:
    """Drop the predictions of all other models."""
    with store.atomic():
        store.execute(
            "DELETE FROM predictions WHERE model_id NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(list(model_ids)),),
        )
        return Changes()
