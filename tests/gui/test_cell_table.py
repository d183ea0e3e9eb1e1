"""A table of figures in whatever room there is."""

from pytestqt.qtbot import QtBot

from weldstudio.gui.cell_table import LEAST_NAME, CellTable, cells
from weldstudio.gui.theme import theme


def test_names_can_be_read_however_narrow_the_table(qtbot: QtBot) -> None:
    table = CellTable("Counts")
    heads = [("Flag", "")] + [("Raised", "")] * 6
    table.show_heads(heads)
    table.show_cells(cells(heads, [["No Insertion Depth Markings", *["1,000"] * 6]]))
    qtbot.addWidget(table)
    table.show()
    heights = []
    for width, least in ((1200, 300), (300, LEAST_NAME), (1200, 300)):
        table.resize(width, table.height())
        assert table.columnWidth(0) >= theme.px(least)
        heights.append(table.height())
    assert heights[1] > heights[0] == heights[2]
