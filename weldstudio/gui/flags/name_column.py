"""The column of names in a table of figures: it takes what the figures leave, but never less than can be read."""

from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHeaderView, QTableView

from weldstudio.gui.theme import theme

LEAST: Final = 150
"""Room for names in pixels, before they grow with the text."""


class NameColumn(QObject):
    """Where the window is too narrow for names and figures, as with large text, the table scrolls sideways."""

    def __init__(self, table: QTableView, column: int) -> None:
        super().__init__(table)
        self._table, self._column = table, column
        table.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def fit(self) -> None:
        """Give the names their room; called again whenever another column has another width."""
        table, header = self._table, self._table.horizontalHeader()
        figures = 0
        for column in range(header.count()):
            if column != self._column and not table.isColumnHidden(column):
                stretched = header.sectionResizeMode(column) == QHeaderView.ResizeMode.Stretch
                figures += header.sectionSizeHint(column) if stretched else header.sectionSize(column)
        fits = table.viewport().width() - figures >= theme.px(LEAST)
        header.setSectionResizeMode(
            self._column, QHeaderView.ResizeMode.Stretch if fits else QHeaderView.ResizeMode.Fixed
        )
        if not fits:
            header.resizeSection(self._column, theme.px(LEAST))
