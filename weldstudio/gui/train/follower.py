"""Reads what a run folder has gained, on a timer, and hands out its `Curves`: live or finished, it is one."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.curves import Curves
from weldstudio.domain.errors import UserError
from weldstudio.domain.messages import Failed, Message
from weldstudio.gui.background import Background
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
        self._reading = False
        self._background = Background(self)
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
        self._background.forget()
        self.curves, self._offset, self._reading = Curves(), 0, False
        self._run = RunFolder(folder) if folder is not None else None
        if self._run is None:
            self.grown.emit(self.curves)
            return
        if live:
            self._timer.start()
        self.poll(first=True)

    def poll(self, *, first: bool = False) -> None:
        """Look for new lines now."""
        if self._run is None or self._reading:
            return
        try:
            size = self._run.messages_file.stat().st_size
        except FileNotFoundError:
            size = 0  # the run has not said its first word
        if size - self._offset > BIG:
            run, offset = self._run, self._offset
            self._reading = True
            self._background.ask(lambda: _tail(run, offset), self._read)
        elif first or size > self._offset:
            self._take(*_tail(self._run, self._offset), first=first)

    def _read(self, read: tuple[list[Message], int], error: Exception | None) -> None:
        self._reading = False
        if error is not None:
            raise error  # a bug: what a damaged folder does is in the messages already
        self._take(*read)

    def _take(self, messages: list[Message], offset: int, *, first: bool = False) -> None:
        was_live = self._timer.isActive()
        self._offset = offset
        if self.curves.take(messages) or first:
            self.grown.emit(self.curves)
        if self.curves.finished is not None or self.curves.failure:
            self._timer.stop()
            if was_live:
                self.ended.emit(self.curves)


def _tail(run: RunFolder, offset: int) -> tuple[list[Message], int]:
    try:
        return run.tail(offset)
    except UserError as error:
        # A damaged folder is shown like a failed run, with the sentence that says so.
        return [Failed(-1, str(error))], offset
