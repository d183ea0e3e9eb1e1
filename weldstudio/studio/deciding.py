"""Verdicts of all joints at once: the rule of `domain.verdict`, over the mirror, for labels and for predictions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import verdict as verdicts
from weldstudio.domain.labelling import State
from weldstudio.domain.levels import classes_at, needed_at, told_once
from weldstudio.domain.scheme import JointRule, Scheme, SchemeClass
from weldstudio.domain.verdict import Outcome, Verdict
from weldstudio.store.decided import NOTHING_TOLD
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import NOT_TAKEN, JointFacts
from weldstudio.studio.kept import kept, of_joints, patched
from weldstudio.studio.part import all_predicted, all_probabilities, part


class Said(IntEnum):
    """`verdict.Outcome` as a code, for arrays."""

    ACCEPT = 0
    REJECT = 1
    OPEN = 2

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.name.lower())


SAID_OF = {said.outcome: said for said in Said}


@dataclass(frozen=True, slots=True)
class Moves:
    """Joints whose verdict a change would move, by what it becomes: joint ids."""

    to_reject: tuple[int, ...] = ()
    to_accept: tuple[int, ...] = ()
    to_open: tuple[int, ...] = ()
    decided: int = 0
    """How many of these joints are decided: what the crew was told stands."""

    @property
    def moved(self) -> int:
        return len(self.to_reject) + len(self.to_accept) + len(self.to_open)

    @property
    def sentence(self) -> str:
        """In words."""
        if not self.moved:
            return "No verdict moves."
        parts = [
            f"{len(ids):,} to {word}"
            for ids, word in ((self.to_reject, "reject"), (self.to_accept, "accept"), (self.to_open, "open"))
            if ids
        ]
        said = f"{self.moved:,} {'verdict moves' if self.moved == 1 else 'verdicts move'}: {', '.join(parts)}."
        told = f" {self.decided:,} of them {'is' if self.decided == 1 else 'are'} decided; what was told stands."
        return said + (told if self.decided else "")

    def to_json(self) -> dict[str, Any]:
        """Values that survive JSON."""
        return {
            "moved": self.moved,
            "to_reject": list(self.to_reject),
            "to_accept": list(self.to_accept),
            "to_open": list(self.to_open),
            "decided": self.decided,
        }


@dataclass(frozen=True)
class Tally:
    """Points of all joints. Arrays are (joints,), in ascending order of joint ids."""

    scheme: Scheme
    joints: NDArray[np.int64]
    states: tuple[NDArray[np.uint8], ...]
    """Of each class that counts, the joints' states."""
    seen: NDArray[np.bool_]
    """Whether every class has been looked at on every photo that could still change what it is for the joint."""
    limits_of: Callable[[], NDArray[np.int64]]
    """Looks the reject limits up, which is not done before they are asked for."""

    @cached_property
    def classes(self) -> tuple[SchemeClass, ...]:
        """The classes that count."""
        return classes_at(self.scheme, self.scheme.verdict_level)

    @cached_property
    def limits(self) -> NDArray[np.int64]:
        """Reject limits."""
        return self.limits_of()

    @cached_property
    def low(self) -> NDArray[np.int32]:
        """Points of the raised flags."""
        return self._points(State.RAISED)

    @cached_property
    def high(self) -> NDArray[np.int32]:
        """Points of the raised and the unsure flags."""
        return self._points(State.RAISED, State.UNSURE)

    @cached_property
    def outcomes(self) -> NDArray[np.uint8]:
        """Codes (`Said`) of what the points say."""
        result = np.full(len(self.joints), Said.OPEN, np.uint8)
        result[(self.high < self.limits) & self.seen] = Said.ACCEPT
        result[self.low >= self.limits] = Said.REJECT
        return result

    def parts(self) -> Iterator[tuple[SchemeClass, NDArray[np.uint8], list[int]]]:
        """Class by class: the class, its joints' states, the places (in `states`) of its group's other classes."""
        groups = [self.scheme.group_of(item.slot) for item in self.classes]
        for place, item in enumerate(self.classes):
            group = groups[place]
            others = [n for n, g in enumerate(groups) if g is not None and g == group and n != place]
            yield item, self.states[place], others

    def _points(self, *counted: State) -> NDArray[np.int32]:
        by_state = np.zeros(len(State), np.int32)
        by_state[list(counted)] = 1
        total = np.zeros(len(self.joints), np.int32)
        grouped: dict[str, NDArray[np.int32]] = {}
        for item, states in zip(self.classes, self.states, strict=True):
            worth = self.scheme.points_of(item.slot)
            if not worth:
                continue
            points = (by_state * np.int32(worth))[states]
            group = self.scheme.group_of(item.slot)
            if group is None:
                total += points
            else:
                most = grouped.get(group.name)
                grouped[group.name] = points if most is None else np.maximum(most, points)
        for most in grouped.values():
            total += most
        return total


