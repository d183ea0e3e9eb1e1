"""Thresholds by what they do: a handle, verdicts and hours; below each flag's counts, and the chosen one's curves."""

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.domain.scores import FEW, Confusion
from weldstudio.gui.cell_table import Cell, CellTable
from weldstudio.gui.models.flag_detail import CELL_WORDS, FlagDetail
from weldstudio.gui.models.judged import Judged
from weldstudio.gui.models.rule_bar import RuleBar
from weldstudio.gui.models.verdict_tiles import ALL, VerdictTiles
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, READABLE, theme
from weldstudio.gui.words import count
from weldstudio.studio.behind import JOINT_CELLS, WORDS

if TYPE_CHECKING:
    from weldstudio.studio.judging import Judging, Range

HEADS: Final = (
    ("Flag", "In the order of the scheme"),
    (
        "Threshold",
        "The probability from which it is raised; * if not the model's own. Click: the photographs nearest to it",
    ),
    ("Missed", "Photographs labelled raised that it would not raise, of all that are. Click: show them"),
    (
        "On raised, %",
        "Share of the raised photographs that it finds, with its range (95 %, by joint). Click: show them",
    ),
    ("False alarms", "Photographs labelled clear that it would raise, of all that are. Click: show them"),
    (
        "On clear, %",
        "Share of the clear photographs that it lets pass, with its range (95 %, by joint). Click: show them",
    ),
)
MISSED: Final = 2
ALARMS: Final = 4
CELL_AT: Final = {1: "near", MISSED: "misses", MISSED + 1: "hits", ALARMS: "false_alarms", ALARMS + 1: "passes"}


