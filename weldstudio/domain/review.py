"""What is said of a photograph beyond its labels: reviewed or returned, a second look at it, an audit, a settlement.

Each value has a text form, in which the store keeps it (`text` and `of_text` undo each other). Where it holds labels,
by slot, they become labels by name to travel to another desk, whose slots are other ones (`with_names`, `with_slots`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from weldstudio.domain.labelling import State

_SLOTS, _NAMES = "by slot", "by name"


class Standing(StrEnum):
    """Where a photograph stands between those who label and those who review."""

    LABELLED = "labelled"
    """A person gave labels, nobody has reviewed them."""
    REVIEWED = "reviewed"
    RETURNED = "returned"
    """With a reason, to the one who labelled it."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer said of the labels as they were; it holds while they are so."""

    said: Standing
    """REVIEWED or RETURNED."""
    who: str
    clock: int
    """Hybrid time of the action that said so."""
    labels: bytes = b""
    """The states it was said of, see `states_of`."""
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
        return _text([self.said, self.who, self.clock, _by_slot(self.labels), self.to, self.reason])

    @staticmethod
    def of_text(text: str) -> "Review":
        said, who, clock, labels, to, reason = json.loads(text)
        return Review(Standing(said), who, clock, _of_slots(labels), to, reason)


@dataclass(frozen=True, slots=True)
class Look:
    """A second look at a photograph, blind: its labels are kept apart from the present ones."""

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
        return _text([_by_slot(self.labels), self.given, _by_slot(self.first), self.first_who])

    @staticmethod
    def of_text(text: str) -> "Look":
        labels, given, first, first_who = json.loads(text)
        return Look(_of_slots(labels), given, _of_slots(first), first_who)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A photograph was drawn for an audit."""

    clock: int
    """Hybrid time of the draw."""
    labels: bytes = b""
    """Its label bytes of that moment, by slot."""

    @property
    def text(self) -> str:
        return _text([self.clock, _by_slot(self.labels)])

    @staticmethod
    def of_text(text: str) -> "Drawn":
        clock, labels = json.loads(text)
        return Drawn(clock, _of_slots(labels))


@dataclass(frozen=True, slots=True)
class Settled:
    """What was said to hold where two reviewers differ."""

    state: State
    who: str
    at: int
    """Seconds since 1970, UTC."""

    @property
    def text(self) -> str:
        return _text([int(self.state), self.who, self.at])

    @staticmethod
    def of_text(text: str) -> "Settled":
        state, who, at = json.loads(text)
        return Settled(State(state), who, at)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a label that others contradict."""

    said: str
    """'right', 'wrong' or 'unsure'."""
    state: State
    """The label as it was then."""
    score: float
    """How likely it seemed to be wrong."""
    who: str
    at: int
    """Seconds since 1970, UTC."""
    others: tuple["Answer", ...] = ()
    """The last answers of other experts, which stay beside this one."""

    @property
    def holds(self) -> State:
        """The label that this expert takes to be right."""
        turned = State.CLEAR if self.state == State.RAISED else State.RAISED
        return {"right": self.state, "wrong": turned}.get(self.said, State.UNSURE)

    @property
    def opinions(self) -> tuple["Answer", ...]:
        """The answer and those of the others."""
        return (self, *self.others)

    @property
    def text(self) -> str:
        return _text([*self._values, *([[one._values for one in self.others]] if self.others else [])])

    @property
    def _values(self) -> list[Any]:
        return [self.said, int(self.state), round(self.score, 4), self.who, self.at]

    @staticmethod
    def of_text(text: str) -> "Answer":
        return Answer._of(json.loads(text))

    @staticmethod
    def _of(values: list[Any]) -> "Answer":
        said, state, score, who, at, *others = values
        return Answer(said, State(state), score, who, at, tuple(Answer._of(one) for one in (others or [[]])[0]))


def states_of(labels: bytes) -> bytes:
    """Label bytes by slot without their sources, and without slots at the end that are unseen."""
    return bytes(byte & 3 for byte in labels).rstrip(b"\0")


def with_names(text: str, names: Mapping[int, str]) -> str:
    """A text as it travels: labels by the names of their classes. Those without a name stay behind."""

    def named(value: dict[str, Any]) -> dict[str, Any]:
        labels = bytes.fromhex(value[_SLOTS])
        return {_NAMES: {names[slot]: byte for slot, byte in enumerate(labels) if byte and slot in names}}

    return _with(text, named)


def with_slots(text: str, slots: Mapping[str, int]) -> str:
    """The inverse of `with_names`. Raises KeyError with the name of a class that has no slot here."""

    def placed(value: dict[str, Any]) -> dict[str, Any]:
        by_slot = {slots[name]: byte for name, byte in value[_NAMES].items()}
        return _by_slot(bytes(by_slot.get(slot, 0) for slot in range(max(by_slot, default=-1) + 1)))

    return _with(text, placed)


def _with(text: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
    if not text:
        return text
    return _text([change(value) if isinstance(value, dict) else value for value in json.loads(text)])


def _by_slot(labels: bytes) -> dict[str, str]:
    return {_SLOTS: labels.hex()}


def _of_slots(value: dict[str, str]) -> bytes:
    return bytes.fromhex(value[_SLOTS])


def _text(values: list[Any]) -> str:
    return json.dumps(values, ensure_ascii=False)
