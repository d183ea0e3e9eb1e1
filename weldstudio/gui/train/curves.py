"""What a run has said so far, as arrays ready to be drawn: the same for a live run and for one of last year."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.messages import (
    GOING_ON,
    Alarm,
    Evaluated,
    Failed,
    Heartbeat,
    Message,
    RangeTested,
    RunFinished,
    RunStarted,
    Skipped,
    Stage,
    Step,
)

Array = NDArray[np.float64]

MOST_POINTS = 1000
"""Points that a curve is thinned to before it is drawn: more cannot be told apart on a screen, and cost time."""


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
    evaluations: list[Evaluated] = field(default_factory=list)
    heartbeat: float | None = None
    """Seconds since 1970 of the last sign of life."""
    _steps: list[int] = field(default_factory=list)
    _losses: list[float] = field(default_factory=list)
    _epochs: list[float] = field(default_factory=list)
    # One list per curve, so that drawing again does not walk through all that was ever said.
    _evaluated_at: list[int] = field(default_factory=list)
    _validation: list[float] = field(default_factory=list)
    _means: list[float] = field(default_factory=list)
    _per_class: dict[str, list[float]] = field(default_factory=dict)

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
        for name in message.per_class.keys() | self._per_class.keys():
            values = self._per_class.setdefault(name, [np.nan] * before)
            values.append(_number(message.per_class.get(name, {}).get("mean_per_class_accuracy")))

    @property
    def _seen(self) -> tuple[object, ...]:
        return (
            len(self._steps),
            len(self.evaluations),
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
        return thinned(np.asarray(self._steps, float), np.asarray(self._losses, float))

    @property
    def validation_loss(self) -> tuple[Array, Array]:
        return self._thinned(self._validation)

    @property
    def accuracy(self) -> tuple[Array, Array]:
        """Steps and mean per-class accuracy (0 to 1); NaN where no class has a value."""
        return self._thinned(self._means)

    def class_accuracy(self, name: str) -> tuple[Array, Array]:
        """The same of one class."""
        return self._thinned(self._per_class.get(name, []))

    def _thinned(self, values: list[float]) -> tuple[Array, Array]:
        return thinned(np.asarray(self._evaluated_at[: len(values)], float), np.asarray(values, float))

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
