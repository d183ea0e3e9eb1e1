"""Overlays of a model that is being judged and is not the active one, for as long as its photographs are looked at.

It gets an engine of its own, so that the active model goes on answering; that ends a while after it was last needed.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.model import ModelCard
from weldstudio.gui.engine_client import EngineClient, Explanation
from weldstudio.gui.session import Session
from weldstudio.studio.overlaying import Judgement

KEPT_MS: Final = 60_000


class Guest(QObject):
    """`filter_of` says what is shown: with another filter the guest leaves. GUI thread."""

    changed = Signal()
    """It came, left, or has said something."""

    def __init__(self, session: Session, filter_of: Callable[[], object], *, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._filter_of = session, filter_of
        self._engine: EngineClient | None = None
        self._shown: object = None
        self.card: ModelCard | None = None
        """Of the model that is judged; None while the active one answers for itself."""
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.setInterval(KEPT_MS)
        self._gone.timeout.connect(self._stop)
        session.model_judged.connect(self._warm)
        session.overlays_asked.connect(self._come)
        session.current_changed.connect(lambda _photo: self._explain())
        session.closing.connect(self._stop)

    def said(self, photo_id: int) -> Explanation | None:
        """What it said of a photograph."""
        return None if self._engine is None or self.card is None else self._engine.known(photo_id)

    def judgement(self, said: Explanation, slot: int) -> Judgement | None:
        """What it says of a class, by its own threshold."""
        if self.card is None or slot not in said.slots:
            return None
        place = said.slots.index(slot)
        return Judgement(float(said.probabilities[place]), self.card.classes[place].threshold)

    def look(self) -> None:
        """Leave, if other photographs are shown now."""
        if self.card is not None and self._filter_of() != self._shown:
            self._leave()

    def _come(self, model_id: str) -> None:
        session = self._session
        if model_id == session.mirror.model_id:
            self._leave()
            return
        self._gone.stop()
        self.card, self._shown = self._load(model_id).card, self._filter_of()
        if self.card is not None:
            session.tell(f"Overlays of these photographs are by {self.card.name}, which is not the active model")
        self._explain()
        self.changed.emit()

    def _warm(self, model_id: str) -> None:
        """An engine takes seconds to begin: have it ready by the time that somebody opens photographs."""
        if self.card is None and model_id != self._session.mirror.model_id:
            self._load(model_id)
            self._gone.start()

    def _load(self, model_id: str) -> EngineClient:
        if self._engine is None:
            self._engine = self._session.engine.twin(self)
            self._engine.explained.connect(lambda _said: self.changed.emit())
            self._engine.failed.connect(self._session.failed)
        self._engine.use_model(self._session.folder / "models" / model_id)
        return self._engine

    def _explain(self) -> None:
        session = self._session
        photo = session.current
        if self._engine is None or self.card is None or photo is None or photo in session.mirror.problems:
            return
        self._engine.explain(photo, session.mirror.photo_path(photo))

    def _leave(self) -> None:
        if self.card is not None:
            self.card = None
            self._gone.start()
            self.changed.emit()

    def _stop(self) -> None:
        self._gone.stop()
        self.card = None
        if self._engine is not None:
            self._engine.use_model(None)
