"""Edits that are on the screen and not yet on disk, in the order in which they were made.

An edit changes the mirror at once and is written by the store thread. Until it comes back it is laid over every row
that is read meanwhile. One that breaks a rule is *refused*: it leaves, and its command with it. One that could not be
*written* (disk full, locked, read-only) stays, and all after it wait behind it; the outbox tries again every few
seconds until it succeeds.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import StoreError, UserError
from weldstudio.gui.store_thread import Priority, StoreThread
from weldstudio.gui.work import Pending

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror
    from weldstudio.store.store import Store

_logger = logging.getLogger(__name__)

RETRY_MS = 3000
GIVE_WAY_S = 0.008
"""So long at most the window sleeps while a fresh edit is written. The writing takes a millisecond or two by itself,
but several times as long beside a window that repaints: after every call of SQLite it would wait for the interpreter.
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A label byte shown ahead of the store: of these photos, in this slot."""

    photo_ids: tuple[int, ...]
    slot: int
    byte: int


@dataclass(eq=False, slots=True)
class Edit:
    """One write: what does it, what the mirror shows meanwhile, and who wants to know how it ended."""

    text: str
    write: "Callable[[Store], Done]"
    marks: tuple[Marked, ...] = ()
    written: Callable[[Done], None] | None = None
    refused: Callable[[Exception], None] | None = None
    pending: Pending = field(default_factory=Pending)

    @property
    def photo_ids(self) -> frozenset[int]:
        return frozenset(i for mark in self.marks for i in mark.photo_ids)


class _Held(Exception):
    """An edit before this one could not be written; this one waits."""


class Outbox(QObject):
    """See the module's text. `saved_changed` says 'saved', 'saving' or 'not saved', the same perhaps again."""

    saved_changed = Signal(str)
    refused = Signal(object, object)
    """(Edit, exception): it was taken back."""

    def __init__(self, thread: StoreThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._edits: list[Edit] = []
        self._blocked = False  # set on the store thread, cleared by `retry`
        self.problem = ""
        """Why the first edit could not be written, as a sentence; '' when nothing is wrong."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.retry)

    @property
    def saved(self) -> str:
        if not self._edits:
            return "saved"
        return "not saved" if self.problem else "saving"

    @property
    def waiting(self) -> int:
        """How many edits are not on disk."""
        return len(self._edits)

    def add(self, edit: Edit) -> None:
        self._edits.append(edit)
        if not self._send(edit).give_way(GIVE_WAY_S) or self.problem:
            self._say()  # else it is written, and is said to be before anything else could be read

    def lay_over(self, mirror: "Mirror") -> None:
        """Show the edits that are under way on top of what was just read."""
        for edit in self._edits:
            for mark in edit.marks:
                mirror.set_label(mark.photo_ids, mark.slot, mark.byte)

    def retry(self) -> None:
        """Try again to write what could not be written, in order."""
        self._timer.stop()
        self._blocked = False
        for edit in list(self._edits):
            self._send(edit)

    @property
    def writes(self) -> "tuple[Callable[[Store], Done], ...]":
        """What has still to be done to the store, in order."""
        return tuple(edit.write for edit in self._edits)

    def give_up(self) -> int:
        """Forget what could not be written (the person chose so on closing); returns how many edits that were."""
        lost = len(self._edits)
        self._timer.stop()
        self._edits.clear()
        self.problem = ""
        self._say()
        return lost

    def stop(self) -> None:
        self._timer.stop()

    def _send(self, edit: Edit) -> Pending:
        def write(store: "Store") -> Done:
            if self._blocked:
                raise _Held
            try:
                return edit.write(store)
            except Exception as error:
                self._blocked = self._blocked or could_not_write(error)
                raise

        def failed(error: Exception) -> None:
            self._failed(edit, error)

        return self._thread.call(
            write,
            priority=Priority.KEY,
            reread=edit.photo_ids,
            done=lambda done: self._written(edit, done),
            failed=failed,
        )

    def _written(self, edit: Edit, done: Done) -> None:
        if edit not in self._edits:
            return
        self._edits.remove(edit)
        self.problem = ""
        if edit.written is not None:
            edit.written(done)
        edit.pending.resolve(done, None)
        self._say()

    def _failed(self, edit: Edit, error: Exception) -> None:
        if isinstance(error, _Held) or edit not in self._edits:
            return
        if could_not_write(error):
            _logger.info("not saved: %s", error)
            self.problem = str(error)
            self._timer.start(RETRY_MS)
        else:
            self._edits.remove(edit)
            if edit.refused is not None:
                edit.refused(error)
            self.refused.emit(edit, error)
            edit.pending.resolve(None, error)
        self._say()

    def _say(self) -> None:
        self.saved_changed.emit(self.saved)


def could_not_write(error: Exception) -> bool:
    """Whether an edit failed for want of a disk rather than for a rule: it is then kept and tried again."""
    if isinstance(error, UserError):
        return isinstance(error, StoreError)
    return isinstance(error, OSError)
