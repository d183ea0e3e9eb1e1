"""The verdict of a joint: penalty points of its distinct flags against the contractor's reject limit. Never stored."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.levels import needed_at, told_once
from weldstudio.domain.scheme import JointRule, Scheme, all_states


class Outcome(StrEnum):
    """What the points say of a joint."""

    ACCEPT = "accept"
    REJECT = "reject"
    OPEN = "open"
    """Unsure or unseen flags could still turn it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Points of a joint as a range: the lower end counts raised flags only, the upper one unsure flags as well."""

    low: int
    high: int
    reject_limit: int
    raised: tuple[int, ...]
    """Slots of the classes that count, the most expensive first."""
    unsure: tuple[int, ...]
    seen: bool
    """Whether every class has been looked at on every photo that could still change what it is for the joint."""

    @property
    def outcome(self) -> Outcome:
        if self.low >= self.reject_limit:
            return Outcome.REJECT
        return Outcome.ACCEPT if self.high < self.reject_limit and self.seen else Outcome.OPEN


def joint_state(states: Iterable[int], rule: JointRule) -> State:
    """State of one flag for a joint from its states on the joint's photos.

    A flag of absence is raised only if raised on every photo that is not unsure; unseen photos leave it open.
    """
    found = set(states)  # a joint has few photos, for which a set is quicker than comparing arrays
    if rule == JointRule.ANY:
        for state in (State.RAISED, State.UNSURE):
            if state in found:
                return state
        return State.CLEAR if found == {State.CLEAR} else State.UNSEEN
    if State.CLEAR in found:
        return State.CLEAR
    sure = found - {State.UNSURE}
    if not sure:
        return State.UNSURE if found else State.UNSEEN
    return State.RAISED if sure == {State.RAISED} else State.UNSEEN


def still_unseen(states: Iterable[int], rule: JointRule) -> bool:
    """Whether a photo that nobody has looked at for a flag could change its state for the joint."""
    found = set(states)
    settling = State.RAISED if rule == JointRule.ANY else State.CLEAR
    return State.UNSEEN in found and settling not in found


def verdict(scheme: Scheme, labels: NDArray[np.uint8], reject_limit: int) -> Verdict:
    """Verdict from the label bytes of a joint's photos, (photos, slots) uint8.

    Each class counts once however many photos show it; of a group only the highest points count.
    """
    by_state: dict[State, list[int]] = {state: [] for state in State}
    present, settled = _joint_states(scheme, labels)
    for slot, state in present.items():
        by_state[state].append(slot)
    raised = sorted(by_state[State.RAISED], key=scheme.points_of, reverse=True)
    unsure = sorted(by_state[State.UNSURE], key=scheme.points_of, reverse=True)
    return Verdict(
        low=_points(scheme, raised),
        high=_points(scheme, raised + unsure),
        reject_limit=reject_limit,
        raised=tuple(raised),
        unsure=tuple(unsure),
        seen=State.UNSEEN not in settled.values(),
    )


def _joint_states(scheme: Scheme, labels: NDArray[np.uint8]) -> tuple[dict[int, State], dict[int, State]]:
    """The joint's state of each class that counts, by slot; and once those that are unsure were settled as clear.

    A flag that is unsure on one photo and unseen on another is unseen then.
    """
    needed = needed_at(scheme, scheme.verdict_level)
    columns = all_states(scheme, labels, classes=needed).T.tolist()
    present: dict[int, State] = {}
    settled: dict[int, State] = {}
    for (slot, rule), states in zip(_rules(scheme), columns, strict=True):
        present[slot] = state = joint_state(states, rule)
        settled[slot] = State.UNSEEN if state == State.UNSURE and still_unseen(states, rule) else state
    if needed is scheme.classes:
        return present, settled
    return _counted(scheme, present), _counted(scheme, settled)


def _counted(scheme: Scheme, found: dict[int, State]) -> dict[int, State]:
    counted = told_once(
        scheme, scheme.verdict_level, {slot: np.array([state], np.uint8) for slot, state in found.items()}
    )
    return {slot: State(int(state[0])) for slot, state in counted.items()}


@functools.lru_cache(maxsize=8)
def _rules(scheme: Scheme) -> tuple[tuple[int, JointRule], ...]:
    """Slot and rule of each class that counts; a label key asks for the same ones again and again."""
    return tuple((item.slot, scheme.joint_rule_of(item.slot)) for item in needed_at(scheme, scheme.verdict_level))


def _points(scheme: Scheme, slots: list[int]) -> int:
    alone = 0
    groups: dict[str, int] = {}
    for slot in slots:
        group = scheme.group_of(slot)
        if group is None:
            alone += scheme.points_of(slot)
        else:
            groups[group.name] = max(groups.get(group.name, 0), scheme.points_of(slot))
    return alone + sum(groups.values())
