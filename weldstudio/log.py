"""One set-up of the standard logging for window, command and child; everyone else asks `getLogger(__name__)`.

A file is written by the window alone (a run has its own `log.txt`, which is its stderr). What nobody caught,
in any thread, is logged with its trace before Python would have printed it.
"""

import logging
import logging.handlers
import sys
import threading
from pathlib import Path
from types import TracebackType

_FORMAT = "%(asctime)s %(levelname)-7s %(process)d %(name)s: %(message)s"
_FILE_BYTES = 2_000_000
_FILES_KEPT = 3
_ours: list[logging.Handler] = []
_logger = logging.getLogger(__name__)


def configure(*, file: Path | None = None, level: int = logging.INFO, stream: bool = True) -> None:
    """Send records from `level` on to stderr (`stream`) and to a rotating `file`.

    May be called again; the handlers of the call before are closed. A log file that cannot be written is
    said on stderr and otherwise done without: the work matters more than its log.
    """
    root = logging.getLogger()
    for handler in _ours:
        root.removeHandler(handler)
        handler.close()
    _ours.clear()
    complaint: OSError | None = None
    # A windowed program on Windows has no standard streams.
    if stream and sys.stderr is not None:
        _ours.append(logging.StreamHandler())
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            _ours.append(
                logging.handlers.RotatingFileHandler(
                    file, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", delay=False
                )
            )
        except OSError as error:
            complaint = error
    for handler in _ours:
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    if complaint is not None:
        _logger.warning("No log file is written: %s", complaint)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _logger.critical("Uncaught error", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is None or issubclass(arguments.exc_type, SystemExit):
        return
    name = arguments.thread.name if arguments.thread is not None else "a thread"
    _logger.critical(
        "Uncaught error in %s",
        name,
        exc_info=(arguments.exc_type, arguments.exc_value, arguments.exc_traceback),
    )
