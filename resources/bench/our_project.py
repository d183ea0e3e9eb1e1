"""A project of ours with photos and flags but no files, for the rows that label it."""

from pathlib import Path

from weldstudio.domain.photo import FoundPhoto
from weldstudio.domain.scheme import Scheme
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import projects

PHOTOS, FLAGS = 2_000, 17


def write(folder: Path) -> Store:
    """The open project; its photos have the ids 1 to PHOTOS and its flags the slots from 0 on."""
    scheme = Scheme()
    for slot in range(FLAGS):
        scheme = scheme.with_flag(f"flag {slot}")
    store = projects.create(folder, scheme=scheme)
    collection, _ = photos.add_collection(store, "bench", folder / "photos")
    photos.insert_found(store, collection.id, [FoundPhoto(f"{i:06d}.jpg", 1, 1) for i in range(PHOTOS)])
    return store
