"""The whole collection predicted in the background, behind whatever a person looks at.

The warm engine gets a few batches ahead and no more: an explanation never waits for more than the batch under way, and
nothing has to be taken back when another model answers. A training, and work that somebody has asked for, go first.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.changes import Changes, Progress
from weldstudio.gui.session import Session
from weldstudio.gui.train import run_watcher
from weldstudio.gui.work import Work

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.store.store import Store
    from weldstudio.studio.features import Place

_logger = logging.getLogger(__name__)

AHEAD: Final = 64
"""Photographs the engine has waiting: two of its batches, so that it never runs dry."""
LATER_MS: Final = 2000
_PREDICTING: Final = "predicting all photographs"
ACTION: Final = "work.predict"


class _Predicting(Work):
    """Nothing looks at it step by step, so its cross is heard at once."""

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__("Predicting all photographs")
        self.resumes = True
        self._stop = stop

    def cancel(self) -> None:
        super().cancel()
        self._stop()


class Scoring(QObject):
    """One per session; it ends with it. GUI thread."""

    stopped = Signal()
    """A person has had enough of it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._watcher = run_watcher.watch(session)
        self._on = session.settings.predict_all
        self._model: str | None = None
        self._waiting: deque[int] = deque()
        self._asked: set[int] = set()
        self._newest = -1
        self._what = _PREDICTING
        self._total = 0
        self._work: Work | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self._look_for_features)
        session.changed.connect(self._changed)
        session.closing.connect(lambda: self.switch(False))
        session.closing.connect(self._later.stop)
        session.engine.answered.connect(self._answered)
        session.engine.state_changed.connect(self._go_on)
        session.engine.failed.connect(self._give_up)
        session.work_changed.connect(self._go_on)
        self._watcher.changed.connect(self._go_on)
        self._gather()

    @property
    def work(self) -> Work | None:
        """What the status line shows while there is something to predict."""
        return self._work

    def switch(self, on: bool) -> None:
        """Predict on, or stop: what is predicted stays."""
        self._on = on
        self._gather()

    # Inside

    def _changed(self, changes: Changes) -> None:
        if self._session.mirror.model_id != self._model:
            self._gather()
            return
        if changes.photos:
            self._later.start()  # what a photograph's features are known by is read after its row is there
        if changes.photos and len(self._session.mirror) and self._session.mirror.ids[-1] > self._newest:
            self._add(self._newest)
            self._go_on()

    def _gather(self) -> None:
        """Begin anew with what the active model has not scored: first what follows the photograph on screen."""
        session = self._session
        self._model = session.mirror.model_id
        self._waiting.clear()
        self._asked.clear()
        self._total = 0
        self._add(-1)
        if session.current is not None and self._waiting:
            self._waiting.rotate(-int(np.searchsorted(np.asarray(self._waiting), session.current)))
        self._look_for_features()
        self._go_on()

    def _look_for_features(self) -> None:
        """Have features kept on the way, and made of photographs that were predicted without."""
        engine = self._session.engine
        card = engine.card
        if not self._on or self._session.read_only or card is None:
            return

        def found(seen: "tuple[Place, list[int]]") -> None:
            if engine.card is not card or not self._on:
                return
            engine.keep_features(seen[0])
            mirror, known = self._session.mirror, {*self._waiting, *self._asked}
            shown = set(mirror.ids[~mirror.problem].tolist())
            more = [photo_id for photo_id in seen[1] if photo_id in shown and photo_id not in known]
            if more and not known:
                self._what = "making features, once, of all photographs"
            self._waiting.extend(more)
            self._total += len(more)
            self._go_on()

        self._session.run(_lacking_features).then(found, lambda error: _logger.info("no features: %s", error))

    def _add(self, newest: int) -> None:
        """What has come after the photograph `newest` waits as well."""
        mirror, card = self._session.mirror, self._session.engine.card
        self._newest = int(mirror.ids[-1]) if len(mirror) else -1
        if not self._on or self._session.read_only or card is None:
            return
        known = [slot for slot in card.slots if slot < mirror.probabilities.shape[1]]
        unknown = np.isnan(mirror.probabilities[:, known]).all(axis=1)
        ids = mirror.ids[unknown & ~mirror.problem & (mirror.ids > newest)].tolist()
        self._waiting.extend(ids)
        self._total += len(ids)
        if ids:
            self._what = _PREDICTING

    def _go_on(self) -> None:
        engine, mirror = self._session.engine, self._session.mirror
        if not self._waiting and not self._asked:
            self._end()
            return
        if self._work is None:
            self._work = _Predicting(self.stopped.emit)
            self._session.show_work(self._work)
        if any(row.state == "running" for row in self._watcher.rows):
            self._say("predicting waits for the training")
            return
        others = any(work is not self._work for work in self._session.works)
        if others or not engine.ready or not self._waiting:
            return  # whoever ends or begins next brings us back
        ids = [self._waiting.popleft() for _ in range(min(AHEAD - len(self._asked), len(self._waiting)))]
        self._asked.update(ids)
        engine.score({photo_id: mirror.photo_path(photo_id) for photo_id in ids})

    def _answered(self, photo_ids: tuple[int, ...]) -> None:
        self._asked.difference_update(photo_ids)
        self._say(self._what)
        if len(self._asked) <= AHEAD // 2:
            self._go_on()

    def _say(self, text: str) -> None:
        progress = Progress(self._total - len(self._waiting) - len(self._asked), self._total, text)
        if self._work is not None and progress != self._work.progress:
            self._work.note(progress)

    def _give_up(self) -> None:
        """The engine cannot go on, and has said why: nothing is shown that does not move."""
        self._waiting.clear()
        self._asked.clear()
        self._end()

    def _end(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work.end("done", None, None)


def _lacking_features(store: "Store") -> "tuple[Place, list[int]]":
    """On the store thread: where features of the active model lie, and the photographs that have none."""
    from weldstudio.studio import features

    place = features.active_place(store)
    return place, place.missing(list(place.contents))


def begin(session: Session, window: "MainWindow") -> None:
    """A project was opened: predict on where it stands."""
    scoring = Scoring(session)
    action = window.action_table[ACTION]
    action.setChecked(session.settings.predict_all)

    def stop() -> None:
        action.setChecked(False)
        session.tell(f"Predicting stopped. “{action.text()}” in the menu goes on with it.")

    scoring.stopped.connect(stop)


def switch(window: "MainWindow", on: bool) -> None:
    """What the action does: predict all photographs, or do not, in this project and from now on."""
    window.settings.change(predict_all=on)
    scoring = window.session.findChild(Scoring) if window.session is not None else None
    if scoring is not None:
        scoring.switch(on)
