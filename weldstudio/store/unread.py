"""Photographs whose files still have to be looked into, or looked into again."""

import json
from collections.abc import Sequence

from weldstudio.store.store import Store

_WAITING = "photos INDEXED BY photos_without_facts"
"""Said outright: SQLite would rather go through the whole collection and sort it, for every request again."""


def without_facts(
    store: Store, collection_ids: Sequence[int] | None = None, *, after: int = 0, limit: int = -1
) -> list[tuple[int, int, str, int, int]]:
    """(id, collection_id, path, size, mtime_ns) of photos whose inside nobody has looked at yet, in the order of ids.

    At most `limit` of them, with ids above `after`: 127,655 at once take a third of a second.
    """
    wanted, parameters = _of_collections(collection_ids)
    return store.rows(
        f"SELECT id, collection_id, path, size, mtime_ns FROM {_WAITING} WHERE facts = 0 AND id > ?{wanted}"
        " ORDER BY id LIMIT ?",
        (after, *parameters, limit),
    )


def count_without_facts(store: Store, collection_ids: Sequence[int] | None = None) -> dict[int, int]:
    """How many photos of each collection (of these) nobody has looked into yet."""
    wanted, parameters = _of_collections(collection_ids)
    counted = f"SELECT collection_id, count(*) FROM {_WAITING} WHERE facts = 0{wanted} GROUP BY collection_id"
    return dict(store.rows(counted, parameters))


def _of_collections(collection_ids: Sequence[int] | None) -> tuple[str, tuple[str, ...]]:
    if collection_ids is None:
        return "", ()
    return " AND collection_id IN (SELECT value FROM json_each(?))", (json.dumps(list(collection_ids)),)
