"""Which folders are watched on this machine, and what was said of a collection's photos once and for all."""

import json
import platform
from pathlib import Path

from weldstudio.domain.changes import Changes
from weldstudio.store.store import Store

Told = dict[str, str]
"""'joint' (a rule as an import takes it), 'equipment', 'contractor', 'type', 'medium'; what was not said is missing."""


def told(store: Store, collection_id: int) -> Told:
    """What holds for photos of the collection that come later."""
    found: Told = json.loads(store.value("SELECT told FROM collections WHERE id = ?", (collection_id,)) or "{}")
    return found


def tell(store: Store, collection_id: int, new: Told) -> None:
    """Add to what holds for photos of the collection that come later."""
    if not new:
        return
    with store.atomic():
        both = told(store, collection_id) | new
        store.execute(
            "UPDATE collections SET told = ? WHERE id = ?", (json.dumps(both, ensure_ascii=False), collection_id)
        )


def watched(store: Store) -> dict[int, Path]:
    """Folders by id of the collections that are watched on this machine."""
    here = "SELECT collection_id, root FROM collection_roots WHERE watched = 1 AND machine = ? ORDER BY collection_id"
    return {collection_id: Path(root) for collection_id, root in store.rows(here, (platform.node(),))}


def watch(store: Store, collection_id: int, root: Path, *, on: bool) -> Changes:
    """Whether a collection that lies at `root` is watched on this machine."""
    with store.atomic(durable=True):
        store.execute(
            "INSERT INTO collection_roots (collection_id, machine, root, watched) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (collection_id, machine) DO UPDATE SET watched = excluded.watched",
            (collection_id, platform.node(), str(root), int(on)),
        )
        return store.record(Changes(joints=True))
