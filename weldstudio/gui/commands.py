"""What goes onto the undo stack: a cursor over the expert's actions in the store.

Undoing an action appends its revert, redoing reverts that revert; so a command needs nothing but the id of the last
action of its chain, and works as well for an action of yesterday.
"""

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from weldstudio.domain.changes import Done
from weldstudio.gui.outbox import Edit, Marked

if TYPE_CHECKING:
    from collections.abc import Callable

    from weldstudio.gui.editing import Editing
    from weldstudio.store.store import Store


class EditCommand(QUndoCommand):
    """An edit made now: `write` does it, `marks` and `marks_before` are what the mirror shows ahead of the store."""

    def __init__(
        self,
        editing: "Editing",
        edit: Edit,
        *,
        marks_before: tuple[Marked, ...] = (),
        last: str | None = None,
        undone: bool = False,
    ) -> None:
        super().__init__(edit.text)
        self._editing = editing
        self._edit = edit
        self._before = marks_before
        self._last = last  # only ever touched on the store thread once the command is on the stack
        self._fresh = last is None
        self._idle = last is not None
        """An action found in the store: it was done (and perhaps undone) already when it is put on the stack."""
        self._idle_undo = undone

    @property
    def last(self) -> str | None:
        """Id of the last action of the chain; None before it is written."""
        return self._last

    @last.setter
    def last(self, last: str | None) -> None:
        self._last = last

    def redo(self) -> None:
        if self._idle:
            self._idle = False
            return
        if self._fresh:
            self._fresh = False
            self._send(self._do, self._edit.marks, "", self._edit)
        else:
            self._send(self._revert, self._edit.marks, "Redone")

    def undo(self) -> None:
        if self._idle_undo:
            self._idle_undo = False
            return
        self._send(self._revert, self._before, "Undone")

    def _do(self, store: "Store") -> Done:
        done = self._edit.write(store)
        self._last = done.action_id
        return done

    def _revert(self, store: "Store") -> Done:
        from weldstudio.studio import labelling

        if self._last is None:
            return Done(None)
        done = labelling.revert(store, self._last, who=self._editing.who)
        self._last = done.action_id or self._last
        return done

    def _send(
        self,
        write: "Callable[[Store], Done]",
        marks: tuple[Marked, ...],
        word: str,
        first: Edit | None = None,
    ) -> None:
        def written(done: Done) -> None:
            if done.action_id is None:
                self.setObsolete(True)
                self._editing.drop_obsolete()
            if word:
                self._editing.tell(f"{word}: {done.text or self.text()}")
            elif first is not None and first.written is not None:
                first.written(done)

        def refused(_error: Exception) -> None:
            self.setObsolete(True)
            self._editing.drop_obsolete()

        edit = Edit(self.text(), write, marks, written, refused)
        if first is not None:
            edit.pending = first.pending
        self._editing.send(edit)
