"""Photos like one another by what a trunk sees in them: cosines of features about their mean."""

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.refit import Floats

DUPLICATE = 0.95
"""From this cosine on, photos whose perceptual hashes are near are near-duplicates."""


def lengths(points: Floats) -> Floats:
    """(n,) length of each row, never 0."""
    found: Floats = np.sqrt(np.einsum("ij,ij->i", points, points))
    return np.maximum(found, 1e-12)


def nearest(points: Floats, row: int, count: int, *, long: Floats | None = None) -> tuple[NDArray[np.int64], Floats]:
    """(k,) rows of the photos most like one, the nearest first and itself left out, and their cosines.

    `long` are the `lengths` of all points, where they are known.
    """
    long = lengths(points) if long is None else long
    return best((points @ points[row]) / (long * long[row]), row, count)


def best(cosine: Floats, row: int, count: int) -> tuple[NDArray[np.int64], Floats]:
    """As `nearest`, of the cosines (n,) with the photo in `row`; they are written over there."""
    cosine[row] = -np.inf
    count = min(count, len(cosine) - 1)
    if count < 1:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    rows = np.argpartition(-cosine, count - 1)[:count]
    rows = rows[np.argsort(-cosine[rows], kind="stable")]
    return rows.astype(np.int64), np.minimum(cosine[rows], 1)
