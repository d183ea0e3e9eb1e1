"""The chance of each joint to reach its reject limit, from what the active model says and people have labelled.

Taken for granted: that the model's probabilities are frequencies (see its calibration on the Models page), and that
flags, and a flag on the photos of a joint, are independent of each other. Under that the distribution of the sum of
points of distinct flags is exact, class by class by convolution. It errs on the safe side where nothing is known: a
photo without a score counts as raised, and a class that the model does not know has the upper end of the 95 % interval
of how often it is raised among the labels.
"""

from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import Source, State, sources
from weldstudio.domain.scheme import JointRule, Merge, Scheme, SchemeClass
from weldstudio.domain.scores import wilson
from weldstudio.store.mirror import Mirror
from weldstudio.studio import deciding, joints
from weldstudio.studio.kept import by_joint
from weldstudio.studio.review_terms import waiting

Floats = NDArray[np.float32]
_BLOCK = 16_384
"""Joints convolved at once: their distributions stay in the processor's cache."""
_BY_PERSON = tuple(int(source) for source in (Source.HAND, Source.BULK, Source.COPIED))
_FEW = 16
"""Up to so many photos a joint has, as a rule."""
_STEPS = 1000
"""Frequencies are told apart by so many steps."""


def reaching(mirror: Mirror) -> Floats:
    """(joints,) the chance of each joint to reach its reject limit, in ascending order of joint ids.

    What is labelled raised or unsure counts as raised, what a person has labelled clear as clear, and the model says
    the rest. Flags of which the joint has none count for nothing; of a group the highest points that are raised count.
    """
    if mirror.model_id is None or not len(mirror):
        return np.ones(len(mirror.joint_order[0]), np.float32)
    unknown = _unknown(mirror)
    made_of = (mirror.labels, mirror.probabilities, mirror.joint, mirror.scheme, mirror.joints, tuple(unknown.items()))
    return by_joint(mirror, "chances", made_of, lambda some: _reaching(some, unknown), of=("labels", "probabilities"))


def _unknown(mirror: Mirror) -> dict[int, float]:
    """How often each class with points is raised at most of which the model says nothing at all, by slot."""
    classes = [item for part in _parts(mirror.scheme) for item in part]
    return {item.slot: _frequency(mirror, item.slot) for item in classes if not _is_known(mirror, item.slot)}


def _reaching(mirror: Mirror, unknown: dict[int, float]) -> Floats:
    ids, _, _ = mirror.joint_order
    parts = _parts(mirror.scheme)
    if not parts:
        return np.ones(len(ids), np.float32)
    limits = mirror.joints.reject_limits(ids, deciding.made(mirror))
    joined = _Joined(mirror)
    raised = {item.slot: _of_joints(mirror, item, joined, unknown.get(item.slot)) for part in parts for item in part}
    return _convolved(mirror.scheme, parts, raised, limits)


def safe(mirror: Mirror, guarantee: float) -> NDArray[np.bool_]:
    """(joints,) undecided, the chance to reach the limit below the guarantee, and not drawn to be inspected."""
    chosen = (reaching(mirror) < guarantee) & joints.undecided(mirror)
    if chosen.any():
        ids, _, _ = mirror.joint_order
        inspected = np.unique(mirror.joint[waiting(mirror)])
        overridden = np.fromiter(mirror.decided.overrides, np.int64, len(mirror.decided.overrides))
        chosen &= ~np.isin(ids, np.concatenate([inspected, overridden]))
    return chosen


def of_points(points: NDArray[np.int64], raised: NDArray[np.floating], limit: int) -> float:
    """The chance that independent flags, (k,) points and (k,) chances to be raised, reach a limit together."""
    parts = [[place] for place, worth in enumerate(points.tolist()) if worth > 0]
    shares = {place: np.array([raised[place]], np.float32) for part in parts for place in part}
    worths = {place: int(points[place]) for part in parts for place in part}
    return float(_sums(parts, worths, shares, np.array([limit]))[0])


def _parts(scheme: Scheme) -> list[list[SchemeClass]]:
    """Classes with points: those of a group together, the most expensive first, every other alone."""
    groups: dict[str, list[SchemeClass]] = {}
    parts: list[list[SchemeClass]] = []
    for item in scheme.classes:
        if not scheme.points_of(item.slot):
            continue
        group = scheme.group_of(item.slot)
        if group is None:
            parts.append([item])
        elif group.name in groups:
            groups[group.name].append(item)
        else:
            parts.append(groups.setdefault(group.name, [item]))
    for part in parts:
        part.sort(key=lambda item: scheme.points_of(item.slot), reverse=True)
    return parts


