"""The learning curve of a model: what fewer photographs would have brought, and so what more of them will."""

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.domain.scores import FEW
from weldstudio.gui.cell_table import Cell, CellTable
from weldstudio.gui.models.growth_plot import GrowthPlot, Reached
from weldstudio.gui.models.judged import Judged
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, READABLE, theme
from weldstudio.gui.words import count, percent, percent_range
from weldstudio.gui.work import Work

if TYPE_CHECKING:
    from collections.abc import Generator

    from weldstudio.domain.changes import Progress
    from weldstudio.domain.comparison import Difference
    from weldstudio.domain.learning_curve import Point
    from weldstudio.store.store import Store
    from weldstudio.studio.learning_curve import LearningCurve, NoFeatures

ALL: Final = "All flags, mean"
WORDS: Final = (
    "Heads fitted to parts of the labelled training photographs, each about twice the one before, on what the model's "
    "trunk sees in them; judged on photographs that none of them has seen. Whiskers: where the true value lies, 19 "
    "times in 20. Click a point or a blue number: the photographs that it gets wrong there."
)


class LearningPanel(QWidget):
    """Follows the model and the split of `judged`; draws when it is first shown."""

    def __init__(self, session: Session, judged: Judged, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._judged = session, judged
        self._wanted: tuple[str, str] | None = None
        self._work: Work | None = None
        self.curve: LearningCurve | None = None
        self.said, self.notes, self.words = QLabel(), QLabel(), QLabel(WORDS)
        for label, look in ((self.said, "section"), (self.notes, "warning"), (self.words, "secondary")):
            label.setWordWrap(True)
            set_look(label, look)
        self.flags = QComboBox()
        self.flags.setAccessibleName("Of which flag")
        self.again = QPushButton("Draw again")
        self.again.setToolTip("With the labels and features of now")
        self.features = QPushButton("Predict all photographs")
        self.features.setToolTip("The model looks at every photograph once; what it sees is kept, and the curve drawn")
        set_look(self.features, "primary")
        self.plot = GrowthPlot()
        self.table = CellTable("Score by number of training photographs", narrow=64)
        self._lay_out()
        session.closing.connect(self._leave)
        self.flags.activated.connect(lambda _index: self._show_points())
        self.again.clicked.connect(lambda: self.ask(again=True))
        self.features.clicked.connect(self._make_features)
        self.plot.opened.connect(lambda point: self._open(self.flags.currentIndex() - 1, point))
        self.table.opened.connect(lambda row, column: self._open(row - 1, column - 1))

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setMaximumWidth(theme.px(READABLE))
        column = QVBoxLayout(inner)
        column.setContentsMargins(EDGE, GROUP, EDGE, EDGE)
        column.setSpacing(GAP)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        for control in (self.flags, self.again, self.features):
            head.addWidget(control)
        head.addStretch(1)
        column.addWidget(self.said)
        column.addWidget(self.notes)
        column.addLayout(head)
        for widget in (self.plot, self.words, self.table):
            column.addWidget(widget)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Roomy(inner))

    def ask(self, *, again: bool = False) -> None:
        """Draw it, if that was not done for this model and split."""
        row = self._judged.row
        wanted = None if row is None else (row.card.id, self._judged.split)
        if row is None or (wanted == self._wanted and not again):
            return
        if self._work is not None:
            self._work.cancel()
        self._wanted, self.curve = wanted, None
        self._say(f"Fitting heads of {row.card.name} to parts of the training photographs…")
        self._work = work = self._session.start_work(
            f"Learning curve of {row.card.name}",
            _draw,
            model_id=row.card.id,
            split=self._judged.split,
        )
        work.finished.connect(lambda found: self._take(work, found))
        work.failed.connect(lambda error: self._failed(work, error))
        work.cancelled.connect(lambda: self._failed(work, None))

    def _leave(self) -> None:
        """The panel goes before the work under way has heard that it is cancelled."""
        self._work = None

    def labels_changed(self) -> None:
        """What was drawn is no longer what is labelled."""
        if self.curve is not None and "Labels have changed" not in self.notes.text():
            self.notes.setText(f"{self.notes.text()} Labels have changed since this was drawn.".strip())
            self.notes.show()

    def _take(self, work: Work, found: "LearningCurve | NoFeatures") -> None:
        if work is not self._work:
            return
        if isinstance(found, Exception):
            self._failed(work, found, lacking=True)
            return
        self._work, self.curve = None, found
        chosen = self.flags.currentText()
        self.flags.clear()
        self.flags.addItems([ALL, *found.names])
        self.flags.setCurrentIndex(max(0, self.flags.findText(chosen)))
        self._say(found.told("photographs"), " ".join(found.notes), features=found.without > 0)
        self._show_table(found)
        self._show_points()

    def _failed(self, work: Work, error: Exception | None, *, lacking: bool = False) -> None:
        if work is self._work:
            self._work = self._wanted = None
            self._say(str(error or "Drawing was cancelled."), features=lacking)

    def _say(self, sentence: str, notes: str = "", *, features: bool = False) -> None:
        self.said.setText(sentence)
        self.notes.setText(notes)
        self.notes.setVisible(bool(notes))
        self.features.setVisible(features and not self._session.read_only)
        self.again.setEnabled(self._work is None)
        for widget in (self.flags, self.plot, self.table, self.words):
            widget.setVisible(self.curve is not None)

    def _make_features(self) -> None:
        from weldstudio.studio import predicting

        row = self._judged.row
        if row is None:
            return
        self.features.setEnabled(False)
        name = row.card.name
        work = self._session.start_work(f"Scoring with {name}", predicting.predict, model_id=row.card.id, features=True)
        work.ended.connect(lambda: self.features.setEnabled(True))
        work.finished.connect(lambda _report: self.ask(again=True))

    def _show_points(self) -> None:
        curve, column = self.curve, self.flags.currentIndex() - 1
        if curve is not None:
            reached = [_reached(point, column) for point in curve.points]
            self.plot.show_points([point for point in reached if point is not None])

    def _show_table(self, curve: "LearningCurve") -> None:
        parts = [
            (count(point.photos), f"{count(point.photos)} photographs of {point.joints:,} joints")
            for point in curve.points
        ]
        gain = ("Last doubling", "What the last column of photographs brought, on the same judged photographs (95 %)")
        self.table.show_heads([("Flag", "In the order of the scheme"), *parts, gain])
        rows = [_line(ALL, curve, -1, curve.gain)]
        rows += [
            _line(name, curve, n, gain) for n, (name, gain) in enumerate(zip(curve.names, curve.gains, strict=True))
        ]
        self.table.show_cells(rows)

    def _open(self, column: int, point: int) -> None:
        curve = self.curve
        if curve is None or not 0 <= point <= len(curve.points):
            return
        if point == len(curve.points):
            self._open_gain(curve, column)
            return
        photos, whole = curve.points[point].photos, column < 0
        ids = curve.wrong(point, None if whole else column)
        what = "" if whole else f"{curve.names[column]}: "
        words = f"{what}wrong after {count(photos)} photographs by the trunk of {curve.card.name}"
        self._judged.show_photos(words, ids, slot=None if whole else curve.card.slots[column])

    def _open_gain(self, curve: "LearningCurve", column: int) -> None:
        """Those right after the last doubling and wrong before it, or the other way round."""
        whole = column < 0
        before, after = (set(curve.wrong(len(curve.points) - n, None if whole else column).tolist()) for n in (2, 1))
        words = f"{'' if whole else f'{curve.names[column]}: '}changed by the last doubling for {curve.card.name}"
        ids = np.array(sorted(before ^ after), np.int64)
        self._judged.show_photos(words, ids, slot=None if whole else curve.card.slots[column])


