"""Where the cells of the grid lie: arithmetic on counts and pixels, without Qt."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

GAP = 2
"""Pixels between photographs, and around them: the room in which the frame of a selected one is drawn."""
ASPECT = 3 / 4
"""Height of a cell by its width; the cameras' own, so that most photographs fill theirs."""


@dataclass(frozen=True, eq=False, slots=True)
class Groups:
    """Photographs that belong together: each group begins a new row, under a header of its own."""

    starts: NDArray[np.int64]
    """Index of the first photograph of each group, ascending from 0."""
    header: int
    """Height of a header in pixels."""


_ONE = Groups(np.zeros(1, np.int64), 0)


@dataclass(frozen=True)
class Layout:
    """Cells row by row in a viewport `width` wide. Cells grow beyond `size` until a row is full: no ragged edge.

    What a frame asks for again and again is worked out once. Without `groups` all is one group that has no header.
    """

    count: int
    size: int
    """The width asked for, in pixels; cells are at least as wide unless the viewport is narrower."""
    width: int
    groups: Groups = _ONE

    @cached_property
    def columns(self) -> int:
        return max(1, (self.width - GAP) // (self.size + GAP))

    @cached_property
    def cell_width(self) -> int:
        return max(8, (self.width - GAP) // self.columns - GAP)

    @cached_property
    def cell_height(self) -> int:
        return round(self.cell_width * ASPECT)

    @cached_property
    def row_step(self) -> int:
        return self.cell_height + GAP

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """Index behind the last photograph of each group."""
        return np.append(self.groups.starts[1:], self.count)

    @cached_property
    def _first_rows(self) -> NDArray[np.int64]:
        """The row with which each group begins; behind them the number of all rows."""
        rows = -(-(self._ends - self.groups.starts) // self.columns)
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(rows)])

    @cached_property
    def _tops(self) -> NDArray[np.int64]:
        """Where each group's header begins."""
        headers = np.arange(len(self.groups.starts)) * self.groups.header
        return GAP + self._first_rows[:-1] * self.row_step + headers

    @property
    def rows(self) -> int:
        return int(self._first_rows[-1])

    @property
    def height(self) -> int:
        """Of all rows and headers, in pixels."""
        headers = len(self.groups.starts) * self.groups.header
        return self.rows * self.row_step + headers + GAP if self.count else 0

    # Rows

    def group_of(self, index: int) -> int:
        """The group of a photograph."""
        return int(self.groups.starts.searchsorted(index, "right")) - 1

    def members(self, group: int) -> range:
        """Indexes of a group's photographs."""
        return range(int(self.groups.starts[group]), int(self._ends[group]))

    def row_of(self, index: int) -> int:
        """The row in which a photograph lies."""
        group = self.group_of(index)
        return int(self._first_rows[group]) + (index - int(self.groups.starts[group])) // self.columns

    def row_at(self, y: int) -> int:
        """The row at a height of the whole surface, or the nearest one; below a header the first of its group."""
        group = max(0, int(self._tops.searchsorted(y, "right")) - 1)
        first, after = int(self._first_rows[group]), int(self._first_rows[group + 1])
        row = first + (y - int(self._tops[group]) - self.groups.header) // self.row_step
        return max(first, min(row, after - 1))

    def _group_of_row(self, row: int) -> int:
        return int(self._first_rows[:-1].searchsorted(row, "right")) - 1

    def top_of(self, row: int) -> int:
        """Where a row begins."""
        return GAP + row * self.row_step + (self._group_of_row(row) + 1) * self.groups.header

    def span(self, row: int) -> range:
        """Indexes of the photographs in a row."""
        group = self._group_of_row(row)
        first = int(self.groups.starts[group]) + (row - int(self._first_rows[group])) * self.columns
        return range(first, min(first + self.columns, int(self._ends[group])))

    def moved(self, index: int, rows: int, *, pixels: int = 0) -> int:
        """The photograph so many rows (or pixels) on, in the same column; in a short row its last one."""
        row = self.row_of(index)
        target = self.row_at(self.top_of(row) + pixels) if pixels else max(0, min(row + rows, self.rows - 1))
        span = self.span(target)
        return min(span.start + index - self.span(row).start, span.stop - 1)

    # Cells

    def cell(self, index: int) -> tuple[int, int, int, int]:
        """Left, top, width and height of the cell at `index`, before scrolling."""
        group = self.group_of(index)
        row, column = divmod(index - int(self.groups.starts[group]), self.columns)
        top = int(self._tops[group]) + self.groups.header + row * self.row_step
        return self._left(column), top, self.cell_width, self.cell_height

    def cells(self, indexes: range) -> list[tuple[int, int, int, int]]:
        """`cell` of each, computed together: a frame of the grid asks for all it shows."""
        columns, width, height, step = self.columns, self.cell_width, self.cell_height, self.row_step
        lefts = [self._left(column) for column in range(columns)]
        found = []
        at = indexes.start
        while at < indexes.stop:
            group = self.group_of(at)
            start, top = int(self.groups.starts[group]), int(self._tops[group]) + self.groups.header
            stop = min(indexes.stop, int(self._ends[group]))
            found += [
                (lefts[(i - start) % columns], top + (i - start) // columns * step, width, height)
                for i in range(at, stop)
            ]
            at = stop
        return found

    def _left(self, column: int) -> int:
        # The pixels that are left over go between the columns, not to the right of them.
        spare = self.width - GAP - self.columns * (self.cell_width + GAP)
        return GAP + column * (self.cell_width + GAP) + (column * spare // max(1, self.columns - 1) if spare > 0 else 0)

    def visible(self, top: int, height: int) -> range:
        """Indexes of the cells that a viewport from `top`, `height` high, shows at least in part."""
        if not self.count or top >= self.height:
            return range(self.count, self.count)
        return range(self.span(self.row_at(top)).start, self.span(self.row_at(top + height - 1)).stop)

    def headers(self, top: int, height: int) -> list[tuple[int, int]]:
        """(group, top) of the headers that a viewport from `top`, `height` high, shows at least in part."""
        if not self.groups.header or not self.count:
            return []
        first = int(self._tops.searchsorted(top - self.groups.header, "right"))
        last = int(self._tops.searchsorted(top + height, "left"))
        return [(group, int(self._tops[group])) for group in range(first, last)]

    def at(self, x: int, y: int) -> int | None:
        """Index of the cell under a point of the whole surface; gaps and headers belong to nobody."""
        if x < 0 or y < GAP or not self.count:
            return None
        row = self.row_at(y)
        if not 0 <= y - self.top_of(row) < self.cell_height:
            return None
        span = self.span(row)
        for column in range(len(span)):
            left = self._left(column)
            if left <= x < left + self.cell_width:
                return span.start + column
        return None

    def within(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.int64]:
        """Indexes of the cells that a rubber band touches, ascending."""
        columns = [
            column
            for column in range(self.columns)
            if self._left(column) <= right and self._left(column) + self.cell_width > left
        ]
        if not self.count or not columns:
            return np.empty(0, np.int64)
        rows = np.arange(self.row_at(top), self.row_at(bottom) + 1)
        groups = self._first_rows[:-1].searchsorted(rows, "right") - 1
        tops = GAP + rows * self.row_step + (groups + 1) * self.groups.header
        touched = (tops + self.cell_height > top) & (tops <= bottom)
        rows, groups = rows[touched], groups[touched]
        firsts = self.groups.starts[groups] + (rows - self._first_rows[groups]) * self.columns
        found = firsts[:, None] + np.array(columns)[None, :]
        return np.asarray(found[found < self._ends[groups][:, None]], np.int64)

    def scroll_to(self, index: int, top: int, height: int) -> int:
        """The nearest scroll position that shows the whole cell, and above a group's first row its header."""
        _, cell_top, _, cell_height = self.cell(index)
        above = GAP
        if index - self.members(self.group_of(index)).start < self.columns:
            above += self.groups.header
        if cell_top - above < top:
            return cell_top - above
        if cell_top + cell_height + GAP > top + height:
            return max(0, cell_top + cell_height + GAP - height)
        return top


@lru_cache(maxsize=8)
def layout_of(count: int, size: int, width: int, groups: Groups | None = None) -> Layout:
    """The same layout for the same numbers."""
    return Layout(count, size, width, groups or _ONE)
