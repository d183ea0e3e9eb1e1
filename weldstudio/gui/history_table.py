"""The rows of a history: what was done, by whom, when, and who has taken it back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from weldstudio.gui.theme import theme
from weldstudio.gui.words import when

if TYPE_CHECKING:
    from weldstudio.studio.history import Entry

HEADS: Final = ("When", "Who", "What", "What it changed", "")
_WHO, _WHAT, _CHANGED, _TAKEN_BACK = 1, 2, 3, 4
WIDEST: Final = 150
"""Pixels that a name takes at most; what was done is what one looks for."""
_MEASURED: Final = 60
"""So many rows say how wide a column must be."""
_DETAILS: Final = 20
"""So many details a tooltip holds."""
Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractTableModel):
    """Texts are made when a row is painted: a history has hundreds, of which one looks at a few."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: Sequence[Entry] = ()

    def show_entries(self, entries: "Sequence[Entry]") -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        wanted = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return HEADS[section] if wanted else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == _CHANGED:
            return "\n".join(entry.details[:_DETAILS])
        return _text(entry, index.column())


def _text(entry: "Entry", column: int) -> str:
    if column == _WHO:
        return entry.who
    if column == _WHAT:
        return entry.text
    if column == _CHANGED:
        more = f" and {len(entry.details) - 2} more" if len(entry.details) > 2 else ""
        return "; ".join(entry.details[:2]) + more
    if column == _TAKEN_BACK:
        return f"taken back by {entry.taken_back_by}" if entry.taken_back_by else ""
    return when(entry.at.timestamp())


class HistoryTable(QTableView):
    """Shows entries, newest first; one of them is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model()
        self._model.setParent(self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAccessibleName("Actions, newest first")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(_MEASURED)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        for column in (_WHAT, _CHANGED):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    @property
    def chosen(self) -> "Entry | None":
        """The action of the selected row."""
        rows = self.selectionModel().selectedRows()
        return self._model.entries[rows[0].row()] if rows else None

    def show_entries(self, entries: "Sequence[Entry]") -> None:
        """Show these; the chosen one stays so where it is among them, else the newest is."""
        was = self.chosen
        self._model.show_entries(entries)
        for column in (_WHO, _TAKEN_BACK):
            widest = min(theme.px(WIDEST), self.width() // 6)
            self.setColumnWidth(column, min(widest, self.sizeHintForColumn(column)))
        kept = next((y for y, entry in enumerate(entries) if was and entry.action_id == was.action_id), 0)
        if entries:
            self.selectRow(kept)
