"""Limit of a queue's first page or a count: bare numpy over labels and scores of the full size; median ms.

How far label and model are apart, class by class, and the photos by it, the farthest first.
"""

import numpy as np
import rounds
import verdicts_data

TIMES = 5


def measure() -> dict[str, object]:
    """TIMES rankings."""
    return {"value": rounds.median_ms(lambda _: rank(), TIMES), "unit": "ms"}


def rank() -> np.ndarray:
    """Photos by their strongest disagreement."""
    worst = np.zeros(len(labels), np.float32)
    for slot in range(verdicts_data.FLAGS):
        states = labels[:, slot] & 3
        said = probabilities[:, slot]
        apart = np.where(states == 1, 0.5 - said, np.where(states == 2, said - 0.5, 0))
        np.maximum(worst, apart, out=worst)
    rows = np.flatnonzero(worst > 0)
    return rows[np.argsort(-worst[rows], kind="stable")]


if __name__ == "__main__":
    labels = verdicts_data.labels()
    labels[23_770:] = 0
    probabilities = np.asfortranarray(verdicts_data.probabilities().astype(np.float32))
    measure()
    rounds.serve(measure)
