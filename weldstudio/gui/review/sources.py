"""Where a photo's pixels are, for the workers: its file, and what names its thumbnail."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from weldstudio.gui.review.pictures import Source
from weldstudio.gui.session import Session
from weldstudio.store import photos
from weldstudio.store.store import Store


class Sources(QObject):
    """The mirror knows paths and roots; the collections' uuids are asked of the store once."""

    ready = Signal()
    """`of` knows collections that it did not know."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._uuids: dict[int, str] = {}
        self._asking = False
        self._files: dict[Path, int] = {}
        self._by_id: dict[int, Source] = {}
        self.refresh()

    def id_of(self, file: Path) -> int:
        """A number below 0 by which `of` knows a picture that is no photo of the project."""
        known = self._files.setdefault(file, -1 - len(self._files))
        self._by_id[known] = Source(file)
        return known

    def of(self, photo_id: int) -> Source | None:
        """None while nobody knows."""
        if photo_id < 0:
            return self._by_id.get(photo_id)
        mirror = self._session.mirror
        row = mirror.row(photo_id)
        uuid = self._uuids.get(int(mirror.collection[row]))
        root = mirror.roots.get(int(mirror.collection[row]))
        if uuid is None or root is None:
            return None
        return Source(root / mirror.paths[row], uuid, mirror.paths[row])

    def refresh(self) -> None:
        """Ask again if there is a collection that is not known yet."""
        if not self._asking and not self._uuids.keys() >= self._session.mirror.collections.keys():
            self._asking = True
            self._session.run(_uuids).then(self._answer)

    def _answer(self, uuids: dict[int, str]) -> None:
        self._asking = False
        self._uuids = uuids
        self.ready.emit()


def _uuids(store: Store) -> dict[int, str]:
    return {collection.id: collection.uuid for collection in photos.collections(store)}
