"""Labels given at the merged level: those that wait to be split, and those that contradict the flags below them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import Source, State, sources, states
from weldstudio.domain.scheme import Merge, level_of, telling
from weldstudio.store.mirror import Mirror
from weldstudio.studio.part import part

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One photo that waits because of labels of its own."""

    path: str
    name: str
    """Of the merge or group."""
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"photo": self.path, "name": self.name, "reason": self.reason}


def to_split(mirror: Mirror) -> Bools:
    """(n,) labelled with a merge that was undone, and which of its flags holds nobody has said."""
    result = np.zeros(len(mirror), np.bool_)
    for rows, _, _ in _splitting(mirror):
        result |= rows
    return result


def contradictory(mirror: Mirror) -> Bools:
    """(n,) the labels of a photo cannot all be true: of a merge and its flags, or of a group."""
    result = np.zeros(len(mirror), np.bool_)
    for rows, _, _ in _contradicting(mirror):
        result |= rows
    return result


def listed(mirror: Mirror, *, splitting: bool = False) -> list[Waiting]:
    """The photos of either queue with the reason, by path."""
    reasons = _splitting(mirror) if splitting else _contradicting(mirror)
    found = [
        Waiting(mirror.paths[row], name, reason)
        for rows, name, reason in reasons
        for row in np.flatnonzero(rows).tolist()
    ]
    return sorted(found, key=lambda waiting: (waiting.path, waiting.name))


def sentences(mirror: Mirror, row: int, *, splitting: bool) -> list[str]:
    """Why one photo (its row) waits in either queue, a sentence each; none where it does not."""
    one = part(mirror, np.array([row]))
    reasons = _splitting(one) if splitting else _contradicting(one)
    return [f"{name}: {reason}." for rows, name, reason in reasons if rows[0]]


def _splitting(mirror: Mirror) -> Iterator[tuple[Bools, str, str]]:
    """(n,) which photos wait to be split, the name of the merge, and why."""
    for merge in mirror.scheme.merges:
        yield _to_split(mirror, merge), merge.name, "which of its flags it is, nobody has said"


def _contradicting(mirror: Mirror) -> Iterator[tuple[Bools, str, str]]:
    """(n,) which photos contradict themselves, the name of the merge or group, and how."""
    for merge in mirror.scheme.live_merges:
        denied, forgotten = _contradictions(mirror, merge)
        yield denied, merge.name, "it is clear, and one of its flags is raised"
        yield forgotten, merge.name, "it is raised, and all of its flags are clear"
    for group in mirror.scheme.groups:
        yield _raised_together(mirror, group.members), group.name, "two flags of the group are raised"


def _column(mirror: Mirror, slot: int) -> NDArray[np.uint8]:
    if slot >= mirror.labels.shape[1]:
        return np.zeros(len(mirror), np.uint8)
    return mirror.labels[:, slot]


def _own(mirror: Mirror, merge: Merge) -> NDArray[np.uint8]:
    """What was said at the merged level, (n,) states: of the merge, or of the flag that is called like it."""
    own, level = states(_column(mirror, merge.slot)), level_of(mirror.scheme, merge)
    return own if level is None else np.where(own == State.UNSEEN, states(_column(mirror, level)), own)


def _members(mirror: Mirror, merge: Merge) -> tuple[Bools, Bools]:
    """(n,) one of its flags is raised; (n,) all of them are clear, and not merely assumed to be."""
    raised, clear = np.zeros(len(mirror), np.bool_), np.ones(len(mirror), np.bool_)
    for slot in telling(mirror.scheme, merge):
        labels = _column(mirror, slot)
        raised |= states(labels) == State.RAISED
        clear &= (states(labels) == State.CLEAR) & (sources(labels) != Source.ASSUMED)
    return raised, clear


def _to_split(mirror: Mirror, merge: Merge) -> Bools:
    if not merge.undone or any(mirror.scheme.merge_of(slot) for slot in merge.members):
        return np.zeros(len(mirror), np.bool_)
    own = _own(mirror, merge)
    raised, clear = _members(mirror, merge)
    return np.asarray(((own == State.RAISED) | (own == State.UNSURE)) & ~raised & ~clear, np.bool_)


def _contradictions(mirror: Mirror, merge: Merge) -> tuple[Bools, Bools]:
    own = _own(mirror, merge)
    raised, clear = _members(mirror, merge)
    return (own == State.CLEAR) & raised, (own == State.RAISED) & clear


def _raised_together(mirror: Mirror, slots: tuple[int, ...]) -> Bools:
    raised = np.zeros(len(mirror), np.uint8)
    for slot in slots:
        raised += states(_column(mirror, slot)) == State.RAISED
    return raised > 1
