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
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import UserError
from weldstudio.gui.opening import TO_WRITE
from weldstudio.gui.work import Pending, Work

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror, MirrorRows
    from weldstudio.store.store import Store

_logger = logging.getLogger(__name__)


class Priority(IntEnum):
    """What the store thread does first."""

    KEY = 0
    """What an expert has just done."""
    CALL = 1
    STOP = 2
    STEP = 3
    """The next step of long work."""


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
        opener: "Callable[[Path], Store]" = TO_WRITE,
        synchronous: bool = False,
    ) -> None:
        super().__init__()
        self._folder = folder
        self._opener = opener
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
            if job.pending is not None:
                job.pending.ran()
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
        from weldstudio.store import mirror, packed

        self._store = self._opener(self._folder)
        self._seen = self._store.sequence
        read, unpacked = mirror.read_whole(self._store)
        if unpacked is not None and not self._store.read_only and not self._synchronous:
            self._jobs.put(_Job(Priority.STEP, next(self._order), partial(packed.write, columns=unpacked)))
        return read

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
            if changes.replaced:
                # The rows of the mirror may not even be there any more; the project is opened anew.
                outcome.changes, outcome.rows = changes, mirror.MirrorRows()
                return
            if outcome.error is not None and outcome.job.reread:
                changes |= Changes(labels=outcome.job.reread)
            if changes:
                outcome.changes = changes
                outcome.rows = mirror.read_rows(self._store, changes)
        except Exception as error:  # noqa: BLE001 - carried to the GUI thread
            outcome.error = outcome.error or error


def _nothing(_store: object) -> None:
    """What the stopping job does."""
