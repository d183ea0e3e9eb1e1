"""Heads refitted after every label, by a child beside the window: bars, filters, queues and verdicts move.

The child (`jobs.learner`) is told the labels once and then what changes; what it finds lies in a file that is read
beside the window's thread and laid over the mirror. In teach mode the window says what a label has changed: the bars of
the photograph before and after, and the joints whose verdict by the model is another one.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.changes import Changes
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.learner import Refit
from weldstudio.domain.learner_messages import FindSimilar, Learn, Refitted, Relabel, SimilarFound, Suggest, Suggested
from weldstudio.domain.messages import Completed, Failed, Message
from weldstudio.gui.background import Background
from weldstudio.gui.scoring import Scoring
from weldstudio.gui.session import Session
from weldstudio.imaging import refit_file
from weldstudio.jobs.process import Child
from weldstudio.store import refitted

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.refitting import Ground

_logger = logging.getLogger(__name__)

BEGIN_MS: Final = 1200
"""So long nothing may come before everything is learned from anew."""
LABEL_MS: Final = 60
"""A moment after the last key."""
POLL_MS: Final = 20
NOTICED: Final = 0.01
"""A probability that has moved by less is not painted anew."""
SIMILAR: Final = 48
_MOST_CHANGES = 5000


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a label has changed."""

    photo_ids: frozenset[int]
    """Whose label was changed."""
    before: Mapping[int, float]
    """Slot -> probability of the photograph on screen, before."""
    current: int | None
    """The photograph on screen."""
    moved: tuple[int, ...] = ()
    """Joints whose verdict by the model is another one now."""


@dataclass(slots=True)
class _Told:
    """What the child knows."""

    ground: "Ground"
    states: NDArray[np.uint8]
    pending: set[int] = field(default_factory=set)
    """Photos whose label has changed since."""


