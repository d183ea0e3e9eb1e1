"""The column of names in a table of figures: it takes what the figures leave, but never less than can be read."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHeaderView, QTableView

from weldstudio.gui.theme import theme

LEAST: Final = 150
"""Room for names in pixels, before they grow with the text."""


class NameColumn(QObject):
    """Where the window is too narrow for names and figures, as with large text, the table scrolls sideways."""

    def __init__(self, table: QTableView, column: int = 0, *, scrolls: Callable[[], None] | None = None) -> None:
        """`scrolls` is called when the table begins or ends to scroll sideways: `bar` is another height then."""
        super().__init__(table)
        self._table, self._column, self._scrolls = table, column, scrolls
        self.bar = 0
        """Height of the bar that scrolls sideways, 0 while there is none."""
        table.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def fits(self, figures: int) -> bool:
        """Whether names can be read beside figures that take so many pixels."""
        return self._table.viewport().width() - figures >= theme.px(LEAST)

    def fit(self) -> None:
        """Give the names their room; called again whenever another column has another width."""
        table, header = self._table, self._table.horizontalHeader()
        figures = 0
        for column in range(header.count()):
            if column != self._column and not table.isColumnHidden(column):
                stretched = header.sectionResizeMode(column) == QHeaderView.ResizeMode.Stretch
                figures += header.sectionSizeHint(column) if stretched else header.sectionSize(column)
        fits = self.fits(figures)
        header.setSectionResizeMode(
            self._column, QHeaderView.ResizeMode.Stretch if fits else QHeaderView.ResizeMode.Fixed
        )
        if not fits:
            header.resizeSection(self._column, theme.px(LEAST))
        bar = 0 if fits else table.horizontalScrollBar().sizeHint().height()
        if bar != self.bar:
            self.bar = bar
            if self._scrolls is not None:
                self._scrolls()
