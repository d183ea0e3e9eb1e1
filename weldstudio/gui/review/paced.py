"""Work that news keep asking for, done now and then: never more than a tenth of the GUI thread's time."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_SHARE = 10
_PATIENCE = 4


class Paced(QObject):
    """`ask()` has `function()` called once, `least_ms` later or, if it is slow, so much later that keys stay fluent.

    One that `settles` waits anew whenever it is asked for again, up to four times as long: it is done in a pause.
    """

    def __init__(self, function: Callable[[], None], *, least_ms: int, settles: bool = False, parent: QObject) -> None:
        super().__init__(parent)
        self._function = function
        self._least_ms = least_ms
        self._settles = settles
        self._cost_ms = 0.0
        self._asked = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.now)

    @property
    def waiting(self) -> bool:
        return self._timer.isActive()

    def ask(self) -> None:
        wait_ms = max(self._least_ms, round(self._cost_ms * _SHARE))
        if not self._timer.isActive():
            self._asked = time.perf_counter()
            self._timer.start(wait_ms)
        elif self._settles and (time.perf_counter() - self._asked) * 1000 < (_PATIENCE - 1) * wait_ms:
            self._timer.start(wait_ms)

    def now(self) -> None:
        """Do it at once; what was asked for is done with that."""
        self._timer.stop()
        begun = time.perf_counter()
        self._function()
        self._cost_ms = (time.perf_counter() - begun) * 1000

    def stop(self) -> None:
        self._timer.stop()
