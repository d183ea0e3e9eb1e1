"""A table of which single figures are opened: by a click, or by Enter on the one that has the focus."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from weldstudio.gui.theme import theme

LEAST_NAME: Final = 162
"""Pixels of the first column at least: enough of a long name, its middle left out, to tell it from others."""
NARROW: Final = 56
"""Pixels of the other columns at least."""
PADDING: Final = 15
"""Of a cell, left and right together, in pixels."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place."""

    text: str
    opens: bool = False
    """Whether there are photographs behind it."""
    pale: bool = False
    """Too few photographs to say much."""
    strength: float = 0.0
    """0 to 1: how strong its ground is."""
    tip: str = ""
    bold: bool = False


def cells(
    heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], *, opens: Container[tuple[int, int]] = ()
) -> list[list[Cell]]:
    """Cells of these words; `opens` are the (row, column) of figures with something behind them."""

    def cell(row: int, column: int, text: str) -> Cell:
        tip = f"{rows[row][0]}: {heads[column][0].lower()} {text}" if column else text
        return Cell(text, opens=(row, column) in opens, tip=tip)

    return [[cell(i, column, text) for column, text in enumerate(row)] for i, row in enumerate(rows)]


class CellTable(QTableWidget):
    """As tall as its rows. Cells are filled anew in place, so that nothing moves while a handle is dragged."""

    opened = Signal(int, int)
    """Row and column of a figure whose photographs are wanted."""

    def __init__(
        self, name: str, *, narrow: int = NARROW, words: Sequence[int] = (0,), parent: QWidget | None = None
    ) -> None:
        """`words`: the columns of words; the others hold figures."""
        super().__init__(parent)
        self._words = words
        self._narrow = narrow
        self._resized: set[int] = set()
        """Columns that a person has given another width."""
        self._cells: Sequence[Sequence[Cell]] = ()
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)
        self.setProperty("look", "dense")
        self.setMouseTracking(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._moved)
        self.cellClicked.connect(self._clicked)
        self.cellEntered.connect(self._entered)
        theme.changed.connect(self._dress)

    def show_heads(self, heads: Sequence[tuple[str, str]]) -> None:
        """Columns as (text, tooltip); the first holds names. Rows of other columns go."""
        self.setRowCount(0)
        self.setColumnCount(len(heads))
        for column, (text, tip) in enumerate(heads):
            item = QTableWidgetItem(text)
            item.setToolTip(tip)
            item.setTextAlignment(self._aligned(column))
            self.setHorizontalHeaderItem(column, item)

    def show_cells(self, rows: Sequence[Sequence[Cell]]) -> None:
        """These rows in place of the ones before."""
        fresh = len(rows) != self.rowCount()
        self.setRowCount(len(rows))
        before, self._cells = self._cells if not fresh else (), rows
        for i, row in enumerate(rows):
            for column, cell in enumerate(row):
                if not before or before[i][column] != cell:
                    self._fill(i, column, cell)
        self._fit(anew=fresh)

    def cell(self, row: int, column: int) -> Cell:
        """What stands there."""
        return self._cells[row][column]

    @property
    def texts(self) -> list[list[str]]:
        """What stands in each column's head, then in each row."""
        heads = [self.horizontalHeaderItem(column) for column in range(self.columnCount())]
        rows = [[cell.text for cell in row] for row in self._cells]
        return [[head.text() if head is not None else "" for head in heads], *rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._clicked(self.currentRow(), self.currentColumn())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in self.texts))
        else:
            super().keyPressEvent(event)

    def _fill(self, row: int, column: int, cell: Cell) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        item.setText(cell.text)
        item.setTextAlignment(self._aligned(column))
        item.setFont(theme.font("body", bold=cell.bold, figures=column not in self._words))
        role = "disabled" if cell.pale else "link" if cell.opens else "text"
        item.setForeground(theme.colour(role))
        item.setBackground(theme.colour("raised", alpha=0.45 * cell.strength))
        item.setToolTip(cell.tip or cell.text)

    def _clicked(self, row: int, column: int) -> None:
        if 0 <= row < len(self._cells) and column >= 0 and self._cells[row][column].opens:
            self.opened.emit(row, column)

    def _entered(self, row: int, column: int) -> None:
        opens = 0 <= row < len(self._cells) and self._cells[row][column].opens
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)

    def _dress(self) -> None:
        for i, row in enumerate(self._cells):
            for column, cell in enumerate(row):
                self._fill(i, column, cell)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()  # columns of words have their share of the room there is

    def _fit(self, *, anew: bool = True) -> None:
        """Each column as wide as its widest figure; unless `anew` none becomes narrower, so that nothing jumps."""
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(theme.px(24))
        head, cell = QFontMetrics(theme.font("secondary")), QFontMetrics(theme.font("body", bold=True, figures=True))
        with QSignalBlocker(header):
            for column in range(1, self.columnCount()):
                if column not in self._resized:
                    widest = max((cell.horizontalAdvance(row[column].text) for row in self._cells), default=0)
                    titled = self.horizontalHeaderItem(column)
                    needed = max(widest, 0 if titled is None else head.horizontalAdvance(titled.text())) + PADDING
                    if column in self._words:  # of long ones the middle is left out
                        needed = min(needed, max(theme.px(LEAST_NAME), self.viewport().width() // 2))
                    least = theme.px(self._narrow) if anew else header.sectionSize(column)
                    header.resizeSection(column, max(least, needed))
        self.updateGeometries()
        self._spread()

    def _spread(self) -> None:
        """Names get the room that the figures leave, and never too little to be told apart; then the table scrolls."""
        header = self.horizontalHeader()
        if 0 not in self._resized and self.columnCount():
            left = self.viewport().width() - sum(header.sectionSize(n) for n in range(1, self.columnCount()))
            with QSignalBlocker(header):
                header.resizeSection(0, max(theme.px(LEAST_NAME), left))
            self.updateGeometries()
            self.viewport().update()
        head = max(header.sizeHint().height(), theme.row_height)
        bar = self.horizontalScrollBar().sizeHint().height() if header.length() > self.viewport().width() else 0
        self.setFixedHeight(head + self.rowCount() * theme.row_height + 2 * self.frameWidth() + 2 + bar)

    def _moved(self, column: int, _before: int, _after: int) -> None:
        """A person has given a column another width, which it keeps."""
        self._resized.add(column)
        self._spread()

    def _aligned(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if column in self._words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter
