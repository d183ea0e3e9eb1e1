"""The scheme as a table: a row per flag and merge, edited in place, merged by dropping one row on another."""

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QDrag, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QWidget

from weldstudio.gui.flags.delegates import SchemeDelegate
from weldstudio.gui.flags.model import STATE_OF, Column, SchemeModel
from weldstudio.gui.flags.name_column import NameColumn
from weldstudio.gui.flags.rows import Row
from weldstudio.gui.theme import GAP, theme

NARROW = 960
"""Below this width of the table, in pixels, the bars of labels are left out."""


class SchemeTable(QTableView):
    """The view. Rows are selected whole; Enter edits nothing by itself, for edits are actions of the page."""

    def __init__(self, model: SchemeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(SchemeDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setDragDropOverwriteMode(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Flags of the scheme")
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(24)
        self.names = NameColumn(self, Column.NAME)
        theme.changed.connect(self._dress)
        self._dress()

    def selected_rows(self) -> tuple[Row, ...]:
        """Selected rows from top to bottom."""
        model = self.model()
        assert isinstance(model, SchemeModel)
        return tuple(model.rows[i] for i in sorted({index.row() for index in self.selectionModel().selectedRows()}))

    def choose(self, row: int, column: Column = Column.NAME) -> None:
        """Make one row the current and only selected one."""
        if row >= 0:
            # Not selectRow: a modifier still held, as that of the page's own key, would take the choice away again.
            only = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self.model().index(row, column), only)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Names go along beside the pointer: Qt's picture of whole rows would hide the flag to drop them on."""
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData(self.selectionModel().selectedIndexes()))
        chip = QLabel(", ".join(row.name for row in self.selected_rows()))
        chip.setObjectName("chip")
        chip.setContentsMargins(GAP, GAP // 2, GAP, GAP // 2)
        chip.ensurePolished()
        drag.setPixmap(chip.grab())
        drag.setHotSpot(QPoint(-theme.px(14), -theme.px(10)))
        drag.exec(actions, Qt.DropAction.CopyAction)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Where there is little room the names need it more than a drawing of the counts, or air between them.
        narrow = event.size().width() < theme.px(NARROW)
        if narrow != self.isColumnHidden(Column.SHARE):
            self.setColumnHidden(Column.SHARE, narrow)
            self._dress()
        super().resizeEvent(event)

    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        header = self.horizontalHeader()
        widths = {
            Column.KEY: 66,
            Column.POINTS: 64,
            Column.RULE: 142,
            Column.GROUP: 112,
            Column.RAISED: 68,
            Column.CLEAR: 68,
            Column.UNSURE: 68,
            Column.UNSEEN: 68,
            Column.SHARE: 96,
            Column.UNDO: 104,
        }
        if self.isColumnHidden(Column.SHARE):
            widths |= {Column.RULE: 128, Column.GROUP: 84, Column.UNDO: 96} | dict.fromkeys(STATE_OF, 64)
        for column, width in widths.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, theme.px(width))
        self.names.fit()
