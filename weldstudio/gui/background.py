"""A pure function in a thread of its own, its outcome in the GUI thread. Never for anything that touches the store."""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal


class _There:
    """Whether an object still is; it waits with its end for whoever holds the lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.gone = False

    def leave(self) -> None:
        with self.lock:
            self.gone = True


class Background(QObject):
    """Runs one function at a time for its owner; asked anew, the answer to the older question is dropped."""

    _ended = Signal(object)
    """(number of the question, result, error)"""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._callback: Callable[[Any, Exception | None], None] | None = None
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        # A signal of an object that is just being taken apart would take the program along.
        self._there = there = _There()
        self.destroyed.connect(lambda: there.leave())

    def ask(self, function: Callable[[], Any], answer: Callable[[Any, Exception | None], None]) -> None:
        """Call `answer(result, error)` when `function()` has ended, unless something newer was asked."""
        self._number += 1
        self._callback = answer
        number, there = self._number, self._there

        def run() -> None:
            try:
                outcome: tuple[int, Any, Exception | None] = (number, function(), None)
            except Exception as error:  # noqa: BLE001 - handed to whoever asked
                outcome = (number, None, error)
            with there.lock:
                if not there.gone:
                    self._ended.emit(outcome)

        threading.Thread(target=run, name="background", daemon=True).start()

    def forget(self) -> None:
        """The answer under way is no longer wanted."""
        self._number += 1

    def _end(self, outcome: tuple[int, Any, Exception | None]) -> None:
        number, result, error = outcome
        if number == self._number and self._callback is not None:
            self._callback(result, error)