def _of_joints(mirror: Mirror, item: SchemeClass, joined: "_Joined", frequency: float | None) -> Floats:
    """(joints,) the chance of a class to be raised for each joint; `frequency` where the model does not know it."""
    if frequency is None:
        said = mirror.probability(item.slot)
        said[np.isnan(said)] = 1
    else:
        said = np.full(len(mirror), frequency, np.float32)
    held = _held(mirror, item)
    np.copyto(said, held, where=held >= 0)
    if mirror.scheme.joint_rule_of(item.slot) == JointRule.ANY:
        return 1 - joined.product(1 - said)
    return joined.product(said)


class _Joined:
    """Products over the photos of each joint, for many classes in turn."""

    def __init__(self, mirror: Mirror) -> None:
        _, self._order, self._starts = mirror.joint_order
        counts = np.diff(np.append(self._starts, len(self._order)))
        # Most joints have few photos: all first ones, all second ones, ... are quicker than joint by joint.
        self._steps: list[tuple[NDArray[np.int64], NDArray[np.int64]]] | None = None
        if counts.max() <= _FEW:
            several = [np.flatnonzero(counts > k) for k in range(int(counts.max()))]
            self._steps = [(places, self._order[self._starts[places] + k]) for k, places in enumerate(several)]

    def product(self, values: Floats) -> Floats:
        """(n,) by photo to (joints,)."""
        if self._steps is None:
            found: Floats = np.multiply.reduceat(values[self._order], self._starts)
            return found
        found = values[self._steps[0][1]]
        for places, rows in self._steps[1:]:
            found[places] *= values[rows]
        return found


def _held(mirror: Mirror, item: SchemeClass) -> Floats:
    """(n,) 1 where a label says raised or unsure, 0 where a person says clear, -1 where the model is asked."""
    if not isinstance(item, Merge):
        if item.slot >= mirror.labels.shape[1]:
            return np.full(len(mirror), -1, np.float32)
        return _BY_BYTE[mirror.labels[:, item.slot]]
    slots = [slot for slot in (item.slot, *item.members) if slot < mirror.labels.shape[1]]
    person = np.isin(sources(mirror.labels[:, slots]), _BY_PERSON).any(axis=1)
    held = mirror.states(item.slot)
    doubtful = (held == State.RAISED) | (held == State.UNSURE)
    return np.where(doubtful, 1, np.where((held == State.CLEAR) & person, 0, -1)).astype(np.float32)


def _frequency(mirror: Mirror, slot: int) -> float:
    """How often a class is raised at most, by the labels there are; rounded up, for not every label shall move it."""
    held = mirror.states(slot)
    raised, clear = int((held == State.RAISED).sum()), int((held == State.CLEAR).sum())
    return min(1.0, ceil(wilson(raised, raised + clear)[1] * _STEPS) / _STEPS)


def _is_known(mirror: Mirror, slot: int) -> bool:
    """Whether the model says anything of a class, of any photo."""
    return bool(mirror.spoken(slot).any())


def _convolved(
    scheme: Scheme, parts: list[list[SchemeClass]], raised: dict[int, Floats], limits: NDArray[np.int64]
) -> Floats:
    slots = [[item.slot for item in part] for part in parts]
    worths = {slot: scheme.points_of(slot) for part in slots for slot in part}
    found = np.empty(len(limits), np.float32)
    for start in range(0, len(limits), _BLOCK):
        some = slice(start, start + _BLOCK)
        found[some] = _sums(slots, worths, {slot: shares[some] for slot, shares in raised.items()}, limits[some])
    return found


def _sums(
    parts: list[list[int]], worths: dict[int, int], raised: dict[int, Floats], limits: NDArray[np.int64]
) -> Floats:
    """(joints,) chance of the sum of points to reach the limits. Of each part the first one raised counts."""
    unit = gcd(*worths.values()) if worths else 1
    needed = -(-limits // unit)
    most = sum(worths[part[0]] for part in parts) // unit
    # Row k: the chance that the sum is k units; sums from the highest limit on need not be told apart.
    below = np.zeros((min(int(needed.max()), most + 1), len(limits)), np.float32)
    below[0] = 1
    reached = 1
    # The cheapest first: so few rows are reached that most of the work is small.
    for part in sorted(parts, key=lambda part: worths[part[0]]):
        before = below[:reached].copy()
        none = np.ones(len(limits), np.float32)
        for slot in part:
            step = worths[slot] // unit
            first = none * raised[slot]
            none -= first
            top = min(len(below), len(before) + step)
            if top > step:
                below[step:top] += before[: top - step] * first
                reached = max(reached, top)
        below[: len(before)] -= before * (1 - none)
    under = np.cumsum(below, axis=0)
    at = np.minimum(needed, len(below)) - 1
    return np.clip(1 - under[at, np.arange(len(limits))], 0, 1)


_BY_BYTE = np.array(
    [
        1
        if byte & 3 in (State.RAISED, State.UNSURE)
        else 0
        if byte & 3 == State.CLEAR and byte >> 2 in _BY_PERSON
        else -1
        for byte in range(256)
    ],
    np.float32,
)
