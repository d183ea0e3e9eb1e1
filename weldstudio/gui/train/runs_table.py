"""The runs as a table with any setting or score as a column; ticked ones are drawn, in the colour beside the tick."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from weldstudio.domain.recipe import every_field
from weldstudio.gui.icons import pixmap
from weldstudio.gui.theme import theme
from weldstudio.gui.train.overlay_plot import MOST
from weldstudio.gui.train.pens import class_pen
from weldstudio.gui.words import count, duration, percent, when
from weldstudio.studio import run_table
from weldstudio.studio.run_table import RunFacts

Index = QModelIndex | QPersistentModelIndex
FIXED: Final = ("name", "accuracy", "state", "started", "minutes", "photos")
HEADS: Final = {"name": "Recipe", "minutes": "Took", "photos": "Photographs"}
LABELS: Final = {key: told.label for key, _, told in every_field()}


def head_of(key: str) -> str:
    """How a column is called."""
    return HEADS.get(key) or LABELS.get(key) or key.removeprefix("flag:").capitalize()


def shown_value(run: RunFacts, key: str) -> str:
    """A value as people read it."""
    value = run.value(key)
    if value is None:
        return "–"
    if key == "accuracy" or key.startswith("flag:"):
        return percent(value)
    if key == "started":
        return when(value)
    if key == "minutes":
        return duration(60 * value)
    if key == "network.freeze" and value < 0:
        return "all"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key in ("photos", "alarms"):
        return count(int(value))
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


class RunsModel(QAbstractTableModel):
    """Rows in the order they are shown; the first column holds the tick."""

    ticked = Signal()
    """Other runs are drawn now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[RunFacts] = []
        self.columns: tuple[str, ...] = FIXED
        self.pens: dict[str, int] = {}
        """Run -> number of its pen, of those that are drawn."""

    def show_rows(self, rows: Sequence[RunFacts], columns: Sequence[str]) -> None:
        """Show these in this order."""
        self.beginResetModel()
        self.rows, self.columns = list(rows), tuple(columns)
        self.endResetModel()

    def tick(self, run_id: str, on: bool) -> None:
        """Draw a run, or no longer; the pen that was free first is its own until then. No more than `MOST`."""
        if on and len(self.pens) < MOST:
            self.pens.setdefault(run_id, next(n for n in range(MOST) if n not in self.pens.values()))
        elif not on:
            self.pens.pop(run_id, None)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticked.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else 1 + len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return head_of(self.columns[section - 1]) if section else ""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole and section:
            key = self.columns[section - 1]
            return _side(self.rows[0].value(key) if self.rows and key != "started" else "")
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return f"Sort by {self.columns[section - 1]}" if section else "Draw its curve"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run = self.rows[index.row()]
        if index.column() == 0:
            return self._tick_data(run, role)
        key = self.columns[index.column() - 1]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_value(run, key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (run.id, run.summary.sentence, run.summary.note) if part)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(run.value(key) if key != "started" else "")
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body", figures=True)
        if role == Qt.ItemDataRole.DecorationRole and key == "name" and run.summary.star:
            return QIcon(pixmap("star_filled", "accent", 16))
        return None

    def _tick_data(self, run: RunFacts, role: int) -> Any:
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if run.id in self.pens else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and run.id in self.pens:
            return _swatch(self.pens[run.id])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{run.summary.name} is {'drawn' if run.id in self.pens else 'not drawn'}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column():
            return False
        self.tick(self.rows[index.row()].id, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


def _side(value: Any) -> Qt.AlignmentFlag:
    """Words stand to the left, figures to the right."""
    words = isinstance(value, str | bool | tuple)
    return Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight)


def _swatch(number: int) -> QIcon:
    picture = QPixmap(QSize(20, 12))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setPen(class_pen(number, width=2))
    painter.drawLine(0, 6, 20, 6)
    painter.end()
    found = QIcon(picture)
    found.addPixmap(picture, QIcon.Mode.Selected)  # else a selected row would tint it
    return found


class RunsTable(QTableView):
    """Shows a `RunsModel`. `chosen` carries the ids of the selected rows, in their order."""

    chosen = Signal(tuple)
    sort_asked = Signal(str)
    """A column was clicked on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunsModel(self)
        self.setModel(self.runs)
        self.setProperty("look", "bare")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("All runs")
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(32))
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.sectionClicked.connect(lambda n: self.sort_asked.emit(self.runs.columns[n - 1]) if n else None)
        self.selectionModel().selectionChanged.connect(lambda: self.chosen.emit(self.chosen_ids))

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """Runs of the selected rows."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return tuple(self.runs.rows[row].id for row in rows if row < len(self.runs.rows))

    def show_rows(self, rows: Sequence[RunFacts], columns: Sequence[str], sorted_by: tuple[str, bool] | None) -> None:
        """Show these; what was selected stays selected. `sorted_by` is (column, whether descending)."""
        chosen = self.chosen_ids
        fresh = tuple(columns) != self.runs.columns or not self.runs.rows
        self.blockSignals(True)
        self.runs.show_rows(rows, columns)
        for row, run in enumerate(self.runs.rows):
            if run.id in chosen:
                self.selectionModel().select(
                    self.runs.index(row, 0),
                    self.selectionModel().SelectionFlag.Select | self.selectionModel().SelectionFlag.Rows,
                )
        self.blockSignals(False)
        head = self.horizontalHeader()
        head.setSortIndicatorShown(sorted_by is not None)
        if sorted_by is not None and sorted_by[0] in columns:
            order = Qt.SortOrder.DescendingOrder if sorted_by[1] else Qt.SortOrder.AscendingOrder
            head.setSortIndicator(1 + list(columns).index(sorted_by[0]), order)
        if fresh:
            self.resizeColumnsToContents()
            self.setColumnWidth(0, theme.px(64))
            self.setColumnWidth(1, self.columnWidth(1) + theme.px(24))  # for a star that is given later
        if chosen != self.chosen_ids:
            self.chosen.emit(self.chosen_ids)


def offered_columns(rows: Sequence[RunFacts]) -> list[str]:
    """Every column that can be added: figures, flags, settings."""
    flags = sorted({key for run in rows for key in run.told if key.startswith("flag:")})
    return ["note", *(key for key in run_table.FIGURES if key not in FIXED), *flags, *run_table.SETTINGS]