class Learning(QObject):
    """One per session; it ends with it. GUI thread."""

    refitted = Signal(str)
    """A stage ('step', 'fitted', 'judged') has been laid over the mirror."""
    found = Signal(object)
    """Photo ids: the one that others were looked for like, and these, the most alike first."""
    taught = Signal(object)
    """A `Lesson`."""

    def __init__(self, session: Session, *, child: Callable[[], Child] | None = None) -> None:
        super().__init__(session)
        self._session = session
        self._on, self.teaching = session.settings.learn, session.settings.teach
        self._make = child or (lambda: Child("learner"))
        self._child: Child | None = None
        self._told: _Told | None = None
        self._request = 0
        self._looking = self._like = -1
        self._suggested: Callable[[tuple[int, ...], tuple[int, ...]], None] = lambda _ids, _slots: None
        self._before: tuple[Lesson, NDArray[np.uint8]] | None = None
        self.lesson: Lesson | None = None
        """The last one."""
        self._background = Background(self)
        self._begin_timer, self._label_timer = (self._timer(ms, todo) for ms, todo in self._timers())
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._listen)
        session.changed.connect(self._changed)
        session.work_changed.connect(self._work_changed)
        session.closing.connect(self._close)
        self._begin_timer.start()
        session.engine.heads = str(session.folder / refit_file.FILE)

    def switch(self, on: bool) -> None:
        """Learn from every label, or do not: what was learned stays laid over until another model is used."""
        self._on = on
        if on:
            self._begin_timer.start()
        else:
            self._stop()

    def find_similar(self, photo_id: int, count: int = SIMILAR) -> bool:
        """Have the photographs looked for that are most like one, answered by `found`; False where nothing can."""
        if self._told is None:
            return False
        self._looking, self._like = self._next(), photo_id
        self._say(FindSimilar(self._looking, photo_id, count))
        return True

    def suggest(self, count: int, *, seed: int, then: Callable[[tuple[int, ...], tuple[int, ...]], None]) -> bool:
        """Have the photographs to label next chosen, and the slot each is asked about (-1 = by chance).

        False where nothing can be chosen.
        """
        if self._told is None:
            return False
        self._send()  # what was labelled a moment ago counts
        self._looking, self._suggested = self._next(), then
        self._say(Suggest(self._looking, count, seed))
        return True

    # Inside

    def _timers(self) -> tuple[tuple[int, Callable[[], None]], ...]:
        return (BEGIN_MS, self._begin), (LABEL_MS, self._send)

    def _timer(self, interval: int, todo: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(todo)
        return timer

    def _changed(self, changes: Changes) -> None:
        if self._on and (changes.models or changes.scheme or changes.photos):
            self._begin_timer.start()
        if changes.labels and self._told is not None:
            if not self._told.pending:
                self._remember(changes.labels)
            self._told.pending |= changes.labels
            self._label_timer.start()

    def _work_changed(self) -> None:
        if self._on and self._scoring() is None and self._told is None and not self._begin_timer.isActive():
            self._begin_timer.start()

    def _scoring(self) -> object | None:
        """Work that makes features, while it is under way."""
        scoring = self._session.findChild(Scoring)
        return None if scoring is None else scoring.work

    def _begin(self) -> None:
        """Learn from all labels, if there are features and they are not being made just now."""
        if not self._on or self._session.read_only or self._scoring() is not None:
            return
        self._session.run(_located).then(self._located, lambda error: _logger.debug("nothing to learn from: %s", error))

    def _located(self, found: "tuple[Path, NDArray[np.int64], NDArray[np.int64]]") -> None:
        from weldstudio.studio import refitting

        folder, ids, records = found
        mirror = self._session.mirror
        try:
            ground = refitting.ground_of(mirror, ids, records)
        except JobFailed as error:
            _logger.debug("nothing to learn from: %s", error)
            return
        told = self._told.ground if self._told is not None else None
        if told is not None and _same(told, ground):
            self._send()
            return
        file = self._session.folder / "cache" / "exchange" / f"ground-{self._request + 1}.npz"
        refitting.write_ground(ground, file)
        self._told = _Told(ground, ground.states.copy())
        self._say(Learn(self._next(), str(self._session.folder), str(folder), str(file)))

    def _send(self) -> None:
        from weldstudio.studio import refitting

        told, mirror = self._told, self._session.mirror
        if told is None or not told.pending:
            return
        pending = np.array(sorted(told.pending), np.int64)
        told.pending.clear()
        places = np.minimum(told.ground.ids.searchsorted(pending), len(told.ground.ids) - 1)
        places = places[told.ground.ids[places] == pending]
        new = refitting.states(mirror, mirror.rows(told.ground.ids[places].tolist()))
        changed, columns = np.nonzero(new != told.states[places])
        if len(changed) > _MOST_CHANGES:
            self._told = None
            self._begin_timer.start()
            return
        told.states[places] = new
        if len(changed):
            ids, slots = told.ground.ids[places[changed]].tolist(), told.ground.slots[columns].tolist()
            self._say(Relabel(self._next(), tuple(zip(ids, slots, new[changed, columns].tolist(), strict=True))))

    def _remember(self, photo_ids: frozenset[int]) -> None:
        """How things stand before a label is learned from."""
        if not self.teaching:
            return
        from weldstudio.studio import deciding

        mirror, current = self._session.mirror, self._session.current
        before: dict[int, float] = {}
        if current is not None:
            row = mirror.probabilities[mirror.row(current)].astype(np.float64)
            before = {slot: float(p) for slot, p in enumerate(row) if not np.isnan(p)}
        lesson = Lesson(photo_ids, before, current)
        self._before = lesson, deciding.tally(mirror, predicted=True).outcomes.copy()

    def _next(self) -> int:
        self._request += 1
        return self._request

    def _say(self, message: Message) -> None:
        try:
            if self._child is None or not self._child.alive:
                self._child = self._make()
            self._child.send(message)
        except (JobFailed, OSError) as error:
            self._lost(error)
            return
        self._poll.start()

    def _listen(self) -> None:
        newest: Refitted | None = None
        try:
            while self._child is not None and (message := self._child.poll()) is not None:
                if isinstance(message, Refitted):
                    newest = message
                elif isinstance(message, SimilarFound):
                    self.found.emit((self._like, *message.photo_ids))
                elif isinstance(message, Suggested):
                    self._suggested(message.photo_ids, message.slots)
                elif isinstance(message, Failed) and message.request == self._looking:
                    self._session.tell(message.sentence)
                    continue
                elif isinstance(message, Failed):
                    _logger.info("the learner: %s", message.sentence)
                    self._told = None
                last = (
                    isinstance(message, Completed | Failed | SimilarFound | Suggested)
                    or getattr(message, "stage", "") == "judged"
                )
                if last and getattr(message, "request", -1) == self._request:
                    self._poll.stop()  # everything asked is answered
        except JobFailed as error:
            self._lost(error)
        if newest is not None:
            stage, folder = newest.stage, self._session.folder
            self._background.ask(lambda: refit_file.read(folder), lambda refit, _: self._lay_over(refit, stage))

    def _lay_over(self, refit: Refit | None, stage: str) -> None:
        mirror = self._session.mirror
        if refit is None or refit.model_id != mirror.model_id:
            return
        mirror.refit = refit
        moved = refitted.lay_over(mirror, noticed=NOTICED)
        self.refitted.emit(stage)
        if stage == "fitted":
            self._teach()
        if stage != "step":
            self._session.engine.forget(None)
            self._session.explain()  # by the new heads, so that overlay and bars agree
        if len(moved):
            self._session.changed.emit(Changes(predictions=frozenset(mirror.ids[moved].tolist())))

    def _teach(self) -> None:
        """Say what the label has changed."""
        if self._before is None:
            return
        from weldstudio.studio import deciding

        (lesson, was), self._before = self._before, None
        tally = deciding.tally(self._session.mirror, predicted=True)
        if len(was) == len(tally.outcomes):
            moved = tuple(tally.joints[was != tally.outcomes].tolist())
            self.lesson = Lesson(lesson.photo_ids, lesson.before, lesson.current, moved)
            self.taught.emit(self.lesson)

    def _lost(self, error: Exception) -> None:
        """The child is gone: begin anew with the next label."""
        _logger.info("the learner is gone: %s", error)
        self._stop()
        self._begin_timer.start(10 * BEGIN_MS)

    def _stop(self) -> None:
        self._told = self._before = None
        self._poll.stop()
        self._background.forget()
        child, self._child = self._child, None
        if child is not None:
            child.close(grace=0.2)

    def _close(self) -> None:
        self._on = False
        self._begin_timer.stop()
        self._label_timer.stop()
        self._stop()


def before_of(session: Session, photo_id: int | None) -> Mapping[int, float]:
    """Slot -> probability of a photograph before the last label, in teach mode; empty where nothing is to be shown."""
    learning = session.findChild(Learning)
    lesson = learning.lesson if learning is not None and learning.teaching else None
    return lesson.before if lesson is not None and lesson.current == photo_id else {}


def _same(one: "Ground", other: "Ground") -> bool:
    return (
        one.model_id == other.model_id
        and np.array_equal(one.records, other.records)
        and np.array_equal(one.ids, other.ids)
        and np.array_equal(one.slots, other.slots)
    )


def _located(store: "Store") -> tuple[Path, NDArray[np.int64], NDArray[np.int64]]:
    """On the store thread: where the features of the active model lie, photo ids, ascending, and their records."""
    from weldstudio.studio import features, refitting

    place = features.active_place(store)
    ids = np.array(sorted(place.contents), np.int64)
    return place.folder, ids, refitting.records_of(place, ids)
