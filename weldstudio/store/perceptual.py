"""Perceptual hashes of photographs, by which those that look alike are found."""

import numpy as np
from numpy.typing import NDArray

from weldstudio.store import columns
from weldstudio.store.store import Store


def hashes(store: Store) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Ids, ascending, and hashes of the photos that have one, (n,) each."""
    table = "photos WHERE perceptual_hash IS NOT NULL"
    ids, found = columns.numbers(store, ("id", "perceptual_hash"), table)
    return ids, found.astype(np.uint64)
