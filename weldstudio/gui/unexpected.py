"""What nobody caught is said in the window too: a key that does nothing leaves a person alone with it."""

import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Signal


class Unexpected(QObject):
    """While it is installed, emits `happened(sentence)` for every uncaught error of any thread, after it was logged."""

    happened = Signal(str)

    def __init__(self, parent: QObject | None = None, *, log_file: str) -> None:
        super().__init__(parent)
        self._log_file = log_file
        self._before = sys.excepthook, threading.excepthook

    def install(self) -> None:
        """Stand before the hooks of now."""
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread

    def remove(self) -> None:
        """Leave everything as it was found."""
        sys.excepthook, threading.excepthook = self._before

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._before[0](kind, error, trace)
        if not issubclass(kind, KeyboardInterrupt):
            self._say(error)

    def _uncaught_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        self._before[1](arguments)
        if arguments.exc_value is not None and not issubclass(arguments.exc_type, SystemExit):
            self._say(arguments.exc_value)

    def _say(self, error: BaseException) -> None:
        self.happened.emit(
            f"Something went wrong that weldstudio was not prepared for ({type(error).__name__}: {error}). What is "
            f"marked as saved is safe; you can go on. What happened stands in {self._log_file}."
        )