def tally(
    mirror: Mirror, *, predicted: bool = False, scheme: Scheme | None = None, facts: JointFacts | None = None
) -> Tally:
    """Points of every joint by its labels, or by the active model's predictions.

    `scheme`, and `facts` of joints and contractors, are tried in place of the present ones.
    """
    if scheme is not None or facts is not None:
        return _counted(mirror, scheme or mirror.scheme, facts or mirror.joints, predicted=predicted)
    present = (mirror.joint, mirror.scheme, mirror.joints)
    made_of = (mirror.probabilities, mirror.thresholds, *present) if predicted else (mirror.labels, *present)
    return kept(
        mirror,
        "predicted" if predicted else "labels",
        made_of,
        lambda: _counted(mirror, mirror.scheme, mirror.joints, predicted=predicted),
        of=("probabilities" if predicted else "labels",),
        mend=lambda known, rows: _mended(mirror, known, rows, predicted=predicted),
    )


def _mended(mirror: Mirror, known: Tally, rows: NDArray[np.int64], *, predicted: bool) -> Tally:
    """The tally with the joints counted anew that these photos show."""
    places, all_rows = of_joints(mirror, rows)
    new = _counted(part(mirror, all_rows), mirror.scheme, mirror.joints, predicted=predicted)
    states = tuple(patched(one, places, other) for one, other in zip(known.states, new.states, strict=True))
    result = Tally(known.scheme, known.joints, states, patched(known.seen, places, new.seen), known.limits_of)
    for name in known.__dict__.keys() & {"low", "high", "outcomes"}:
        result.__dict__[name] = patched(known.__dict__[name], places, getattr(new, name))
    return result


def _counted(mirror: Mirror, scheme: Scheme, facts: JointFacts, *, predicted: bool) -> Tally:
    slots = [item.slot for item in needed_at(scheme, scheme.verdict_level)]
    found = joint_states(mirror, slots, scheme=scheme, predicted=predicted)
    return tally_of(mirror, found, scheme=scheme, facts=facts)


def tally_of(
    mirror: Mirror, found: Mapping[int, NDArray[np.uint8]], *, scheme: Scheme, facts: JointFacts | None = None
) -> Tally:
    """Points of every joint from its states of all classes that are needed, by slot, as `joint_states` gives them."""
    level = scheme.verdict_level
    seen = np.ones(len(mirror.joint_order[0]), np.bool_)
    settled = {slot: np.where(codes == _HALF, np.uint8(State.UNSEEN), codes) for slot, codes in found.items()}
    for left in told_once(scheme, level, settled).values():
        seen &= left != State.UNSEEN
    present = {slot: codes & np.uint8(3) for slot, codes in found.items()}
    states = tuple(told_once(scheme, level, present).values())
    return Tally(scheme, mirror.joint_order[0], states, seen, lambda: _limits(mirror, facts or mirror.joints))


def joint_states(
    mirror: Mirror, slots: Sequence[int], *, scheme: Scheme, predicted: bool = False
) -> dict[int, NDArray[np.uint8]]:
    """(joints,) states of these classes by slot, by the photos' labels or by the active model's predictions.

    Where it is unsure on one photo and another is unseen that could still change it, it is `_HALF`.
    """
    _, order, starts = mirror.joint_order

    def states_of(slot: int) -> NDArray[np.uint8]:
        return predicted_states(mirror, slot) if predicted else scheme.states_of(slot, mirror.labels)

    return {
        slot: _BY_BITS[scheme.joint_rule_of(slot)][bits]
        for slot, bits in zip(slots, _joint_bits(states_of, slots, order, starts), strict=True)
    }


def _limits(mirror: Mirror, facts: JointFacts) -> NDArray[np.int64]:
    """(joints,) reject limits; those of joints that were made nobody knows when are today's."""
    joints, _, _ = mirror.joint_order
    name = ("limits", date.today())
    return kept(mirror, name, (mirror.joint, mirror.taken, facts), lambda: facts.reject_limits(joints, made(mirror)))


def made(mirror: Mirror) -> NDArray[np.int64]:
    """(joints,) when the first photo of each joint was taken; `NOT_TAKEN` where that is not known of any."""
    _, order, starts = mirror.joint_order
    if not len(starts):
        return np.zeros(0, np.int64)
    late = np.iinfo(np.int64).max
    taken = mirror.taken[order]
    first = np.minimum.reduceat(np.where(taken == NOT_TAKEN, late, taken), starts)
    return np.where(first == late, NOT_TAKEN, first)


