"""Labels: four states, where they came from, the events they are computed from.

A label is held in one byte: the state in the lower two bits, its source above. So the present labels of a
photo are one short blob, those of a collection one uint8 matrix, and both can be read by numpy at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class State(IntEnum):
    """What is held true of (photo, flag)."""

    UNSEEN = 0
    RAISED = 1
    CLEAR = 2
    UNSURE = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @staticmethod
    def of_word(word: str) -> "State":
        """State of a word such as 'raised'. Raises ValueError naming the words that exist."""
        try:
            return State[word.strip().upper()]
        except KeyError:
            raise ValueError(f"'{word}' is no label state; use raised, clear, unsure or unseen") from None


class Source(IntEnum):
    """Where a label came from."""

    NONE = 0
    HAND = 1
    BULK = 2
    """One action on several photos."""
    COPIED = 3
    IMPORT = 4
    ASSUMED = 5
    """Clear because a file that lists raised flags only did not list it."""
    ACCEPTED = 6
    """A model's prediction accepted by an expert: never used to judge a model."""
    REVERT = 7

    @property
    def word(self) -> str:
        return self.name.lower()


UNSEEN = 0
"""The label byte of a photo nobody has labelled."""

LOOKED_AT = (Source.HAND, Source.BULK, Source.COPIED, Source.ACCEPTED)
"""Sources that mean a person has looked; imported labels are counted apart."""
_LOOKED_AT = np.uint8(sum(1 << source for source in LOOKED_AT))


def label_byte(state: State, source: Source) -> int:
    """The byte that holds a label. An unseen label has no source."""
    return 0 if state == State.UNSEEN else int(state) | int(source) << 2


def state_of(byte: int) -> State:
    """State of one label byte."""
    return State(byte & 3)


def source_of(byte: int) -> Source:
    """Source of one label byte."""
    return Source(byte >> 2)


def states(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """States of an array of label bytes, same shape."""
    return labels & np.uint8(3)


def sources(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Sources of an array of label bytes, same shape."""
    return labels >> np.uint8(2)


def looked_at(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Photos (rows of an (n, slots) matrix of label bytes) of which a person gave at least one label: (n,) bool."""
    found = np.zeros(len(labels), np.uint8)
    for column in labels.T:  # class by class, as labels lie in memory; a bit for each source
        found |= np.uint8(1) << sources(column)
    return (found & _LOOKED_AT) != 0


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """One entry of the append-only history: in this action, the label of (photo, slot) went from `old` to `new`.

    `old` and `new` are label bytes. `source` says how the event came about; for a revert, `new` is the very
    byte it restores, source included. Its identity is (action, number within the action); its time is its action's.
    """

    photo_id: int
    slot: int
    old: int
    new: int
    source: Source
    model_id: str | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What an expert did in one go: the unit of undo. Its `id` is random, so desks can exchange actions."""

    id: str
    clock: int
    who: str
    kind: str
    """'label', 'scheme', 'merge', 'import', 'model', 'revert', ..."""
    text: str
    """In words, for the undo menu and the history: "No Clamp Used: raised on 3 photographs"."""
    reverts: str | None = None
    """Id of the action that this one takes back."""


def fold(history: Iterable[tuple[Action, Iterable[LabelEvent]]]) -> dict[tuple[int, int], int]:
    """The present label bytes by (photo id, slot): the last event in the order (clock, action id) wins.

    Unseen labels are left out, so that a photo never labelled and one whose labels were all undone are equal.
    """
    present: dict[tuple[int, int], int] = {}
    for _, events in sorted(history, key=lambda entry: (entry[0].clock, entry[0].id)):
        for event in events:
            present[event.photo_id, event.slot] = event.new
    return {where: byte for where, byte in present.items() if byte & 3}


def merged_states(members: NDArray[np.uint8], own: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """States of a merge from those of its members, (n, k), and the labels given to it directly, (n,); returns (n,).

    Raised if any member or the merge itself is; clear if it is so labelled itself or all members are;
    otherwise unsure if anything is unsure, else unseen.
    """
    result = np.full(len(own), State.UNSEEN, dtype=np.uint8)
    result[(members == State.UNSURE).any(axis=1) | (own == State.UNSURE)] = State.UNSURE
    if members.shape[1]:
        result[(members == State.CLEAR).all(axis=1)] = State.CLEAR
    result[own == State.CLEAR] = State.CLEAR
    result[(members == State.RAISED).any(axis=1) | (own == State.RAISED)] = State.RAISED
    return result


def count_words(counts: Mapping[State, int]) -> str:
    """Counts in words, e.g. '12 raised, 3 unsure'; states without photos are left out."""
    return ", ".join(f"{n:,} {state.word}" for state, n in counts.items() if n) or "none"
