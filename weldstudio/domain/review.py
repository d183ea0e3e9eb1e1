"""What is said of a photograph beyond its labels: reviewed or returned, a second look at it, an audit, a settlement.

Each value has a text form, in which the store keeps it (`text` and `of_text` undo each other).
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from weldstudio.domain.labelling import State


class Standing(StrEnum):
    """Where a photograph stands between those who label and those who review."""

    LABELLED = "labelled"
    """A person gave labels, nobody has reviewed them."""
    REVIEWED = "reviewed"
    RETURNED = "returned"
    """With a reason, to the one who labelled it."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer said of the labels as they are; it ends when they change."""

    said: Standing
    """REVIEWED or RETURNED."""
    who: str
    at: int
    """Seconds since 1970, UTC."""
    seq: int
    """Number, in this store, of the action that said so."""
    to: str = ""
    """To whom it is returned; '' where no person gave the labels: to anybody."""
    reason: str = ""

    @property
    def words(self) -> str:
        """'reviewed', or 'returned to Ann: why'."""
        to = f" to {self.to}" if self.to else ""
        return f"{self.said}{to}: {self.reason}" if self.reason else self.said.value

    @property
    def text(self) -> str:
        return json.dumps([self.said, self.who, self.at, self.seq, self.to, self.reason], ensure_ascii=False)

    @staticmethod
    def of_text(text: str) -> "Review":
        said, *rest = json.loads(text)
        return Review(Standing(said), *rest)


@dataclass(frozen=True, slots=True)
class Look:
    """A second look at a photograph, blind: its labels are kept apart from the present ones."""

    draw: int
    """Number of the action that drew the photograph."""
    labels: bytes = b""
    """Label bytes by slot."""
    given: int = 0
    """When the answer was given, seconds since 1970, UTC; 0 = not yet."""
    first: bytes = b""
    """The labels that stood then, by slot."""
    first_who: str = ""
    """Who had given the last of these; '' where no person had."""

    @property
    def text(self) -> str:
        values = [self.draw, self.labels.hex(), self.given, self.first.hex(), self.first_who]
        return json.dumps(values, ensure_ascii=False)

    @staticmethod
    def of_text(text: str) -> "Look":
        draw, labels, given, first, first_who = json.loads(text)
        return Look(draw, bytes.fromhex(labels), given, bytes.fromhex(first), first_who)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was said to hold where two reviewers differ."""

    state: State
    who: str
    at: int
    """Seconds since 1970, UTC."""

    @property
    def text(self) -> str:
        return json.dumps([int(self.state), self.who, self.at], ensure_ascii=False)

    @staticmethod
    def of_text(text: str) -> "Settled":
        state, who, at = json.loads(text)
        return Settled(State(state), who, at)
