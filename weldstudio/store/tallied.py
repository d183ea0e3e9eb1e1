"""What was worked out of the mirror's rows, and the rows of which something has changed since."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MANY = 16
"""From every so manieth row on, working all out anew is as quick as mending."""


@dataclass(slots=True)
class Tallied:
    """One answer, see `studio.kept`."""

    made_of: tuple[object, ...]
    value: Any
    of: frozenset[str]
    """What it is worked out of that changes where it lies: 'labels', 'probabilities', 'reviews'."""
    mends: bool
    """Whether it can be mended."""
    stale: list[NDArray[np.int64]] = field(default_factory=list)
    """Rows of which something has changed since it was worked out."""
    waiting: int = 0
    """How many there are in `stale`."""

    def holds(self, what: str, rows: NDArray[np.int64], total: int) -> bool:
        """Take note of a change of some of all the `total` rows; whether the answer still serves, mended."""
        if what not in self.of:
            return True
        self.stale.append(rows)
        self.waiting += len(rows)
        return self.mends and _MANY * self.waiting <= total

    def mend(self, value: Any) -> None:
        """The answer is up to date again."""
        self.value, self.waiting = value, 0
        self.stale.clear()


def touch(tallied: dict[Hashable, Tallied], what: str, rows: NDArray[np.int64], total: int) -> None:
    """Something changed where it lies: forget the answers that this leaves nothing of."""
    if len(rows):
        for name in [name for name, answer in tallied.items() if not answer.holds(what, rows, total)]:
            del tallied[name]
