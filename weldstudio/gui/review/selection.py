"""Which photographs are selected: plain values over an order of photo ids, without Qt.

A selection is kept by photo id, so that it survives filtering and sorting. What the filter hides stays selected but is
counted apart and never edited.
"""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
_NOBODY = np.empty(0, np.int64)


class Selection:
    """An order of photographs, the one worked on, the anchor of ranges, and those selected."""

    def __init__(self) -> None:
        self.ids: Ids = _NOBODY
        """The photographs shown, in their order."""
        self.current: int | None = None
        """Index into `ids`."""
        self.hidden: Ids = _NOBODY
        """Selected, but not shown."""
        self._anchor = 0
        self._chosen = np.zeros(0, np.bool_)
        self._before_band = self._chosen

    @property
    def current_id(self) -> int | None:
        return None if self.current is None else int(self.ids[self.current])

    @property
    def selected(self) -> Ids:
        """Ids of the selected photographs that are shown, in their order."""
        return self.ids[self._chosen]

    @property
    def count(self) -> int:
        return int(np.count_nonzero(self._chosen))

    def is_selected(self, index: int) -> bool:
        return bool(self._chosen[index])

    def index_of(self, photo_id: int) -> int | None:
        """Where a photograph is shown; None if the filter hides it."""
        found = np.flatnonzero(self.ids == photo_id)
        return int(found[0]) if len(found) else None

    def show(self, ids: Ids) -> None:
        """Show these photographs in this order. The place is kept: if the current one is gone, the next one that is
        still there takes its place, else the nearest before it.
        """
        ids = np.ascontiguousarray(ids, np.int64)
        current = self._survivor(ids)
        anchor = self.ids[self._anchor] if self._anchor < len(self.ids) else -1
        kept = np.concatenate([self.ids[self._chosen], self.hidden])
        self.ids = ids
        self.current = current
        self._chosen = np.isin(ids, kept) if len(kept) else np.zeros(len(ids), np.bool_)
        self.hidden = kept[~np.isin(kept, ids)] if len(kept) else _NOBODY
        place = self.index_of(int(anchor))
        self._anchor = place if place is not None else (current or 0)
        self._before_band = self._chosen

    def _survivor(self, ids: Ids) -> int | None:
        if not len(ids):
            return None
        if self.current is None:
            return 0
        place = np.flatnonzero(ids == self.ids[self.current])
        if len(place):
            return int(place[0])
        still = np.isin(self.ids, ids)
        after = np.flatnonzero(still[self.current :])
        before = np.flatnonzero(still[: self.current])
        if not len(after) and not len(before):
            return 0
        nearest = self.ids[self.current + after[0]] if len(after) else self.ids[before[-1]]
        return int(np.flatnonzero(ids == nearest)[0])

    # What a person does. Each says whether the selection itself changed.

    def go_to(self, index: int) -> bool:
        """Work on one photograph; nothing is selected."""
        changed = self.count > 0 or len(self.hidden) > 0
        self.current = self._anchor = index
        self.clear()
        return changed

    def go_on(self, index: int) -> None:
        """Work on one photograph; the selection stays."""
        self.current = index

    def toggle(self, index: int) -> bool:
        """Ctrl and a click. The first toggle takes the current photograph along, as file managers do."""
        if not self.count and self.current is not None and self.current != index:
            self._chosen[self.current] = True
        self._chosen[index] = not self._chosen[index]
        self.current = self._anchor = index
        return True

    def extend(self, index: int, *, add: bool = False) -> bool:
        """Shift: everything from the anchor to `index`; with `add` beside what is selected already."""
        if not add:
            self._chosen[:] = False
            self.hidden = _NOBODY
        first, last = sorted((self._anchor, index))
        self._chosen[first : last + 1] = True
        self.current = index
        return True

    def choose(self, indexes: range, *, add: bool) -> bool:
        """Select these, the first becoming the one worked on; with `add` beside what is selected already."""
        self._anchor = indexes.start
        self.extend(indexes.stop - 1, add=add)
        self.current = indexes.start
        return True

    def begin_band(self, *, keep: bool) -> None:
        """A rubber band begins; `keep`: what it does is added to what is selected."""
        self._before_band = self._chosen.copy() if keep else np.zeros(len(self.ids), np.bool_)
        if not keep:
            self.hidden = _NOBODY

    def band(self, indexes: NDArray[np.int64]) -> bool:
        """The rubber band touches these now."""
        chosen = self._before_band.copy()
        chosen[indexes] = True
        changed = not np.array_equal(chosen, self._chosen)
        self._chosen = chosen
        if len(indexes):
            self.current = self._anchor = int(indexes[0])
        return changed

    def select_all(self) -> bool:
        self._chosen[:] = True
        return True

    def take(self, photo_ids: Ids) -> bool:
        """Select these and no others; those that are not shown are hidden."""
        changed = self.clear()
        self._chosen = np.isin(self.ids, photo_ids)
        self.hidden = photo_ids[~np.isin(photo_ids, self.ids)]
        return changed or len(photo_ids) > 0

    def clear(self) -> bool:
        changed = self.count > 0 or len(self.hidden) > 0
        self._chosen = np.zeros(len(self.ids), np.bool_)
        self.hidden = _NOBODY
        return changed
