"""The classes of a run, worst first: name, mean per-class accuracy, its interval as a whisker, how many photographs.

Each row begins with a piece of its curve, so the list is the legend of the plot as well.
"""

from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QListView,
    QWidget,
)

from weldstudio.domain.messages import Evaluated
from weldstudio.gui.models.class_rows import ClassRow, class_rows
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.train.pens import class_pen
from weldstudio.gui.two_lines import RIGHT, Index, TwoLines, as_rows, paint_name
from weldstudio.gui.words import count, percent, percent_range

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
NUMBER_ROLE: Final = Qt.ItemDataRole.UserRole + 1
SWATCH: Final = 20


class ClassModel(QAbstractListModel):
    """Rows of one evaluation; `numbers` is each class's place in the run, which decides its pen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ClassRow] = []
        self._numbers: dict[str, int] = {}

    def show_evaluation(self, evaluation: Evaluated | None, classes: tuple[str, ...]) -> None:
        """Show what an evaluation says; None: nothing has been evaluated yet."""
        self.beginResetModel()
        self.rows = class_rows(evaluation.per_class) if evaluation is not None else []
        self._numbers = {name: number for number, name in enumerate(classes)}
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return in_words(row)
        if role == ROW_ROLE:
            return row
        if role == NUMBER_ROLE:
            return self._numbers.get(row.name, 0)
        return None


def in_words(row: ClassRow) -> str:
    """All that is known of a class, for the tooltip and for a screen reader."""
    photos = f"{count(row.raised)} raised and {count(row.clear)} clear validation photographs"
    if row.accuracy is None or row.interval is None:
        return f"{row.name}\nNo value: it needs raised and clear photographs; here are {photos}"
    lines = [
        row.name,
        f"Mean per-class accuracy {percent(row.accuracy)} (95 % interval {percent_range(*row.interval)})",
        f"On raised {percent(row.sensitivity)}, on clear {percent(row.specificity)}",
        photos,
    ]
    if row.threshold is not None:
        lines.insert(3, f"Threshold {row.threshold:.2f}")
    if row.few:
        lines.append("Too few photographs to say much")
    return "\n".join(lines)


class _ClassDelegate(TwoLines):
    height = 52

    def paint_lines(self, painter: QPainter, first: QRect, second: QRect, *, index: Index) -> None:
        row: ClassRow = index.data(ROW_ROLE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_head(painter, first, row, number=index.data(NUMBER_ROLE))
        _paint_whisker(painter, second, row)


def _paint_head(painter: QPainter, area: QRect, row: ClassRow, *, number: int) -> None:
    pen = class_pen(number, width=2)
    painter.setPen(pen)
    y = area.center().y() + 0.5
    painter.drawLine(QPointF(area.left(), y), QPointF(area.left() + SWATCH, y))
    line, role = area.adjusted(SWATCH + GAP, 0, 0, 0), "secondary" if row.few else "text"
    paint_name(painter, line, row.name, value=percent(row.accuracy), role=role, bold=(False, not row.few))


def _paint_whisker(painter: QPainter, area: QRect, row: ClassRow) -> None:
    """A track from 0 to 100 % with the interval as a band and the value as a tick, then n."""
    painter.setFont(theme.font("secondary", figures=True))
    words = f"n {count(row.raised)} + {count(row.clear)}"
    width = max(theme.px(88), painter.fontMetrics().horizontalAdvance(words))
    painter.setPen(theme.colour("secondary"))
    painter.drawText(area, RIGHT, words)
    track = QRectF(area.left() + SWATCH + GAP, area.center().y() - 1, area.width() - width - SWATCH - 2 * GAP, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("track"))
    painter.drawRoundedRect(track, 2, 2)
    if row.accuracy is None or row.interval is None:
        return
    role = "unseen" if row.few else "accent"
    low, high = row.interval
    band = QRectF(track.left() + track.width() * low, track.top(), track.width() * (high - low), track.height())
    painter.setBrush(theme.colour(role, alpha=0.5))
    painter.drawRoundedRect(band, 2, 2)
    x = track.left() + track.width() * row.accuracy
    painter.setPen(QPen(theme.colour(role), 2))
    painter.drawLine(QPointF(x, track.top() - 3), QPointF(x, track.bottom() + 3))


class ClassList(QListView):
    """Shows a `ClassModel`. `chosen` carries the name of the class to bring forward, None when none is."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes = ClassModel(self)
        self.setModel(self.classes)
        as_rows(self, _ClassDelegate(self), "Mean per-class accuracy of each class, worst first")
        self.selectionModel().selectionChanged.connect(self._selected)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def show_evaluation(self, evaluation: Evaluated | None, classes: tuple[str, ...]) -> None:
        """Show an evaluation; the class that was chosen stays chosen."""
        chosen = self.chosen_class
        self.classes.show_evaluation(evaluation, classes)
        for i, row in enumerate(self.classes.rows):
            if row.name == chosen:
                self.setCurrentIndex(self.classes.index(i))

    @property
    def chosen_class(self) -> str | None:
        indexes = self.selectionModel().selectedIndexes()
        return self.classes.rows[indexes[0].row()].name if indexes else None

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Escape and self.chosen_class is not None:
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def _selected(self) -> None:
        self.chosen.emit(self.chosen_class)
