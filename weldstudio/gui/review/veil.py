"""What the one who labels does not see: predictions in blind mode, and in a second look the first labels as well."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from weldstudio.domain.labelling import State, looked_at
from weldstudio.gui.actions import Actions
from weldstudio.gui.session import Session
from weldstudio.store.mirror import Mirror
from weldstudio.studio.filters import Filter
from weldstudio.studio.part import part
from weldstudio.studio.queues import Sort
from weldstudio.studio.review_terms import matrix, pending, spoken_of

Bools = NDArray[np.bool_]
Rows = NDArray[np.int64]

_DOUBTS: Final = ("suspect", "seems-missing", "seems-wrong", "missing", "wrong")
_PREDICTED: Final = frozenset(("model", "disagrees", "scored", "predicted", "decisive", "safe", *_DOUBTS))
_LABELLED: Final = frozenset(
    (
        *("flag", "unseen", "labelled", "reviewed", "unreviewed", "raised", "unsure", "nothing", "conflict", "noted"),
        *("note", "inbox", "changed", "overridden", "verdict", "decision", "review", "returned", "audited"),
        *("points", "reviewer", *_DOUBTS),
    )
)
"""Terms of a filter that tell what is predicted, and what is labelled or said of labels."""
_BY_MODEL: Final = (
    Sort.PROBABILITY,
    Sort.UNCERTAINTY,
    Sort.DISAGREEMENT,
    Sort.SUSPICION,
    Sort.MISSING,
    Sort.WRONG,
    Sort.NEAREST,
    Sort.CHANCE,
)
_BY_LABELS: Final = (
    Sort.DISAGREEMENT,
    Sort.SUSPICION,
    Sort.MISSING,
    Sort.WRONG,
    Sort.NEAREST,
    Sort.POINTS,
    Sort.OVER,
    Sort.WAITING,
)


class Veil(QObject):
    """Asked by everything on the page that shows labels or predictions. GUI thread."""

    changed = Signal()
    """Blind mode was switched."""

    def __init__(self, session: Session, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        toggle = actions["review.blind"]
        toggle.setChecked(session.settings.blind)
        actions.connect("review.blind", self._switched)

    @property
    def blind(self) -> bool:
        """Whether predictions are hidden until a photograph is reviewed."""
        return self._session.settings.blind

    def owed(self, rows: Rows) -> Bools:
        """(k,) whether a blind second look at these photographs waits for this expert: first labels are hidden."""
        mirror = self._session.mirror
        waiting = pending(mirror.reviews, self._session.who)
        if not waiting:
            return np.zeros(len(rows), np.bool_)
        return np.isin(mirror.ids[rows], np.fromiter(waiting, np.int64, len(waiting)))

    def hidden(self, rows: Rows) -> Bools:
        """(k,) whether predictions for these photographs are hidden."""
        owed = self.owed(rows)
        return owed | ~self._reviewed(rows) if self.blind else owed

    def hides(self, photo_id: int | None) -> bool:
        """Whether predictions for one photograph are hidden."""
        return photo_id is not None and bool(self.hidden(self._session.mirror.rows([photo_id]))[0])

    def owes(self, photo_id: int | None) -> bool:
        """Whether a blind second look at one photograph waits for this expert."""
        return photo_id is not None and photo_id in pending(self._session.mirror.reviews, self._session.who)

    @property
    def active(self) -> bool:
        """Whether anything may be hidden."""
        return self.blind or bool(pending(self._session.mirror.reviews, self._session.who))

    def part(self, rows: Rows, *, beside: bool = False) -> Mirror:
        """These rows as a small mirror, without what is hidden; in a second look with the second labels.

        With `beside` nothing else is told either: labels of a joint's other photographs tell what to expect.
        """
        mirror = self._session.mirror
        some = part(mirror, rows)
        some.probabilities[self.hidden(rows)] = np.nan
        owed = np.flatnonzero(self.owed(rows))
        if beside:
            some.labels[:], some.probabilities[:] = 0, np.nan
        if len(owed):
            looks = [mirror.reviews.looks[int(some.ids[place])][self._session.who] for place in owed]
            some.labels[owed] = 0
            second = matrix([look.labels for look in looks], mirror.scheme.slots)
            some.labels[owed, : second.shape[1]] = second
        return some

    def of_joint(self, rows: Rows) -> Mirror | None:
        """The photographs of a joint as a small mirror where something is hidden of them; None where nothing is."""
        return self.part(rows, beside=True) if self.active and self.owed(rows).any() else None

    def unveiled(self, rows: Rows, wanted: Filter, sort: Sort) -> Rows:
        """Rows without those of which the filter or the order itself would tell what is hidden."""
        keys = {term.key for term in wanted.terms}
        by_model = bool(keys & _PREDICTED) or sort in _BY_MODEL
        if by_model or keys & _LABELLED or sort in _BY_LABELS:
            gone = self.hidden(rows) if by_model else self.owed(rows)
            return rows[~gone] if gone.any() else rows
        return rows

    def _reviewed(self, rows: Rows) -> Bools:
        """(k,) a person has answered every flag, or a reviewer has spoken."""
        mirror = self._session.mirror
        some = part(mirror, rows)
        found = looked_at(some.labels)
        for item in mirror.scheme.classes:
            found &= some.states(item.slot) != State.UNSEEN
        return found | spoken_of(mirror)[rows]

    def _switched(self, on: bool) -> None:
        self._session.settings.change(blind=on)
        self.changed.emit()
