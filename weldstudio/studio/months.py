"""When photographs were taken, by month, or by year where there are too many months to read."""

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.reading import NOT_TAKEN

MOST_MONTHS = 24
"""Photos of more months are parted by year."""
UNDATED = np.iinfo(np.int64).min
"""The code of photos whose time is not known."""


def times(taken: NDArray[np.int64], *, most: int = MOST_MONTHS) -> tuple[NDArray[np.int64], dict[int, str]]:
    """A code for each photo, ascending with time, and the names of the codes: '2019-05', or '2019'; '' = not known."""
    known = taken != NOT_TAKEN
    for unit in ("M", "Y"):
        codes = taken.astype("datetime64[s]").astype(f"datetime64[{unit}]").astype(np.int64)
        codes[~known] = UNDATED
        found = np.unique(codes[known])
        if len(found) <= most:
            break
    return codes, {code: str(np.datetime64(code, unit)) for code in found.tolist()} | {UNDATED: ""}
