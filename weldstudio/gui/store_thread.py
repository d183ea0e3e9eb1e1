"""The one thread that owns the window's `Store`, and what is handed to it.

Everything that touches SQLite is a function taking the store first, run here in order of priority: key presses, then
calls, then one step at a time of long work (generators), several works taking turns. What comes back travels to the
GUI thread by a signal: the result or the error, and the rows of the mirror that have changed since, whoever changed
them. Tests may run it `synchronous`: then every call is run at once, in the caller's thread, and long work step by step
between the events of its loop.

Rejected: a pool (SQLite has one writer), futures (their callbacks run in the wrong thread), and one QThread per call.
"""

import itertools
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import UserError

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror, MirrorRows
    from weldstudio.store.store import Store

_logger = logging.getLogger(__name__)

_RATE_WINDOW_S = 10.0


class Priority(IntEnum):
    """What the store thread does first."""

    KEY = 0
    """What an expert has just done."""
    CALL = 1
    STOP = 2
    STEP = 3
    """The next step of long work."""


class Pending:
    """A call under way. `then` may be used before or after its end; callbacks run in the GUI thread."""

    def __init__(self) -> None:
        self.finished = False
        self.result: Any = None
        self.error: Exception | None = None
        self.has_error_handler = False
        self._callbacks: list[tuple[Callable[[Any], Any] | None, Callable[[Exception], Any] | None]] = []

    def then(
        self, done: Callable[[Any], Any] | None = None, failed: Callable[[Exception], Any] | None = None
    ) -> "Pending":
        """Have `done(result)` or `failed(error)` called at the end. Without `failed` the session shows the error."""
        self.has_error_handler = self.has_error_handler or failed is not None
        self._callbacks.append((done, failed))
        if self.finished:
            self._call_back()
        return self

    def resolve(self, result: Any, error: Exception | None) -> None:
        """For the store thread's GUI side only."""
        self.finished, self.result, self.error = True, result, error
        self._call_back()

    def _call_back(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for done, failed in callbacks:
            if self.error is None and done is not None:
                done(self.result)
            elif self.error is not None and failed is not None:
                failed(self.error)


class Work(QObject):
    """Long work in the status line: progress, rate, time left, cancel. Lives in the GUI thread."""

    progressed = Signal(object)
    """The latest `Progress`."""
    finished = Signal(object)
    """The generator's report."""
    failed = Signal(object)
    """The exception."""
    cancelled = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.state = "running"
        """'running', 'done', 'failed' or 'cancelled'."""
        self.progress: Progress | None = None
        self.report: Any = None
        self.error: Exception | None = None
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
        if state == "done":
            self.finished.emit(report)
        elif state == "failed":
            self.failed.emit(error)
        else:
            self.cancelled.emit()


@dataclass(order=True, slots=True)
class _Job:
    priority: int
    order: int
    function: Callable[["Store"], Any] = field(compare=False)
    pending: Pending | None = field(compare=False, default=None)
    work: Work | None = field(compare=False, default=None)
    generator: Generator[Progress, None, Any] | None = field(compare=False, default=None)
    reread: frozenset[int] = field(compare=False, default=frozenset())
    """Photos whose labels are read again if the function fails, for the mirror was changed ahead of it."""


@dataclass(slots=True)
class _Outcome:
    job: _Job
    result: Any = None
    error: Exception | None = None
    state: str = "done"
    """Of a work: 'running' after a step."""
    changes: Changes = NO_CHANGES
    rows: "MirrorRows | None" = None


class StoreThread(QObject):
    """Runs functions on the store; see the module's text. All methods belong to the GUI thread."""

    changed = Signal(object, object)
    """(Changes, MirrorRows): what is different now; before the callbacks of the call that did it."""
    opened = Signal(object)
    """The Mirror, read."""
    refused = Signal(object)
    """The exception: the project could not be opened."""
    failed = Signal(object)
    """The exception of a call whose caller handles none."""
    work_ended = Signal(object)
    """A Work has ended, in whatever way."""
    _delivered = Signal(object)

    def __init__(
        self,
        folder: Path,
        *,
        create: bool = False,
        opener: "Callable[[Path], Store] | None" = None,
        synchronous: bool = False,
    ) -> None:
        super().__init__()
        self._folder = folder
        self._opener = opener or (_create_project if create else _open_project)
        self._synchronous = synchronous
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._order = itertools.count()
        self._store: Store | None = None
        self._seen = 0
        self._thread: threading.Thread | None = None
        self._turning: list[_Job] = []
        self._closed = False
        self._delivered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def open(self) -> None:
        """Open the project and read its mirror; answered by `opened` or `refused`."""
        pending = Pending().then(self.opened.emit, self.refused.emit)
        job = _Job(Priority.KEY, next(self._order), self._open, pending)
        if self._synchronous:
            self._deliver(self._do(job))
            return
        self._jobs.put(job)
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def call(
        self,
        function: "Callable[[Store], Any]",
        *,
        priority: Priority = Priority.CALL,
        reread: frozenset[int] = frozenset(),
        done: Callable[[Any], Any] | None = None,
        failed: Callable[[Exception], Any] | None = None,
    ) -> Pending:
        """Run `function(store)`; `done` and `failed` as in `Pending.then`, there before a synchronous store answers."""
        pending = Pending()
        if done is not None or failed is not None:
            pending.then(done, failed)
        self._submit(_Job(priority, next(self._order), function, pending, reread=reread))
        return pending

    def work(self, work: Work, function: "Callable[[Store], Generator[Progress, None, Any]]") -> None:
        """Run the generator that `function(store)` makes, step by step, between everything else."""
        self._submit(_Job(Priority.STEP, next(self._order), function, None, work))

    def close(self) -> None:
        """End after the calls that wait; long work is closed at its present step. Blocks until the store is closed."""
        if self._closed:
            return
        self._closed = True
        if self._synchronous:
            for job in self._turning:
                if job.generator is not None:
                    job.generator.close()
            if self._store is not None:
                self._store.close()
                self._store = None
        elif self._thread is not None:
            self._jobs.put(_Job(Priority.STOP, next(self._order), _nothing))
            self._thread.join()
        self._delivered.disconnect(self._deliver)

    # GUI thread

    def _submit(self, job: _Job) -> None:
        if self._closed:
            raise RuntimeError("the project is closed")
        if not self._synchronous:
            self._jobs.put(job)
        elif job.work is None:
            self._deliver(self._do(job))
        else:
            self._turning.append(job)
            QTimer.singleShot(0, self, lambda: self._turn(job))

    def _turn(self, job: _Job) -> None:
        """One step of long work where there is no thread: between two events, as it would be between two calls."""
        if self._closed:
            return
        outcome = self._do(job)
        if outcome.state == "running":
            QTimer.singleShot(0, self, lambda: self._turn(job))
        else:
            self._turning.remove(job)
        self._deliver(outcome)

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        job = outcome.job
        if outcome.error is not None and job.pending is not None:
            # A refused edit must have left the outbox before the rows that contradict it are shown.
            self._resolve(job.pending, outcome)
        if outcome.rows is not None:
            self.changed.emit(outcome.changes, outcome.rows)
        if job.work is not None:
            if outcome.state == "running":
                job.work.note(outcome.result)
            else:
                job.work.end(outcome.state, outcome.result, outcome.error)
                self.work_ended.emit(job.work)
        elif job.pending is not None and outcome.error is None:
            self._resolve(job.pending, outcome)

    def _resolve(self, pending: Pending, outcome: _Outcome) -> None:
        pending.resolve(outcome.result, outcome.error)
        if outcome.error is not None and not pending.has_error_handler:
            # Not at once: a synchronous call is answered before its caller could say who handles errors.
            QTimer.singleShot(0, self, lambda: self._unhandled(pending))

    def _unhandled(self, pending: Pending) -> None:
        if not pending.has_error_handler and not self._closed:
            self.failed.emit(pending.error)

    # Store thread (or the caller's, when synchronous)

    def _run(self) -> None:
        unfinished: list[_Job] = []
        while True:
            job = self._jobs.get()
            if job.priority == Priority.STOP:
                break
            outcome = self._do(job)
            if self._closed:
                unfinished += [job] if outcome.state == "running" else []
                continue
            self._delivered.emit(outcome)
            if outcome.state == "running":
                job.order = next(self._order)  # behind the other works
                self._jobs.put(job)
        while not self._jobs.empty():
            unfinished.append(self._jobs.get())
        for job in unfinished:
            if job.generator is not None:
                job.generator.close()
        if self._store is not None:
            self._store.close()
            self._store = None

    def _open(self, _store: object) -> "Mirror":
        from weldstudio.store import mirror

        self._store = self._opener(self._folder)
        self._seen = self._store.sequence
        return mirror.read(self._store)

    def _do(self, job: _Job) -> _Outcome:
        outcome = _Outcome(job)
        try:
            if job.work is not None:
                self._step(job, outcome)
            else:
                outcome.result = job.function(self._store)  # type: ignore[arg-type]
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.debug("on the store thread", exc_info=True)
            outcome.error, outcome.state = error, "failed"
        self._look(outcome)
        return outcome

    def _step(self, job: _Job, outcome: _Outcome) -> None:
        assert job.work is not None
        if job.generator is None:
            job.generator = job.function(self._store)  # type: ignore[arg-type]
        if job.work.cancel_wanted:
            job.generator.close()
            outcome.state = "cancelled"
            return
        try:
            outcome.result = next(job.generator)
            outcome.state = "running"
        except StopIteration as end:
            outcome.result = end.value

    def _look(self, outcome: _Outcome) -> None:
        """Read what is different now, whoever wrote it: this call, another process, or nobody."""
        if self._store is None:
            return
        from weldstudio.store import mirror

        try:
            newest = self._store.sequence  # asked first: what comes in between is then read twice, not missed
            changes = self._store.changes_since(self._seen)
            self._seen = newest
            if outcome.error is not None and outcome.job.reread:
                changes |= Changes(labels=outcome.job.reread)
            if changes:
                outcome.changes = changes
                outcome.rows = mirror.read_rows(self._store, changes)
        except Exception as error:  # noqa: BLE001 - carried to the GUI thread
            outcome.error = outcome.error or error


def _open_project(folder: Path) -> "Store":
    # Here, not above: this brings sqlite_utils along, half a second that must not stand before the first paint.
    from weldstudio.studio import projects

    return projects.open_project(folder)


def _create_project(folder: Path) -> "Store":
    from weldstudio.studio import projects

    return projects.create(folder)


def _nothing(_store: object) -> None:
    """What the stopping job does."""
