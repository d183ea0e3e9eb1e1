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
    """Photographs that belong together, each group under a header. Small ones share a row, as many as fit."""

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
    def _firsts(self) -> NDArray[np.int64]:
        """Index of the first photograph of each row; behind them the number of all photographs."""
        return np.append(self._packed, self.count)

    @cached_property
    def _tops(self) -> NDArray[np.int64]:
        """Where the cells of each row begin, below its headers."""
        heads = np.cumsum(self._headed) * self.groups.header
        return GAP + np.arange(len(self._headed)) * self.row_step + heads

    @cached_property
    def _headed(self) -> NDArray[np.bool_]:
        """Whether groups begin in a row: those that a large group goes on in have no header."""
        at = self.groups.starts.searchsorted(self._packed, "right") - 1
        return np.asarray(self.groups.starts[at] == self._packed, np.bool_)

    @cached_property
    def _packed(self) -> NDArray[np.int64]:
        """Index of the first photograph of each row."""
        if not self.count or len(self.groups.starts) == 1:
            return np.arange(0, self.count, self.columns)
        starts = self.groups.starts
        ends = np.append(starts[1:], self.count)
        # For each group: the one with which the next row begins, if a row begins with this one. Nothing stands beside
        # the end of a group that takes more than a row.
        behind = np.maximum(ends.searchsorted(starts + self.columns, "right"), np.arange(1, len(starts) + 1)).tolist()
        leading: list[int] = []
        group, last, add = 0, len(behind), leading.append
        while group < last:
            add(group)
            group = behind[group]
        firsts, sizes = starts[leading], (ends - starts)[leading]
        rows = -(-sizes // self.columns)
        further = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows)
        return np.repeat(firsts, rows) + further * self.columns

    @property
    def rows(self) -> int:
        return len(self._tops)

    @property
    def height(self) -> int:
        """Of all rows and headers, in pixels."""
        return int(self._tops[-1]) + self.row_step if self.count else 0

    # Rows

    def members(self, group: int) -> range:
        """Indexes of a group's photographs."""
        starts = self.groups.starts
        return range(int(starts[group]), int(starts[group + 1]) if group + 1 < len(starts) else self.count)

    def group_of(self, index: int) -> int:
        """The group that a photograph belongs to."""
        return int(self.groups.starts.searchsorted(index, "right")) - 1

    def row_of(self, index: int) -> int:
        """The row in which a photograph lies."""
        return int(self._firsts[:-1].searchsorted(index, "right")) - 1

    def row_at(self, y: int) -> int:
        """The row at a height of the whole surface, its headers included, or the nearest one."""
        row = max(0, int(self._tops.searchsorted(y, "right")) - 1)
        ahead = row + 1 < self.rows and self._headed[row + 1] and y >= self._tops[row + 1] - self.groups.header
        return row + 1 if ahead else row

    def above(self, index: int) -> int:
        """Where the row of a photograph begins, its headers and the gap before it included."""
        row = self.row_of(index)
        return int(self._tops[row]) - GAP - self.groups.header * bool(self._headed[row])

    def span(self, row: int) -> range:
        """Indexes of the photographs in a row."""
        return range(int(self._firsts[row]), int(self._firsts[row + 1]))

    def moved(self, index: int, rows: int, *, pixels: int = 0) -> int:
        """The photograph so many rows (or pixels) on, in the same column; in a short row its last one."""
        row = self.row_of(index)
        far = self.row_at(int(self._tops[row]) + pixels) if pixels else max(0, min(row + rows, self.rows - 1))
        span = self.span(far)
        return min(span.start + index - self.span(row).start, span.stop - 1)

    # Cells

    def cell(self, index: int) -> tuple[int, int, int, int]:
        """Left, top, width and height of the cell at `index`, before scrolling."""
        row = self.row_of(index)
        return self._left(index - int(self._firsts[row])), int(self._tops[row]), self.cell_width, self.cell_height

    def cells(self, indexes: range) -> list[tuple[int, int, int, int]]:
        """`cell` of each, computed together: a frame of the grid asks for all it shows."""
        if not len(indexes):
            return []
        lefts = [self._left(column) for column in range(self.columns)]
        found = []
        for row in range(self.row_of(indexes.start), self.row_of(indexes.stop - 1) + 1):
            span, top = self.span(row), int(self._tops[row])
            some = range(max(span.start, indexes.start), min(span.stop, indexes.stop))
            found += [(lefts[index - span.start], top, self.cell_width, self.cell_height) for index in some]
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

    def headers(self, top: int, height: int) -> list[tuple[int, int, int, int]]:
        """(group, left, top, width) of the headers that a viewport from `top`, `height` high, shows in part.

        A header is as wide as its group; that of the last one in a row reaches to the edge.
        """
        if not self.groups.header or not self.count:
            return []
        found = []
        for row in range(self.row_at(top), self.row_at(top + height - 1) + 1):
            above = int(self._tops[row]) - self.groups.header
            if not self._headed[row] or above >= top + height or above + self.groups.header <= top:
                continue
            span = self.span(row)
            first, behind = self.groups.starts.searchsorted([span.start, span.stop]).tolist()
            for group in range(first, behind):
                left = self._left(int(self.groups.starts[group]) - span.start)
                right = self._left(int(self.groups.starts[group + 1]) - span.start) - GAP if group + 1 < behind else 0
                found.append((group, left, above, (right or self.width) - left))
        return found

    def at(self, x: int, y: int) -> int | None:
        """Index of the cell under a point of the whole surface; gaps and headers belong to nobody."""
        if x < 0 or y < GAP or not self.count:
            return None
        row = self.row_at(y)
        if not 0 <= y - int(self._tops[row]) < self.cell_height:
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
        touched = (self._tops[rows] + self.cell_height > top) & (self._tops[rows] <= bottom)
        rows = rows[touched]
        found = self._firsts[rows][:, None] + np.array(columns)[None, :]
        return np.asarray(found[found < self._firsts[rows + 1][:, None]], np.int64)

    def scroll_to(self, index: int, top: int, height: int) -> int:
        """The nearest scroll position that shows the whole cell, and the header that stands above its row."""
        _, cell_top, _, cell_height = self.cell(index)
        if (above := self.above(index)) < top:
            return above
        if cell_top + cell_height + GAP > top + height:
            return max(0, cell_top + cell_height + GAP - height)
        return top


@lru_cache(maxsize=8)
def layout_of(count: int, size: int, width: int, groups: Groups | None = None) -> Layout:
    """The same layout for the same numbers."""
    return Layout(count, size, width, groups or _ONE)
