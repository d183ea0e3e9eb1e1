"""What was said of a joint by a person: the decision that the crew was told, and a verdict overridden with a reason.

Both are appended events with the points, reject limit and scheme of their moment. Nothing that happens later to
labels, points or limits rewrites them; `None` where neither was ever said, or what was said was taken back.
"""

from dataclasses import dataclass
from enum import StrEnum

from weldstudio.domain.verdict import Outcome


class Told(StrEnum):
    """What the crew was told."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NEW_PHOTO = "new photo requested"

    @property
    def word(self) -> str:
        """As filters and the command line write it: one word."""
        return "new-photo" if self is Told.NEW_PHOTO else self.value

    @staticmethod
    def of_word(word: str) -> "Told":
        """The decision of a word such as 'accepted'. Raises ValueError naming the words that exist."""
        for told in Told:
            if word.strip().casefold() in (told.word, told.value):
                return told
        raise ValueError(f"'{word}' is no decision; use {', '.join(t.word for t in Told)}")


TOLD = tuple(Told)
"""Decisions by their code in arrays."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What held of a joint when something was said of it."""

    low: int
    high: int
    """Points by the labels, as a range."""
    reject_limit: int
    scheme: str
    """Digest of the scheme; the store keeps the scheme itself."""

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError(f"points go from the lower to the higher, not from {self.low} to {self.high}")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the crew was told of a joint."""

    joint_id: int
    said: Told
    who: str
    at: int
    """Seconds since 1970, UTC."""
    moment: Moment
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A verdict set by a person against the points. The labels stay as they are."""

    joint_id: int
    outcome: Outcome
    """Accept or reject."""
    who: str
    at: int
    """Seconds since 1970, UTC."""
    moment: Moment
    reason: str

    def __post_init__(self) -> None:
        if self.outcome == Outcome.OPEN:
            raise ValueError("a verdict is overridden to accept or reject, not left open")
        if not self.reason.strip():
            raise ValueError("an override needs a reason")
