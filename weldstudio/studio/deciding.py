"""Verdicts of all joints at once: the rule of `domain.verdict`, over the mirror, for labels and for predictions."""

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
    for item in mirror.scheme.classes:
        said = mirror.probability(item.slot)[rows]
        raised = mirror.predicted(item.slot)[rows]
        column = np.where(raised, State.RAISED, State.CLEAR).astype(np.uint8)
        labels[:, item.slot] = np.where(np.isnan(said), np.uint8(State.UNSEEN), column)
    return labels


def outcomes(mirror: Mirror, *, scheme: Scheme | None = None) -> NDArray[np.uint8]:
    """The outcome (`Said`) of every joint by its labels, in ascending order of joint ids.

    `scheme` is tried in place of the present one.
    """
    scheme = scheme or mirror.scheme
    joints, order, starts = mirror.joint_order
    none = np.zeros(len(joints), np.int64)
    low, high = none.copy(), none.copy()
    seen = np.ones(len(joints), np.bool_)
    grouped: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
    for item in scheme.classes:
        states = scheme.states_of(item.slot, mirror.labels)[order]
        state = _joint_states(states, starts, scheme.joint_rule_of(item.slot))
        seen &= state != State.UNSEEN
        points = scheme.points_of(item.slot)
        surely = np.where(state == State.RAISED, points, 0)
        perhaps = np.where(state == State.UNSURE, points, surely)
        group = scheme.group_of(item.slot)
        if group is None:
            low += surely
            high += perhaps
        else:
            most_surely, most_perhaps = grouped.get(group.name, (none, none))
            grouped[group.name] = np.maximum(most_surely, surely), np.maximum(most_perhaps, perhaps)
    for most_surely, most_perhaps in grouped.values():
        low += most_surely
        high += most_perhaps
    limits = mirror.joints.reject_limits(joints)
    result = np.full(len(joints), Said.OPEN, np.uint8)
    result[(high < limits) & seen] = Said.ACCEPT
    result[low >= limits] = Said.REJECT
    return result


def _joint_states(states: NDArray[np.uint8], starts: NDArray[np.int64], rule: JointRule) -> NDArray[np.uint8]:
    """`verdict.joint_state` for all joints: `states` (photos,) joint by joint, each beginning at one of `starts`."""
    if not len(states):
        return np.zeros(0, np.uint8)
    bits = np.left_shift(np.uint8(1), states)
    return _BY_BITS[rule][np.bitwise_or.reduceat(bits, starts)]


def _table(rule: JointRule) -> NDArray[np.uint8]:
    """State of a joint by which states its photos have: entry 0b0110 is for photos some raised, some clear."""
    return np.array(
        [verdicts.joint_state(np.array([s for s in State if bits >> s & 1], np.uint8), rule) for bits in range(16)],
        np.uint8,
    )


_BY_BITS = {rule: _table(rule) for rule in JointRule}
