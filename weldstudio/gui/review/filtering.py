"""Joins the filter's text, the panel of queues and flags, and the order that the grid shows."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from weldstudio.domain.errors import SchemeError
from weldstudio.gui.review.filter_bar import FilterBar
from weldstudio.gui.review.filter_panel import FilterPanel, entries
from weldstudio.gui.review.shown import Shown
from weldstudio.gui.session import Session
from weldstudio.studio.reviewing import FilterError, Queue, Sort, Term

_COUNT_MS: Final = 150
"""Counts wait until keys rest for so long: they are 30 ms of work at full size."""


class Filtering(QObject):
    """What is shown, and who asks for it."""

    ordered = Signal()
    """`shown.ids` are other ones."""
    stale_changed = Signal(object)
    """Ids (frozenset) of photographs that are shown and match no longer."""
    wrong = Signal(str)
    """What does not make sense in the filter, as a sentence; '' when all does."""
    left = Signal()
    """The person is done with filtering: back to the photographs."""

    def __init__(self, session: Session, bar: FilterBar, *, panel: FilterPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._bar, self._panel = session, bar, panel
        self.shown = Shown(lambda: session.mirror)
        self._count = QTimer(self)
        self._count.setSingleShot(True)
        self._count.setInterval(_COUNT_MS)
        self._count.timeout.connect(self._show_counts)
        bar.typed.connect(lambda text: self.apply(text, say=False))
        bar.entered.connect(self._entered)
        bar.left.connect(self.left)
        bar.sort_asked.connect(self.sort)
        panel.queue_asked.connect(self.take_queue)
        panel.term_asked.connect(self.toggle)
        session.chosen_flag_changed.connect(self._flag_chosen)

    def refresh(self) -> None:
        """Filter, sort and count anew."""
        try:
            self.shown.refresh()
        except SchemeError as error:
            self.wrong.emit(str(error))
            return
        self._bar.show_filter(self.shown.filter.text, self.shown.sort)
        self.ordered.emit()
        self._show_counts()

    def labels_changed(self) -> None:
        """Count anew as soon as keys rest; what no longer matches stays and is greyed."""
        self._count.start()

    def apply(self, text: str, *, say: bool) -> bool:
        """Filter by a text; what is wrong with it is said only if `say`, for half a word is not yet a mistake."""
        try:
            self.shown.ask(text)
        except FilterError as error:
            if say:
                self.wrong.emit(str(error))
            return False
        self.wrong.emit("")
        self.refresh()
        if not say:  # what is being typed is not put into order under the typist's hands
            self._bar.show_filter(text, self.shown.sort)
        return True

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
        self._count.stop()

    def _entered(self, text: str) -> None:
        if self.apply(text, say=True):
            self.left.emit()

    def _flag_chosen(self, slot: int | None) -> None:
        # A sort means the flag that was chosen when it was asked for: choosing another one moves nothing.
        if self.shown.slot is None:
            self.shown.slot = slot

    def _show_counts(self) -> None:
        self._panel.show_entries(entries(self._session.mirror, self.shown))
        self.stale_changed.emit(self.shown.stale())
