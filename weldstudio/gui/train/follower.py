"""Reads what a run folder has gained, on a timer, and hands out the run's `Curves`: live or long finished, it is one."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal, Slot

from weldstudio.domain.errors import UserError
from weldstudio.domain.messages import Failed, Message
from weldstudio.gui.train.curves import Curves
from weldstudio.jobs.folder import RunFolder

POLL_MS: Final = 400
"""A line that was written is on the screen in well under a second."""
BIG: Final = 128_000
"""Bytes from which lines are decoded in another thread: about 20 ms of work."""


class Follower(QObject):
    """Follows one run at a time. Lives in the GUI thread."""

    grown = Signal(object)
    """The `Curves`, whenever they gained something to see; also once after `follow`."""
    ended = Signal(object)
    """The `Curves` of a run that was being followed and has now said its last line."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.curves = Curves()
        self._run: RunFolder | None = None
        self._offset = 0
        self._reading: _Reading | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)

    @property
    def folder(self) -> Path | None:
        """The run being followed."""
        return self._run.path if self._run is not None else None

    def follow(self, folder: Path | None, *, live: bool = True) -> None:
        """Read a run from its beginning; `live` goes on looking until its last line. None: follow nothing."""
        self._timer.stop()
        self.curves, self._offset, self._reading = Curves(), 0, None
        self._run = RunFolder(folder) if folder is not None else None
        if self._run is None:
            self.grown.emit(self.curves)
            return
        if live:
            self._timer.start()
        self.poll(first=True)

    def poll(self, *, first: bool = False) -> None:
        """Look for new lines now."""
        if self._run is None or self._reading is not None:
            return
        try:
            size = self._run.messages_file.stat().st_size
        except FileNotFoundError:
            size = 0  # the run has not said its first word
        if size - self._offset > BIG:
            self._reading = _Reading(self._run, self._offset)
            self._reading.done.connect(self._read, Qt.ConnectionType.QueuedConnection)
            QThreadPool.globalInstance().start(self._reading.read)
        elif first or size > self._offset:
            self._take(*_tail(self._run, self._offset), first=first)

    @Slot(object)
    def _read(self, reading: "_Reading") -> None:
        if reading is self._reading:  # else another run has been chosen meanwhile
            self._reading = None
            self._take(reading.messages, reading.offset)

    def _take(self, messages: list[Message], offset: int, *, first: bool = False) -> None:
        was_live = self._timer.isActive()
        self._offset = offset
        if self.curves.take(messages) or first:
            self.grown.emit(self.curves)
        if self.curves.finished is not None or self.curves.failure:
            self._timer.stop()
            if was_live:
                self.ended.emit(self.curves)


class _Reading(QObject):
    """One read in a thread of the pool."""

    done = Signal(object)

    def __init__(self, run: RunFolder, offset: int) -> None:
        super().__init__()
        self._run, self.offset = run, offset
        self.messages: list[Message] = []

    def read(self) -> None:
        self.messages, self.offset = _tail(self._run, self.offset)
        self.done.emit(self)


def _tail(run: RunFolder, offset: int) -> tuple[list[Message], int]:
    try:
        return run.tail(offset)
    except UserError as error:
        # A damaged folder is shown like a failed run, with the sentence that says so.
        return [Failed(-1, str(error))], offset