def _draw(store: "Store", *, model_id: str, split: str) -> "Generator[Progress, None, LearningCurve | NoFeatures]":
    """That there are no features yet is nothing that went wrong: the panel offers to make them."""
    from weldstudio.studio import learning_curve

    try:
        return (yield from learning_curve.draw(store, model_id=model_id, split=split))
    except learning_curve.NoFeatures as lacking:
        return lacking


def _reached(point: "Point", column: int) -> Reached | None:
    """Of one class, or of all for -1."""
    scores = point.scores
    if column < 0:
        mean, interval = scores.mean_per_class_accuracy, scores.interval
    else:
        one = list(scores.per_class_json().values())[column]
        mean, interval = one["mean_per_class_accuracy"], one["interval"]
    return None if mean is None else Reached(point.photos, mean, (interval[0], interval[1]))


def _line(name: str, curve: "LearningCurve", column: int, gain: "Difference") -> list[Cell]:
    cells = [Cell(name, tip=name)]
    for number, point in enumerate(curve.points):
        reached = _reached(point, column)
        if reached is None:
            cells.append(Cell("–", tip="There are no raised or no clear photographs to judge by"))
            continue
        raised = "" if column < 0 else f"\n{count(point.raised[column])} raised among {count(point.photos)} photographs"
        few = column >= 0 and point.raised[column] < FEW
        wrong = len(curve.wrong(number, None if column < 0 else column))
        tip = f"{name}: {percent(reached.value)} ({percent_range(*reached.interval)}){raised}"
        if few:
            tip += f"\nIn grey: fewer than {FEW} raised photographs teach next to nothing"
        cells.append(Cell(f"{100 * reached.value:.1f}", opens=wrong > 0, pale=few, tip=tip))
    ends = [set(curve.wrong(n, None if column < 0 else column).tolist()) for n in range(len(curve.points))[-2:]]
    return [*cells, _gained(gain, opens=len(ends) == 2 and ends[0] != ends[1])]


def _gained(gain: "Difference", *, opens: bool) -> Cell:
    if gain.difference is None:
        return Cell("–")
    low, high = gain.interval
    words = f"{100 * gain.difference:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
    return Cell(
        words, opens=opens, pale=not gain.proven, tip=f"{words} points" + ("" if gain.proven else "; may be chance")
    )