class ThresholdPanel(QWidget):
    """Tries thresholds on `judged`; keeps them as the model's, as an edit that can be undone."""

    def __init__(self, session: Session, judged: Judged, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._judged = session, judged
        self._place = 0
        self._shown: Judging | None = None
        self.tiles, self.rule, self.detail = VerdictTiles(), RuleBar(), FlagDetail()
        self.table = CellTable("What thresholds do, flag by flag", narrow=56)
        self.table.show_heads(HEADS)
        self.note = QLabel()
        self.note.setWordWrap(True)
        set_look(self.note, "warning")
        self.keep_button = QPushButton("Keep these thresholds")
        self.keep_button.setToolTip("They become this model's from now on; Undo goes back")
        set_look(self.keep_button, "primary")
        self.back_button = QPushButton("Back to its own")
        self.back_button.setToolTip("Show what the model's present thresholds do")
        self._lay_out()
        self.keep_button.clicked.connect(self.keep)
        self.back_button.clicked.connect(lambda: judged.try_thresholds(judged.own))
        self.rule.moved.connect(self._ruled)
        self.tiles.opened.connect(self._open_joints)
        self.tiles.pace_changed.connect(self._show_tiles)
        self.table.opened.connect(lambda row, column: self._open(row, CELL_AT[column]))
        self.table.currentCellChanged.connect(lambda row, *_: self._choose(row))
        self.detail.opened.connect(lambda cell: self._open(self._place, cell))
        self.detail.put.connect(self._put)
        self.detail.bin_opened.connect(lambda low, high: self._open_between(self._place, low, high))
        judged.changed.connect(self.refresh)
        judged.moved.connect(self._show_figures)

    def _lay_out(self) -> None:
        table_side = QWidget()
        down = QVBoxLayout(table_side)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(GAP)
        down.addWidget(self.table)
        down.addWidget(self.note)
        down.addStretch(1)
        below = QWidget()
        across = QHBoxLayout(below)
        across.setContentsMargins(EDGE, 0, EDGE, EDGE)
        across.setSpacing(GROUP)
        table_side.setMaximumWidth(theme.px(READABLE))
        across.addWidget(table_side, 1)
        across.addWidget(self.detail)
        across.addStretch(0)
        self.rule.offer(self.back_button, self.keep_button)
        head = QWidget()
        top = QVBoxLayout(head)
        top.setContentsMargins(EDGE, GROUP, EDGE, 0)
        top.setSpacing(GROUP)
        top.addWidget(self.tiles)
        top.addWidget(self.rule)
        line = QFrame()
        line.setProperty("look", "line")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GROUP)
        column.addWidget(head)
        column.addWidget(line)
        column.addWidget(Roomy(below), 1)

    # --- showing ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """What is judged is another thing."""
        judging = self._judged.judging
        if judging is not None and judging is not self._shown:
            self._shown = judging
            self._place = min(self._place, len(judging.card.classes) - 1)
            self.rule.setVisible(not judging.exclusive)
            self._show_figures()
            self.table.setCurrentCell(self._place, 0)
            self._choose(self._place)

    def show_flag(self, name: str) -> None:
        """Its counts and curves, now or as soon as they are known."""
        names = [item.name for item in self._judged.row.card.classes] if self._judged.row is not None else []
        if name in names:
            self._place = names.index(name)
            self.table.setCurrentCell(self._place, 0)
            self._choose(self._place)

    def _show_figures(self) -> None:
        judging, figures = self._judged.judging, self._judged.figures
        if judging is None or figures is None:
            return
        self._show_tiles()
        own = self._judged.own
        rows = [
            _row(
                name, threshold, found, judging.intervals(place, threshold), likeliest=judging.exclusive, own=own[place]
            )
            for place, (name, threshold, found) in enumerate(
                zip(judging.found.names, figures.thresholds, figures.confusions, strict=True)
            )
        ]
        self.table.show_cells(rows)
        threshold = figures.thresholds[self._place]
        self.detail.show_threshold(threshold, figures.confusions[self._place])
        moved = figures.thresholds != own
        self.keep_button.setVisible(not judging.exclusive)
        self.back_button.setVisible(not judging.exclusive)
        self.keep_button.setEnabled(moved and not self._session.read_only)
        self.back_button.setEnabled(moved)
        if not moved:
            self.note.clear()
        self._show_rule(judging.found.names[self._place], figures.thresholds)
        if judging.exclusive:
            self.note.setText("One of a group: the likeliest class is taken, so there is no threshold to choose.")
        self.note.setVisible(bool(self.note.text()))

    def _show_rule(self, name: str, thresholds: tuple[float, ...]) -> None:
        self.rule.show_flag(name, thresholds[self._place])
        if thresholds == self._judged.own:
            self.rule.say_own()

    def _show_tiles(self) -> None:
        if self._judged.figures is not None:
            points = self._judged.judging is None or self._judged.judging.points
            self.tiles.show_figures(self._judged.figures, photos=len(self._session.mirror.ids), points=points)

    def _choose(self, row: int) -> None:
        judging, figures = self._judged.judging, self._judged.figures
        if judging is None or figures is None or not 0 <= row < len(judging.card.classes):
            return
        self._place = row
        self.detail.show_flag(judging.found.names[row], judging.known[row])
        self.detail.show_threshold(figures.thresholds[row], figures.confusions[row])
        self._show_rule(judging.found.names[row], figures.thresholds)

    # --- trying and keeping -------------------------------------------------------------------------------------

    def _ruled(self) -> None:
        """The handle was moved: the thresholds that it means, from validation photographs."""
        judging, figures = self._judged.judging, self._judged.figures
        if judging is None or figures is None or judging.exclusive:
            return
        thresholds, notes = list(figures.thresholds), []
        if not self.rule.everywhere and self.rule.rule == "hand":
            thresholds[self._place] = self.rule.by_hand
        else:
            choice = self.rule.choice
            places = range(len(thresholds)) if self.rule.everywhere else (self._place,)
            for place in places:
                found = judging.choose(choice, place)
                thresholds[place] = found.threshold
                notes += [found.note] if found.note else []
        more = f" And so for {len(notes) - 3} more." if len(notes) > 3 else ""
        self.note.setText(" ".join(notes[:3]) + more)
        self._judged.try_thresholds(thresholds)

    def _put(self, threshold: float) -> None:
        """A threshold chosen on a curve."""
        figures = self._judged.figures
        if figures is not None and not (self._shown is not None and self._shown.exclusive):
            self.rule.take_by_hand(threshold)
            thresholds = list(figures.thresholds)
            thresholds[self._place] = threshold
            self._judged.try_thresholds(thresholds)

    def keep(self) -> None:
        """Make them the model's thresholds."""
        from weldstudio.studio import model_cards

        row, figures = self._judged.row, self._judged.figures
        if row is None or figures is None:
            return
        name, how = row.card.name, self.rule.sentence.rstrip(".")
        self._session.edit(
            f"Thresholds of {name}",
            model_cards.set_thresholds,
            row.card.id,
            figures.thresholds,
            who=self._session.who,
            how=how[:1].lower() + how[1:],
        ).then(lambda _done: self._session.tell(f"{name} raises from these thresholds on", undo=True))

    # --- photographs --------------------------------------------------------------------------------------------

    def _open(self, place: int, cell: str) -> None:
        judging, figures = self._judged.judging, self._judged.figures
        if judging is not None and figures is not None:
            name, slot, near = judging.found.names[place], judging.card.slots[place], cell == "near"
            words = WORDS[cell] if near else CELL_WORDS[cell][0]
            thresholds = figures.thresholds
            ids = judging.nearest(place, thresholds[place]) if near else judging.photos(place, cell, thresholds)
            self._judged.show_photos(f"{name}: {words} by {judging.card.name}", ids, slot=slot)

    def _open_joints(self, cell: str) -> None:
        judging, figures = self._judged.judging, self._judged.figures
        if cell == ALL:
            self._session.show_photos("")
        elif judging is not None and figures is not None:
            cells = JOINT_CELLS.get(cell, (cell,))
            ids = np.unique(np.concatenate([judging.joint_photos(one, figures) for one in cells]))
            self._judged.show_photos(f"{WORDS[f'joints_{cell}']}, by {judging.card.name}", ids)

    def _open_between(self, place: int, low: float, high: float) -> None:
        judging = self._judged.judging
        if judging is not None:
            name, slot = judging.found.names[place], judging.card.slots[place]
            ids = judging.between(place, low, high)
            told = f"{name}: {100 * max(0.0, low):.0f} to {100 * min(1.0, high):.0f} %"
            self._judged.show_photos(told, ids, slot=slot)


