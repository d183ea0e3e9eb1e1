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


def test_columns_of_words_use_the_room_and_figures_that_grow_are_read_whole(qtbot: QtBot) -> None:
    table = CellTable("Promises", words=(0, 2))
    heads = [("Flag", ""), ("Share", ""), ("Words", "")]
    table.show_heads(heads)
    words = "not attainable: 17 more raised validation photographs needed"
    table.show_cells(cells(heads, [["Soil", "80", words]]))
    qtbot.addWidget(table)
    table.resize(1200, table.height())
    table.show()
    assert table.columnWidth(2) >= table.fontMetrics().horizontalAdvance(words)
    before = table.columnWidth(1)
    for share in ("100.0 (83–100)", "80"):  # and nothing jumps back
        table.show_cells(cells(heads, [["Soil", share, words]]))
        assert table.columnWidth(1) > before
