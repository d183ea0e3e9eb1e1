"""Perceptual hashes of photographs, by which those that look alike are found."""

import json

import numpy as np
from numpy.typing import NDArray

from weldstudio.store import columns
from weldstudio.store.store import Store


def hashes(store: Store) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Ids, ascending, and hashes of the photos that have one, (n,) each."""
    table = "photos WHERE perceptual_hash IS NOT NULL"
    ids, found = columns.numbers(store, ("id", "perceptual_hash"), table)
    return ids, found.astype(np.uint64)


def equal_files(store: Store, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) of each of these photos the first one whose file is the same, itself where there is none before it."""
    wanted = json.dumps(ids.tolist())
    rows = store.rows(
        "SELECT p.id, (SELECT min(id) FROM photos o WHERE o.content_hash = p.content_hash)"
        " FROM photos p WHERE p.content_hash IS NOT NULL AND p.id IN (SELECT value FROM json_each(?))",
        (wanted,),
    )
    first = dict(rows)
    return np.array([first.get(photo, photo) for photo in ids.tolist()], np.int64)
