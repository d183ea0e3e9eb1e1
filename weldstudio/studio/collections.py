"""The collections of a project: where each lies, whether its folder is there, and whether it is watched."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import Changes
from weldstudio.store import photos, watched
from weldstudio.store.store import Store


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """One collection in a line."""

    id: int
    name: str
    folder: Path
    there: bool
    """Whether its folder is there now."""
    photos: int
    missing: int
    """Photos that cannot be shown, for whatever reason."""
    watched: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "collection": self.name,
            "folder": str(self.folder),
            "there": self.there,
            "photos": self.photos,
            "missing": self.missing,
            "watched": self.watched,
        }


def table(store: Store) -> list[CollectionRow]:
    """All collections, oldest first. A network drive that is away may take seconds to say so."""
    roots, eyes = photos.roots(store), watched.watched(store)
    counted = photos.counts(store)
    return [
        CollectionRow(c.id, c.name, roots[c.id], roots[c.id].is_dir(), *counted.get(c.id, (0, 0)), watched=c.id in eyes)
        for c in photos.collections(store)
    ]


def watch(store: Store, collection_id: int, on: bool) -> Changes:
    """Whether photos that come into a collection's folder are taken in by themselves, on this machine."""
    return watched.watch(store, collection_id, photos.root_of(store, collection_id), on=on)
