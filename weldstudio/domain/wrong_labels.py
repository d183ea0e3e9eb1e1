"""How many labels of one kind are wrong, estimated from what all other labels say of each, and from experts' answers.

The confident ones are counted: clear labels that look at least as much raised as raised ones do on average, and the
reverse (confident learning, Northcutt, Jiang & Chuang, JAIR 70, 2021, whose counts are the better estimate by far: the
plain sum of the probabilities takes what is hard to see for wrong, and was three to seven times too high on planted
errors). A wrong label looks like the right ones of the other kind, so the share of these that are confident is the
share of the wrong ones that was found. As experts answer, so many of the confident ones as they called wrong are taken
to be wrong, and the interval is that of this share (Wilson).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.scores import wilson

Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]
BEFORE = 2.0
"""Answers that the estimate counts as before the first one is given."""


@dataclass(frozen=True, slots=True)
class Cut:
    """From where a label of one kind is confidently the other."""

    at: float
    """Probability of the other kind; above 1 where nothing is known of it."""
    found: float
    """Share of the wrong labels that are expected above it."""

    @staticmethod
    def of(other: Floats) -> "Cut":
        """`other` (n,) are the probabilities of the other kind that its own labels have."""
        known = other[~np.isnan(other)]
        if not len(known):
            return Cut(2.0, 1.0)
        at = float(known.mean())
        return Cut(at, max(float((known >= at).mean()), 0.05))


@dataclass(frozen=True, slots=True)
class Wrong:
    """Wrong labels among some of one kind."""

    labels: int
    """Labels that could be wrong in this way."""
    expected: float
    low: float
    high: float
    """95 %, as far as the answers of experts narrow it down."""

    @property
    def share(self) -> float | None:
        return self.expected / self.labels if self.labels else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % of the share."""
        return (self.low / self.labels, self.high / self.labels) if self.labels else None

    def __add__(self, other: "Wrong") -> "Wrong":
        """Of both together; that both are at an end of their intervals is taken to be as likely as for one."""
        return Wrong(
            self.labels + other.labels,
            self.expected + other.expected,
            self.low + other.low,
            self.high + other.high,
        )

    def to_json(self) -> dict[str, Any]:
        interval = self.interval
        return {
            "labels": self.labels,
            "expected_wrong": self.expected,
            "expected_wrong_interval": [self.low, self.high],
            "share": self.share,
            "share_interval": None if interval is None else list(interval),
        }


NONE = Wrong(0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Answers:
    """What experts said of confident labels of one kind."""

    wrong: int = 0
    right: int = 0


def estimate(labels: int, confident: int, cut: Cut, answers: Answers) -> Wrong:
    """Of so many labels, of which so many are confidently the other kind and not answered for.

    Those that were answered for are right by now; the ones below the cut that belong to them are not.
    """
    told = answers.wrong + answers.right
    precision = (answers.wrong + BEFORE * cut.found) / (told + BEFORE)
    below = 1 / cut.found - 1

    def at(share: float) -> float:
        hits = confident * share
        return min(float(labels), hits + (hits + answers.wrong) * below)

    return Wrong(labels, at(precision), *(at(share) for share in wilson(answers.wrong, told)))
