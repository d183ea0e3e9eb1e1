"""A project of ours with photos and flags, for the rows that label it."""

from itertools import islice
from pathlib import Path

from weldstudio.domain.photo import FoundPhoto, PhotoFacts
from weldstudio.domain.scheme import Scheme
from weldstudio.imaging.scan import scan
from weldstudio.store import first_pass, photos
from weldstudio.store.store import Store
from weldstudio.studio import projects

PHOTOS, FLAGS = 2_000, 17


def write(folder: Path, root: Path | None = None) -> Store:
    """The open project; its photos have the ids 1 to PHOTOS and its flags the slots from 0 on.

    Without a `root` to find them in, the photos have no files.
    """
    scheme = Scheme()
    for slot in range(FLAGS):
        scheme = scheme.with_flag(f"flag {slot}", points=5 + slot)
    store = projects.create(folder, scheme=scheme)
    collection, _ = photos.add_collection(store, "bench", root or folder / "photos")
    found = (FoundPhoto(f"{i:06d}.jpg", 1, 1) for i in range(PHOTOS)) if root is None else scan(root)
    rows = list(islice(found, PHOTOS))
    first_pass.insert_found(store, collection.id, rows)
    # Or the window would go on reading them, on all cores, while a key press is measured.
    photos.record_facts(store, collection.id, [PhotoFacts(row.path, width=640, height=480) for row in rows])
    return store
