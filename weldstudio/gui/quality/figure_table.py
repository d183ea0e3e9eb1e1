"""A table of figures in a page that scrolls as one: as tall as its rows, read and copied, never edited."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from weldstudio.gui.name_column import NameColumn
from weldstudio.gui.theme import theme

NUMBER_WIDTH = 104


class FigureTable(QTableWidget):
    """The first column holds names, the others figures; some of these open something."""

    opened = Signal(int, int)
    """(row, column) of a figure that was clicked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads: Sequence[str] = ()
        self._rows: Sequence[Sequence[str]] = ()
        self._linked: Collection[tuple[int, int]] = ()
        self._words_last = False
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.setMouseTracking(True)
        self.cellClicked.connect(self._clicked)
        self._names = NameColumn(self, scrolls=self._grow)
        theme.changed.connect(self._fit)

    def show_figures(
        self,
        heads: Sequence[tuple[str, str]],
        rows: Sequence[Sequence[str]],
        *,
        linked: Collection[tuple[int, int]] = (),
    ) -> None:
        """`heads` as (text, tooltip); each row begins with its name. `linked` are (row, column) that open something."""
        self._heads, self._rows, self._linked = [text for text, _ in heads], rows, linked
        self.setColumnCount(len(heads))
        self.setRowCount(len(rows))
        for column, (text, tip) in enumerate(heads):
            head = QTableWidgetItem(text)
            head.setToolTip(tip)
            head.setTextAlignment(_side(column))
            self.setHorizontalHeaderItem(column, head)
        for i, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_side(column))
                item.setFont(theme.font("body", figures=column > 0))
                item.setToolTip(text if column == 0 else f"{row[0]}: {heads[column][0].lower()} {text}")
                self.setItem(i, column, item)
        self._fit()

    def name_of(self, row: int) -> str:
        """What stands in the first column."""
        return self._rows[row][0]

    def stretch_last(self) -> None:
        """For a last column of words instead of figures."""
        self._words_last = True
        last = self.columnCount() - 1
        self.horizontalHeader().setSectionResizeMode(last, QHeaderView.ResizeMode.Stretch)
        for item in (self.horizontalHeaderItem(last), *(self.item(row, last) for row in range(self.rowCount()))):
            if item is not None:
                item.setTextAlignment(_side(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            chosen = sorted({index.row() for index in self.selectedIndexes()}) or range(self.rowCount())
            lines = ["\t".join(self._heads), *("\t".join(self._rows[row]) for row in chosen)]
            QGuiApplication.clipboard().setText("\n".join(lines))
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        at = self.indexAt(event.position().toPoint())
        over = (at.row(), at.column()) in self._linked
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _clicked(self, row: int, column: int) -> None:
        if (row, column) in self._linked and not QGuiApplication.keyboardModifiers():
            self.opened.emit(row, column)

    def _fit(self) -> None:
        for row, column in self._linked:
            item = self.item(row, column)
            if item is not None:
                item.setForeground(theme.colour("link"))
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        header = self.horizontalHeader()
        figures = range(1, self.columnCount() - self._words_last)
        needed = [max(self.sizeHintForColumn(c), header.sectionSizeHint(c)) + theme.px(8) for c in figures]
        roomy = [max(theme.px(NUMBER_WIDTH), wide) for wide in needed]
        for column, wide in zip(figures, roomy if self._names.fits(sum(roomy)) else needed, strict=True):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, wide)
        self._names.fit()
        self._grow()

    def _grow(self) -> None:
        """As tall as the rows."""
        head = max(self.horizontalHeader().sizeHint().height(), theme.row_height)
        rows = self.rowCount() * theme.row_height
        self.setFixedHeight(head + rows + 2 * self.frameWidth() + 2 + self._names.bar)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
