"""Saved views: a filter with an order under a name. One that was removed stays as a row, so that it can come back."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from weldstudio.domain.changes import Changes
from weldstudio.store.store import Store

NO_SLOT = -1
_COLUMNS = "id, gone, name, key, filter, sort, slot, descending, seed"


class ViewRow(NamedTuple):
    """One view as it is stored; `studio.views` knows what the texts mean."""

    id: int
    gone: int
    """1 = it was removed."""
    name: str
    key: str
    filter: str
    sort: str
    slot: int
    """Of the class that an order by the model means; `NO_SLOT` = of all."""
    descending: int
    seed: int


def every(store: Store) -> tuple[ViewRow, ...]:
    """All views that were not removed, in the order in which they were made."""
    return tuple(ViewRow(*row) for row in store.rows(f"SELECT {_COLUMNS} FROM views WHERE gone = 0 ORDER BY id"))


def read(store: Store, view_ids: Sequence[int]) -> list[ViewRow]:
    """These views, removed ones as well, by id."""
    wanted = (json.dumps(list(view_ids)),)
    rows = store.rows(f"SELECT {_COLUMNS} FROM views WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", wanted)
    return [ViewRow(*row) for row in rows]


def new_id(store: Store) -> int:
    """An id that no view has had."""
    return 1 + int(store.value("SELECT coalesce(max(id), 0) FROM views"))


def write(store: Store, rows: Sequence[Sequence[object]]) -> Changes:
    """Have these views be as the rows say, new ones among them."""
    with store.atomic():
        store.executemany(f"INSERT OR REPLACE INTO views ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return store.record(Changes(views=True))
