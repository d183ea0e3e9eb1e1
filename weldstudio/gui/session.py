"""The open project as the window sees it: mirror, store thread, undo stack, outbox, engine, and what is chosen.

A page gets the session when it is made (the mirror is there by then) and talks to nothing else. It reads
`session.mirror`, edits through `label`, `nothing_applies` and `edit`, asks through `run` and `start_work`, and
repaints what it shows when `changed` says so. Everything here belongs to the GUI thread.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from weldstudio.domain.changes import NO_CHANGES, Changes, Done, Progress
from weldstudio.domain.errors import EditRefused, UserError
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.gui.commands import EditCommand
from weldstudio.gui.engine_client import EngineClient, Explanation
from weldstudio.gui.outbox import Edit, Marked, Outbox
from weldstudio.gui.store_thread import Pending, Priority, StoreThread, Work
from weldstudio.settings import Settings

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror, MirrorRows
    from weldstudio.store.store import Store

_logger = logging.getLogger(__name__)

POLL_MS = 1000
UNDO_KEPT = 200


class Session(QObject):
    """One open project. `open()` answers with `opened` or `refused`; before that the mirror must not be asked for."""

    opened = Signal()
    closing = Signal()
    """The project is about to be closed: whoever asks it something by a timer stops that."""
    refused = Signal(str)
    """The project could not be opened, and why."""
    changed = Signal(object)
    """`Changes`: the mirror is up to date already; repaint what you show of it."""
    current_changed = Signal(object)
    """Photo id of the photograph worked on, or None."""
    chosen_flag_changed = Signal(object)
    """Slot of the class whose overlay is shown and that the label keys mean, or None."""
    selection_changed = Signal()
    saved_changed = Signal(str)
    """'saved', 'saving', 'not saved' (then `outbox.problem` says why)."""
    work_changed = Signal()
    """Some work began, went on or ended."""
    told = Signal(str)
    """A sentence for a toast."""
    failed = Signal(str)
    """A sentence about something that did not work; shown until closed."""
    explained = Signal(object)
    """An `engine_client.Explanation`."""
    engine_changed = Signal(str)
    """What the engine does, in words, for the status line."""
    photos_asked = Signal(str)
    """Show these photographs: a filter in its text form. The window goes to the Review page, which applies it."""
    page_asked = Signal(str)
    """Show this page: 'review', 'flags', 'train', 'models' or 'quality'."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        *,
        create: bool = False,
        thread: StoreThread | None = None,
        engine: EngineClient | None = None,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.settings = settings
        self.undo_stack = QUndoStack(self)
        self.works: list[Work] = []
        """Running work, oldest first."""
        self.current: int | None = None
        self.chosen_flag: int | None = None
        self.selection: tuple[int, ...] = ()
        """Photo ids selected; those hidden by the filter are never among them."""
        self.hidden = 0
        """How many of the selected photographs the filter hides."""
        self._mirror: Mirror | None = None
        self._thread = thread or StoreThread(folder, create=create)
        self.outbox = Outbox(self._thread, self)
        self.engine = engine or EngineClient(self)
        self.engine.setParent(self)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._closed = False
        self._moving = False
        self._wire()

    @property
    def mirror(self) -> "Mirror":
        if self._mirror is None:
            raise RuntimeError("the project is not open yet")
        return self._mirror

    @property
    def mirror_or_none(self) -> "Mirror | None":
        """The mirror, or None while the project is being opened."""
        return self._mirror

    @property
    def who(self) -> str:
        """The expert whose name signs what is done."""
        return self.settings.signature

    def open(self) -> None:
        self._thread.open()

    def close(self) -> None:
        """Write what waits, end work and engine, close the store. Blocks for as long as the last write takes."""
        if self._closed:
            return
        self._closed = True
        self.closing.emit()
        self.undo_stack.blockSignals(True)  # it empties itself when it is deleted, and that is no news
        self._poll.stop()
        self.outbox.stop()
        for work in self.works:
            work.cancel()
        self.engine.stop()
        self._thread.close()

    # What is looked at

    def set_current(self, photo_id: int | None) -> None:
        """Make a photograph the one worked on; the engine is asked to explain it."""
        if photo_id == self.current:
            return
        self.current = photo_id
        self.current_changed.emit(photo_id)
        self.explain()

    def choose_flag(self, slot: int | None) -> None:
        if slot != self.chosen_flag:
            self.chosen_flag = slot
            self.chosen_flag_changed.emit(slot)

    def set_selection(self, photo_ids: Iterable[int], *, hidden: int = 0) -> None:
        self.selection, self.hidden = tuple(photo_ids), hidden
        self.selection_changed.emit()

    def targets(self) -> tuple[int, ...]:
        """The photographs a key press means: the selection, else the current one."""
        if self.selection:
            return self.selection
        return () if self.current is None else (self.current,)

    def explain(self) -> None:
        """Ask the engine about the current photograph, if there is a model and the photograph can be shown."""
        if self.current is None or self._mirror is None or self.current in self._mirror.problems:
            return
        self.engine.explain(self.current, self._mirror.photo_path(self.current))

    # Edits

    def label(self, photo_ids: Iterable[int], slot: int, state: State, *, source: Source | None = None) -> Pending:
        """Hold a state true of these photographs' class: shown at once, written behind, undoable."""
        ids = tuple(photo_ids)
        source = source if source is not None else (Source.HAND if len(ids) == 1 else Source.BULK)
        who = self.who

        def write(store: "Store") -> Done:
            from weldstudio.studio import labelling

            return labelling.set_state(store, ids, slot, state, who=who, source=source)

        name = self.mirror.scheme.by_slot(slot).name
        on = f" on {len(ids)} photographs" if len(ids) != 1 else ""
        marks = (Marked(ids, slot, label_byte(state, source)),)
        return self._push(f"{name}: {state.word}{on}", write, marks)

    def nothing_applies(self, photo_ids: Iterable[int]) -> Pending:
        """Reviewed, nothing applies: every flag clear, in one action."""
        ids = tuple(photo_ids)
        who = self.who

        def write(store: "Store") -> Done:
            from weldstudio.studio import labelling

            return labelling.nothing_applies(store, ids, who=who)

        byte = label_byte(State.CLEAR, Source.HAND if len(ids) == 1 else Source.BULK)
        marks = tuple(Marked(ids, item.slot, byte) for item in self.mirror.scheme.classes)
        on = f" on {len(ids)} photographs" if len(ids) != 1 else ""
        return self._push(f"Reviewed, nothing applies{on}", write, marks)

    def edit(self, text: str, function: Callable[..., Done], *args: Any, **kwargs: Any) -> Pending:
        """Any other undoable edit: `function(store, *args, **kwargs)` of studio, returning a `Done`."""
        return self._push(text, lambda store: function(store, *args, **kwargs), ())

    def undo(self) -> None:
        with self._moving_stack():
            self.undo_stack.undo()

    def redo(self) -> None:
        with self._moving_stack():
            self.undo_stack.redo()

    # Questions and long work

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Pending:
        """Run `function(store, *args, **kwargs)` on the store thread, in order; errors nobody handles are shown."""
        return self._thread.call(lambda store: function(store, *args, **kwargs))

    def start_work(
        self, title: str, function: Callable[..., Generator[Progress, None, Any]], *args: Any, **kwargs: Any
    ) -> Work:
        """Run a generator of studio step by step, shown in the status line with a cross to cancel it."""
        work = Work(title)
        work.progressed.connect(self.work_changed)
        self.works.append(work)
        self.work_changed.emit()
        self._thread.work(work, lambda store: function(store, *args, **kwargs))
        return work

    def look(self) -> Pending:
        """See what others have changed; done every second and whenever the window comes to the front."""
        return self._thread.call(_nothing)

    # News

    def tell(self, text: str) -> None:
        """A sentence for a toast."""
        self.told.emit(text)

    def show_photos(self, filter_text: str) -> None:
        """Send the person to the Review page with this filter."""
        self.photos_asked.emit(filter_text)

    def show_page(self, page: str) -> None:
        self.page_asked.emit(page)

    def report(self, error: Exception) -> None:
        """Show an error by blame: a sentence for the person, or a trace in the log and one line that says so."""
        if isinstance(error, UserError):
            self.failed.emit(str(error))
            return
        _logger.error("Something went wrong on the store thread", exc_info=error)
        self.failed.emit(
            f"Something went wrong inside weldstudio ({type(error).__name__}). "
            "Your labels are safe; the log holds the details."
        )

    # For commands

    def send(self, edit: Edit) -> None:
        """Show an edit and queue it; used by commands."""
        for mark in edit.marks:
            self.mirror.set_label(mark.photo_ids, mark.slot, mark.byte)
        if edit.marks:
            self.changed.emit(Changes(labels=edit.photo_ids))
        self.outbox.add(edit)

    def drop_obsolete(self) -> None:
        """Take refused commands off the top of the stack (below it Qt skips them by itself)."""
        stack = self.undo_stack
        if self._moving:
            return  # a synchronous store answers from within the command, which Qt drops itself when it returns
        while stack.canUndo() and stack.command(stack.index() - 1).isObsolete():
            stack.undo()

    # Inside

    def _push(self, text: str, write: Callable[["Store"], Done], marks: tuple[Marked, ...]) -> Pending:
        edit = Edit(text, write, marks)
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
        mirror = self.mirror
        before: list[Marked] = []
        for mark in marks:
            if mark.slot >= mirror.labels.shape[1]:
                before.append(Marked(mark.photo_ids, mark.slot, 0))
                continue
            ids = np.asarray(mark.photo_ids, dtype=np.int64)
            rows = np.asarray([mirror.row(int(i)) for i in ids], dtype=np.int64)
            bytes_now = mirror.labels[rows, mark.slot]
            before += [
                Marked(tuple(ids[bytes_now == byte].tolist()), mark.slot, int(byte)) for byte in np.unique(bytes_now)
            ]
        return tuple(before)

    def _wire(self) -> None:
        self._thread.opened.connect(self._opened)
        self._thread.refused.connect(self._refused)
        self._thread.changed.connect(self._apply)
        self._thread.failed.connect(self.report)
        self._thread.work_ended.connect(self._work_ended)
        self.outbox.saved_changed.connect(self.saved_changed)
        self.outbox.refused.connect(self._edit_refused)
        self.engine.explained.connect(self._explained)
        self.engine.state_changed.connect(self.engine_changed)
        self.engine.failed.connect(self.failed)
        self._poll.timeout.connect(self.look)

    def _opened(self, mirror: "Mirror") -> None:
        self._mirror = mirror
        self._use_model()
        self._poll.start()
        self.run(_stored_commands, self.who).then(self._refill)
        self.opened.emit()

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            _logger.error("A project could not be opened", exc_info=error)
        self.refused.emit(str(error) or type(error).__name__)

    def _apply(self, changes: Changes, rows: "MirrorRows") -> None:
        model, before = self.mirror.model_id, self.mirror.labels
        seen = self._rows_of(changes.labels)
        labels = before[seen]
        self.mirror.apply(rows)
        self.outbox.lay_over(self.mirror)
        if self.mirror.model_id != model:
            self._use_model()
        if self.mirror.labels is before and len(seen) == len(changes.labels):
            # What a key press has shown ahead of the store is no news when the store says it too.
            other = (before[seen] != labels).any(axis=1)
            changes = replace(changes, labels=frozenset(self.mirror.ids[seen[other]].tolist()))
        if changes != NO_CHANGES:
            self.changed.emit(changes)

    def _rows_of(self, photo_ids: frozenset[int]) -> NDArray[np.int64]:
        """Rows of those of the photos that the mirror has."""
        wanted = np.fromiter(photo_ids, np.int64, len(photo_ids))
        rows = np.minimum(np.searchsorted(self.mirror.ids, wanted), max(0, len(self.mirror) - 1))
        return rows[self.mirror.ids[rows] == wanted] if len(self.mirror) else rows[:0]

    def _use_model(self) -> None:
        model = self.mirror.model_id
        self.engine.use_model(None if model is None else self.folder / "models" / model)
        self.explain()

    def _explained(self, explanation: Explanation) -> None:
        self.explained.emit(explanation)
        row = self.mirror.row(explanation.photo_id)
        known = self.mirror.probabilities[row, [s for s in explanation.slots if s < self.mirror.probabilities.shape[1]]]
        if explanation.model_id == self.mirror.model_id and (
            len(known) < len(explanation.slots) or np.isnan(known).any()
        ):
            self.run(_record, explanation)

    def _refill(self, commands: list[tuple[str, str, bool]]) -> None:
        """Put the expert's actions of earlier sessions under the cursor: (last action id, text, undone) in order."""
        if self.undo_stack.count():
            return  # somebody was faster than the store; what was done now is what undo should find first
        for last, text, undone in commands:
            self.undo_stack.push(EditCommand(self, Edit(text, _never), last=last, undone=undone))
        done = sum(not undone for _, _, undone in commands)
        self.undo_stack.setIndex(done)

    def _edit_refused(self, _edit: Edit, error: Exception) -> None:
        if isinstance(error, EditRefused):
            self.tell(str(error))
        else:
            self.report(error)

    def _work_ended(self, work: Work) -> None:
        if work in self.works:
            self.works.remove(work)
        if work.error is not None:
            self.report(work.error)
        elif not self._closed:
            # Long work may have been an action of the expert's (labels from a file): undo must find it.
            self.run(_stored_commands, self.who).then(self._catch_up)
        self.work_changed.emit()

    def _catch_up(self, commands: list[tuple[str, str, bool]]) -> None:
        """Put the expert's newest action onto the stack, if it is not there."""
        done = [(last, text) for last, text, undone in commands if not undone]
        stack = self.undo_stack
        known = {stack.command(n).last for n in range(stack.count())}  # type: ignore[attr-defined]
        if done and done[-1][0] not in known and not self.outbox.waiting:
            last, text = done[-1]
            stack.push(EditCommand(self, Edit(text, _never), last=last))


def _nothing(_store: "Store") -> None:
    """A look at the store: the thread itself sees what changed."""


def _never(_store: "Store") -> Done:
    raise AssertionError("an action found in the store is never done anew")


def _record(store: "Store", explanation: Explanation) -> Changes:
    from weldstudio.studio import predicting

    return predicting.record(store, explanation.model_id, [explanation.photo_id], explanation.probabilities[None, :])


def _stored_commands(store: "Store", who: str) -> list[tuple[str, str, bool]]:
    from weldstudio.studio import labelling

    return labelling.undoable(store, who=who, limit=UNDO_KEPT)


__all__ = ["POLL_MS", "Priority", "Session", "Work"]
