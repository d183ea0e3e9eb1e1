"""The Quality page: a list of panels at the left, the chosen one beside it; each number opens its photographs.

What is counted is counted at once. What takes longer, looking through all labels, is work like any other, with progress
and a cross, begun when the page is first opened and when it is asked for again.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Changes
from weldstudio.gui.actions import Actions
from weldstudio.gui.cell_table import CellTable
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.quality.blocks import Block, Link, Note
from weldstudio.gui.quality.content import Content
from weldstudio.gui.quality.doubts import LOOK
from weldstudio.gui.quality.known import Known
from weldstudio.gui.quality.panels import PANELS
from weldstudio.gui.quality.people import People
from weldstudio.gui.session import Session
from weldstudio.gui.theme import GAP, READABLE, theme
from weldstudio.gui.work import Work
from weldstudio.studio.counting import class_counts, equipment_counts, overview

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from weldstudio.studio.quality import Findings
    from weldstudio.studio.raise_rates import RaiseRate

COUNT_MS: Final = 300
"""While an import streams in, counting goes on at a calm pace."""
LEFT: Final = 216
STALE: Final = "Labels have changed since they were looked through."
FROM_FINDINGS: Final = ("overview", "months", "suspects", "duplicates", "equipment", "cut_off")


class QualityPage(QWidget):
    """See the module's text."""

    title = "Quality"
    help_page = "quality"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._panel = "overview"
        self._shown: list[Block] | None = None
        self._rates: list[RaiseRate] = []
        self._findings: Findings | None = None
        self._work: Work | None = None
        self._stale = False
        self._choices = {"flag": "", "trusted": ""}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COUNT_MS)
        self._timer.timeout.connect(self.refresh)
        self._people = People(session, self.refresh, self)
        self.list = QListWidget()
        self.content = Content()
        self._area = QScrollArea()
        self._stack = QStackedWidget()
        self._build()
        actions.connect(LOOK, self.look)
        actions.connect("quality.review", self._review)
        session.changed.connect(self._session_changed)
        session.closing.connect(self._timer.stop)

    @property
    def tables(self) -> dict[str, CellTable]:
        """Those of the panel that is shown, by their titles."""
        return self.content.tables

    def activated(self) -> None:
        """Called whenever the page comes to the front."""
        self.refresh()
        self._people.refresh()
        self._session.run(_rates).then(self._take_rates)
        if self._findings is None and len(self._session.mirror):
            self.look()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Count again."""
        self._timer.stop()
        mirror = self._session.mirror
        self._stack.setCurrentIndex(1 if len(mirror) else 0)
        if not len(mirror):
            self._shown = None
            self.content.show_blocks([])
            return
        known = self._known()
        blocks = PANELS[self._panel][1](known)
        if self._stale and self._findings is not None and self._panel in FROM_FINDINGS:
            again = [Note(STALE, "", "Look through them again", Link(action=LOOK))] if self._work is None else []
            blocks = [*again, *blocks]
        self._name_panels(known)
        if blocks != self._shown:
            scrolled = self._area.verticalScrollBar().value()
            self._shown = blocks
            self.content.show_blocks(blocks)
            self._area.verticalScrollBar().setValue(scrolled)

    def look(self) -> None:
        """Look through all labels, unless that is under way."""
        if self._work is None and len(self._session.mirror):
            from weldstudio.studio import quality

            self._work = self._session.start_work(
                "Looking through the labels", quality.look, trusted=self._choices["trusted"]
            )
            self._work.finished.connect(self._take_findings)
            self._work.ended.connect(self._looked)
        self.refresh()

    def show_panel(self, panel: str) -> None:
        """Choose one of `PANELS`."""
        self.list.setCurrentRow(list(PANELS).index(panel))

    # --- parts --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.list.setAccessibleName("What to see of the labels")
        self.list.setFixedWidth(theme.px(LEFT))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        for panel, (title, _) in PANELS.items():
            item = QListWidgetItem(title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, panel)
            item.setSizeHint(QSize(0, theme.row_height))
        self.list.setCurrentRow(0)
        self.list.currentRowChanged.connect(self._panel_chosen)
        self.content.setMaximumWidth(theme.px(READABLE))
        self.content.asked.connect(self._open)
        self.content.chosen.connect(self._choose)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setAccessibleName("Counts of labels and photographs")
        self._area.setWidget(self.content)
        line = QFrame()
        line.setProperty("look", "upright")
        full = QWidget()
        across = QHBoxLayout(full)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, GAP, 0, GAP)
        column.addWidget(self.list)
        for widget, stretch in ((left, 0), (line, 0), (self._area, 1)):
            across.addWidget(widget, stretch)
        nothing = "There is nothing to count yet. Import photographs, with or without their labels."
        action = self._actions["collection.import"]
        self._stack.addWidget(EmptyState(nothing, action, button="Import photographs"))
        self._stack.addWidget(full)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _known(self) -> Known:
        from weldstudio.studio.advice import advice

        mirror, found = self._session.mirror, self._findings
        problems = [(i, mirror.paths[mirror.row(i)], why) for i, why in sorted(mirror.problems.items())]
        helps = advice(mirror, found) if found is not None else []
        return Known(
            mirror,
            overview(mirror),
            class_counts(mirror),
            equipment_counts(mirror),
            problems,
            self._rates,
            self._people.tables(),
            found,
            helps,
            self._work is not None,
            self._stale,
            self._choices["flag"],
        )

    def _name_panels(self, known: Known) -> None:
        """The titles at the left, with how many wait."""
        found = known.findings
        counts = {"problems": len(known.problems)}
        if found is not None:
            counts |= {"suspects": sum(one.waiting for one in found.standings), "duplicates": len(found.differing)}
        for row, (panel, (title, _)) in enumerate(PANELS.items()):
            number = counts.get(panel, 0)
            self.list.item(row).setText(f"{title} ({number:,})" if number else title)

    # --- what is done -------------------------------------------------------------------------------------------

    def _panel_chosen(self, row: int) -> None:
        self._panel = self.list.item(row).data(Qt.ItemDataRole.UserRole)
        self.refresh()
        self._area.verticalScrollBar().setValue(0)

    def _choose(self, key: str, value: str) -> None:
        self._choices[key] = value
        if key == "trusted":
            self.look()
        else:
            self.refresh()

    def _open(self, link: Link) -> None:
        if link.action:
            self._actions.trigger(link.action)
        elif link.ask:
            self._ask(link)
        elif link.ids:
            self._show(link.words, np.array(link.ids, np.int64))
        else:
            self._session.show_photos(link.filter)

    def _ask(self, link: Link) -> None:
        from weldstudio.studio import looks

        match link.ask:
            case ("every",):
                self._session.show_photos("")
            case (looks.TWINS,):
                self._show(link.words, looks.contradicted(self._session.mirror))
            case (looks.SOURCE, slot, source):
                self._show(link.words, looks.from_source(self._session.mirror, int(slot), int(source)))
            case (looks.PART, equipment, month, what):
                self._show(link.words, looks.of_part(self._session.mirror, equipment, month, what))
            case (looks.ANSWERED, slot, kind, *said):
                self._show(link.words, looks.answered(self._session.mirror, int(slot), kind, said))
            case _:
                self._session.run(looks.photos, link.ask).then(lambda ids: self._show(link.words, ids))

    def _show(self, words: str, ids: "NDArray[np.int64]") -> None:
        from weldstudio.studio.picks import pick

        mirror = self._session.mirror
        there = np.intersect1d(ids, mirror.ids)
        if len(there):
            self._session.show_photos(pick(mirror, words, there))
        else:
            self._session.tell("There is no such photograph any more; F5 counts again.")

    def _review(self) -> None:
        """Show the photographs behind the current cell of the table that has the keyboard."""
        for title, table in self.tables.items():
            if table.hasFocus() and table.currentRow() >= 0:
                self.content.open_cell(title, table.currentRow(), table.currentColumn())
                return

    # --- news ---------------------------------------------------------------------------------------------------

    def _take_findings(self, found: "Findings") -> None:
        from weldstudio.studio import twins

        self._findings, self._stale = found, False
        twins.forget(self._session.mirror)

    def _looked(self) -> None:
        # Its `finished` comes after its end: what it has found is shown with that.
        self._work = None
        QTimer.singleShot(0, self, self.refresh)

    def _take_rates(self, rates: "list[RaiseRate]") -> None:
        self._rates = rates
        self.refresh()

    def _session_changed(self, changes: Changes) -> None:
        if changes.labels or changes.photos or changes.scheme or changes.models:
            self._stale = True
        touched = changes.labels or changes.photos or changes.scheme or changes.reviews
        if touched and self.isVisible() and not self._timer.isActive():
            self._timer.start()
            self._people.refresh()


def _rates(store: Any) -> "list[RaiseRate]":
    """On the store thread."""
    from weldstudio.studio import raise_rates

    return raise_rates.by_expert(store)
