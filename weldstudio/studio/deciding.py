"""Verdicts of all joints at once: the rule of `domain.verdict`, over the mirror, for labels and for predictions."""

from collections.abc import Iterator
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import verdict as verdicts
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import JointRule, Scheme
from weldstudio.domain.verdict import Verdict
from weldstudio.store.mirror import Mirror


class Said(IntEnum):
    """`verdict.Outcome` as a code, for arrays."""

    ACCEPT = 0
    REJECT = 1
    OPEN = 2


def verdict_of(mirror: Mirror, joint_id: int, *, predicted: bool = False) -> Verdict:
    """The verdict of one joint by its labels, or by the active model's predictions."""
    rows = np.flatnonzero(mirror.joint == joint_id)
    labels = predicted_labels(mirror, rows) if predicted else mirror.labels[rows]
    return verdicts.verdict(mirror.scheme, labels, int(mirror.joints.reject_limits(np.array([joint_id]))[0]))


def predicted_labels(mirror: Mirror, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """What the active model says as label bytes (rows, slots): raised, clear, or unseen where it says nothing."""
    labels = np.zeros((len(rows), mirror.scheme.slots), np.uint8)
    unseen, raised, clear = (np.uint8(state) for state in (State.UNSEEN, State.RAISED, State.CLEAR))
    for item in mirror.scheme.classes:
        silent = np.isnan(mirror.probability(item.slot, rows))
        says = np.where(mirror.predicted(item.slot, rows), raised, clear)
        labels[:, item.slot] = np.where(silent, unseen, says)
    return labels


def outcomes(mirror: Mirror, *, scheme: Scheme | None = None) -> NDArray[np.uint8]:
    """The outcome (`Said`) of every joint by its labels, in ascending order of joint ids.

    `scheme` is tried in place of the present one.
    """
    scheme = scheme or mirror.scheme
    joints, order, starts = mirror.joint_order
    none = np.zeros(len(joints), np.int32)
    low, high = none.copy(), none.copy()
    seen = np.ones(len(joints), np.bool_)
    grouped: dict[str, tuple[NDArray[np.int32], NDArray[np.int32]]] = {}
    classes = scheme.classes
    for item, bits in zip(classes, _joint_bits(mirror, scheme, order, starts), strict=True):
        state = _BY_BITS[scheme.joint_rule_of(item.slot)]
        points = scheme.points_of(item.slot)
        surely = np.where(state == State.RAISED, points, 0).astype(np.int32)
        perhaps = np.where(state == State.UNSURE, points, surely).astype(np.int32)
        seen &= (state != State.UNSEEN)[bits]
        group = scheme.group_of(item.slot)
        if group is None:
            low += surely[bits]
            high += perhaps[bits]
        else:
            most_surely, most_perhaps = grouped.get(group.name, (none, none))
            grouped[group.name] = np.maximum(most_surely, surely[bits]), np.maximum(most_perhaps, perhaps[bits])
    for most_surely, most_perhaps in grouped.values():
        low += most_surely
        high += most_perhaps
    limits = mirror.joints.reject_limits(joints)
    result = np.full(len(joints), Said.OPEN, np.uint8)
    result[(high < limits) & seen] = Said.ACCEPT
    result[low >= limits] = Said.REJECT
    return result


_PER_WORD = 16
"""Classes whose states, as four bits each, fit into one word of 64."""


def _joint_bits(
    mirror: Mirror, scheme: Scheme, order: NDArray[np.int64], starts: NDArray[np.int64]
) -> Iterator[NDArray[np.uint8]]:
    """Class by class, which states the photos of each joint have: (joints,) uint8, bit `1 << state`.

    `order` holds rows joint by joint, each beginning at one of `starts`. Many classes are joined in one pass.
    """
    slots = [item.slot for item in scheme.classes]
    for first in range(0, len(slots), _PER_WORD):
        some = slots[first : first + _PER_WORD]
        word = np.zeros(len(order), np.uint64)
        for place, slot in enumerate(some):
            word |= _ONE_BIT[place][scheme.states_of(slot, mirror.labels)]
        joined = np.bitwise_or.reduceat(word[order], starts) if len(starts) else word
        for place in range(len(some)):
            yield (joined >> np.uint64(4 * place)).astype(np.uint8) & np.uint8(15)


_ONE_BIT = np.array([[1 << (4 * place + state) for state in State] for place in range(_PER_WORD)], np.uint64)


def _table(rule: JointRule) -> NDArray[np.uint8]:
    """State of a joint by which states its photos have: entry 0b0110 is for photos some raised, some clear."""
    return np.array(
        [verdicts.joint_state(np.array([s for s in State if bits >> s & 1], np.uint8), rule) for bits in range(16)],
        np.uint8,
    )


_BY_BITS = {rule: _table(rule) for rule in JointRule}