def _row(
    name: str, threshold: float, found: Confusion, ranges: tuple["Range", "Range"], *, likeliest: bool, own: float
) -> list[Cell]:
    few_up, few_clear = found.raised < FEW, found.clear < FEW
    return [
        Cell(name, tip=name),
        Cell("likeliest")
        if likeliest
        else Cell(f"{threshold:.3f}" + ("*" if threshold != own else ""), opens=found.raised + found.clear > 0),
        _counted(found.misses, found.raised),
        _shared(found.hits, found.raised, ranges[0], pale=few_up, tip=_few(few_up, "raised")),
        _counted(found.false_alarms, found.clear),
        _shared(found.passes, found.clear, ranges[1], pale=few_clear, tip=_few(few_clear, "clear")),
    ]


def _counted(wrong: int, n: int) -> Cell:
    return Cell(f"{count(wrong)} of {count(n)}", opens=wrong > 0, pale=n < FEW and not wrong)


def _few(few: bool, kind: str) -> str:
    return f"In grey: fewer than {FEW} {kind} photographs say next to nothing" if few else ""


def _shared(right: int, n: int, interval: "Range", *, pale: bool, tip: str) -> Cell:
    if not n:
        return Cell("–", pale=pale, tip=tip)
    low, high = interval
    words = f"{100 * right / n:.1f} ({100 * low:.0f}–{100 * high:.0f})"
    return Cell(words, opens=right > 0, pale=pale, tip=tip)
