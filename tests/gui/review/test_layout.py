import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.gui.review.layout import GAP, Groups, Layout


@st.composite
def in_groups(draw: st.DrawFn) -> Layout:
    sizes = np.array(draw(st.lists(st.integers(1, 20), min_size=1, max_size=30)))
    groups = Groups(np.cumsum(sizes) - sizes, draw(st.integers(0, 40)))
    return Layout(int(sizes.sum()), draw(st.integers(96, 384)), draw(st.integers(50, 2000)), groups)


plain = st.builds(Layout, st.integers(0, 300), st.integers(96, 384), st.integers(50, 2000))
layouts = plain | in_groups()


@given(plain)
def test_cells_lie_side_by_side_within_the_width(layout: Layout) -> None:
    for index in range(min(layout.count, 40)):
        left, top, width, height = layout.cell(index)
        assert left >= 0
        assert left + width <= max(layout.width, 8 + 2 * GAP)
        if index and index % layout.columns:
            before = layout.cell(index - 1)
            assert before[0] + before[2] + GAP <= left
            assert before[1] == top
        assert height > 0


@given(layouts)
def test_cells_are_at_least_as_wide_as_asked_for(layout: Layout) -> None:
    if layout.columns > 1:
        assert layout.cell_width >= layout.size


@given(layouts, st.integers(0, 299))
def test_the_middle_of_a_cell_belongs_to_it(layout: Layout, index: int) -> None:
    if index < layout.count:
        left, top, width, height = layout.cell(index)
        assert layout.at(left + width // 2, top + height // 2) == index


def test_gaps_and_the_end_belong_to_nobody() -> None:
    layout = Layout(5, 100, 320)
    assert layout.columns == 3
    assert layout.at(0, 10) is None
    assert layout.at(10, GAP + layout.cell_height) is None
    left, top, _, _ = layout.cell(5)
    assert layout.at(left + 5, top + 5) is None


@given(layouts, st.integers(0, 5000), st.integers(1, 1200))
def test_visible_cells_are_those_that_cross_the_viewport(layout: Layout, top: int, height: int) -> None:
    seen = layout.visible(top, height)
    truth = [
        i
        for i in range(layout.count)
        if layout.cell(i)[1] < top + height and layout.cell(i)[1] + layout.cell(i)[3] > top
    ]
    assert set(truth) <= set(seen)
    assert len(seen) <= len(truth) + 2 * layout.columns


@given(layouts, *[st.integers(0, 900)] * 4)
def test_a_band_touches_what_it_crosses(layout: Layout, x: int, y: int, width: int, height: int) -> None:
    touched = layout.within(x, y, x + width, y + height)
    truth = []
    for index in range(layout.count):
        left, top, wide, high = layout.cell(index)
        if left <= x + width and left + wide > x and top <= y + height and top + high > y:
            truth.append(index)
    assert touched.tolist() == truth


@given(layouts, st.integers(0, 299), st.integers(0, 4000), st.integers(400, 1000))
def test_scrolling_to_a_cell_shows_it_whole(layout: Layout, index: int, top: int, height: int) -> None:
    if index < layout.count and layout.row_step + GAP <= height:
        scrolled = layout.scroll_to(index, top, height)
        _, cell_top, _, cell_height = layout.cell(index)
        assert scrolled <= cell_top
        assert cell_top + cell_height <= scrolled + height


def test_a_full_size_collection_is_only_arithmetic() -> None:
    layout = Layout(127_655, 160, 1600)
    assert layout.visible(layout.height // 2, 900).stop - layout.visible(layout.height // 2, 900).start < 100
    assert np.array_equal(layout.within(0, 0, 10**6, 10**9), np.arange(127_655))


@given(in_groups(), st.integers(0, 5000), st.integers(1, 1200))
def test_groups_begin_rows_under_headers_of_their_own(layout: Layout, top: int, height: int) -> None:
    below = 0
    for group in range(len(layout.groups.starts)):
        members = layout.members(group)
        cells = [layout.cell(index) for index in members]
        assert cells == layout.cells(range(members.start, members.stop))
        assert cells[0][:2] == (layout.cell(0)[0], below + GAP + layout.groups.header)
        assert all(layout.group_of(index) == group for index in members)
        seen = layout.groups.header and below + GAP < top + height and below + GAP + layout.groups.header > top
        assert ((group, below + GAP) in layout.headers(top, height)) == bool(seen)
        if layout.groups.header:
            for y in (below + GAP, cells[0][1] - 1):
                assert [found for found, _ in layout.headers(y, 1)] == [group]
                assert layout.at(cells[0][0] + 1, y) is None
        assert not layout.headers(cells[0][1], 1)
        below = cells[-1][1] + layout.cell_height
    assert layout.height == below + GAP


@given(layouts, st.integers(0, 299), st.integers(-5, 5))
def test_going_by_rows_keeps_the_column_where_the_row_is_long_enough(layout: Layout, index: int, rows: int) -> None:
    if index < layout.count:
        there = layout.moved(index, rows)
        row = min(max(layout.row_of(index) + rows, 0), layout.rows - 1)
        assert layout.row_of(there) == row
        column = index - layout.span(layout.row_of(index)).start
        assert there - layout.span(row).start == min(column, len(layout.span(row)) - 1)
