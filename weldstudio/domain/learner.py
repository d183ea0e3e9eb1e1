"""All heads of a project in memory: fitted to the labels, calibrated, and asked anew after every label.

Three answers follow a change, each better than the one before: `step` (closed form, the classes that changed),
`fit` (to convergence), and `judge`: the strength of the ridge by leaving each photo out, the calibration and the
thresholds by fits that did not see the photo's joint. Nothing is kept of a photo but its row. For one thread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.calibration import platt
from weldstudio.domain.labelling import State
from weldstudio.domain.leave_one_out import Alone, leave_one_out
from weldstudio.domain.neighbours import Neighbours
from weldstudio.domain.next_photos import SCARCE, next_photos, widths
from weldstudio.domain.refit import Floats, Heads, Space, States, sigmoid
from weldstudio.domain.scores import FEW, logit
from weldstudio.domain.thresholds import best_threshold

FOLDS = 3
START_L2 = 1e-3
ROUGHLY = 5e-4
"""How nearly the fits are solved that only calibrate."""


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """What the heads say of the photos, in the order of `ids`."""

    model_id: str
    """The model whose trunk saw the photos."""
    ids: NDArray[np.int64]
    """(n,) photo ids."""
    slots: NDArray[np.int64]
    """(classes,) slot of each class."""
    probabilities: NDArray[np.float16]
    """(n, classes); NaN for a class that has too few raised or clear photos to learn from."""
    thresholds: Floats
    """(classes,)"""
    alone: NDArray[np.float16]
    """(n, classes) what all other labels say of a known one, by a fit (`leave_one_out`) and by the `neighbours`; NaN
    elsewhere."""
    weight: Floats
    """(classes, width) of the calibrated heads, beside features as the trunk gives them; NaN as above."""
    bias: Floats
    """(classes,)"""
    unseen: NDArray[np.float16]
    """(n, classes) what fits say that did not see the photo's joint, where the label is known; NaN elsewhere."""


def enough(states: States) -> NDArray[np.bool_]:
    """(classes,) whether there are enough raised and clear photos to say anything."""
    few: NDArray[np.bool_] = np.minimum((states == State.RAISED).sum(axis=0), (states == State.CLEAR).sum(axis=0)) < FEW
    return ~few


