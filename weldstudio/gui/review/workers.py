"""Worker threads that always do what is wanted most, and forget what is not wanted any more. GUI thread outside.

The owner says the whole list of what it wants, most urgent first; what was asked before and is not in the list is
dropped. Workers run one pure function on one item after another; results come back as a signal in the GUI thread.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

from weldstudio.domain.errors import UserError


class Workers(QObject):
    """At most `threads` at once. `function(item)` must be pure: it may read files, never a widget or the mirror."""

    done = Signal(object, object)
    """(item, result)"""
    failed = Signal(object, str)
    """(item, sentence)"""
    broke = Signal(object)
    """An exception that is our own fault; it goes to whoever reports such things."""

    def __init__(
        self,
        function: Callable[[Any], Any],
        *,
        threads: int = 2,
        idle: Callable[[], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._function = function
        self._idle = idle
        self._threads = threads
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._lock = threading.Lock()
        self._wanted: deque[Hashable] = deque()
        self._doing: set[Hashable] = set()
        self._running = 0
        self._stopped = False

    def want(self, items: Iterable[Hashable]) -> None:
        """These are wanted now, most urgent first, and nothing else."""
        with self._lock:
            if self._stopped:
                return
            self._wanted = deque(item for item in items if item not in self._doing)
            start = min(self._threads - self._running, len(self._wanted))
            self._running += max(0, start)
        for _ in range(start):
            self._pool.start(_Run(self._work))

    @property
    def busy(self) -> bool:
        with self._lock:
            return self._running > 0 or bool(self._wanted)

    def stop(self) -> None:
        """Forget all that waits and return when no worker runs; nothing is delivered afterwards."""
        with self._lock:
            self._stopped = True
            self._wanted.clear()
        self._pool.waitForDone()

    # Worker threads

    def _work(self) -> None:
        rested = False
        while True:
            with self._lock:
                if self._wanted and not self._stopped:
                    item = self._wanted.popleft()
                    self._doing.add(item)
                elif rested or self._idle is None or self._running > 1 or self._stopped:
                    self._running -= 1
                    return
                else:
                    item = None
            if item is None:
                if self._idle is not None:
                    self._idle()
                rested = True
            else:
                rested = False
                self._do(item)

    def _do(self, item: Hashable) -> None:
        try:
            result = self._function(item)
        except UserError as error:
            self._finish(item)
            self._say(self.failed, item, str(error))
        except Exception as error:  # noqa: BLE001 - handed on whole: a worker has nobody above it
            self._finish(item)
            self._say(self.broke, error)
        else:
            self._finish(item)
            self._say(self.done, item, result)

    def _finish(self, item: Hashable) -> None:
        with self._lock:
            self._doing.discard(item)

    def _say(self, signal: Any, *what: object) -> None:
        if not self._stopped:
            signal.emit(*what)


class _Run(QRunnable):
    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        self._work()


QUEUED = Qt.ConnectionType.QueuedConnection
"""For slots of `done` and `failed`: they are emitted in worker threads."""
