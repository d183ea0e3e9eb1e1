"""Modules of a page brought in before it is made, one a turn of the event loop: between them the window answers.

Not by a thread: it would take the interpreter for as long, and importing Qt's modules beside the GUI thread can hang.
"""

import importlib
import pkgutil
import sys
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Ahead(QObject):
    """Imports all modules of a package, unless it is stopped before. GUI thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[str] = deque()
        self._then: deque[Callable[[], None]] = deque()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._import_next)

    def bring(self, package: str, *, then: Callable[[], None]) -> None:
        """Begin, and call `then` once all are there; what was begun before is left."""
        self._then = deque([then])
        folders = importlib.import_module(package).__path__
        names = (f"{package}.{module.name}" for module in pkgutil.iter_modules(folders))
        self._waiting = deque(name for name in names if name not in sys.modules)
        self._timer.start(0)

    def after(self, then: Callable[[], None]) -> None:
        """Call `then` behind what was to be called; at once where that has been."""
        if self._timer.isActive():
            self._then.append(then)
        else:
            then()

    def stop(self) -> None:
        """Leave the rest to whoever needs it."""
        self._timer.stop()

    def _import_next(self) -> None:
        if self._waiting:
            importlib.import_module(self._waiting.popleft())
            return
        then = self._then.popleft()
        if not self._then:
            self._timer.stop()
        then()
