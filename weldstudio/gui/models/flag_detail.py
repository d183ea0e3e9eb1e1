"""One flag of a model at a threshold: its four counts, ROC, precision against recall, reliability."""

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.domain.scores import Confusion, Floats, precision_recall
from weldstudio.domain.trust import Bin, calibration_error, reliability
from weldstudio.gui.models.square_plot import SquarePlot
from weldstudio.gui.models.trust_rows import link
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.words import count, percent

if TYPE_CHECKING:
    from weldstudio.domain.thresholds import Ranked

WIDTH: Final = 232
CELL_WORDS: Final = {
    "hits": ("found", "raised, and it raises it"),
    "misses": ("missed", "raised, and it does not raise it"),
    "false_alarms": ("false alarms", "clear, and it raises it"),
    "passes": ("let pass", "clear, and it lets it pass"),
}


class FlagDetail(QWidget):
    """`opened` carries a cell; `put` a threshold chosen on a curve; `bin_opened` two probabilities."""

    opened = Signal(str)
    put = Signal(float)
    bin_opened = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: Ranked | None = None
        self._cuts: Floats = np.zeros(0)
        self._bins: tuple[Bin, ...] = ()
        self.title = QLabel()
        set_look(self.title, "section")
        self.title.setWordWrap(True)
        self.cells: dict[str, QPushButton] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(2)
        for number, (cell, (words, tip)) in enumerate(CELL_WORDS.items()):
            button = QPushButton()
            set_look(button, "figure")
            button.setToolTip(f"Show these photographs: {tip}")
            button.clicked.connect(lambda _checked=False, cell=cell: self.opened.emit(cell))
            self.cells[cell] = button
            label = QLabel(words)
            set_look(label, "secondary")
            row, side = divmod(number, 2)
            grid.addWidget(button, row, 2 * side, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label, row, 2 * side + 1)
        grid.setColumnStretch(3, 1)
        self.roc = SquarePlot(
            "ROC",
            across="false alarms",
            up="found",
            tip="Share of the raised found against false alarms. Click: this threshold",
        )
        self.precision = SquarePlot(
            "Precision",
            across="found",
            up="right of those raised",
            tip="How pure the list is, from the likeliest down. Click: this threshold",
        )
        self.reliability = SquarePlot(
            "Reliability",
            across="it says",
            up="truly raised",
            tip="On the line, its probabilities can be taken at their word. Click: the photographs of a dot",
        )
        self.roc.chosen.connect(self._put)
        self.precision.chosen.connect(lambda point: self._put(point + 1))
        self.reliability.chosen.connect(self._open_bin)
        self.trust = QLabel()
        set_look(self.trust, "secondary")
        self.trust.setWordWrap(True)
        self.trust.setToolTip("Click: all photographs whose label is known")
        self.trust.linkActivated.connect(lambda _: self.bin_opened.emit(0.0, 1.0))
        self.setMaximumWidth(theme.px(WIDTH))  # a long name is wrapped: the table needs the room
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.title)
        column.addLayout(grid)
        for widget in (self.roc, self.precision, self.reliability, self.trust):
            column.addWidget(widget)
        column.addStretch(1)

    def show_flag(self, name: str, known: "Ranked") -> None:
        """Another flag: its curves."""
        self._known = known
        self.title.setText(name)
        values, raised = known.probabilities, known.raised
        both = bool(len(known.found) and len(known.passed))
        nothing: Floats = np.zeros(0)
        x, y, self._cuts = known.curve if both else (nothing, nothing, nothing)
        self.roc.show_curve(x, y, chance=((0, 0), (1, 1)))
        recall, precision = precision_recall(values, raised) if both else (nothing, nothing)
        share = float(raised.mean()) if len(raised) else 0.0
        self.precision.show_curve(recall, precision, chance=((0, share), (1, share)))
        self._bins = reliability(values, raised) if len(values) else ()
        self.reliability.show_bins(self._bins)
        error = calibration_error(values, raised)
        self.trust.setText(f"Off by {link(percent(error), 'judged')} on average" if error is not None else "")

    def show_threshold(self, threshold: float, found: Confusion) -> None:
        """Where the threshold stands, and what it does."""
        for cell, button in self.cells.items():
            number = getattr(found, cell)
            button.setText(count(number))
            button.setAccessibleName(f"{count(number)} {CELL_WORDS[cell][0]}")
            button.setEnabled(number > 0)
        if found.sensitivity is None or found.specificity is None:
            self.roc.show_mark(None, "")
            self.precision.show_mark(None, "")
            return
        said = f"At {threshold:.3f}: {percent(found.sensitivity)} found, {percent(1 - found.specificity)} false alarms"
        self.roc.show_mark((1 - found.specificity, found.sensitivity), said)
        raised = found.hits + found.false_alarms
        self.precision.show_mark((found.sensitivity, found.hits / raised) if raised else None, said)

    def _put(self, point: int) -> None:
        if 0 < point < len(self._cuts):
            # Between this probability and the next one below it, as thresholds are chosen.
            below = self._cuts[point + 1] if point + 1 < len(self._cuts) else 0.0
            self.put.emit(float((self._cuts[point] + below) / 2))

    def _open_bin(self, point: int) -> None:
        low = np.floor(self._bins[point].said * 10 + 1e-9) / 10
        self.bin_opened.emit(float(low), float(low) + 0.1)
