"""Joins the filter's text, the panel of queues and flags, and the order that the grid shows."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject, Signal

from weldstudio.domain.errors import SchemeError
from weldstudio.gui.review.filter_bar import FilterBar
from weldstudio.gui.review.filter_panel import FilterPanel, entries
from weldstudio.gui.review.paced import Paced
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.studio import completing, reviewing, run_terms
from weldstudio.studio.reviewing import Counts, FilterError, Queue, Sort, Term

_COUNT_MS: Final = 250
"""So long after the last key photographs are counted anew."""
_ORDER_MS: Final = 400
"""While photographs are brought in, the grid grows this often."""


class Filtering(QObject):
    """What is shown, and who asks for it."""

    ordered = Signal()
    """`shown.ids` are other ones."""
    stale_changed = Signal(object)
    """Ids (frozenset) of photographs that are shown and match no longer."""
    wrong = Signal(str)
    """What does not make sense in the filter, as a sentence; '' when all does."""
    counted = Signal(object)
    """`reviewing.Counts` of all photographs."""
    left = Signal()
    """The person is done with filtering: back to the photographs."""

    def __init__(self, session: Session, bar: FilterBar, *, panel: FilterPanel, veil: Veil, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._bar, self._panel, self._veil = session, bar, panel, veil
        self.shown = Shown(
            lambda: session.mirror,
            queues=lambda: reviewing.queues(session.who, session.settings.guarantee),
            unveiled=veil.unveiled,
        )
        self._counts: Counts | None = None
        self._waiting: dict[str, int] = {}
        self.count = Paced(self._recount, least_ms=_COUNT_MS, settles=True, parent=self)
        self.order = Paced(self.read_anew, least_ms=_ORDER_MS, parent=self)
        bar.field.complete = lambda text, cursor: completing.complete(session.mirror, text, cursor)
        bar.typed.connect(lambda text: self.apply(text, say=False))
        bar.entered.connect(self._entered)
        bar.left.connect(self.left)
        bar.sort_asked.connect(self.sort)
        panel.queue_asked.connect(self.take_queue)
        panel.term_asked.connect(self.toggle)
        session.chosen_flag_changed.connect(self._flag_chosen)
        session.closing.connect(self.stop)  # the page goes a little later: it shall not count a closed project

    def read_anew(self) -> None:
        """Photographs, scheme or model are other ones: filter, sort and count."""
        self.refresh()
        self.count.soon()

    def refresh(self) -> None:
        """Filter and sort. Counts are of all photographs, so they stay."""
        try:
            self.shown.refresh()
        except SchemeError as error:
            self.wrong.emit(str(error))
            return
        self._bar.show_filter(self.shown.filter.text, self.shown.sort)
        self._bar.show_found(len(self.shown.ids), len(self._session.mirror))
        self.ordered.emit()
        self._show_panel()

    def labels_changed(self) -> None:
        """Count anew soon; what no longer matches stays and is greyed."""
        self.count.ask()

    def photos_changed(self) -> None:
        """Photographs were added, or facts of them read: their order soon, but at once where there is none yet."""
        if len(self.shown.ids):
            self.order.ask()
        else:
            self.read_anew()

    def apply(self, text: str, *, say: bool) -> bool:
        """Filter by a text; what is wrong with it is said only if `say`, for half a word is not yet a mistake."""
        before = self.shown.filter
        try:
            self.shown.ask(text)
        except FilterError as error:
            if say:
                self.wrong.emit(str(error))
            return False
        if runs := run_terms.unread(self._session.mirror, self.shown.filter):
            self.shown.filter = before
            self._read_runs(runs, text, say=say)
            return True
        self.wrong.emit("")
        self.refresh()
        if not say:  # what is being typed is not put into order under the typist's hands
            self._bar.show_filter(text, self.shown.sort)
            self._bar.show_found(len(self.shown.ids), len(self._session.mirror))
        return True

    def _read_runs(self, runs: frozenset[str], text: str, *, say: bool) -> None:
        """Read which photographs these runs were given, on the store's thread, and apply the filter then."""

        def apply(found: dict[str, run_terms.Ids]) -> None:
            self._session.mirror.runs.update(found)
            self.apply(text, say=say)

        def refused(error: Exception) -> None:
            if say:
                self.wrong.emit(str(error))

        self._session.run(run_terms.read_all, runs).then(apply, failed=refused)

    def take_queue(self, queue: Queue | None) -> None:
        """Work through a queue; None = all photographs."""
        self.shown.take_queue(queue)
        self.wrong.emit("")
        self.refresh()
        self.left.emit()

    def toggle(self, term: Term) -> None:
        """Put a term into the filter, or out of it."""
        self.shown.toggle(term)
        self.wrong.emit("")
        self.refresh()

    def sort(self, sort: Sort) -> None:
        self.shown.sort, self.shown.slot = sort, self._session.chosen_flag
        self.refresh()
        self.left.emit()

    def stop(self) -> None:
        self.count.stop()
        self.order.stop()

    def _entered(self, text: str) -> None:
        if self.apply(text, say=True):
            self.left.emit()

    def _flag_chosen(self, slot: int | None) -> None:
        # A sort means the flag that was chosen when it was asked for: choosing another one moves nothing.
        if self.shown.slot is None:
            self.shown.slot = slot

    def _recount(self) -> Iterator[None]:
        """Queue by queue; all numbers are shown at the end."""
        mirror = self._session.mirror
        unveiled = self._veil.unveiled if self._veil.active else None
        self.stale_changed.emit(self.shown.stale())
        yield
        counts = reviewing.counts(mirror)
        waiting: dict[str, int] = {}
        for queue in self.shown.queues():
            yield
            waiting |= reviewing.queue_counts(mirror, (queue,), unveiled=unveiled)
        self._counts, self._waiting = counts, waiting
        self._show_panel()
        self.counted.emit(counts)

    def _show_panel(self) -> None:
        scheme = self._session.mirror.scheme
        self._panel.show_entries(entries(scheme, self.shown, counts=self._counts, waiting=self._waiting))
