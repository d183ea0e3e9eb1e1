"""What more photographs would bring: linear heads fitted on growing parts of the training photos, judged on others.

The parts are nested and dealt by joint, each about twice the one before, so that what a doubling brings is read off.
Strength of the ridge and thresholds are chosen on validation photos, as a run does; the scores are of photos that
neither has seen. Features stay as they are, so a point costs a second and not a training.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.comparison import Difference, compare
from weldstudio.domain.evaluation import Evaluation, decided, evaluate
from weldstudio.domain.labelling import State
from weldstudio.domain.refit import Floats, Heads, Space, States, sigmoid
from weldstudio.domain.thresholds import best_threshold

MOST_POINTS = 8
LEAST = 20
"""Photos that a part holds at least: below, next to nothing can be learned."""
RIDGES = (1e-1, 1e-2, 1e-3, 1e-4)
"""Strengths that are tried, beside features of mean squared length one (`leave_one_out.RIDGES`, every third)."""
ROUGHLY = 3e-4
"""How nearly the fits are solved; scores do not move any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """What was learned from a part of the training photos."""

    photos: int
    joints: int
    raised: tuple[int, ...]
    """(classes,) of these photos."""
    scores: Evaluation
    """On the photos that judge."""
    said: NDArray[np.bool_]
    """(photos that judge, classes) what the heads raise."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Photos with features and labels. `learn`, `choose` and `judge` (n,) are disjoint."""

    space: Space
    states: States
    """(n, classes)"""
    joints: NDArray[np.int64]
    """(n,)"""
    learn: NDArray[np.bool_]
    choose: NDArray[np.bool_]
    """Validation photos."""
    judge: NDArray[np.bool_]
    names: tuple[str, ...]
    task: str = "multilabel"


def sizes(photos: int) -> tuple[int, ...]:
    """Photos of the parts, ascending; each is about half the next."""
    found = [photos]
    while len(found) < MOST_POINTS and found[-1] // 2 >= LEAST:
        found.append(found[-1] // 2)
    return tuple(reversed(found)) if photos else ()


def grow(on: Material, *, seed: int = 0) -> Iterator[Point | None]:
    """The points in ascending order; None after each other piece of work."""
    rows = np.flatnonzero(on.learn & np.isin(on.states, (State.RAISED, State.CLEAR)).any(axis=1))
    every = np.unique(on.joints[rows])
    turn = np.random.default_rng(seed).permutation(len(every))
    place = turn[np.searchsorted(every, on.joints[rows])]
    rows, place = rows[np.argsort(place, kind="stable")], np.sort(place)
    for size in sizes(len(rows)):
        taken = rows[: int(np.searchsorted(place, place[size - 1], side="right"))]
        states = np.full_like(on.states, State.UNSEEN)
        states[taken] = on.states[taken]
        logits = yield from _fitted(on, states)
        yield _judged(on, taken, logits)


def gains(on: Material, before: Point, after: Point) -> tuple[Difference, list[Difference]]:
    """What the photos that `after` had more than `before` brought: over all classes, and class by class."""
    states, exclusive = on.states[on.judge], on.task == "exclusive"
    return compare(before.said, after.said, states, on.joints[on.judge], exclusive=exclusive)


def _fitted(on: Material, states: States) -> Generator[None, None, Floats]:
    """Returns logits (n, classes) of the heads whose ridge does best on validation photos."""
    raised, clear = ((states == state).sum(axis=0) for state in (State.RAISED, State.CLEAR))
    share = raised / np.maximum(raised + clear, 1)
    heads = Heads(on.space, states, np.ones(states.shape[1], np.float32))
    best, least = heads.logits.copy(), np.full(states.shape[1], np.inf)
    for ridge in RIDGES:
        heads.l2 = np.maximum(ridge * share * (1 - share), 1e-7).astype(np.float32)
        for _ in heads.converge(tolerance=ROUGHLY):
            yield None
        loss = _losses(heads.logits[on.choose], on.states[on.choose])
        # Without validation photos the second strongest is as good a guess as any.
        better = np.where(np.isnan(loss), ridge == RIDGES[1], loss < least)
        best[:, better], least[better] = heads.logits[:, better], loss[better]
    return best


def _losses(logits: Floats, states: States) -> NDArray[np.float64]:
    """(classes,) mean cross entropy of the photos whose label is known; NaN without any."""
    raised, known = states == State.RAISED, np.isin(states, (State.RAISED, State.CLEAR))
    each = np.where(known, np.logaddexp(0.0, np.where(raised, -logits, logits).astype(np.float64)), 0.0)
    count = known.sum(axis=0)
    found: NDArray[np.float64] = np.where(count > 0, each.sum(axis=0) / np.maximum(count, 1), np.nan)
    return found


def _judged(on: Material, taken: NDArray[np.int64], logits: Floats) -> Point:
    values = sigmoid(logits).astype(np.float64)
    thresholds = []
    for column in range(len(on.names)):
        states = on.states[on.choose, column]
        known = np.isin(states, (State.RAISED, State.CLEAR))
        thresholds.append(best_threshold(values[on.choose, column][known], states[known] == State.RAISED))
    judged, states = values[on.judge], on.states[on.judge]
    return Point(
        len(taken),
        len(np.unique(on.joints[taken])),
        tuple((on.states[taken] == State.RAISED).sum(axis=0).tolist()),
        evaluate(judged, states, on.names, task=on.task, thresholds=thresholds, units=on.joints[on.judge]),
        decided(judged, thresholds, task=on.task),
    )
