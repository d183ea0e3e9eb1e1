"""Photographs for the large view: the one on screen first, its neighbours decoded ahead, a bounded cache of images."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSize, Signal

from weldstudio.gui.review import pictures
from weldstudio.gui.review.pictures import Picture, Source
from weldstudio.gui.review.workers import QUEUED, Workers

CACHE_BYTES = 72 << 20
Wish = tuple[int, int, int, bool, Source]
"""Photo id, width and height of the view in device pixels, whether all pixels are needed, where the photo is."""


class PhotoLoader(QObject):
    """Decodes in two worker threads. GUI thread."""

    ready = Signal(int)
    """Photo id: `get` has it now."""
    failed = Signal(int, str)
    """(photo id, sentence)"""
    broke = Signal(object)
    """An exception that is our own fault."""

    def __init__(
        self, source_of: Callable[[int], Source | None], *, limit: int = CACHE_BYTES, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._source_of = source_of
        self._limit = limit
        self._kept: OrderedDict[int, tuple[Wish, Picture]] = OrderedDict()
        self._shown: frozenset[int] = frozenset()
        """On screen: kept however large they are."""
        self.bytes = 0
        self.workers = Workers(_load, parent=self)
        self.workers.done.connect(self._done, QUEUED)
        self.workers.failed.connect(lambda wish, sentence: self.failed.emit(wish[0], sentence), QUEUED)
        self.workers.broke.connect(self.broke, QUEUED)

    def get(self, photo_id: int) -> Picture | None:
        kept = self._kept.get(photo_id)
        if kept is None:
            return None
        self._kept.move_to_end(photo_id)
        return kept[1]

    def want(self, photo_ids: Sequence[int], box: QSize, *, whole: bool = False, shown: int = 1) -> None:
        """These are needed at this size, the `shown` on screen first; of those all pixels if `whole`."""
        self._shown = frozenset(photo_ids[:shown])
        wishes: list[Wish] = []
        for place, photo_id in enumerate(photo_ids):
            source = self._source_of(photo_id)
            if source is None:
                continue
            wish = (photo_id, box.width(), box.height(), whole and place < shown, source)
            if not self._suffices(wish):
                wishes.append(wish)
        self.workers.want(wishes)

    def forget(self, photo_ids: frozenset[int]) -> None:
        """These files are other ones now."""
        for photo_id in photo_ids & self._kept.keys():
            self.bytes -= self._kept.pop(photo_id)[1].bytes

    def stop(self) -> None:
        self.workers.stop()

    def _suffices(self, wish: Wish) -> bool:
        kept = self._kept.get(wish[0])
        if kept is None:
            return False
        old, found = kept
        return old[:3] == wish[:3] and (not wish[3] or old[3] or found.image.size() == found.full)

    def _done(self, wish: Wish, found: Picture) -> None:
        self.forget(frozenset((wish[0],)))
        self._kept[wish[0]] = (wish, found)
        self.bytes += found.bytes
        for photo_id in [photo_id for photo_id in self._kept if photo_id not in self._shown]:
            if self.bytes <= self._limit or len(self._kept) <= 2:
                break
            self.forget(frozenset((photo_id,)))
        self.ready.emit(wish[0])


def _load(wish: Wish) -> Picture:
    return pictures.picture(wish[4], QSize(wish[1], wish[2]), whole=wish[3])
