"""What a change of many photos at once would do, before it is done: labels, and the verdicts of their joints."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import Source, State, count_words, states
from weldstudio.store.decided import NOTHING_TOLD
from weldstudio.store.mirror import Mirror
from weldstudio.studio import deciding
from weldstudio.studio.deciding import Moves, Said
from weldstudio.studio.entailing import Entailment

Edit = tuple[int, int, tuple[int, ...]]
"""(slot, label byte, photos): this byte goes into this slot of these photos."""


@dataclass(frozen=True, slots=True)
class ClassChange:
    """What would become of one class. Counts are photos."""

    name: str
    before: dict[State, int]
    """How many leave which state."""
    after: dict[State, int]
    """How many come to which state."""

    @property
    def text(self) -> str:
        """In words: 'soil: 9,120 unseen, 4 clear → raised'."""
        to = next(iter(self.after)).word if len(self.after) == 1 else count_words(self.after)
        return f"{self.name}: {count_words(self.before)} → {to}"

    def to_json(self) -> dict[str, Any]:
        before, after = ({state.word: n for state, n in part.items()} for part in (self.before, self.after))
        return {"flag": self.name, "before": before, "after": after}


@dataclass(frozen=True, slots=True)
class Moved:
    """A joint whose verdict would be another one."""

    joint_id: int
    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a change would do."""

    photos: int
    """To which it is meant to be done."""
    changed: int
    """Of which the state of a class changes."""
    confirmed: int
    """Whose states stay, now said by a person."""
    classes: tuple[ClassChange, ...]
    moved: tuple[Moved, ...]
    """The joints whose verdict moves, those that become reject first."""
    decided: int
    """How many of these joints are decided: what the crew was told stands."""

    @property
    def moves(self) -> Moves:
        """The joints by what their verdict becomes."""
        of = {said: tuple(one.joint_id for one in self.moved if one.after == said) for said in Said}
        return Moves(of[Said.REJECT], of[Said.ACCEPT], of[Said.OPEN], self.decided)

    @property
    def text(self) -> str:
        """All of it in words, a line each."""
        stay = self.photos - self.changed - self.confirmed
        lines = [f"{self.changed:,} of {self.photos:,} photographs change"]
        lines[0] += f"; {self.confirmed:,} are confirmed" if self.confirmed else ""
        lines[0] += f"; {stay:,} are so already." if stay else "."
        return "\n".join([*lines, *(one.text for one in self.classes), self.moves.sentence])

    def to_json(self) -> dict[str, Any]:
        return {
            "photos": self.photos,
            "changed": self.changed,
            "confirmed": self.confirmed,
            "flags": [one.to_json() for one in self.classes],
            "verdicts_moved": len(self.moved),
            **self.moves.to_json(),
        }


def edits_of(
    mirror: Mirror, photo_ids: Iterable[int], wanted: Sequence[tuple[int, State]], source: Source
) -> tuple[Edit, ...]:
    """What the store will write where these classes (slots) are given these states on photos."""
    rule = Entailment(mirror.scheme, tuple(wanted), source)
    ids = np.fromiter(photo_ids, np.int64)
    rows = mirror.rows(ids)
    alike = np.zeros(len(rows), np.int64)
    for slot in rule.touchable:
        if slot < mirror.labels.shape[1]:
            alike = np.unique(alike << 8 | mirror.labels[rows, slot], return_inverse=True)[1]
    order = np.argsort(alike, kind="stable")
    found: dict[tuple[int, int], list[NDArray[np.int64]]] = {}
    for places in np.split(order, np.flatnonzero(np.diff(alike[order])) + 1) if len(rows) else ():
        for slot, _, byte in rule.edits(mirror.labels[rows[places[0]]].tobytes()):
            found.setdefault((slot, byte), []).append(ids[places])
    return tuple((slot, byte, tuple(np.concatenate(photos).tolist())) for (slot, byte), photos in found.items())


def preview(
    mirror: Mirror, photo_ids: Iterable[int], wanted: Sequence[tuple[int, State]], *, source: Source
) -> BulkPreview:
    """What giving these states to classes (slots) of photos would do. Nothing is changed."""
    ids = list(dict.fromkeys(photo_ids))
    rows = mirror.rows(ids)
    then = copy.copy(mirror)
    then.labels, then.tallied = mirror.labels.copy(order="K"), {}
    for slot, byte, photos in edits_of(mirror, ids, wanted, source):
        then.set_label(photos, slot, byte)
    was, becomes = mirror.labels[rows], then.labels[rows]
    classes = []
    changed = np.zeros(len(rows), np.bool_)
    for item in mirror.scheme.classes:
        before, after = mirror.scheme.states_of(item.slot, was), mirror.scheme.states_of(item.slot, becomes)
        other = before != after
        changed |= other
        if other.any():
            classes.append(ClassChange(item.name, _counted(before[other]), _counted(after[other])))
    touched = _bytes_differ(was, becomes)
    moved = _moved(mirror, then)
    said = mirror.decided.said(np.array([one.joint_id for one in moved], np.int64))
    return BulkPreview(
        len(ids),
        int(changed.sum()),
        int((touched & ~changed).sum()),
        tuple(classes),
        moved,
        int((said != NOTHING_TOLD).sum()),
    )


def _moved(mirror: Mirror, then: Mirror) -> tuple[Moved, ...]:
    before, after = deciding.tally(mirror), deciding.tally(then)
    was, becomes = deciding.holding(mirror, before), deciding.holding(then, after)
    moved = [
        Moved(int(before.joints[place]), Said(int(was[place])), Said(int(becomes[place])))
        for place in np.flatnonzero(was != becomes)
    ]
    order = (Said.REJECT, Said.ACCEPT, Said.OPEN)
    return tuple(sorted(moved, key=lambda one: order.index(one.after)))


def _counted(found: NDArray[np.uint8]) -> dict[State, int]:
    return {state: n for state in State if (n := int((found == state).sum()))}


def _bytes_differ(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.bool_]:
    differ = (before != after[:, : before.shape[1]]).any(axis=1)
    return differ | (states(after[:, before.shape[1] :]) != 0).any(axis=1)
