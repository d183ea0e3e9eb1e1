"""Photos and joints by the names that people use for them."""

from weldstudio.store.store import Store


def photos_at(store: Store, path: str) -> list[int]:
    """Ids of photos with this path, else of those whose path ends in it; two at most, which is one too many."""
    exact = store.rows("SELECT id FROM photos WHERE path = ? LIMIT 2", (path,))
    tail = f"/{path}"
    found = exact or store.rows("SELECT id FROM photos WHERE substr(path, -length(?)) = ? LIMIT 2", (tail, tail))
    return [photo for (photo,) in found]


def photo_of_content(store: Store, content_hash: str, path: str) -> int | None:
    """Id of the first photo of this content; else of one with this path that nobody has looked into yet."""
    found = store.value("SELECT min(id) FROM photos WHERE content_hash = ?", (content_hash,))
    if found is None:
        found = store.value("SELECT min(id) FROM photos WHERE path = ? AND content_hash IS NULL", (path,))
    return None if found is None else int(found)


def joints_called(store: Store, reference: str) -> list[int]:
    """Ids of joints with this reference that photos show; two at most."""
    found = store.rows(
        "SELECT id FROM joints j WHERE reference = ? AND EXISTS (SELECT 1 FROM photos WHERE joint_id = j.id) LIMIT 2",
        (reference,),
    )
    return [joint for (joint,) in found]


def joint_of_photo(store: Store, photo_id: int) -> int:
    """The joint that a photo shows. Raises KeyError for an unknown photo."""
    found = store.value("SELECT joint_id FROM photos WHERE id = ?", (photo_id,))
    if found is None:
        raise KeyError(f"no photo {photo_id}")
    return int(found)


def joint_name(store: Store, joint_id: int) -> str:
    """The reference of a joint; where it has none, the path of its photo, and where no photo shows it, that."""
    reference = store.value("SELECT reference FROM joints WHERE id = ?", (joint_id,))
    path = None if reference else store.value("SELECT path FROM photos WHERE joint_id = ? ORDER BY id", (joint_id,))
    return str(reference or path or "(no photo shows it any more)")
