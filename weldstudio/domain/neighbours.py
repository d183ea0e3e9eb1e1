"""What the labelled photos most like a photo say of it: a second opinion beside that of a fit (`domain.leave_one_out`).

A linear fit errs on photos that lie off its plane, and their neighbours on those that lie alone: of planted errors the
two together leave fewer unfound than either (`tests/experiments/README.md`). Neighbours depend on features alone and
are found once; what they say follows the labels.

Likeness is the cosine along the directions in which the photos vary most. Where many are labelled, a photo is compared
with those of the cells nearest to its own, around photos drawn by chance (an inverted file: Sivic & Zisserman 2003), so
the time grows with the number of photos, not with its square.
"""

from collections.abc import Generator, Iterator

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.calibration import platt
from weldstudio.domain.labelling import State
from weldstudio.domain.refit import Floats, Space, States, sigmoid
from weldstudio.domain.scores import FEW
from weldstudio.domain.similar import lengths

COUNT = 30
NEARNESS = 0.1
"""A neighbour that is nearer by so much of a cosine counts e times as much."""
DIRECTIONS = 128
MOST_COMPARED = 4096
FRESH = 1.1
"""Neighbours are found anew once so many times as many photos are labelled."""
HEARD = 0.25
"""So much of the neighbours' weight must be on known labels for them to be heard."""
_BEFORE = 2.0
"""Labels of the usual kind that are counted before the first neighbour."""
_ROWS, _LEAST = 256, 1e-4


class Neighbours:
    """Of the labelled photos of a space. For one thread; broken off, `find` goes on where it was."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.rows = np.zeros(0, np.int64)
        """(m,) rows of the photos that were labelled, ascending."""
        self.places = np.zeros((0, 0), np.int32)
        """(m, k) places in `rows` of the nearest of each."""
        self.weights = np.zeros((0, 0), np.float32)
        """(m, k) how much each counts; a row adds up to one."""
        self._finding: Iterator[None] | None = None

    def find(self, states: States) -> Iterator[None]:
        """Yields after each piece of work; at once at its end where little has been labelled since."""
        labelled = np.flatnonzero(((states == State.RAISED) | (states == State.CLEAR)).any(axis=1))
        if self._finding is None and (not len(self.rows) or len(labelled) > FRESH * len(self.rows)):
            self._finding = self._found(labelled)
        if self._finding is not None:
            for _ in self._finding:  # not `yield from`, which would end it where this is ended
                yield None
            self._finding = None

    def join(self, alone: Floats, states: States) -> Iterator[None]:
        """Writes into `alone` (n, classes), the probabilities by a fit, the mean of both opinions, in log-odds.

        What neighbours cannot say, the fit says alone. Yields after each class.
        """
        if not self.places.shape[1]:
            return
        for column in range(alone.shape[1]):
            own = states[self.rows, column]
            known = (own == State.RAISED) | (own == State.CLEAR)
            raised = own == State.RAISED
            heard = (self.weights * known[self.places]).sum(axis=1)
            yes = (self.weights * raised[self.places]).sum(axis=1)
            usual = raised.sum() / max(1, known.sum())
            share = (yes * COUNT + _BEFORE * usual) / (heard * COUNT + _BEFORE)
            tells = known & (heard >= HEARD) & ~np.isnan(alone[self.rows, column])
            said = _logits(share[tells])
            slope, offset = platt(said.astype(np.float64), raised[tells])
            raised_ones = int(raised[tells].sum())
            if slope > 0 and min(raised_ones, int(tells.sum()) - raised_ones) >= FEW:
                rows = self.rows[tells]
                both = (_logits(alone[rows, column]) + slope * said + offset) / 2
                alone[rows, column] = sigmoid(both.astype(np.float32))
            yield None

    def _found(self, labelled: NDArray[np.int64]) -> Generator[None, None, None]:
        count = min(COUNT, len(labelled) - 1)
        if count < 1:
            return
        most = np.argsort(-self.space.spread, kind="stable")[:DIRECTIONS]
        axes = self.space.axes[:, most]
        points = np.empty((len(labelled), len(most)), np.float32)
        for start in range(0, len(labelled), MOST_COMPARED):
            part = slice(start, start + MOST_COMPARED)
            points[part] = self.space.points[labelled[part]] @ axes
            yield None
        points /= lengths(points)[:, None]
        places, cosines = np.empty((len(points), count), np.int32), np.empty((len(points), count), np.float32)
        for mine, others in _cells(points):
            for start in range(0, len(mine), _ROWS):
                some = mine[start : start + _ROWS]
                near = points[some] @ points[others].T
                near[some[:, None] == others[None, :]] = -np.inf
                best = np.argpartition(near, -count, axis=1)[:, -count:]
                places[some], cosines[some] = others[best], np.take_along_axis(near, best, axis=1)
                yield None
        weights = np.exp((cosines - cosines.max(axis=1, keepdims=True)) / np.float32(NEARNESS))
        self.rows, self.places, self.weights = labelled, places, weights / weights.sum(axis=1, keepdims=True)


def _cells(points: Floats) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Places of photos, and of those they are compared with, themselves among them; each photo comes once."""
    count = len(points)
    if count <= MOST_COMPARED:
        yield np.arange(count), np.arange(count)
        return
    seeds = points[np.random.default_rng(0).permutation(count)[: int(count**0.5)]]
    cell = np.empty(count, np.int64)
    for start in range(0, count, MOST_COMPARED):
        part = slice(start, start + MOST_COMPARED)
        cell[part] = (points[part] @ seeds.T).argmax(axis=1)
    order = np.argsort(cell, kind="stable")
    members = np.split(order, np.searchsorted(cell[order], np.arange(1, len(seeds))))
    sizes = np.array([len(some) for some in members])
    for number, mine in enumerate(members):
        nearest = np.argsort(-(seeds @ seeds[number]), kind="stable")
        needed = int(np.searchsorted(np.cumsum(sizes[nearest]), MOST_COMPARED)) + 1
        yield mine, np.concatenate([members[other] for other in nearest[:needed]])


def _logits(probabilities: Floats) -> Floats:
    p = np.clip(probabilities.astype(np.float32), _LEAST, 1 - _LEAST)
    found: Floats = np.log(p / (1 - p))
    return found
