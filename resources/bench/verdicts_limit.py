"""Limit of all verdicts: points of the raised flags of each joint by bare numpy, flag by flag; median ms.

The plainest rule there can be: a flag counts once if any photo of the joint shows it; joints are known to lie together.
"""

import numpy as np
import rounds
import verdicts_data

TIMES = 5
RAISED, UNSURE = 1, 3


def measure() -> dict[str, object]:
    """All verdicts, TIMES times."""
    return {"value": rounds.median_ms(lambda _: verdicts(), TIMES), "unit": "ms"}


def verdicts() -> np.ndarray:
    """(joints,) 0 accept, 1 reject, 2 open."""
    low = np.zeros(len(starts), np.int32)
    high = np.zeros(len(starts), np.int32)
    for slot, points in enumerate(verdicts_data.POINTS):
        states = labels[:, slot] & 3
        raised = np.logical_or.reduceat(states == RAISED, starts)
        low += points * raised
        high += points * (raised | np.logical_or.reduceat(states == UNSURE, starts))
    return np.where(low >= verdicts_data.LIMIT, 1, np.where(high < verdicts_data.LIMIT, 0, 2))


if __name__ == "__main__":
    labels = verdicts_data.labels()
    _, starts = np.unique(verdicts_data.joints(), return_index=True)
    measure()
    rounds.serve(measure)