class Learner:
    """The state; see the module's text. Rows are photos with features, `units` their joints."""

    def __init__(self, space: Space, states: States, *, units: NDArray[np.int64]) -> None:
        classes = states.shape[1]
        self.space = space
        self.heads = Heads(space, states, np.full(classes, START_L2, np.float32))
        self.folds = np.random.default_rng(0).integers(0, FOLDS, int(units.max(initial=0)) + 1)[units]
        """(n,) a joint lies in one fold."""
        self.slope, self.offset = np.ones(classes, np.float32), np.zeros(classes, np.float32)
        self.thresholds = np.full(classes, 0.5, np.float32)
        self.neighbours = Neighbours(space)
        self.alone = Alone(np.full(states.shape, np.nan, np.float32), np.full(classes, 1e-2, np.float32))
        self.unseen = np.full(states.shape, np.nan, np.float32)
        self.said: NDArray[np.float16] | None = None
        """(n, classes) what the model says where there are too few labels for a head; NaN where it says nothing."""
        self._halves = self._halved()

    @property
    def taught(self) -> NDArray[np.bool_]:
        """(classes,) see `enough`."""
        return enough(self.heads.states)

    def relabel(self, changes: Sequence[tuple[int, int, int]]) -> tuple[int, ...]:
        """Takes in changed labels (row, class, state) and gives the closed-form answer; the classes that changed."""
        columns = self.heads.relabel(changes)
        self.heads.step(columns)
        return columns

    def fit(self, columns: Sequence[int] | None = None) -> Iterator[None]:
        """To convergence, these classes or all; yields after each pass."""
        for _ in self.heads.converge(columns):
            yield None

    def judge(self) -> Iterator[None]:
        """Ridge, calibration, thresholds and what each label is contradicted by; yields after each piece of work."""
        said = self.alone
        for found in leave_one_out(self.space, self.heads.states):
            if found is not None:
                said = found
            yield None
        yield from self.neighbours.find(self.heads.states)
        yield from self.neighbours.join(said.probabilities, self.heads.states)
        self.alone = said
        raised, clear = self.heads.counts
        share = raised / np.maximum(raised + clear, 1)
        self.heads.l2 = np.maximum(self.alone.ridges * share * (1 - share), 1e-7).astype(np.float32)
        yield from self.fit()
        logits = np.full(self.heads.states.shape, np.nan, np.float32)
        for fold in range(FOLDS):
            left = self.folds == fold
            other = self.heads.copy()
            for _ in other.converge(known=~left, tolerance=ROUGHLY):
                yield None
            logits[left] = other.logits[left]
        for column in range(len(self.slope)):
            self._calibrate(column, logits[:, column].astype(np.float64))
            yield None
        self._halves = self._halved()

    def answer(self, model_id: str, ids: NDArray[np.int64], slots: NDArray[np.int64]) -> Refit:
        """What the heads say now."""
        said = sigmoid(self.heads.logits * self.slope + self.offset)
        said[:, ~self.taught] = np.nan
        weight, bias = self._for_features()
        alone, unseen = self._halves
        return Refit(model_id, ids, slots, said.astype(np.float16), self.thresholds.copy(), alone, weight, bias, unseen)

    def _for_features(self) -> tuple[Floats, Floats]:
        """Weight (classes, width) and bias (classes,) of the calibrated heads beside features as they were read."""
        weight = self.heads.weight / np.float32(self.space.scale) * self.slope[:, None]
        bias = self.heads.bias * self.slope + self.offset - weight @ self.space.mean
        weight[~self.taught] = bias[~self.taught] = np.nan
        return weight.astype(np.float32), bias.astype(np.float32)

    def _halved(self) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
        """What is told of each label as it is kept; it changes only when all is judged."""
        return self.alone.probabilities.astype(np.float16), self.unseen.astype(np.float16)

    def recall(self, before: Refit, ids: NDArray[np.int64], slots: NDArray[np.int64]) -> None:
        """What was judged of these photos the last time, which stands until it is judged again: no doubt is lost."""
        places = np.minimum(before.ids.searchsorted(ids), max(0, len(before.ids) - 1))
        rows = np.flatnonzero(before.ids[places] == ids) if len(before.ids) else places[:0]
        for column, slot in enumerate(slots.tolist()):
            for other in np.flatnonzero(before.slots == slot).tolist():
                self.alone.probabilities[rows, column] = before.alone[places[rows], other]
                self.unseen[rows, column] = before.unseen[places[rows], other]
                self.thresholds[column] = before.thresholds[other]
        self._halves = self._halved()

    def suggest(self, count: int, *, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What to label next, see `next_photos`: rows and classes."""
        states = self.heads.states
        is_raised = states == State.RAISED
        hits = (is_raised & (self.unseen >= self.thresholds)).sum(axis=0)
        said = self.heads.logits * self.slope + self.offset
        said[:, ~self.heads.fitted] = np.nan
        if self.said is not None:
            by_model = ~self.taught & ~np.isnan(self.said).all(axis=0)
            said[:, by_model] = logit(self.said[:, by_model])
        cuts = np.clip(self.thresholds.astype(np.float64), 1e-6, 1 - 1e-6)
        return next_photos(
            lambda rows: self.space.points[rows],
            said,
            np.log(cuts / (1 - cuts)).astype(np.float32),
            waiting=states == State.UNSEEN,
            width=widths(hits, is_raised.sum(axis=0)),
            scarce=is_raised.sum(axis=0) < SCARCE,
            count=count,
            seed=seed,
        )

    def _calibrate(self, column: int, logits: NDArray[np.float64]) -> None:
        states = self.heads.states[:, column]
        known = (states == State.RAISED) | (states == State.CLEAR)
        raised = states[known] == State.RAISED
        self.unseen[:, column] = np.nan
        if not 1 < raised.sum() < len(raised) - 1:
            return
        slope, offset = platt(logits[known], raised)
        if slope <= 0:  # worse than chance on photos it has not seen: nothing to be calibrated by
            slope, offset = 1.0, 0.0
        self.slope[column], self.offset[column] = slope, offset
        probabilities = sigmoid((slope * logits[known] + offset).astype(np.float32))
        self.unseen[known, column] = probabilities
        self.thresholds[column] = best_threshold(probabilities.astype(np.float64), raised)
