"""All that is known of one photo besides its labels: its file, its joint, its part in training, its camera."""

from datetime import datetime
from pathlib import Path

from weldstudio.domain.errors import EditRefused, PhotoError
from weldstudio.imaging.exif_facts import Facts, exif_facts
from weldstudio.store import contractors, photos, splits
from weldstudio.store.store import Store


def known(store: Store, photo_id: int) -> tuple[Path, tuple[tuple[str, Facts], ...]]:
    """(path of the file, sections of (heading, facts)) as the project has them; no file is read.

    Raises EditRefused for a photo that is none.
    """
    photo = photos.get(store, photo_id)
    if photo is None:
        raise EditRefused("This photo is no longer in the project.")
    joint = photos.joint(store, photo.joint_id)
    assert joint is not None
    collection = next(one for one in photos.collections(store) if one.id == photo.collection_id)
    path = photos.root_of(store, photo.collection_id) / photo.path
    split = splits.read(store).get(joint.id)
    contractor = contractors.every(store).get(joint.contractor_id or 0)
    changed = datetime.fromtimestamp(photo.mtime_ns / 1e9).astimezone()
    return path, (
        (
            "File",
            _told(
                ("Name", photo.name),
                ("Folder", str(path.parent)),
                ("Pixels", f"{photo.width} x {photo.height}" if photo.width and photo.height else ""),
                ("Size", _bytes(photo.size)),
                ("Changed", f"{changed:%Y-%m-%d %H:%M:%S}"),
                ("SHA-256", photo.content_hash or ""),
                ("Problem", photo.problem or ""),
            ),
        ),
        (
            "Project",
            _told(
                ("Collection", collection.name),
                ("Taken", (photo.taken_at or "").replace("T", " ")),
                ("Equipment", photo.equipment or ""),
                ("Split", split.value if split is not None else ""),
            ),
        ),
        (
            "Joint",
            _told(
                ("Reference", joint.reference),
                ("Photographs", str(len(photos.in_joint(store, joint.id)))),
                ("Contractor", contractor.name if contractor is not None else ""),
                ("Type", joint.kind or ""),
                ("Medium", joint.medium or ""),
            ),
        ),
    )


def in_file(path: Path) -> Facts:
    """What the file itself says of camera and exposure; why not, where it cannot be read. Reads the file."""
    try:
        return exif_facts(path)
    except PhotoError as error:
        return (("Problem", str(error)),)


def _told(*facts: tuple[str, str]) -> Facts:
    return tuple((name, value) for name, value in facts if value)


def _bytes(size: int) -> str:
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= factor:
            return f"{size / factor:.1f} {unit} ({size:,} bytes)"
    return f"{size:,} bytes"
