"""The columns of a label file, one a line: its name, what it means (which can be changed), its first values."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from weldstudio.gui.theme import GAP, theme
from weldstudio.studio.columns import CHOICES, Column, Meaning
from weldstudio.studio.label_look import Look

NAME, MEANS, FIRST = 0, 1, 2
_VALUES = 3
"""Of so many rows the values are shown."""
_LEAST_LINES, _MOST_LINES = 2, 6
_NAME_WIDTH, _MEANS_WIDTH = 150, 214
WORDS = {
    Meaning.PATH: "Photograph",
    Meaning.LABEL: "Flag of that name",
    Meaning.CLASS: "Class of the photograph",
    Meaning.FLAGS: "List of raised flags",
    Meaning.FLAG: "Name of one flag",
    Meaning.STATE: "State of that flag",
    Meaning.DATE: "Date taken",
    Meaning.EQUIPMENT: "Equipment",
    Meaning.CONTRACTOR: "Contractor",
    Meaning.JOINT: "Joint",
    Meaning.TYPE: "Type of joint",
    Meaning.MEDIUM: "Medium",
    Meaning.NOTE: "Note",
    Meaning.IGNORE: "Not used",
    Meaning.COLLECTION: "Collection",
    Meaning.CONTENT: "Content",
    Meaning.SPLIT: "Split",
}


class ColumnTable(QTableWidget):
    """`mapping` is what a person has said of columns; `changed` says that it is another one."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(0, 1 + FIRST)
        self.mapping: dict[str, str] = {}
        """Meaning by column, as `label_files.read_label_file` takes it."""
        self.setHorizontalHeaderLabels(["Column", "Means", "First rows"])
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for place, width in ((NAME, _NAME_WIDTH), (MEANS, _MEANS_WIDTH)):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(place, theme.px(width))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)

    def forget(self) -> None:
        """Nobody has said anything."""
        self.mapping = {}

    def show_look(self, look: Look) -> None:
        """Show a file; what was said of columns is in it already."""
        self.setRowCount(len(look.columns))
        for y, column in enumerate(look.columns):
            name = QTableWidgetItem(column.name or f"({column.place + 1}, without a name)")
            name.setToolTip(name.text())
            self.setItem(y, NAME, name)
            self.setCellWidget(y, MEANS, _with_air(self._choice(column, fixed=look.exported)))
            values = [row[column.place].strip() for row in look.rows[:_VALUES] if column.place < len(row)]
            first = QTableWidgetItem("   ".join(value or "–" for value in values))
            first.setToolTip("\n".join(values))
            first.setForeground(theme.colour("secondary"))
            self.setItem(y, FIRST, first)
            self.setRowHeight(y, _line_height())
        self.horizontalHeader().setFixedHeight(theme.row_height)
        lines = min(self.rowCount(), _MOST_LINES)
        half = _line_height() // 2 if self.rowCount() > _MOST_LINES else 0  # half a line says: there is more
        self.setMaximumHeight(theme.row_height + lines * _line_height() + half + 4)
        # On a small screen the table gives way: it scrolls, and the words below it do not.
        self.setMinimumHeight(theme.row_height + min(lines, _LEAST_LINES) * _line_height() + 4)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def choice(self, name: str) -> QComboBox:
        """The field that says what a column means, by the column's name."""
        for y in range(self.rowCount()):
            item, cell = self.item(y, NAME), self.cellWidget(y, MEANS)
            box = cell.findChild(_Quiet) if cell is not None else None
            if item is not None and item.text() == name and box is not None:
                return box
        raise KeyError(name)

    def _choice(self, column: Column, *, fixed: bool) -> QComboBox:
        box = _Quiet()
        box.setAccessibleName(f"What the column {column.name} means")
        meanings = (column.meaning,) if fixed else CHOICES
        for meaning in meanings:
            text = WORDS[meaning]
            if meaning == Meaning.LABEL and column.flag and column.flag != column.name:
                text = f"Flag “{column.flag}”"
            box.addItem(text, meaning.value)
        box.setCurrentIndex(box.findData(column.meaning.value))
        box.setEnabled(not fixed)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        key = column.name or str(column.place + 1)
        box.activated.connect(lambda _index: self._said(key, str(box.currentData())))
        return box

    def _said(self, key: str, meaning: str) -> None:
        self.mapping[key] = meaning
        self.changed.emit()


def _line_height() -> int:
    """A choice with air above and below it."""
    return theme.row_height + theme.px(4)


def _with_air(choice: QComboBox) -> QWidget:
    cell = QWidget()
    layout = QHBoxLayout(cell)
    layout.setContentsMargins(0, theme.px(2), GAP, theme.px(2))
    layout.addWidget(choice)
    return cell


class _Quiet(QComboBox):
    """A choice in a list that scrolls: the wheel is for scrolling the list."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
