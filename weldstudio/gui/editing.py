"""Edits of the open project: shown at once, written behind, on the one undo stack, which goes on after a restart."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack

from weldstudio.domain.changes import Changes, Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.gui.commands import EditCommand
from weldstudio.gui.outbox import Edit, Marked, Outbox
from weldstudio.gui.project_lock import READ_ONLY
from weldstudio.gui.store_thread import StoreThread
from weldstudio.gui.words import counted
from weldstudio.gui.work import Pending

if TYPE_CHECKING:
    from weldstudio.gui.session import Session
    from weldstudio.store.store import Store


class Editing(QObject):
    """The session's hand: every change of labels, scheme or models goes through here. GUI thread."""

    def __init__(self, session: "Session", thread: StoreThread) -> None:
        super().__init__(session)
        self._session = session
        self.undo_stack = QUndoStack(self)
        self.outbox = Outbox(thread, self)
        self.outbox.refused.connect(self._edit_refused)
        self._moving = False

    @property
    def moving(self) -> bool:
        """Whether an edit, an undo or a redo is being done: what changes now is not the store's late news."""
        return self._moving

    @property
    def who(self) -> str:
        return self._session.who

    def tell(self, text: str) -> None:
        self._session.tell(text)

    def label(self, photo_ids: Iterable[int], slot: int, state: State, *, source: Source | None = None) -> Pending:
        """Hold a state true of these photographs' class: shown at once, written behind, undoable."""
        ids = tuple(photo_ids)
        source = source if source is not None else (Source.HAND if len(ids) == 1 else Source.BULK)
        who = self._session.who

        def write(store: "Store") -> Done:
            from weldstudio.studio import labelling

            return labelling.set_state(store, ids, slot, state, who=who, source=source)

        name = self._session.mirror.scheme.by_slot(slot).name
        marks = self._entailed(ids, slot, state, source)
        return self._push_labels(f"{name}: {state.word}", len(ids), write, marks=marks)

    def nothing_applies(self, photo_ids: Iterable[int]) -> Pending:
        """Reviewed, nothing applies: every flag clear, in one action."""
        ids = tuple(photo_ids)
        who = self._session.who

        def write(store: "Store") -> Done:
            from weldstudio.studio import labelling

            return labelling.nothing_applies(store, ids, who=who)

        byte = label_byte(State.CLEAR, Source.HAND if len(ids) == 1 else Source.BULK)
        marks = tuple(Marked(ids, item.slot, byte) for item in self._session.mirror.scheme.classes)
        return self._push_labels("Reviewed, nothing applies", len(ids), write, marks=marks)

    def copy_labels(
        self, from_photo: int, photo_ids: Iterable[int], wanted: Sequence[tuple[int, State]], text: str
    ) -> Pending:
        """Give photographs the labels of another one; `wanted` (slot, state) is what these say now."""
        ids = tuple(photo_ids)
        who = self._session.who

        def write(store: "Store") -> Done:
            from weldstudio.studio import copying

            return copying.copy_labels(store, from_photo, ids, who=who)

        from weldstudio.studio.bulk_preview import edits_of

        edits = edits_of(self._session.mirror, ids, wanted, Source.COPIED)
        marks = tuple(Marked(photos, slot, byte) for slot, byte, photos in edits)
        return self._push_labels(text, len(ids), write, marks=marks)

    def edit(self, text: str, function: Callable[..., Done], *args: Any, **kwargs: Any) -> Pending:
        """Any other undoable edit: `function(store, *args, **kwargs)` of studio, returning a `Done`."""
        return self._push(text, lambda store: function(store, *args, **kwargs), ())

    def edit_aloud(self, text: str, function: Callable[..., Done], *args: Any, **kwargs: Any) -> Pending:
        """`edit` signed by the expert; a toast says what was done, or `text`, and offers to undo it."""
        pending = self.edit(text, function, *args, who=self.who, **kwargs)
        return pending.then(lambda done: self._session.tell(done.text or text, undo=done.action_id is not None))

    def undo(self) -> None:
        with self._moving_stack():
            self.undo_stack.undo()

    def redo(self) -> None:
        with self._moving_stack():
            self.undo_stack.redo()

    def refill(self, commands: list[tuple[str, str, bool]]) -> None:
        """Put the expert's actions of earlier sessions under the cursor: (last action id, text, undone) in order."""
        if self.undo_stack.count():
            return  # somebody was faster than the store; what was done now is what undo should find first
        for last, text, undone in commands:
            self.undo_stack.push(EditCommand(self, Edit(text, _never), last=last, undone=undone))
        done = sum(not undone for _, _, undone in commands)
        self.undo_stack.setIndex(done)

    def catch_up(self, commands: list[tuple[str, str, bool]]) -> None:
        """Put the expert's newest action onto the stack, if it is not there."""
        done = [(last, text) for last, text, undone in commands if not undone]
        stack = self.undo_stack
        known = {stack.command(n).last for n in range(stack.count())}  # type: ignore[attr-defined]
        if done and done[-1][0] not in known and not self.outbox.waiting:
            last, text = done[-1]
            stack.push(EditCommand(self, Edit(text, _never), last=last))

    def held(self) -> list[tuple[EditCommand, str | None]]:
        """Every command with the last action of its chain, as it is before edits are tried on a copy of the store."""
        stack = self.undo_stack
        commands = [stack.command(n) for n in range(stack.count())]
        return [(command, command.last) for command in commands if isinstance(command, EditCommand)]

    def put_back(self, held: list[tuple[EditCommand, str | None]]) -> None:
        """After that trial: the commands go on from where they were."""
        for command, last in held:
            command.last = last

    # For commands

    def send(self, edit: Edit) -> None:
        """Show an edit and queue it; used by commands."""
        for mark in edit.marks:
            self._session.mirror.set_label(mark.photo_ids, mark.slot, mark.byte)
        self.outbox.add(edit)  # before the pages hear of it, whose repainting takes longer than the writing
        if edit.marks:
            self._session.changed.emit(Changes(labels=edit.photo_ids))

    def drop_obsolete(self) -> None:
        """Take refused commands off the top of the stack (below it Qt skips them by itself)."""
        stack = self.undo_stack
        if self._moving:
            return  # a synchronous store answers from within the command, which Qt drops itself when it returns
        while stack.canUndo() and stack.command(stack.index() - 1).isObsolete():
            stack.undo()

    # Inside

    def _push_labels(
        self, text: str, photos: int, write: Callable[["Store"], Done], *, marks: tuple[Marked, ...]
    ) -> Pending:
        """Several photographs at once are easily more than one meant: what was done is said, with the way back."""
        if photos == 1 or self._session.read_only:
            return self._push(text, write, marks)
        text = f"{text} on {counted(photos, 'photograph')}"
        pending = self._push(text, write, marks)
        self._session.tell(text, undo=True)
        return pending

    def _entailed(self, ids: tuple[int, ...], slot: int, state: State, source: Source) -> tuple[Marked, ...]:
        """What the store will write, so that a group shows one raised flag even while nothing can be written."""
        from weldstudio.studio.bulk_preview import edits_of

        edits = edits_of(self._session.mirror, ids, ((slot, state),), source)
        return tuple(Marked(photos, changed, byte) for changed, byte, photos in edits)

    def _push(self, text: str, write: Callable[["Store"], Done], marks: tuple[Marked, ...]) -> Pending:
        edit = Edit(text, write, marks)
        if self._session.read_only:
            self._session.tell(READ_ONLY)
            edit.pending.then(failed=_said_already).resolve(None, EditRefused(READ_ONLY))
            return edit.pending
        with self._moving_stack():
            self.undo_stack.push(EditCommand(self, edit, marks_before=self._present(marks)))
        return edit.pending

    @contextmanager
    def _moving_stack(self) -> Iterator[None]:
        self._moving = True
        try:
            yield
        finally:
            self._moving = False

    def _present(self, marks: tuple[Marked, ...]) -> tuple[Marked, ...]:
        """What the mirror holds now where these marks will go."""
        mirror = self._session.mirror
        before: list[Marked] = []
        for mark in marks:
            if mark.slot >= mirror.labels.shape[1]:
                before.append(Marked(mark.photo_ids, mark.slot, 0))
                continue
            ids = np.asarray(mark.photo_ids, dtype=np.int64)
            bytes_now = mirror.labels[mirror.rows(ids), mark.slot]
            before += [
                Marked(tuple(ids[bytes_now == byte].tolist()), mark.slot, int(byte)) for byte in np.unique(bytes_now)
            ]
        return tuple(before)

    def _edit_refused(self, _edit: Edit, error: Exception) -> None:
        if isinstance(error, EditRefused):
            self._session.tell(str(error))
        else:
            self._session.report(error)


def _said_already(_error: Exception) -> None:
    """The toast has said it."""


def _never(_store: "Store") -> Done:
    raise AssertionError("an action found in the store is never done anew")
