"""Perceptual hashes of photographs, by which those that look alike are found."""

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.store import Store


def hashes(store: Store) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Ids, ascending, and hashes of the photos that have one, (n,) each."""
    rows = store.rows("SELECT id, perceptual_hash FROM photos WHERE perceptual_hash IS NOT NULL ORDER BY id")
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1].astype(np.uint64)
