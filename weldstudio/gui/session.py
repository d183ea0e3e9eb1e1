"""The open project as the window sees it: mirror, store thread, undo stack, outbox, engine, and what is chosen.

A page gets the session when it is made (the mirror is there by then) and talks to nothing else. It reads
`session.mirror`, edits through `label`, `nothing_applies` and `edit`, asks through `run` and `start_work`, and
repaints what it shows when `changed` says so. Everything here belongs to the GUI thread.
"""

import logging
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.changes import NO_CHANGES, Changes, Progress
from weldstudio.domain.errors import UserError
from weldstudio.gui.editing import Editing
from weldstudio.gui.engine_client import EngineClient, Explanation
from weldstudio.gui.opening import TO_WRITE, Opening
from weldstudio.gui.store_thread import StoreThread
from weldstudio.gui.work import Pending, Work
from weldstudio.settings import Settings

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror, MirrorRows
    from weldstudio.store.store import Store

_logger = logging.getLogger(__name__)

POLL_MS = 1000
KEEP_MS = 3000
"""So long after the day's first edit its snapshot is kept, so as not to be in the way of the edits that follow."""
UNDO_KEPT = 1_000


class Session(QObject):
    """One open project. `open()` answers with `opened` or `refused`; before that the mirror is empty."""

    opened = Signal()
    closing = Signal()
    """The project is about to be closed: whoever asks it something by a timer stops that."""
    refused = Signal(str)
    """The project could not be opened, and why."""
    replaced = Signal()
    """Another process went back to a snapshot: the project has to be opened anew."""
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
    undoable_told = Signal(str)
    """A sentence for a toast about what was just done; the toast offers to undo it."""
    failed = Signal(str)
    """A sentence about something that did not work; shown until closed."""
    explained = Signal(object)
    """An `engine_client.Explanation`, of whatever photograph was asked about."""
    engine_changed = Signal(str)
    """What the engine does, in words, for the status line."""
    listing = Signal()
    """The photographs that are asked for next shall stand in the order in which their filter names them."""
    photos_asked = Signal(str)
    """Show these photographs: a filter in its text form. The window goes to the Review page, which applies it."""
    overlays_asked = Signal(str)
    """Show the overlays of the photographs just asked for, by the model of this id."""
    model_judged = Signal(str)
    """The model of this id is being judged: its overlays may soon be asked for."""
    page_asked = Signal(str)
    """Show this page: 'review', 'flags', 'train', 'models' or 'quality'."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        *,
        opening: Opening = TO_WRITE,
        thread: StoreThread | None = None,
        engine: EngineClient | None = None,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.settings = settings
        self.works: list[Work] = []
        """Running work, oldest first."""
        self.current: int | None = None
        self.chosen_flag: int | None = None
        self.selection: tuple[int, ...] = ()
        """Photo ids selected; those hidden by the filter are never among them."""
        self.hidden = 0
        """How many of the selected photographs the filter hides."""
        self.shown: Callable[[], list[int]] = list
        """Photo ids that the grid shows, in its order; the Review page says which."""
        self._mirror: Mirror | None = None
        self._is_open = False
        self.read_only = opening.read_only
        """Whether this window may look, but not change anything."""
        self._thread = thread or StoreThread(folder, opener=opening)
        self.editing = Editing(self, self._thread)
        self.undo_stack = self.editing.undo_stack
        self.outbox = self.editing.outbox
        # A page says session.label(...); what edits is all in `editing`.
        self.label = self.editing.label
        self.nothing_applies = self.editing.nothing_applies
        self.edit = self.editing.edit
        self.edit_aloud = self.editing.edit_aloud
        self.undo = self.editing.undo
        self.redo = self.editing.redo
        self.engine = engine or EngineClient(self)
        self.engine.setParent(self)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(KEEP_MS)
        self._kept_on: date | None = None
        self._closed = False
        self._wire()

    @property
    def mirror(self) -> "Mirror":
        """Until the project is open it is one without photographs, so that a page can be made meanwhile."""
        if self._mirror is None:
            from weldstudio.store.mirror import Mirror

            self._mirror = Mirror(folder=self.folder)
        return self._mirror

    @property
    def mirror_or_none(self) -> "Mirror | None":
        """The mirror, or None while the project is being opened."""
        return self._mirror if self._is_open else None

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
        self._keep.stop()
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

    # Questions and long work

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Pending:
        """Run `function(store, *args, **kwargs)` on the store thread, in order; errors nobody handles are shown."""
        return self._thread.call(lambda store: function(store, *args, **kwargs))

    def start_work(
        self, title: str, function: Callable[..., Generator[Progress, None, Any]], *args: Any, **kwargs: Any
    ) -> Work:
        """Run a generator of studio step by step, shown in the status line with a cross to cancel it."""
        work = Work(title)
        self.show_work(work)
        self._thread.work(work, lambda store: function(store, *args, **kwargs))
        return work

    def show_work(self, work: Work) -> None:
        """Show work in the status line until it ends, whoever does it."""

        def gone() -> None:
            self.works.remove(work)
            self.work_changed.emit()

        work.progressed.connect(self.work_changed)
        work.ended.connect(gone)
        self.works.append(work)
        self.work_changed.emit()

    def look(self) -> Pending:
        """See what others have changed; done every second and whenever the window comes to the front."""
        return self._thread.call(_nothing)

    # News

    def tell(self, text: str, *, undo: bool = False) -> None:
        """A sentence for a toast; with `undo`, about what was just done, which the toast offers to take back."""
        (self.undoable_told if undo else self.told).emit(text)

    def show_photos(self, filter_text: str, *, by: str = "") -> None:
        """Send the person to the Review page with this filter; `by`: to the overlays of the model of this id."""
        self.photos_asked.emit(filter_text)
        if by:
            self.overlays_asked.emit(by)

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

    # Inside

    def _wire(self) -> None:
        self._thread.opened.connect(self._opened)
        self._thread.refused.connect(self._refused)
        self._thread.changed.connect(self._apply)
        self._thread.failed.connect(self.report)
        self._thread.work_ended.connect(self._work_ended)
        self.outbox.saved_changed.connect(self.saved_changed)
        self.engine.explained.connect(self._explained)
        self.engine.scored.connect(lambda *scored: self.run(_record_many, *scored))
        self.engine.state_changed.connect(self.engine_changed)
        self.engine.failed.connect(self.failed)
        self._poll.timeout.connect(self.look)
        self._keep.timeout.connect(lambda: self.start_work("Keeping today's snapshot", _keep_snapshot))

    def _opened(self, mirror: "Mirror") -> None:
        self._mirror, self._is_open = mirror, True
        self._use_model()
        self._poll.start()
        self.run(_stored_commands, self.who).then(self.editing.refill)
        self.opened.emit()

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            _logger.error("A project could not be opened", exc_info=error)
        self.refused.emit(str(error) or type(error).__name__)

    def _apply(self, changes: Changes, rows: "MirrorRows") -> None:
        if changes.replaced:
            self.replaced.emit()
            return
        if changes.actions and not self.read_only and self._kept_on != (today := date.today()):
            self._kept_on = today
            self._keep.start()
        model, before = self.mirror.model_id, self.mirror.labels
        seen = _rows_of(self.mirror, changes.labels)
        labels = before[seen]
        self.mirror.apply(rows)
        self.engine.forget(changes.photos)
        self.outbox.lay_over(self.mirror)
        if self.mirror.model_id != model:
            self._use_model()
        if self.mirror.labels is before and len(seen) == len(changes.labels):
            # What a key press has shown ahead of the store is no news when the store says it too.
            other = (before[seen] != labels).any(axis=1)
            changes = replace(changes, labels=frozenset(self.mirror.ids[seen[other]].tolist()))
        if changes != NO_CHANGES:
            self.changed.emit(changes)

    def _use_model(self) -> None:
        model = self.mirror.model_id
        self.engine.use_model(None if model is None else self.folder / "models" / model)
        self.explain()

    def _explained(self, explanation: Explanation) -> None:
        self.explained.emit(explanation)
        if explanation.photo_id < 0:
            return  # an example that is no photo of the project
        row = self.mirror.row(explanation.photo_id)
        known = self.mirror.probabilities[row, [s for s in explanation.slots if s < self.mirror.probabilities.shape[1]]]
        if (
            explanation.model_id == self.mirror.model_id
            and (len(known) < len(explanation.slots) or np.isnan(known).any())
            and not self.read_only
        ):
            self.run(_record, explanation)

    def _work_ended(self, work: Work) -> None:
        if work.error is not None:
            self.report(work.error)
        elif not self._closed:
            # Long work may have been an action of the expert's (labels from a file): undo must find it.
            self.run(_stored_commands, self.who).then(self.editing.catch_up)


def _keep_snapshot(store: "Store") -> Generator[Progress, None, str | None]:
    from weldstudio.studio import restoring

    return restoring.daily(store)


def _nothing(_store: "Store") -> None:
    """A look at the store: the thread itself sees what changed."""


def _rows_of(mirror: "Mirror", photo_ids: frozenset[int]) -> NDArray[np.int64]:
    """Rows of those of the photos that the mirror has."""
    wanted = np.fromiter(photo_ids, np.int64, len(photo_ids))
    rows = np.minimum(np.searchsorted(mirror.ids, wanted), max(0, len(mirror) - 1))
    return rows[mirror.ids[rows] == wanted] if len(mirror) else rows[:0]


def _record(store: "Store", explanation: Explanation) -> Changes:
    from weldstudio.studio import predicting

    return predicting.record(store, explanation.model_id, [explanation.photo_id], explanation.probabilities[None, :])


def _record_many(store: "Store", model_id: str, photo_ids: tuple[int, ...], probabilities: NDArray[Any]) -> Changes:
    from weldstudio.studio import predicting

    return predicting.record(store, model_id, photo_ids, probabilities)


def _stored_commands(store: "Store", who: str) -> list[tuple[str, str, bool]]:
    from weldstudio.studio import labelling

    return labelling.undoable(store, who=who, limit=UNDO_KEPT)
