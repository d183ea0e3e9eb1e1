"""What to look at, in which order: filters, sorts, counts and queues as pure functions of the mirror.

Each takes at most 50 ms at 127,655 photos, on the thread that asks. What the model says counts at its thresholds.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State, looked_at
from weldstudio.domain.scheme import Group
from weldstudio.store.mirror import Mirror
from weldstudio.studio import (
    joint_terms,
    joints,
    known_names,
    merged_labels,
    photo_terms,
    picks,
    review_terms,
    run_terms,
    suspects,
)
from weldstudio.studio.filters import (
    EVERYTHING,
    KEYS,
    WORDS,
    Filter,
    FilterError,
    Term,
    flag_term,
    parse,
)
from weldstudio.studio.kept import by_photo
from weldstudio.studio.queues import QUEUES, Queue, Sort, queues

Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]


def select(
    mirror: Mirror,
    wanted: Filter = EVERYTHING,
    *,
    sort: Sort | str = Sort.ADDED,
    slot: int | None = None,
    descending: bool = False,
    seed: int = 0,
) -> Rows:
    """Rows of the photos for which the filter holds, in order, (k,) int64.

    `slot` is the class that an order by the model is about; `seed` makes a random order that can be repeated.
    """
    rows = np.flatnonzero(matching(mirror, wanted))
    match Sort(sort):
        case Sort.ADDED:
            ordered = rows
        case Sort.PATH:
            ordered = rows[np.argsort(mirror.path_ranks[rows])]
        case Sort.TAKEN:
            ordered = _last_where(rows[np.argsort(mirror.taken[rows], kind="stable")], mirror.taken < 0, descending)
        case Sort.JOINT:
            ordered = rows[np.lexsort((mirror.path_ranks[rows], mirror.joint[rows]))]
        case Sort.PROBABILITY:
            return _by_score(rows, -_highest(mirror, slot), descending)
        case Sort.UNCERTAINTY:
            return _by_score(rows, _distance(mirror, slot), descending)
        case Sort.DISAGREEMENT:
            return _by_score(rows, -disagreement(mirror, slot), descending)
        case Sort.SUSPICION:
            return _by_score(rows, -suspects.highest(mirror, slot), descending)
        case Sort.MISSING | Sort.WRONG as kind:
            return _by_score(rows, -suspects.highest(mirror, slot, kind.value), descending)
        case Sort.WAITING:
            ordered = joint_terms.longest_waiting(mirror, rows)
        case Sort.NEAREST:
            ordered = joint_terms.nearest(mirror, rows)
        case Sort.POINTS:
            ordered = joint_terms.most_points(mirror, rows)
        case Sort.OVER:
            ordered = joint_terms.farthest_over(mirror, rows)
        case Sort.CHANCE:
            ordered = joint_terms.least_likely(mirror, rows)
        case Sort.RANDOM:
            ordered = np.random.default_rng(seed).permutation(rows)
        case Sort.LISTED:
            ordered = rows[np.argsort(picks.places(mirror, wanted)[rows], kind="stable")]
    return ordered[::-1] if descending else ordered


def joined(mirror: Mirror, rows: Rows) -> Rows:
    """Rows with those of one joint together, where the first of them stood; the order is kept otherwise."""
    if not len(rows):
        return rows
    known, order, starts = mirror.joint_order
    code_of = np.empty(len(order), np.int32)
    code_of[order] = np.repeat(np.arange(len(known), dtype=np.int32), np.diff(np.append(starts, len(order))))
    codes = code_of[rows]
    place_of = np.empty(len(known), np.int32)
    # Written from the last to the first: what stays is the first place of each joint.
    place_of[codes[::-1]] = np.arange(len(rows))[::-1]
    return rows[np.argsort(place_of[codes], kind="stable")]


def joints_of(mirror: Mirror, *, queue: str | None = None, text: str = "") -> Rows:
    """Joint ids of the photos for which a filter's text holds, (k,) int64; of a queue, in the order to work in.

    Raises FilterError for a text that means nothing.
    """
    rows = select(mirror, known_names.asked(mirror, text))
    shown = np.unique(mirror.joint[rows])
    if queue is None:
        return shown
    waiting = joints.queue(mirror, queue)
    return waiting[np.isin(waiting, shown)] if text else waiting


def matching(mirror: Mirror, wanted: Filter) -> Bools:
    """(n,) whether the filter holds for each photo."""
    result = np.ones(len(mirror), np.bool_)
    for term in wanted.terms:
        holds = _holds(mirror, term)
        result &= ~holds if term.negated else holds
    return result


def disagreement(mirror: Mirror, slot: int | None = None) -> Floats:
    """(n,) how far label and model are apart, 0 to 1: the probability's distance from the threshold; 0 = they agree.

    Of one class, or the most of any. Only raised and clear labels can disagree.
    """
    return _kept_apart(mirror, ("disagreement", slot), lambda some: (_disagreement(some, slot),))


def disagreeing(mirror: Mirror, slot: int | None = None) -> Bools:
    """(n,) whether label and model disagree on a class, or on any."""
    return _kept_apart(mirror, ("disagreeing", slot), lambda some: (_disagreeing(some, slot),))


def _kept_apart(mirror: Mirror, name: Hashable, work: Callable[[Mirror], tuple[NDArray[Any]]]) -> NDArray[Any]:
    made_of = (mirror.labels, mirror.probabilities, mirror.thresholds, mirror.scheme)
    return by_photo(mirror, name, made_of, work, of=("labels", "probabilities"))[0]


def _disagreement(mirror: Mirror, slot: int | None) -> Floats:
    worst = np.zeros(len(mirror), np.float32)
    for each in _slots(mirror, slot):
        rows = np.flatnonzero(_apart(mirror, each))
        strength = np.abs(mirror.probability(each, rows) - np.float32(mirror.threshold(each)))
        # Where exactly on the threshold they disagree as well, so the distance never counts as none.
        worst[rows] = np.maximum(worst[rows], np.maximum(strength, np.float32(1e-6)))
    return worst


def _disagreeing(mirror: Mirror, slot: int | None) -> Bools:
    result = np.zeros(len(mirror), np.bool_)
    for each in _slots(mirror, slot):
        result |= _apart(mirror, each)
    return result


def _apart(mirror: Mirror, slot: int) -> Bools:
    states, predicted = mirror.states(slot), mirror.predicted(slot)
    # Raised or clear, and the model says the other; where it says nothing, it raises nothing either.
    apart = (states == State.RAISED) & mirror.spoken(slot)
    return np.where(predicted, states == State.CLEAR, apart)


def contradicting(mirror: Mirror, groups: Iterable[Group]) -> Bools:
    """(n,) whether two flags or more of one of these groups are raised."""
    result = np.zeros(len(mirror), np.bool_)
    live = {flag.slot for flag in mirror.scheme.live_flags}
    for group in groups:
        raised = np.zeros(len(mirror), np.uint8)
        for slot in live.intersection(group.members):
            raised += mirror.states(slot) == State.RAISED
        result |= raised > 1
    return result


@dataclass(frozen=True, slots=True)
class Counts:
    """Photos in all, and by class and state."""

    photos: int
    labelled: int
    """With any label."""
    reviewed: int
    """A person has looked."""
    problems: int
    classes: Mapping[int, tuple[int, int, int, int]]
    """By slot, indexed by `State`."""


def counts(mirror: Mirror) -> Counts:
    """How many photos have which label, for the classes of the scheme."""
    return Counts(
        len(mirror),
        int(_labelled(mirror).sum()),
        int(looked_at(mirror.labels).sum()),
        int(mirror.problem.sum()),
        {item.slot: count_states(mirror.states(item.slot)) for item in mirror.scheme.classes},
    )


def queue_counts(
    mirror: Mirror,
    of: Iterable[Queue] = QUEUES,
    *,
    unveiled: Callable[[Rows, Filter, Sort], Rows] | None = None,
) -> dict[str, int]:
    """How many joints, or photos where single ones do, wait in each queue, by its id.

    `unveiled` leaves out rows that the filter and the order of a queue may not show.
    """
    found = {}
    for queue in of:
        if unveiled is None and queue.id in _OF_JOINTS:
            found[queue.id] = joints.count(mirror, queue.id)
            continue
        rows = np.flatnonzero(matching(mirror, queue.filter))
        if unveiled is not None:
            rows = unveiled(rows, queue.filter, queue.sort)
        found[queue.id] = len(np.unique(mirror.joint[rows])) if queue.by_joint else len(rows)
    return found


_OF_JOINTS = frozenset(joints.Queue)


def _holds(mirror: Mirror, term: Term) -> Bools:
    """(n,) whether a term holds, its sign left aside."""
    if not term.value and term.key in WORDS:
        return _WORDS[term.key](mirror)
    return _KEYS[term.key](mirror, term)


def _labelled(mirror: Mirror) -> Bools:
    return np.asarray((mirror.labels & 3).any(axis=1), np.bool_)


def _any_class(mirror: Mirror, state: State) -> Bools:
    result = np.zeros(len(mirror), np.bool_)
    for item in mirror.scheme.classes:
        result |= mirror.states(item.slot) == state
    return result


def _all_clear(mirror: Mirror) -> Bools:
    result = np.full(len(mirror), bool(mirror.scheme.classes))
    for item in mirror.scheme.classes:
        result &= mirror.states(item.slot) == State.CLEAR
    return result


_WORDS: Mapping[str, Callable[[Mirror], Bools]] = {
    "unseen": lambda m: ~_labelled(m),
    "labelled": lambda m: _labelled(m),
    "reviewed": lambda m: looked_at(m.labels),
    "unreviewed": lambda m: ~looked_at(m.labels),
    "raised": lambda m: _any_class(m, State.RAISED),
    "unsure": lambda m: _any_class(m, State.UNSURE),
    "nothing": _all_clear,
    "disagrees": lambda m: disagreeing(m),
    "conflict": review_terms.in_conflict,
    "suspect": lambda m: suspects.highest(m) > 0,
    "seems-missing": lambda m: suspects.highest(m, kind=suspects.MISSING) > 0,
    "seems-wrong": lambda m: suspects.highest(m, kind=suspects.TOO_MUCH) > 0,
    "contradiction": lambda m: contradicting(m, m.scheme.groups) | merged_labels.contradictory(m),
    "to-split": merged_labels.to_split,
    "scored": lambda m: ~np.isnan(_highest(m, None)),
    **photo_terms.WORDS,
    **joint_terms.WORDS,
    **review_terms.WORDS,
}


def _flag(mirror: Mirror, term: Term) -> Bools:
    states = mirror.states(_slot(mirror, term.value))
    result = np.zeros(len(mirror), np.bool_)
    for state in term.states:
        result |= states == state
    return result


def _model(mirror: Mirror, term: Term) -> Bools:
    slot = _slot(mirror, term.value)
    probability = mirror.probability(slot)
    if term.above is not None or term.below is not None:
        low, high = (0 if term.above is None else term.above), (1 if term.below is None else term.below)
        return (probability >= np.float32(low)) & (probability <= np.float32(high))
    predicted = mirror.predicted(slot)
    result = np.zeros(len(mirror), np.bool_)
    if State.RAISED in term.states:
        result |= predicted
    if State.CLEAR in term.states:
        result |= ~predicted & ~np.isnan(probability)
    return result


_KEYS: Mapping[str, Callable[[Mirror, Term], Bools]] = {
    "flag": _flag,
    "model": _model,
    "suspect": lambda m, term: suspects.highest(m, _slot(m, term.value)) > 0,
    "missing": lambda m, term: suspects.highest(m, _slot(m, term.value), suspects.MISSING) > 0,
    "wrong": lambda m, term: suspects.highest(m, _slot(m, term.value), suspects.TOO_MUCH) > 0,
    "disagrees": lambda m, term: disagreeing(m, _slot(m, term.value)),
    **joint_terms.KEYS,
    **review_terms.KEYS,
    **run_terms.KEYS,
    **picks.KEYS,
    **photo_terms.KEYS,
}


def _slots(mirror: Mirror, slot: int | None) -> list[int]:
    return [item.slot for item in mirror.scheme.classes] if slot is None else [slot]


def _slot(mirror: Mirror, name: str) -> int:
    """Raises SchemeError where the scheme has changed since the filter was made."""
    return mirror.scheme.by_name(name).slot


def _highest(mirror: Mirror, slot: int | None) -> Floats:
    """(n,) the probability of a class, or the highest of all; NaN where the model says nothing."""
    result = np.full(len(mirror), np.nan, np.float32)
    for each in _slots(mirror, slot):
        result = np.fmax(result, mirror.probability(each))
    return result


def _distance(mirror: Mirror, slot: int | None) -> Floats:
    """(n,) distance of the probability from the threshold of a class, or the least of all; NaN as above."""
    result = np.full(len(mirror), np.nan, np.float32)
    for each in _slots(mirror, slot):
        result = np.fmin(result, np.abs(mirror.probability(each) - np.float32(mirror.threshold(each))))
    return result


def _by_score(rows: Rows, score: Floats, descending: bool) -> Rows:
    """Rows by ascending (or descending) score; NaN comes last either way, equal ones stay in their order."""
    chosen = score[rows]
    return rows[np.argsort(-chosen if descending else chosen, kind="stable")]


def _last_where(rows: Rows, unknown: Bools, descending: bool) -> Rows:
    """Rows with those of which nothing is known behind the others, or before them if all will be turned round."""
    behind = unknown[rows]
    parts = (rows[behind], rows[~behind]) if descending else (rows[~behind], rows[behind])
    return np.concatenate(parts)


def count_states(states: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """How many of (n,) are unseen, raised, clear, unsure: indexed by `State`."""
    raised, clear, unsure = (int(np.count_nonzero(states == s)) for s in (State.RAISED, State.CLEAR, State.UNSURE))
    return len(states) - raised - clear - unsure, raised, clear, unsure


__all__ = [
    "EVERYTHING",
    "KEYS",
    "QUEUES",
    "WORDS",
    "Counts",
    "Filter",
    "FilterError",
    "Queue",
    "Sort",
    "Term",
    "count_states",
    "counts",
    "disagreeing",
    "disagreement",
    "flag_term",
    "joined",
    "joints_of",
    "matching",
    "parse",
    "queue_counts",
    "queues",
    "select",
]
