"""What a run has said so far, as arrays ready to be drawn: the same for a live run and for one of last year."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.messages import (
    GOING_ON,
    Alarm,
    Evaluated,
    Failed,
    Filters,
    Heartbeat,
    Message,
    RangeTested,
    RunFinished,
    RunStarted,
    Skipped,
    Stage,
    Step,
    Wall,
)

Array = NDArray[np.float64]

ACCURACY, ON_RAISED, ON_CLEAR = FIGURES = ("mean_per_class_accuracy", "sensitivity", "specificity")
"""What is kept of each class at each evaluation, as `scores.ClassScores.to_json` calls it."""

MOST_POINTS = 1000
"""Points that a curve is thinned to before it is drawn: more cannot be told apart on a screen, and cost time."""
_BLOCK = 64
_NOTHING = np.empty(0)


@dataclass(slots=True)
class Curves:
    """The story of one run. `take` messages in the order they were said; read the rest. Any thread, one at a time."""

    started: RunStarted | None = None
    finished: RunFinished | None = None
    failure: str = ""
    """The sentence of a child that failed as a whole."""
    stage: str = ""
    """What it was last busy with beside training; '' while steps are coming."""
    stage_share: float | None = None
    """How much of that is done, 0 to 1; None where nobody knows."""
    alarms: list[Alarm] = field(default_factory=list)
    skipped: Skipped | None = None
    range_tested: RangeTested | None = None
    last_step: Step | None = None
    walls: list[Wall] = field(default_factory=list)
    filters: list[Filters] = field(default_factory=list)
    evaluations: list[Evaluated] = field(default_factory=list)
    heartbeat: float | None = None
    """Seconds since 1970 of the last sign of life."""
    _steps: list[int] = field(default_factory=list)
    _losses: list[float] = field(default_factory=list)
    _epochs: list[float] = field(default_factory=list)
    _rates: list[float] = field(default_factory=list)
    # One list per curve, so that drawing again does not walk through all that was ever said.
    _evaluated_at: list[int] = field(default_factory=list)
    _validation: list[float] = field(default_factory=list)
    _means: list[float] = field(default_factory=list)
    _figures: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    """(class, figure) -> its value at each evaluation."""
    _kept: dict[object, tuple[int, tuple[Array, Array]]] = field(default_factory=dict, repr=False, compare=False)
    """Curve -> its length and what was drawn of it."""

    def take(self, messages: Iterable[Message]) -> bool:
        """Notes what was said. Returns whether anything was that a person would see."""
        before = self._seen
        for message in messages:
            self._take_one(message)
        return self._seen != before

    def _take_one(self, message: Message) -> None:
        match message:
            case Step():
                # A resumed run says its last steps again: a point is never repeated.
                if not self._steps or message.step > self._steps[-1]:
                    self._steps.append(message.step)
                    self._losses.append(message.loss)
                    self._epochs.append(message.epoch)
                    self._rates.append(message.learning_rate)
                self.last_step, self.stage, self.stage_share = message, "", None
            case Evaluated():
                if not self.evaluations or message.step > self.evaluations[-1].step:
                    self._take_evaluation(message)
            case RunStarted():
                self.started, self.heartbeat = message, message.time
            case Heartbeat():
                self.heartbeat = message.time
            case Stage():
                self.stage = message.text
                self.stage_share = message.done / message.total if message.total else None
                if message.text == GOING_ON:
                    self.finished, self.failure = None, ""  # the last word of the process before
            case Wall():
                if not self.walls or message.step > self.walls[-1].step:
                    self.walls.append(message)
            case Filters():
                if not self.filters or message.step > self.filters[-1].step:
                    self.filters.append(message)
            case Alarm():
                self.alarms.append(message)
            case RangeTested():
                self.range_tested = message
            case Skipped():
                self._take_skipped(message)
            case RunFinished():
                self.finished = message
            case Failed() if message.request == -1:
                self.failure = message.sentence

    def _take_skipped(self, message: Skipped) -> None:
        """Photos are left out whenever that is found; a resumed run may say some of them again."""
        before = self.skipped or Skipped(0, ())
        new = tuple(example for example in message.examples if example not in before.examples)
        if new or not message.examples:
            self.skipped = Skipped(before.count + message.count, before.examples + new)

    def _take_evaluation(self, message: Evaluated) -> None:
        before = len(self.evaluations)
        self.evaluations.append(message)
        self._evaluated_at.append(message.step)
        self._validation.append(_number(message.loss))
        self._means.append(_number(message.mean_per_class_accuracy))
        said = {(name, figure) for name in message.per_class for figure in FIGURES}
        for name, figure in said | self._figures.keys():
            values = self._figures.setdefault((name, figure), [np.nan] * before)
            values.append(_number(message.per_class.get(name, {}).get(figure)))

    @property
    def _seen(self) -> tuple[object, ...]:
        return (
            len(self._steps),
            len(self.evaluations),
            len(self.walls),
            len(self.filters),
            self.started is None,
            self.stage,
            len(self.alarms),
            self.skipped,
            self.range_tested,
            self.finished,
            self.failure,
        )

    # --- what is drawn ------------------------------------------------------------------------------------------

    @property
    def training_loss(self) -> tuple[Array, Array]:
        """Steps and loss, thinned."""
        return self._drawn("training", self._steps, self._losses)

    @property
    def validation_loss(self) -> tuple[Array, Array]:
        return self._drawn("validation", self._evaluated_at, self._validation)

    @property
    def accuracy(self) -> tuple[Array, Array]:
        """Steps and mean per-class accuracy (0 to 1); NaN where no class has a value."""
        return self._drawn("means", self._evaluated_at, self._means)

    @property
    def learning_rate(self) -> tuple[Array, Array]:
        """Steps and learning rate."""
        return self._drawn("rates", self._steps, self._rates)

    def class_figure(self, name: str, figure: str = ACCURACY) -> tuple[Array, Array]:
        """The same of one class, or another of its `FIGURES`."""
        return self._drawn((name, figure), self._evaluated_at, self._figures.get((name, figure), []))

    def figure(self, figure: str) -> tuple[Array, Array]:
        """Steps and the mean of a figure over the classes that have a value."""
        rows = [self._figures[name, figure] for name in self.classes if (name, figure) in self._figures]
        if not rows:
            return np.empty(0), np.empty(0)
        values = np.asarray(rows, float)
        known = np.isfinite(values).sum(axis=0)
        means = np.where(known > 0, np.nansum(values, axis=0) / np.maximum(known, 1), np.nan)
        return thinned(np.asarray(self._evaluated_at[: len(means)], float), means)

    def written(self) -> tuple[tuple[str, list[int], list[float]], ...]:
        """Every curve in full, (name, steps, values), for files: what is drawn is thinned."""
        at = self._evaluated_at
        per_class = (
            (f"{figure.replace('_', ' ')}/{name}", at, self._figures[name, figure])
            for figure in FIGURES
            for name in self.classes
            if (name, figure) in self._figures
        )
        return (
            ("training loss", self._steps, self._losses),
            ("learning rate", self._steps, self._rates),
            ("validation loss", at, self._validation),
            (ACCURACY.replace("_", " "), at, self._means),
            *per_class,
        )

    def _drawn(self, curve: object, steps: list[int], values: list[float]) -> tuple[Array, Array]:
        """A curve, thinned; the very same arrays until more of it is known: it only grows."""
        length, points = self._kept.get(curve, (-1, (_NOTHING, _NOTHING)))
        if length != len(values):
            points = thinned(np.asarray(steps[: len(values)], float), np.asarray(values, float))
            self._kept[curve] = len(values), points
        return points

    @property
    def classes(self) -> tuple[str, ...]:
        """Names in the order of the run; from the first evaluation where the run has not said them."""
        if self.started is not None and self.started.classes:
            return self.started.classes
        return tuple(self.evaluations[0].per_class) if self.evaluations else ()

    @property
    def best(self) -> Evaluated | None:
        """The evaluation whose weights a run returns: the last one that said so, else the one with the best mean."""
        marked = [e for e in self.evaluations if e.best]
        if marked:
            return marked[-1]
        known = [e for e in self.evaluations if e.mean_per_class_accuracy is not None]
        return max(known, key=lambda e: e.mean_per_class_accuracy or 0.0, default=None)

    @property
    def patience_left(self) -> int | None:
        """Evaluations without a better one before the run ends early; None where it never does, or has ended."""
        return self.evaluations[-1].patience_left if self.evaluations and self.finished is None else None

    @property
    def last_known_step(self) -> int:
        last = self._steps[-1] if self._steps else 0
        return max(last, self.evaluations[-1].step if self.evaluations else 0)

    @property
    def share_done(self) -> float | None:
        """Part of the planned steps that is done, 0 to 1; None while unknown."""
        if self.finished is not None:
            return 1.0
        planned = self.started.steps if self.started else 0
        if not self._steps and self.stage_share is not None:
            return self.stage_share  # before the first step the bar is that of reading the photographs
        return min(1.0, self.last_known_step / planned) if planned else None

    def near(self, step: float) -> tuple[tuple[int, float, float] | None, Evaluated | None]:
        """What stands under a crosshair: (step, epoch, training loss) and the evaluation nearest to it."""
        point = None
        if self._steps:
            i = int(np.argmin(np.abs(np.asarray(self._steps, float) - step)))
            point = self._steps[i], self._epochs[i], self._losses[i]
        evaluation = min(self.evaluations, key=lambda e: abs(e.step - step), default=None)
        return point, evaluation


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def smoothed(y: Array, weight: float) -> Array:
    """An exponential mean that begins unbiased (Kingma & Ba 2015, 3). 0 changes nothing.

    `weight` (0 to below 1) is how much of what was before stays at each point. What is no finite number stays as it is
    and weighs nothing.
    """
    known = np.isfinite(y)
    if weight <= 0 or not known.any():
        return y
    values = y[known]
    # By blocks: within one, each mean is a sum with powers of the weight; from one to the next a single number goes.
    far = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
    within = np.where(far >= 0, (1 - weight) * weight ** np.maximum(far, 0), 0.0)
    means = np.pad(values, (0, -len(values) % _BLOCK)).reshape(-1, _BLOCK) @ within.T
    fading = weight ** np.arange(1, _BLOCK + 1)
    for before, block in pairwise(means):
        block += before[-1] * fading
    found = y.copy()
    found[known] = means.ravel()[: len(values)] / (1 - weight ** np.arange(1, len(values) + 1))
    return found


def thinned(x: Array, y: Array, most: int = MOST_POINTS) -> tuple[Array, Array]:
    """At most `most` points that look the same: of each stretch its lowest and its highest, so no spike is lost.

    x ascending and y (n,); stretches of nothing but NaN leave a gap. Short curves come back as they are.
    """
    n = len(x)
    if n <= most:
        return x, y
    # Equal stretches as rows of a matrix, the last one filled up with its own last value.
    width = -(-n // (most // 2))
    rows = -(-n // width)
    padded = np.full(rows * width, y[-1])
    padded[:n] = y
    matrix = padded.reshape(rows, width)
    starts = np.arange(rows) * width
    lowest = np.argmin(np.where(np.isnan(matrix), np.inf, matrix), axis=1) + starts
    highest = np.argmax(np.where(np.isnan(matrix), -np.inf, matrix), axis=1) + starts
    chosen = np.unique(np.minimum(np.concatenate((lowest, highest)), n - 1))
    return x[chosen], y[chosen]
