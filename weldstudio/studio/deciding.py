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
    joints, which = np.unique(mirror.joint, return_inverse=True)
    low = np.zeros(len(joints), np.int64)
    high = np.zeros(len(joints), np.int64)
    seen = np.ones(len(joints), np.bool_)
    grouped_low: dict[str, NDArray[np.int64]] = {}
    grouped_high: dict[str, NDArray[np.int64]] = {}
    for item in scheme.classes:
        state = _joint_states(
            scheme.states_of(item.slot, mirror.labels), which, len(joints), scheme.joint_rule_of(item.slot)
        )
        points = scheme.points_of(item.slot)
        surely = np.where(state == State.RAISED, points, 0)
        perhaps = np.where((state == State.RAISED) | (state == State.UNSURE), points, 0)
        seen &= state != State.UNSEEN
        group = scheme.group_of(item.slot)
        if group is None:
            low += surely
            high += perhaps
        else:
            none = np.zeros(len(joints), np.int64)
            grouped_low[group.name] = np.maximum(grouped_low.get(group.name, none), surely)
            grouped_high[group.name] = np.maximum(grouped_high.get(group.name, none), perhaps)
    low += sum(grouped_low.values(), np.zeros(len(joints), np.int64))
    high += sum(grouped_high.values(), np.zeros(len(joints), np.int64))
    limits = mirror.joints.reject_limits(joints)
    result = np.full(len(joints), Said.OPEN, np.uint8)
    result[(high < limits) & seen] = Said.ACCEPT
    result[low >= limits] = Said.REJECT
    return result


def _joint_states(
    states: NDArray[np.uint8], which: NDArray[np.int64], joints: int, rule: JointRule
) -> NDArray[np.uint8]:
    """`verdict.joint_state` for all joints: `states` (photos,), `which` joint each photo shows, as an index."""
    has = {state: np.bincount(which[states == state], minlength=joints) > 0 for state in State}
    result = np.full(joints, State.UNSEEN, np.uint8)
    if rule == JointRule.ANY:
        result[has[State.CLEAR] & ~has[State.UNSEEN]] = State.CLEAR
        result[has[State.UNSURE]] = State.UNSURE
        result[has[State.RAISED]] = State.RAISED
        return result
    result[has[State.RAISED] & ~has[State.UNSEEN]] = State.RAISED
    result[has[State.UNSURE] & ~has[State.RAISED] & ~has[State.UNSEEN]] = State.UNSURE
    result[has[State.CLEAR]] = State.CLEAR
    return result
