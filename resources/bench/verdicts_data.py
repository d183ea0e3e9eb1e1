"""Labels, predictions and joints of a collection of the full size, the same for both sides."""

import numpy as np
from numpy.typing import NDArray

PHOTOS, JOINTS, FLAGS = 127_655, 60_000, 17
POINTS = (5, 5, 5, 5, 5, 5, 15, 15, 15, 15, 35, 50, 50, 50, 50, 50, 100)
LIMIT = 50
HAND = 4
"""What a label by hand has above its state."""


def labels() -> NDArray[np.uint8]:
    """(PHOTOS, FLAGS) label bytes, column by column: mostly clear, some raised, few unsure or unseen."""
    draw = np.random.default_rng(1).choice(np.arange(4), size=(FLAGS, PHOTOS), p=(0.01, 0.12, 0.85, 0.02))
    return np.where(draw > 0, draw | HAND, 0).astype(np.uint8).T


def probabilities() -> NDArray[np.float16]:
    """(PHOTOS, FLAGS) of a model, column by column."""
    return np.random.default_rng(2).random((FLAGS, PHOTOS)).astype(np.float16).T


def joints() -> NDArray[np.int64]:
    """(PHOTOS,) ids; the photos of one lie together, as an import leaves them."""
    return np.sort(np.random.default_rng(3).integers(1, JOINTS + 1, PHOTOS))
