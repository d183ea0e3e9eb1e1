"""Joins the filter's text, the panel of queues and flags, and the order that the grid shows."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from weldstudio.domain.errors import SchemeError
from weldstudio.gui.review.filter_bar import FilterBar
from weldstudio.gui.review.filter_panel import Counted, FilterPanel, entries
from weldstudio.gui.review.paced import Paced
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.studio import choices, completing, reviewing, run_terms, views
from weldstudio.studio.reviewing import Counts, FilterError, Queue, Sort, Term
from weldstudio.studio.views import View

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
    returned = Signal(object)
    """A view is shown again: the photograph at which one left it, or None."""
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
        session.shown = lambda: self.shown.ids.tolist()
        self.shown.by_joint = session.settings.by_joint
        self._counts: Counts | None = None
        self._waiting: dict[str, int] = {}
        self._in_views: dict[int, int] = {}
        self._places: dict[int, int] = {}
        """Where one was in each view, by its id: photo ids."""
        self.count = Paced(self._recount, least_ms=_COUNT_MS, settles=True, parent=self)
        self.order = Paced(self._order_anew, least_ms=_ORDER_MS, parent=self)
        bar.field.complete = lambda text, cursor: completing.complete(session.mirror, text, cursor)
        bar.typed.connect(lambda text: self.apply(text, say=False))
        bar.entered.connect(self._entered)
        bar.left.connect(self.left)
        bar.sort_asked.connect(self.sort)
        bar.turned.connect(self.turn)
        panel.queue_asked.connect(self.take_queue)
        panel.term_asked.connect(self.choose)
        panel.view_asked.connect(self.take_view)
        panel.counts_of = self.choice_counts
        panel.choices_of = lambda fact: choices.of_fact(session.mirror, fact)
        panel.chosen = lambda: self.shown.filter.terms
        session.chosen_flag_changed.connect(self._flag_chosen)
        session.closing.connect(self.stop)  # the page goes a little later: it shall not count a closed project

    def read_anew(self) -> None:
        """Photographs, scheme or model are other ones: filter, sort and count."""
        self.refresh()
        self.count.soon()

    def _order_anew(self) -> None:
        """Photographs came or changed by themselves: the one that was just labelled is not taken away for that."""
        self.refresh(around_stale=True)
        self.count.soon()

    def refresh(self, typed: str | None = None, *, around_stale: bool = False) -> None:
        """Filter and sort. Counts are of all photographs, so they stay.

        `typed`: the filter as it stands in the field, which is not put into order under the typist's hands.
        """
        try:
            if around_stale:
                self.shown.refresh_around_stale()
            else:
                self.shown.refresh()
        except SchemeError as error:
            self.wrong.emit(str(error))
            return
        self._show_bar(typed)
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
            self.shown.ask(text, whole=say)
        except FilterError as error:
            if say:
                self.wrong.emit(str(error))
            return False
        if runs := run_terms.unread(self._session.mirror, self.shown.filter):
            self.shown.filter = before
            self._read_runs(runs, text, say=say)
            return True
        self.wrong.emit("")
        self.refresh(None if say else text)
        return True

    def show(self, text: str) -> None:
        """Show what another part of the window asks for, in the order in which that is wanted."""
        if self.apply(text, say=True):
            before = self.shown.order
            self.shown.take_natural_order()
            if self.shown.order != before:
                self.refresh()
            if self.shown.slot is not None and self.shown.order.slot is not None:
                self._session.choose_flag(self.shown.slot)

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
        self._leave_view()
        self.shown.take_queue(queue)
        self.wrong.emit("")
        self.refresh()
        self.left.emit()

    def sort(self, sort: Sort) -> None:
        if sort == self.shown.sort == Sort.RANDOM:
            self.shown.seed += 1
        self.shown.sort, self.shown.slot = sort, self._session.chosen_flag
        self.refresh()
        self.left.emit()

    def list_next(self) -> None:
        """What is filtered next stands as the filter names it."""
        self.shown.sort, self.shown.descending = Sort.LISTED, False

    def group(self, by_joint: bool) -> None:
        """Keep the photographs of a joint together, or not."""
        if by_joint != self.shown.by_joint:
            self.shown.by_joint = by_joint
            self._session.settings.change(by_joint=by_joint)
            self.refresh()

    def turn(self, descending: bool) -> None:
        """The order, or the order turned round."""
        if descending != self.shown.descending:
            self.shown.descending = descending
            self.refresh()

    def take_view(self, view: View) -> None:
        """Show a saved view."""
        self._leave_view()
        try:
            self.shown.take_view(view)
        except FilterError as error:
            self.wrong.emit(str(error))
            return
        if runs := run_terms.unread(self._session.mirror, view.filter):
            self._read_runs(runs, view.filter.text, say=True)
        else:
            self.wrong.emit("")
            self.refresh()
        self.left.emit()
        self.returned.emit(self._places.get(view.id))

    def choose(self, term: Term) -> None:
        """Put a term into the filter in place of others of the same fact, or take it out."""
        self.shown.choose(term)
        self.apply(self.shown.filter.text, say=True)
        self._show_bar()

    def choice_counts(self, terms: Sequence[Term]) -> Iterator[int]:
        """How many photographs each of these terms would show, beside what is filtered."""
        unveiled = self._veil.unveiled if self._veil.active else None
        return choices.counts(self._session.mirror, self.shown.filter, terms, unveiled=unveiled)

    def views_changed(self) -> None:
        """Views were made, changed or removed."""
        self._show_panel()
        self.count.soon()

    def _show_bar(self, typed: str | None = None) -> None:
        self._bar.show_filter(self.shown.filter.text if typed is None else typed, self.shown.order)

    def _leave_view(self) -> None:
        """Remember where one was in the view that is shown."""
        if (view := self.shown.view) is not None and self._session.current is not None:
            self._places[view.id] = self._session.current

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
        found: dict[int, int] = {}
        for view in views.listed(mirror):
            yield
            if not view.problem and not run_terms.unread(mirror, view.filter):
                rows = np.flatnonzero(reviewing.matching(mirror, view.filter))
                found[view.id] = len(rows if unveiled is None else unveiled(rows, view.filter, view.order.sort))
        self._counts, self._waiting, self._in_views = counts, waiting, found
        self._show_panel()
        self.counted.emit(counts)

    def _show_panel(self) -> None:
        mirror, counted = self._session.mirror, Counted(self._counts, self._waiting, self._in_views)
        self._panel.show_entries(entries(mirror, self.shown, counted))
