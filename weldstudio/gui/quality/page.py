"""The Quality page: what is labelled, by whom and from where, and which photographs cannot be shown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import Source, State
from weldstudio.gui.actions import Actions
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.quality.figure_table import FigureTable
from weldstudio.gui.quality.people import Heads, People, Rows
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, READABLE, theme
from weldstudio.gui.words import count, counted, percent, percent_range
from weldstudio.studio.counting import (
    ClassCounts,
    EquipmentCounts,
    Overview,
    class_counts,
    equipment_counts,
    overview,
)

if TYPE_CHECKING:
    from weldstudio.studio.raise_rates import RaiseRate

COUNT_MS: Final = 300
"""While an import streams in, counting goes on at a calm pace."""
MOST_PROBLEMS: Final = 200
MOST_EQUIPMENTS: Final = 6
STATE_TABLE: Final = "Labels by state"
PROBLEM_TABLE: Final = "Problems"
RATE_TABLE: Final = "How often each expert raises a flag"
STATES: Final = (State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN)
SOURCES: Final = {
    Source.HAND: ("One by one", "Given by a person to one photograph"),
    Source.BULK: ("Several at once", "Given by a person to several photographs in one action"),
    Source.COPIED: ("Copied", "Copied by a person from another photograph"),
    Source.IMPORT: ("Imported", "Read from a file"),
    Source.ASSUMED: ("Assumed clear", "Clear because a file that lists raised flags only did not list it"),
    Source.ACCEPTED: ("Accepted", "A model's prediction that a person accepted; never used to judge a model"),
}


_Counted = tuple[Overview, Sequence[ClassCounts], Sequence[EquipmentCounts], Sequence[tuple[str, str]]]


class QualityPage(QWidget):
    """See the module's text."""

    title = "Quality"
    help_page = "quality"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: object = None
        self._counted: _Counted | None = None
        self._rates: list[RaiseRate] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COUNT_MS)
        self._timer.timeout.connect(self.refresh)
        self.tables: dict[str, FigureTable] = {}
        self._people = People(session, self._show_counted, self)
        self._content = QWidget()
        self._content.setProperty("look", "scrolled")
        self._layout = QVBoxLayout(self._content)
        self._layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        self._layout.setSpacing(GAP)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName("Counts of labels and photographs")
        self._content.setMaximumWidth(theme.px(READABLE))
        area.setWidget(self._content)
        self._area = area
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                "There is nothing to count yet. Import photographs, with or without their labels.",
                actions["collection.import"],
                button="Import photographs",
            )
        )
        self._stack.addWidget(area)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        actions.connect("quality.refresh", self.refresh)
        actions.connect("quality.review", self._review)
        session.changed.connect(self._session_changed)
        session.closing.connect(self._timer.stop)

    def activated(self) -> None:
        """Called whenever the page comes to the front."""
        self.refresh()
        self._people.refresh()
        self._session.run(_rates).then(self._take_rates)
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Count again."""
        mirror = self._session.mirror
        self._timer.stop()
        problems = [(mirror.paths[mirror.row(i)], why) for i, why in sorted(mirror.problems.items())]
        self._counted = overview(mirror), class_counts(mirror), equipment_counts(mirror), problems
        self._show_counted()

    def _show_counted(self) -> None:
        """What was counted last, and what the store has said of people since."""
        if self._counted is None:
            return
        found = (*self._counted, self._rates, self._people.tables())
        if found == self._shown:
            return
        self._shown = found
        self._show(*found)

    def _show(
        self,
        seen: Overview,
        classes: Sequence[ClassCounts],
        equipments: Sequence[EquipmentCounts],
        problems: Sequence[tuple[str, str]],
        rates: "Sequence[RaiseRate]",
        people: Sequence[tuple[str, str, Heads, Rows]],
    ) -> None:
        scrolled = self._area.verticalScrollBar().value()
        self._clear()
        self._stack.setCurrentIndex(1 if seen.photos else 0)
        if not seen.photos:
            return
        self._add_overview(seen)
        if classes:
            self._add_states(classes, seen.photos)
            self._add_sources(classes)
        if len(equipments) > 1:
            self._add_equipments(equipments, [item.name for item in self._session.mirror.scheme.classes])
        if rates:
            self._add_rates(rates)
        for title, text, heads, rows in people:
            self._add_table(title, heads, rows, text)
        self._add_problems(problems)
        self._layout.addStretch(1)
        self._area.verticalScrollBar().setValue(scrolled)

    # --- sections -----------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        self.tables = {}
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _add_overview(self, seen: Overview) -> None:
        figures = [
            (count(seen.photos), "photograph" if seen.photos == 1 else "photographs"),
            (count(seen.joints), "joint" if seen.joints == 1 else "joints"),
            (percent(seen.looked_at / seen.photos, digits=0), f"looked at by a person ({count(seen.looked_at)})"),
            (percent(seen.labelled / seen.photos, digits=0), f"with any label ({count(seen.labelled)})"),
        ]
        if seen.conflicts:
            figures.append((count(seen.conflicts), "with two flags of one group"))
        if seen.undated:
            figures.append((count(seen.undated), "of unknown date"))
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(2 * GROUP)
        for figure, words in figures:
            number = QLabel(figure)
            number.setFont(theme.font("page", bold=True, figures=True))
            label = QLabel(words)
            label.setWordWrap(True)
            set_look(label, "secondary")
            box = QVBoxLayout()
            box.setSpacing(2)
            box.addWidget(number)
            box.addWidget(label)
            box.addStretch(1)
            across.addLayout(box, 1)
        self._layout.addWidget(row)

    def _add_states(self, classes: Sequence[ClassCounts], photos: int) -> None:
        heads = [("Flag", ""), *((s.word.capitalize(), f"Photographs labelled {s.word}") for s in STATES)]
        heads.append(("Labelled", "Share of all photographs with a label of this flag"))
        rows = [
            (c.name, *(count(c.states[s]) for s in STATES), percent(1 - c.states[State.UNSEEN] / photos, digits=0))
            for c in classes
        ]
        self._add_table(STATE_TABLE, heads, rows)
        self.tables[STATE_TABLE].setToolTip("Double-click a figure to see its photographs")

    def _add_sources(self, classes: Sequence[ClassCounts]) -> None:
        used = [source for source in SOURCES if any(c.sources.get(source) for c in classes)]
        if not used:
            return
        heads = [("Flag", ""), *(SOURCES[source] for source in used)]
        rows = [(c.name, *(count(c.sources.get(source, 0)) for source in used)) for c in classes]
        self._add_table("Where the labels came from", heads, rows)

    def _add_equipments(self, equipments: Sequence[EquipmentCounts], classes: Sequence[str]) -> None:
        shown = equipments[:MOST_EQUIPMENTS]
        heads = [("", ""), *((e.name, e.name) for e in shown)]
        rows: list[tuple[str, ...]] = [
            ("Photographs", *(count(e.photos) for e in shown)),
            ("Looked at by a person", *(percent(e.looked_at / e.photos, digits=0) for e in shown)),
        ]
        for i, name in enumerate(classes):
            pairs = [e.raised[i] for e in shown]
            shares = (percent(raised / known if known else None) for raised, known in pairs)
            rows.append((f"{name}, raised of labelled", *shares))
        self._add_table("By equipment", heads, rows)

    def _add_rates(self, rates: "Sequence[RaiseRate]") -> None:
        heads = [
            ("Expert, medium", "Who labelled, and what flows through the pipes"),
            ("Photographs", "Looked at by this expert"),
            ("With a flag", "On which this expert raised at least one flag"),
            ("Rate", "People raise flags on water pipes more readily"),
            ("95 %", "Where the rate lies with 95 % certainty"),
        ]
        rows = [
            (
                f"{r.who}, {r.medium or 'medium not known'}",
                *(count(r.photos), count(r.raised), percent(r.rate), percent_range(*r.interval)),
            )
            for r in rates
        ]
        self._add_table(RATE_TABLE, heads, rows)

    def _take_rates(self, rates: "list[RaiseRate]") -> None:
        self._rates = rates
        self._show_counted()

    def _add_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        self._add_heading(f"Problems ({count(len(problems))})" if problems else "Problems")
        if not problems:
            note = QLabel("Every photograph that was read can be shown.")
            set_look(note, "secondary")
            self._layout.addWidget(note)
            return
        table = FigureTable("Photographs with problems")
        shown = problems[:MOST_PROBLEMS]
        table.show_figures([("Photograph", ""), ("Why it cannot be shown", "")], shown)
        table.stretch_last()
        self._connect(PROBLEM_TABLE, table)
        self._layout.addWidget(table)
        if len(problems) > len(shown):
            more = QLabel(f"and {counted(len(problems) - len(shown), 'more', 'more')}.")
            set_look(more, "secondary")
            self._layout.addWidget(more)

    def _add_table(
        self, title: str, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], text: str = ""
    ) -> None:
        self._add_heading(title)
        if text:
            words = QLabel(text)
            words.setWordWrap(True)
            set_look(words, "secondary")
            self._layout.addWidget(words)
        table = FigureTable(title)
        table.show_figures(heads, rows)
        self._connect(title, table)
        self._layout.addWidget(table)

    def _connect(self, title: str, table: FigureTable) -> None:
        self.tables[title] = table
        table.cellDoubleClicked.connect(lambda row, column: self._show_photos(title, row, column))

    def _add_heading(self, text: str) -> None:
        label = QLabel(text)
        set_look(label, "section")
        label.setContentsMargins(0, GROUP, 0, 0)
        self._layout.addWidget(label)

    # --- news ---------------------------------------------------------------------------------------------------

    def _review(self) -> None:
        """Show the photographs behind the current cell of the table that has the keyboard."""
        for title, table in self.tables.items():
            if table.hasFocus() and table.currentRow() >= 0:
                self._show_photos(title, table.currentRow(), table.currentColumn())
                return

    def _show_photos(self, title: str, row: int, column: int) -> None:
        from weldstudio.studio.filters import Term, flag_term

        if title == STATE_TABLE:
            state = STATES[column - 1] if 1 <= column <= len(STATES) else State.RAISED
            self._session.show_photos(flag_term(self.tables[title].name_of(row), state).text)
        elif title == PROBLEM_TABLE:
            mirror = self._session.mirror
            self._session.show_photos(Term("id", str(sorted(mirror.problems)[row])).text)

    def _session_changed(self, changes: Changes) -> None:
        touched = changes.labels or changes.photos or changes.scheme or changes.reviews
        if touched and self.isVisible() and not self._timer.isActive():
            self._timer.start()
            self._people.refresh()


def _rates(store: Any) -> "list[RaiseRate]":
    """On the store thread."""
    from weldstudio.studio import raise_rates

    return raise_rates.by_expert(store)
