"""What the panels of one model share: what it says of the photographs of a split, and the thresholds being tried."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from weldstudio.gui.models.model_list import ModelRow
from weldstudio.gui.session import Session
from weldstudio.gui.work import Work
from weldstudio.studio import picks

if TYPE_CHECKING:
    from weldstudio.studio.judging import Figures, Judging


class Judged(QObject):
    """Asked for when a panel that needs it is on screen, and again where another model or split is wanted."""

    changed = Signal()
    """Another model, split or state of reading: `judging` or `sentence` is another one."""
    moved = Signal()
    """`figures` are those of other thresholds."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._row: ModelRow | None = None
        self._wanted: tuple[str, str] | None = None
        self.split = "test"
        self.judging: Judging | None = None
        self.figures: Figures | None = None
        self.sentence = ""
        """What there is to say while there is nothing to judge by."""
        self.stale = False
        """Whether labels have changed since the photographs were taken in."""

    @property
    def row(self) -> ModelRow | None:
        return self._row

    @property
    def own(self) -> tuple[float, ...]:
        """The thresholds that are the model's at present."""
        return () if self._row is None else tuple(item.threshold for item in self._row.card.classes)

    def show_model(self, row: ModelRow | None) -> None:
        """Another model, or the same one with another card."""
        before, self._row = self._row, row
        if row is None or before is None or row.card.id != before.card.id:
            self._forget()
        elif row.card.classes != before.card.classes and self.judging is not None:
            self.try_thresholds(self.own)

    def show_split(self, split: str) -> None:
        """Judge by the photographs of another split, from when it is asked for."""
        if split != self.split:
            self.split = split
            self._forget()

    def ask(self, *, again: bool = False) -> None:
        """Take the photographs in, if that was not done for this model and split."""
        from weldstudio.studio import judging

        row = self._row
        if row is not None:
            self._session.model_judged.emit(row.card.id)
        if row is None or (self._wanted == (row.card.id, self.split) and not again):
            return
        self._wanted = wanted = row.card.id, self.split
        self.judging, self.figures, self.stale = None, None, False
        self.sentence = f"Reading what {row.card.name} says of the {self.split} photographs…"
        work = self._session.start_work(
            f"Judging {row.card.name}", judging.judge, model_id=row.card.id, split=self.split
        )

        def failed(error: object = None) -> None:
            if self._wanted == wanted:
                self._wanted = None
                self.sentence = str(error or "The reading was cancelled.")
                self.changed.emit()

        work.finished.connect(lambda found: self._take(work, wanted, found))
        work.failed.connect(failed)
        work.cancelled.connect(failed)
        self.changed.emit()

    def try_thresholds(self, thresholds: Sequence[float]) -> None:
        """Work out what these do."""
        if self.judging is not None:
            self._session.model_judged.emit(self.judging.card.id)
            self.figures = self.judging.at(thresholds)
            self.moved.emit()

    def labels_changed(self) -> None:
        """What was taken in is no longer what is labelled."""
        if self.judging is not None and not self.stale:
            self.stale = True
            self.changed.emit()

    def show_photos(self, words: str, ids: NDArray[np.int64], *, slot: int | None = None) -> None:
        """Send the person to these photographs, with the overlay of a class."""
        if not len(ids):
            return
        if slot is not None:
            self._session.choose_flag(slot)
        model = "" if self._row is None else self._row.card.id
        self._session.show_photos(picks.pick(self._session.mirror, words, ids), by=model)

    def _take(self, _work: Work, wanted: tuple[str, str], found: "Judging") -> None:
        if self._wanted == wanted:
            self.judging = found
            self.figures = found.at(self.own)
            self.changed.emit()

    def _forget(self) -> None:
        self._wanted = self.judging = self.figures = None
        self.sentence, self.stale = "", False
        self.changed.emit()
