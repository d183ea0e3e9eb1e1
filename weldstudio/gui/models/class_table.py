"""Everything an evaluation says of each class, as a table that is read and copied, never edited."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from weldstudio.domain.scores import FEW
from weldstudio.gui.models.class_rows import ClassRow
from weldstudio.gui.name_column import NameColumn
from weldstudio.gui.theme import theme
from weldstudio.gui.words import count, percent

Index = QModelIndex | QPersistentModelIndex
PADDING: Final = 15
"""Of a cell, left and right together, in pixels."""


class Column(IntEnum):
    """Columns in their order."""

    NAME = 0
    RAISED = 1
    CLEAR = 2
    MEAN = 3
    INTERVAL = 4
    ON_RAISED = 5
    ON_CLEAR = 6
    ACCURACY = 7
    THRESHOLD = 8
    AUC = 9
    AP = 10


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _interval(row: ClassRow) -> str:
    return f"{row.interval[0] * 100:.1f}–{row.interval[1] * 100:.1f} %" if row.interval is not None else "–"


HEADS: Final[dict[Column, tuple[str, str, Callable[[ClassRow], str]]]] = {
    Column.NAME: ("Flag", "Worst first", lambda r: r.name),
    Column.RAISED: ("Raised", "Photographs labelled raised", lambda r: count(r.raised)),
    Column.CLEAR: ("Clear", "Photographs labelled clear", lambda r: count(r.clear)),
    Column.MEAN: ("Per class", "Mean of accuracy on raised and accuracy on clear", lambda r: percent(r.accuracy)),
    Column.INTERVAL: ("Interval", "Where the true value lies, 19 times in 20 (95 % interval)", _interval),
    Column.ON_RAISED: (
        "On raised",
        "Share of the raised photographs that it found",
        lambda r: percent(r.sensitivity),
    ),
    Column.ON_CLEAR: (
        "On clear",
        "Share of the clear photographs that it let pass",
        lambda r: percent(r.specificity),
    ),
    Column.ACCURACY: (
        "Overall",
        "Share of all photographs it got right; high by itself where a flag is rare",
        lambda r: percent(r.plain_accuracy),
    ),
    Column.THRESHOLD: (
        "Threshold",
        "The probability from which a prediction counts as raised",
        lambda r: _number(r.threshold),
    ),
    Column.AUC: (
        "AUC",
        "How often a raised photograph gets a higher probability than a clear one; 0.5 is chance",
        lambda r: _number(r.auc, 3),
    ),
    Column.AP: (
        "AP",
        "Average precision: how pure the list is when photographs are sorted by probability",
        lambda r: _number(r.average_precision, 3),
    ),
}


class ClassTableModel(QAbstractTableModel):
    """Rows of one evaluation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ClassRow, ...] = ()

    def show_rows(self, rows: tuple[ClassRow, ...]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        text, tip, _ = HEADS[Column(section)]
        return {
            Qt.ItemDataRole.DisplayRole: text,
            Qt.ItemDataRole.ToolTipRole: tip,
            Qt.ItemDataRole.TextAlignmentRole: int(_side(Column(section))),
        }.get(Qt.ItemDataRole(role))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return HEADS[column][2](row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(_side(column))
            case Qt.ItemDataRole.FontRole:
                return theme.font("body", bold=column == Column.MEAN and not row.few, figures=True)
            case Qt.ItemDataRole.ForegroundRole if row.few and column > Column.CLEAR:
                return theme.colour("disabled")
            case Qt.ItemDataRole.ToolTipRole:
                few = f"\nIn grey: fewer than {FEW} raised or clear photographs say next to nothing" if row.few else ""
                return f"{row.name}\n{HEADS[column][1]}{few}"
        return None


class ClassTable(QTableView):
    """As tall as its rows, so that a report scrolls as one; Ctrl+C copies the selected rows with their heads."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scores = ClassTableModel(self)
        self.setModel(self.scores)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setProperty("look", "dense")
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Scores per flag, worst first")
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self._names = NameColumn(self, Column.NAME, scrolls=self._grow)
        theme.changed.connect(self._dress)
        self._dress()

    def show_rows(self, rows: list[ClassRow]) -> None:
        """Show these rows in their order."""
        self.scores.show_rows(tuple(rows))
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()}) or range(len(self.scores.rows))
            lines = ["\t".join(HEADS[column][0] for column in Column)]
            lines += ["\t".join(HEADS[column][2](self.scores.rows[row]) for column in Column) for row in rows]
            QGuiApplication.clipboard().setText("\n".join(lines))
            return
        super().keyPressEvent(event)

    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(theme.px(52))
        self._fit()

    def _fit(self) -> None:
        """As wide as the figures need, so that the names get the rest; as tall as the rows."""
        head_font, cell_font = QFontMetrics(theme.font("secondary")), QFontMetrics(theme.font("body", bold=True))
        for column in Column:
            if column != Column.NAME:
                widths = [cell_font.horizontalAdvance(HEADS[column][2](row)) for row in self.scores.rows]
                widest = max([head_font.horizontalAdvance(HEADS[column][0]), *widths])
                self.horizontalHeader().resizeSection(column, widest + PADDING)
        self._names.fit()
        self._grow()

    def _grow(self) -> None:
        head = max(self.horizontalHeader().sizeHint().height(), theme.row_height)
        rows = len(self.scores.rows) * theme.row_height
        self.setFixedHeight(head + rows + 2 * self.frameWidth() + 2 + self._names.bar)


def _side(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == Column.NAME else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
