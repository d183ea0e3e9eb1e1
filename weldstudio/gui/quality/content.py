"""The widgets of a panel: what `blocks` says, top to bottom."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from weldstudio.gui.cell_table import NARROW, CellTable, cells
from weldstudio.gui.quality.blocks import EMPTY, Block, Choice, Curve, Figures, Heading, Link, Note, Table
from weldstudio.gui.quality.cut_off_plot import CutOffPlot
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.train.elided_combo import ElidedComboBox

NOTE_WIDTH, CHOICE_WIDTH, NUMBER_WIDTH = 640, 400, 104
MANY = 7
"""Columns from which on figures stand as close together as they can."""


class Content(QWidget):
    """`show_blocks` replaces everything. GUI thread."""

    asked = Signal(object)
    """A `Link` was clicked, or its cell opened by Return."""
    chosen = Signal(str, str)
    """(key of a choice, value)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "scrolled")
        self.tables: dict[str, CellTable] = {}
        self._links: dict[str, Table] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        self._layout.setSpacing(GAP)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        """From top to bottom."""
        self.tables, self._links = {}, {}
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, block in enumerate(blocks):
            self._add(block, first=number == 0)
        self._layout.addStretch(1)

    def open_cell(self, title: str, row: int, column: int) -> None:
        """Open what a cell stands for; where it is no number, the first that its row opens."""
        links = self._links[title].links
        link = links.get((row, column)) or next((links[key] for key in sorted(links) if key[0] == row), EMPTY)
        if link != EMPTY:
            self.asked.emit(link)

    def _add(self, block: Block, *, first: bool) -> None:
        match block:
            case Heading():
                self._heading(block.text, first=first)
            case Note():
                self._note(block)
            case Figures():
                self._figures(block)
            case Table():
                self._table(block, first=first)
            case Choice():
                self._choice(block)
            case Curve():
                plot = CutOffPlot(block.curve)
                plot.chosen.connect(lambda month, links=block.links: self._ask(links.get(month, EMPTY)))
                self._layout.addWidget(plot)

    def _heading(self, text: str, *, first: bool) -> None:
        label = QLabel(text)
        set_look(label, "section")
        label.setContentsMargins(0, 0 if first else GROUP, 0, 0)
        self._layout.addWidget(label)

    def _note(self, block: Note) -> None:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(GROUP)
        label = QLabel(block.text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setMaximumWidth(theme.px(NOTE_WIDTH))
        if block.look:
            set_look(label, block.look)
        across.addWidget(label, 100)
        if block.button:
            button = QPushButton(block.button)
            button.clicked.connect(lambda: self._ask(block.link))
            across.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        across.addStretch(1)
        self._layout.addWidget(row)

    def _figures(self, block: Figures) -> None:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(2 * GROUP)
        for figure, words, link in block.figures:
            number: QLabel | QPushButton
            if link == EMPTY:
                number = QLabel(figure)
            else:
                number = QPushButton(figure)
                set_look(number, "large_figure")
                number.setCursor(Qt.CursorShape.PointingHandCursor)
                number.setAccessibleName(f"{figure} {words}")
                number.clicked.connect(lambda _on=False, link=link: self._ask(link))
            number.setFont(theme.font("page", bold=True, figures=True))
            label = QLabel(words)
            label.setWordWrap(True)
            set_look(label, "secondary")
            box = QVBoxLayout()
            box.setSpacing(2)
            box.addWidget(number, 0, Qt.AlignmentFlag.AlignLeft)
            box.addWidget(label)
            box.addStretch(1)
            across.addLayout(box, 1)
        self._layout.addWidget(row)

    def _table(self, block: Table, *, first: bool) -> None:
        self._heading(block.title, first=first)
        if block.text:
            self._note(Note(block.text))
        words = (0, len(block.heads) - 1) if block.words_last else (0,)
        table = CellTable(block.title, narrow=NUMBER_WIDTH if len(block.heads) < MANY else NARROW, words=words)
        table.show_heads(block.heads)
        table.show_cells(cells(block.heads, block.rows, opens=block.links))
        self.tables[block.title], self._links[block.title] = table, block
        table.opened.connect(lambda row, column, title=block.title: self.open_cell(title, row, column))
        self._layout.addWidget(table)

    def _choice(self, block: Choice) -> None:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(GAP)
        label = QLabel(block.label)
        set_look(label, "secondary")
        box = ElidedComboBox()
        box.setAccessibleName(block.label)
        box.setMaximumWidth(theme.px(CHOICE_WIDTH))
        with QSignalBlocker(box):
            for value, text in block.options:
                box.addItem(text, value)
            box.setCurrentIndex(max(0, box.findData(block.chosen)))
        box.currentIndexChanged.connect(lambda _at: self.chosen.emit(block.key, box.currentData()))
        label.setBuddy(box)
        across.addWidget(label)
        across.addWidget(box)
        across.addStretch(1)
        self._layout.addWidget(row)

    def _ask(self, link: Link) -> None:
        if link != EMPTY:
            self.asked.emit(link)
