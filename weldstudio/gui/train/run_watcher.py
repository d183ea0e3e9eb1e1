"""Sees to it that a run that ends is adopted at once, whichever page is on the screen.

Runs are detached processes: nobody tells the window that one has ended. While any is under way its folder is looked at
every two seconds; else nothing happens at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.changes import Changes
from weldstudio.gui.background import Background
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.jobs import waiting
from weldstudio.jobs.folder import RunFolder

if TYPE_CHECKING:
    from weldstudio.gui.session import Session
    from weldstudio.store.store import Store
    from weldstudio.studio.training import RunSummary

LOOK_MS: Final = 2000


@dataclass(frozen=True, slots=True)
class Ready:
    """A model that has just entered the registry."""

    model_id: str
    name: str
    run_id: str | None
    active: bool
    """Whether it answers already, being the first."""


@dataclass(frozen=True, slots=True)
class _Seen:
    rows: tuple[RunRow, ...]
    ready: tuple[Ready, ...]


class RunWatcher(QObject):
    """One per session; made by `watch`. Lives in the GUI thread."""

    changed = Signal()
    """`rows` are other ones now."""
    ready = Signal(object)
    """A `Ready`."""
    noticed = Signal(object)
    """The `RunRow` of a run that has ended, or gave an alarm, since it was looked at last."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self.rows: tuple[RunRow, ...] = ()
        self.said_by: Callable[[Ready], bool] = lambda _ready: False
        """Whether a page on the screen says already that this model is ready."""
        self._asking = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._tick)
        self._background = Background(self)
        session.changed.connect(self._session_changed)
        session.closing.connect(self._timer.stop)
        session.run(_clear_away)
        self.look()

    @property
    def running(self) -> RunRow | None:
        """The run that is under way, if any."""
        return next((row for row in self.rows if row.running), None)

    def look(self) -> None:
        """Read all runs and adopt what has ended."""
        if not self._asking:
            self._asking = True
            self._session.run(_look).then(self._seen, self._failed)

    def _tick(self) -> None:
        """Look at the runs under way alone: the others said their last word long ago."""
        if not self._asking:
            self._asking = True
            self._session.run(_look_again, self.rows).then(self._seen, self._failed)

    def _session_changed(self, changes: Changes) -> None:
        if changes.runs or changes.models:
            self.look()

    def _seen(self, seen: _Seen) -> None:
        self._asking = False
        if seen.rows != self.rows:
            before = {row.id: row for row in self.rows}
            self.rows = seen.rows
            self.changed.emit()
            for row in self.rows:
                old = before.get(row.id)
                if old is not None and ((old.live and not row.live) or (row.alarm and row.alarm != old.alarm)):
                    self.noticed.emit(row)
        if not any(row.live for row in self.rows):
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        if any(row.waiting for row in self.rows):
            # Whoever should start the next may be gone. Starting a process takes a moment.
            self._background.ask(waiting.of_machine().start_next, self._begun)
        for model in seen.ready:
            self.ready.emit(model)
            if not self.said_by(model):
                in_use = " and in use" if model.active else ""
                self._session.tell(f"The model “{model.name}” is ready{in_use}")

    def _begun(self, started: dict[RunFolder, int] | None, error: Exception | None) -> None:
        if error is not None:
            self._failed(error)
        elif started:
            self.look()

    def _failed(self, error: Exception) -> None:
        self._asking = False
        self._timer.stop()
        self._session.report(error)


def watch(session: "Session") -> RunWatcher:
    """The watcher of this session, made when first asked for."""
    found = session.findChild(RunWatcher)
    return found if found is not None else RunWatcher(session)


def _look(store: "Store") -> _Seen:
    from weldstudio.studio import training

    ready = _adopt(store)
    return _Seen(tuple(_row(summary) for summary in training.runs(store)), ready)


def _look_again(store: "Store", known: tuple[RunRow, ...]) -> _Seen:
    from weldstudio.studio import training

    if any(row.waiting for row in known):
        return _look(store)  # their order, too, may be another one
    rows = tuple(
        replace(_row(training.summarise(RunFolder(row.folder))), star=row.star, note=row.note) if row.running else row
        for row in known
    )
    ended = any(not row.running for row, old in zip(rows, known, strict=True) if old.running)
    return _Seen(rows, _adopt(store) if ended else ())


def _clear_away(store: "Store") -> None:
    """Folders of runs that were deleted long ago, and features that were half deleted."""
    from weldstudio.studio import features, marking

    if not store.read_only:
        marking.clear_away(store)
        features.sweep(store)


def _adopt(store: "Store") -> tuple[Ready, ...]:
    from weldstudio.studio import registry

    if store.read_only:
        return ()
    before = {entry.id for entry in registry.models(store)}
    registry.adopt_finished(store)
    new = [entry for entry in registry.models(store) if entry.id not in before]
    return tuple(Ready(entry.id, entry.card.name, entry.run_id, entry.active) for entry in new)


def _row(summary: "RunSummary") -> RunRow:
    return RunRow(
        summary.id,
        summary.folder,
        summary.name,
        summary.state,
        summary.started,
        summary.mean_per_class_accuracy,
        summary.sentence,
        summary.star,
        summary.note,
        summary.alarm,
    )
