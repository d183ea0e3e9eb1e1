import itertools

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
    left, top, _, _ = layout.cell(4)
    assert layout.at(left + layout.cell_width + GAP + 5, top + 5) is None


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
def test_groups_stand_under_headers_of_their_own(layout: Layout, top: int, height: int) -> None:
    everything = layout.headers(0, layout.height)
    assert [group for group, *_ in everything] == (
        list(range(len(layout.groups.starts))) if layout.groups.header else []
    )
    for group, left, above, width in everything:
        members = layout.members(group)
        cells = [layout.cell(index) for index in members]
        assert cells == layout.cells(members)
        assert layout.above(members.start) == above - GAP
        assert cells[0][:2] == (left, above + layout.groups.header), "above its first photograph"
        row = [cell for cell in cells if cell[1] == cells[0][1]]
        assert len(row) == min(len(members), layout.columns), "in one row, if a row holds it"
        assert row[-1][0] + row[-1][2] <= left + width or layout.width < layout.cell_width
        seen = above < top + height and above + layout.groups.header > top
        assert ((group, left, above, width) in layout.headers(top, height)) == seen
        assert layout.at(left + 1, above + layout.groups.header // 2) is None
    for (_, left, above, width), (_, other_left, other_above, _) in itertools.pairwise(everything):
        assert other_above >= above
        assert other_above > above or other_left >= left + width


@given(layouts, st.integers(0, 299), st.integers(-5, 5))
def test_going_by_rows_keeps_the_column_where_the_row_is_long_enough(layout: Layout, index: int, rows: int) -> None:
    if index < layout.count:
        there = layout.moved(index, rows)
        row = min(max(layout.row_of(index) + rows, 0), layout.rows - 1)
        assert layout.row_of(there) == row
        column = index - layout.span(layout.row_of(index)).start
        assert there - layout.span(row).start == min(column, len(layout.span(row)) - 1)
