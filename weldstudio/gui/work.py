"""What was handed to the store thread, as the GUI thread sees it: a call under way, or long work with its progress."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from weldstudio.domain.changes import Progress

_RATE_WINDOW_S = 10.0


class Pending:
    """A call under way. `then` may be used before or after its end; callbacks run in the GUI thread."""

    def __init__(self) -> None:
        self.finished = False
        self.result: Any = None
        self.error: Exception | None = None
        self.has_error_handler = False
        self._ran = threading.Event()
        self._callbacks: list[tuple[Callable[[Any], Any] | None, Callable[[Exception], Any] | None]] = []

    def then(
        self, done: Callable[[Any], Any] | None = None, failed: Callable[[Exception], Any] | None = None
    ) -> "Pending":
        """Have `done(result)` or `failed(error)` called at the end. Without `failed` the session shows the error.

        A page or dialog may be gone by then: what was meant for it (its method, a function that holds it) is dropped.
        """
        self.has_error_handler = self.has_error_handler or failed is not None
        self._callbacks.append((done, failed))
        if self.finished:
            self._call_back()
        return self

    def give_way(self, most_s: float) -> bool:
        """Sleep until the store thread has run the call, but no longer; whether it has.

        What came of it is delivered by the event loop none the less, before anything is painted.
        """
        return self.finished or self._ran.wait(most_s)

    def ran(self) -> None:
        """For the store thread only: what came of it is on its way."""
        self._ran.set()

    def resolve(self, result: Any, error: Exception | None) -> None:
        """For the store thread's GUI side only."""
        self.finished, self.result, self.error = True, result, error
        self._call_back()

    def _call_back(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for done, failed in callbacks:
            if self.error is None and done is not None and _has_all(done):
                done(self.result)
            elif self.error is not None and failed is not None and _has_all(failed):
                failed(self.error)


def _has_all(callback: Callable[[Any], Any]) -> bool:
    """Whether every widget that the callback belongs to, or holds, is still there."""
    held = [getattr(callback, "__self__", None)]
    for cell in getattr(callback, "__closure__", None) or ():
        with contextlib.suppress(ValueError):  # a name that has no value yet
            held.append(cell.cell_contents)
    return all(isValid(one) for one in held if isinstance(one, QObject))


class Work(QObject):
    """Long work in the status line: progress, rate, time left, cancel. Lives in the GUI thread."""

    progressed = Signal(object)
    """The latest `Progress`."""
    finished = Signal(object)
    """The generator's report."""
    failed = Signal(object)
    """The exception."""
    cancelled = Signal()

    ended = Signal()
    """In whatever way; before the signal that says in which."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.state = "running"
        """'running', 'done', 'failed' or 'cancelled'."""
        self.progress: Progress | None = None
        self.report: Any = None
        self.error: Exception | None = None
        self.resumes = False
        """Whether the next opening of the project goes on with it."""
        self.cancel_wanted = False
        """Read by the store thread before each step."""
        self._seen: deque[tuple[float, int]] = deque()

    def cancel(self) -> None:
        """Ask the work to stop after its present step; chunks that are finished stay."""
        self.cancel_wanted = True

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def rate(self) -> float | None:
        """Items per second over the last ten seconds; None while unknown."""
        if len(self._seen) < 2:
            return None
        (t0, n0), (t1, n1) = self._seen[0], self._seen[-1]
        return (n1 - n0) / (t1 - t0) if t1 - t0 > 0.5 and n1 > n0 else None

    @property
    def seconds_left(self) -> float | None:
        if self.progress is None or self.progress.total is None or not self.rate:
            return None
        return max(0.0, (self.progress.total - self.progress.done) / self.rate)

    def note(self, progress: Progress, *, now: float | None = None) -> None:
        """Take in a step (GUI side of the store thread)."""
        now = time.monotonic() if now is None else now
        if self._seen and progress.done < self._seen[-1][1]:
            self._seen.clear()  # another pass begins to count anew
        self._seen.append((now, progress.done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _RATE_WINDOW_S:
            self._seen.popleft()
        self.progress = progress
        self.progressed.emit(progress)

    def end(self, state: str, report: Any, error: Exception | None) -> None:
        """Take in the end (GUI side of the store thread)."""
        self.state, self.report, self.error = state, report, error
        self.ended.emit()
        if state == "done":
            self.finished.emit(report)
        elif state == "failed":
            self.failed.emit(error)
        else:
            self.cancelled.emit()
