"""Where a photo's pixels are, for the workers: its file, and what names its thumbnail."""

from pathlib import Path

from weldstudio.gui.review.pictures import Source
from weldstudio.gui.session import Session


class Sources:
    """Of photos, as the mirror knows them, and of other pictures."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._files: dict[Path, int] = {}
        self._by_id: dict[int, Source] = {}

    def id_of(self, file: Path) -> int:
        """A number below 0 by which `of` knows a picture that is no photo of the project."""
        known = self._files.setdefault(file, -1 - len(self._files))
        self._by_id[known] = Source(file)
        return known

    def of(self, photo_id: int) -> Source | None:
        """None where nobody knows."""
        if photo_id < 0:
            return self._by_id.get(photo_id)
        mirror = self._session.mirror
        row = mirror.row(photo_id)
        collection = int(mirror.collection[row])
        root = mirror.roots.get(collection)
        if root is None:
            return None
        return Source(root / mirror.paths[row], mirror.uuids[collection], mirror.paths[row])