def outcomes(mirror: Mirror, *, scheme: Scheme | None = None) -> NDArray[np.uint8]:
    """What the points by the labels say (`Said`) of every joint, in ascending order of joint ids.

    `scheme` is tried in place of the present one.
    """
    return tally(mirror, scheme=scheme).outcomes


def holding(mirror: Mirror, counted: Tally) -> NDArray[np.uint8]:
    """The verdicts that hold (`Said`) of every joint: by the points, or where a person has overridden them by that."""
    result = counted.outcomes
    if mirror.decided.overrides:
        result = result.copy()
        for joint, override in mirror.decided.overrides.items():
            place = int(np.searchsorted(counted.joints, joint))
            if place < len(counted.joints) and counted.joints[place] == joint:
                result[place] = SAID_OF[override.outcome]
    return result


def moves(mirror: Mirror, after: Tally) -> Moves:
    """Which verdicts that hold now would be others by that tally of all joints."""
    was, becomes = holding(mirror, tally(mirror)), holding(mirror, after)
    others = was != becomes
    found = (tuple(after.joints[others & (becomes == said)].tolist()) for said in Said)
    to_accept, to_reject, to_open = found
    decided = int((mirror.decided.said(after.joints[others]) != NOTHING_TOLD).sum())
    return Moves(to_reject, to_accept, to_open, decided)


def verdict_of(
    mirror: Mirror, joint_id: int, *, predicted: bool = False, rows: NDArray[np.int64] | None = None
) -> Verdict:
    """What the points of one joint say, by its labels or by the active model's predictions.

    `rows` of its photos, where they are known, save looking for them.
    """
    if rows is None:
        rows = np.flatnonzero(mirror.joint == joint_id)
    labels = predicted_labels(mirror, rows) if predicted else mirror.labels[rows]
    taken = mirror.taken[rows]
    known = taken[taken != NOT_TAKEN]
    first = known.min() if len(known) else NOT_TAKEN
    limit = mirror.joints.reject_limits(np.array([joint_id]), np.array([first]))[0]
    return verdicts.verdict(mirror.scheme, labels, int(limit))


def predicted_labels(mirror: Mirror, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """What the active model says as label bytes (rows, slots): raised, clear, or unseen where it says nothing."""
    labels = np.zeros((len(rows), mirror.scheme.slots), np.uint8)
    classes = needed_at(mirror.scheme, mirror.scheme.verdict_level)
    probability = all_probabilities(mirror, rows, classes=classes)
    raised = all_predicted(mirror, rows, probability, classes=classes)
    labels[:, [item.slot for item in classes]] = _code(raised, ~np.isnan(probability))
    return labels


def predicted_states(mirror: Mirror, slot: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.uint8]:
    """(n,) states of one class by the active model, of some rows or of all: never unsure."""
    return _code(mirror.predicted(slot, rows), mirror.spoken(slot, rows))


def _code(raised: NDArray[np.bool_], spoken: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """States by whether the model raises something and whether it says anything of it; of any shape."""
    # Raised is 1 and clear 2; where the model says nothing it raises nothing either.
    return spoken.view(np.uint8) * np.uint8(State.CLEAR) - raised.view(np.uint8)


_PER_WORD = 16
"""Classes whose states, as four bits each, fit into one word of 64."""


def _joint_bits(
    states_of: Callable[[int], NDArray[np.uint8]],
    slots: Sequence[int],
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
) -> Iterator[NDArray[np.uint8]]:
    """Slot by slot, which states the photos of each joint have: (joints,) uint8, bit `1 << state`.

    `states_of` gives the photos' states of a slot; `order` holds rows joint by joint, each beginning at one of
    `starts`. Many classes are joined in one pass.
    """
    for first in range(0, len(slots), _PER_WORD):
        some = slots[first : first + _PER_WORD]
        word = np.zeros(len(order), np.uint64)
        for place, slot in enumerate(some):
            word |= _ONE_BIT[place][states_of(slot)]
        joined = np.bitwise_or.reduceat(word[order], starts) if len(starts) else word
        for place in range(len(some)):
            yield (joined >> np.uint64(4 * place)).astype(np.uint8) & np.uint8(15)


_ONE_BIT = np.array([[1 << (4 * place + state) for state in State] for place in range(_PER_WORD)], np.uint64)


_HALF = np.uint8(4 | State.UNSURE)


def _table(rule: JointRule) -> NDArray[np.uint8]:
    """State of a joint by which states its photos have: entry 0b0110 is for photos some raised, some clear."""
    result = np.zeros(16, np.uint8)
    for bits in range(16):
        states = [state for state in State if bits >> state & 1]
        state = verdicts.joint_state(states, rule)
        result[bits] = _HALF if state == State.UNSURE and verdicts.still_unseen(states, rule) else state
    return result


_BY_BITS = {rule: _table(rule) for rule in JointRule}
