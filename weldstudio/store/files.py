"""Where the photos of a collection lie, for those who look for them again: their files as they were last seen."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from weldstudio.domain.changes import Changes
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store.store import Store

_COLUMNS = "id, path, size, mtime_ns, content_hash, problem"


class KnownFile(NamedTuple):
    """The file of a photo as it was last seen."""

    id: int
    path: str
    size: int
    mtime_ns: int
    content_hash: str | None
    problem: str | None


def after(store: Store, collection_id: int, path: str, limit: int) -> list[KnownFile]:
    """At most `limit` photos of a collection whose paths come after `path` ('' = from the first), by path."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM photos WHERE collection_id = ? AND path > ? ORDER BY path LIMIT ?",
        (collection_id, path, limit),
    )
    return [KnownFile(*row) for row in rows]


def at(store: Store, collection_id: int, paths: Iterable[str]) -> list[KnownFile]:
    """The photos of these paths."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM photos WHERE collection_id = ? AND path IN (SELECT value FROM json_each(?))",
        (collection_id, json.dumps(list(paths))),
    )
    return [KnownFile(*row) for row in rows]


def troubled(store: Store, collection_id: int, sizes: Iterable[int]) -> list[KnownFile]:
    """Photos of these sizes that could not be shown when they were last looked for: their files may be elsewhere."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM photos WHERE collection_id = ? AND problem IS NOT NULL"
        " AND size IN (SELECT value FROM json_each(?))",
        (collection_id, json.dumps(list(sizes))),
    )
    return [KnownFile(*row) for row in rows]


def move(store: Store, collection_id: int, moves: Sequence[tuple[int, FoundPhoto]]) -> Changes:
    """Photos (by id) whose files lie elsewhere now; paths may be exchanged. They are read again, labels stay."""
    with store.atomic():
        # No path twice, not even between two rows: through names that no file has.
        store.executemany("UPDATE photos SET path = ? WHERE id = ?", [(f"\0{i}", i) for i, _ in moves])
        store.executemany(
            "UPDATE photos SET path = ?, size = ?, mtime_ns = ?, facts = 0, problem = NULL WHERE id = ?",
            [(photo.path, photo.size, photo.mtime_ns, i) for i, photo in moves],
        )
        return store.record(Changes(photos=frozenset(i for i, _ in moves)))
