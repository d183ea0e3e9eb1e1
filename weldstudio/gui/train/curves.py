"""What a run has said so far, as arrays ready to be drawn: the same for a live run and for one of last year."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.messages import (
    Alarm,
    Evaluated,
    Failed,
    Heartbeat,
    Message,
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
    alarms: list[Alarm] = field(default_factory=list)
    skipped: Skipped | None = None
    last_step: Step | None = None
    evaluations: list[Evaluated] = field(default_factory=list)
    heartbeat: float | None = None
    """Seconds since 1970 of the last sign of life."""
    _steps: list[int] = field(default_factory=list)
    _losses: list[float] = field(default_factory=list)
    _epochs: list[float] = field(default_factory=list)

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
                self.last_step = message
            case Evaluated():
                if not self.evaluations or message.step > self.evaluations[-1].step:
                    self.evaluations.append(message)
            case RunStarted():
                self.started, self.heartbeat = message, message.time
            case Heartbeat():
                self.heartbeat = message.time
            case Stage():
                self.stage = message.text
            case Alarm():
                self.alarms.append(message)
            case Skipped():
                self.skipped = message
            case RunFinished():
                self.finished = message
            case Failed() if message.request == -1:
                self.failure = message.sentence

    @property
    def _seen(self) -> tuple[object, ...]:
        return (
            len(self._steps),
            len(self.evaluations),
            self.started is None,
            self.stage,
            len(self.alarms),
            self.skipped,
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
        return self._evaluated(lambda e: e.loss)

    @property
    def accuracy(self) -> tuple[Array, Array]:
        """Steps and mean per-class accuracy (0 to 1); NaN where no class has a value."""
        return self._evaluated(lambda e: e.mean_per_class_accuracy)

    def class_accuracy(self, name: str) -> tuple[Array, Array]:
        """The same of one class."""
        return self._evaluated(lambda e: e.per_class.get(name, {}).get("mean_per_class_accuracy"))

    def _evaluated(self, value: Any) -> tuple[Array, Array]:
        steps = np.array([e.step for e in self.evaluations], float)
        values = [value(e) for e in self.evaluations]
        return thinned(steps, np.array([np.nan if v is None else v for v in values], float))

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
        return min(1.0, self.last_known_step / planned) if planned else None

    def near(self, step: float) -> tuple[tuple[int, float, float] | None, Evaluated | None]:
        """What stands under a crosshair: (step, epoch, training loss) and the evaluation nearest to it."""
        point = None
        if self._steps:
            i = int(np.argmin(np.abs(np.asarray(self._steps, float) - step)))
            point = self._steps[i], self._epochs[i], self._losses[i]
        evaluation = min(self.evaluations, key=lambda e: abs(e.step - step), default=None)
        return point, evaluation


def thinned(x: Array, y: Array, most: int = MOST_POINTS) -> tuple[Array, Array]:
    """At most `most` points that look the same: of each stretch its lowest and its highest, so no spike is lost.

    x ascending and y (n,); NaN in y passes for lowest. Short curves come back as they are.
    """
    n = len(x)
    if n <= most:
        return x, y
    # The ends are kept whatever they are; each stretch between them gives two.
    edges = np.linspace(1, n - 1, (most - 2) // 2 + 1).astype(int)
    keep = [0, n - 1]
    lows = np.where(np.isnan(y), -np.inf, y)
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        if stop > start:
            keep.append(start + int(np.argmin(lows[start:stop])))
            keep.append(start + int(np.argmax(lows[start:stop])))
    chosen = np.unique(keep)
    return x[chosen], y[chosen]
