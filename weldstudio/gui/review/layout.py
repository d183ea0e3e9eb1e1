"""Where the cells of the grid lie: arithmetic on counts and pixels, without Qt."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

GAP = 2
"""Pixels between photographs, and around them: the room in which the frame of a selected one is drawn."""
ASPECT = 3 / 4
"""Height of a cell by its width; the cameras' own, so that most photographs fill theirs."""


@dataclass(frozen=True)
class Layout:
    """Cells row by row in a viewport `width` wide. Cells grow beyond `size` until a row is full: no ragged edge.

    What a frame asks for again and again is worked out once.
    """

    count: int
    size: int
    """The width asked for, in pixels; cells are at least as wide unless the viewport is narrower."""
    width: int

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

    @property
    def rows(self) -> int:
        return math.ceil(self.count / self.columns)

    @property
    def height(self) -> int:
        """Of all rows, in pixels."""
        return self.rows * self.row_step + GAP if self.count else 0

    def cell(self, index: int) -> tuple[int, int, int, int]:
        """Left, top, width and height of the cell at `index`, before scrolling."""
        row, column = divmod(index, self.columns)
        return self._left(column), GAP + row * self.row_step, self.cell_width, self.cell_height

    def cells(self, indexes: range) -> list[tuple[int, int, int, int]]:
        """`cell` of each, computed together: a frame of the grid asks for all it shows."""
        columns, width, height, step = self.columns, self.cell_width, self.cell_height, self.row_step
        lefts = [self._left(column) for column in range(columns)]
        return [(lefts[i % columns], GAP + i // columns * step, width, height) for i in indexes]

    def _left(self, column: int) -> int:
        # The pixels that are left over go between the columns, not to the right of them.
        spare = self.width - GAP - self.columns * (self.cell_width + GAP)
        return GAP + column * (self.cell_width + GAP) + (column * spare // max(1, self.columns - 1) if spare > 0 else 0)

    def visible(self, top: int, height: int) -> range:
        """Indexes of the cells that a viewport from `top`, `height` high, shows at least in part."""
        first = max(0, (top - GAP) // self.row_step)
        last = max(0, math.ceil((top + height - GAP) / self.row_step))
        return range(min(self.count, first * self.columns), min(self.count, last * self.columns))

    def at(self, x: int, y: int) -> int | None:
        """Index of the cell under a point of the whole surface; the gap belongs to nobody."""
        if x < 0 or y < GAP:
            return None
        row = (y - GAP) // self.row_step
        for column in range(self.columns):
            left = self._left(column)
            if left <= x < left + self.cell_width:
                index = row * self.columns + column
                return index if index < self.count and (y - GAP) % self.row_step < self.cell_height else None
        return None

    def within(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.int64]:
        """Indexes of the cells that a rubber band touches, ascending."""
        if not self.count:
            return np.empty(0, np.int64)
        columns = [
            column
            for column in range(self.columns)
            if self._left(column) <= right and self._left(column) + self.cell_width > left
        ]
        first = max(0, (top - GAP) // self.row_step)
        last = min(self.rows - 1, (bottom - GAP) // self.row_step)
        if last < first or not columns:
            return np.empty(0, np.int64)
        # A band that lies wholly in the gap below a row touches nothing of it.
        if top - GAP - first * self.row_step >= self.cell_height:
            first += 1
        found = (np.arange(first, last + 1)[:, None] * self.columns + np.array(columns)[None, :]).ravel()
        return found[found < self.count]

    def scroll_to(self, index: int, top: int, height: int) -> int:
        """The nearest scroll position that shows the whole cell."""
        _, cell_top, _, cell_height = self.cell(index)
        if cell_top - GAP < top:
            return cell_top - GAP
        if cell_top + cell_height + GAP > top + height:
            return max(0, cell_top + cell_height + GAP - height)
        return top


@lru_cache(maxsize=8)
def layout_of(count: int, size: int, width: int) -> Layout:
    """The same layout for the same numbers."""
    return Layout(count, size, width)
