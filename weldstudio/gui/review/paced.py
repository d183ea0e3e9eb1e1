"""Work that news keep asking for, done now and then: never more than a tenth of the GUI thread's time."""

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

_SHARE = 10
_PATIENCE = 4


class Paced(QObject):
    """`ask()` has `function()` called once, `least_ms` later or, if it is slow, so much later that keys stay fluent.

    One that `settles` waits anew whenever it is asked for again, up to four times as long: it is done in a pause. Where
    the function returns steps, the event loop has its turn between them, so that keys wait for one step at most.
    """

    def __init__(
        self, function: Callable[[], Iterator[None] | None], *, least_ms: int, settles: bool = False, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._function = function
        self._least_ms = least_ms
        self._settles = settles
        self._cost_ms = self._spent_ms = 0.0
        self._asked = 0.0
        self._steps: Iterator[None] | None = None
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._turn)

    @property
    def waiting(self) -> bool:
        return self._timer.isActive()

    def ask(self) -> None:
        wait_ms = max(self._least_ms, round(self._cost_ms * _SHARE))
        if self._steps is not None:
            self._again = True
        elif not self._timer.isActive():
            self._asked = time.perf_counter()
            self._timer.start(wait_ms)
        elif self._settles and (time.perf_counter() - self._asked) * 1000 < (_PATIENCE - 1) * wait_ms:
            self._timer.start(wait_ms)

    def now(self) -> None:
        """Do it at once and whole; what was asked for is done with that."""
        self.stop()
        self._begin()
        while self._step():
            pass

    def soon(self) -> None:
        """Do it from the next turn of the event loop on."""
        self.stop()
        self._timer.start(0)

    def stop(self) -> None:
        self._timer.stop()
        self._steps, self._again = None, False

    def _turn(self) -> None:
        if self._steps is None:
            self._begin()
        if self._step():
            self._timer.start(0)
        elif self._again:
            self._again = False
            self.ask()

    def _begin(self) -> None:
        self._spent_ms = 0.0
        self._steps = self._taken()

    def _taken(self) -> Iterator[None]:
        yield from self._function() or ()

    def _step(self) -> bool:
        """Whether there is more to do."""
        steps, begun = self._steps, time.perf_counter()
        assert steps is not None
        more = next(steps, self) is not self
        self._spent_ms += (time.perf_counter() - begun) * 1000
        if self._steps is not steps:
            return False  # it was stopped meanwhile
        if not more:
            self._steps, self._cost_ms = None, self._spent_ms
        return more
