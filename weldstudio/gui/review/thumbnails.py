"""Thumbnails for the grid and the strip: a bounded cache of pixmaps, filled by workers, what is visible first."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QPixmap

from weldstudio.gui.review import pictures
from weldstudio.gui.review.pictures import Source, ThumbSource
from weldstudio.gui.review.pixmap_cache import Kept, PixmapCache
from weldstudio.gui.review.workers import QUEUED, Workers

CACHE_BYTES = 96 << 20
Wish = tuple[int, int, int, Source]
"""Photo id, width and height of the box in device pixels, where the photo is: all that a worker needs to know."""


class Thumbnails(QObject):
    """`source_of(photo_id)` says where a photo's pixels are, None while nobody knows; `problem_of(photo_id)` why they
    cannot be shown, as far as that was found out before. Both are asked in the GUI thread.
    """

    ready = Signal(int)
    """Photo id: there is a pixmap now, or a reason why there is none."""
    broke = Signal(object)
    """An exception that is our own fault."""

    def __init__(
        self,
        folder: Path,
        source_of: Callable[[int], Source | None],
        problem_of: Callable[[int], str | None],
        *,
        limit: int = CACHE_BYTES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbs = ThumbSource(folder)
        self._source_of, self._problem_of = source_of, problem_of
        self._cache = PixmapCache(limit)
        self._problems: dict[int, str] = {}
        self._wishes: dict[str, list[Wish]] = {}
        self.workers = Workers(self._load, idle=self._thumbs.flush, parent=self)
        self.workers.done.connect(self._done, QUEUED)
        self.workers.failed.connect(self._failed, QUEUED)
        self.workers.broke.connect(self.broke, QUEUED)

    def get(self, photo_id: int) -> Kept | None:
        """What there is now; perhaps made for another size."""
        return self._cache.get(photo_id)

    def problem(self, photo_id: int) -> str | None:
        """Why a photo cannot be shown."""
        return self._problems.get(photo_id) or self._problem_of(photo_id)

    def want(self, who: str, photo_ids: Iterable[int], box: QSize) -> None:
        """`who` ('grid', 'strip') needs these at this size, most urgent first; its earlier wishes are forgotten."""
        wide, high = box.width(), box.height()
        self._wishes[who] = [
            (photo_id, wide, high, source)
            for photo_id in photo_ids
            if not self._cache.has(photo_id, box)
            and self.problem(photo_id) is None
            and (source := self._source_of(photo_id)) is not None
        ]
        # The strip is short and asks rarely: it goes first.
        self.workers.want(wish for name in sorted(self._wishes, reverse=True) for wish in self._wishes[name])

    def forget(self, photo_ids: Iterable[int]) -> None:
        """These files are other ones now, or their problems may be mended."""
        for photo_id in photo_ids:
            self._cache.forget(photo_id)
            self._problems.pop(photo_id, None)

    @property
    def problems_seen(self) -> frozenset[int]:
        """Photos that could not be shown when they were tried."""
        return frozenset(self._problems)

    @property
    def bytes(self) -> int:
        return self._cache.bytes

    def stop(self) -> None:
        self.workers.stop()
        self._thumbs.close()

    # Worker threads

    def _load(self, wish: Wish) -> QImage:
        return pictures.thumbnail(self._thumbs, wish[3], QSize(wish[1], wish[2]))

    # GUI thread

    def _done(self, wish: Wish, image: QImage) -> None:
        self._cache.put(wish[0], QPixmap.fromImage(image), QSize(wish[1], wish[2]))
        self._grant(wish)

    def _failed(self, wish: Wish, sentence: str) -> None:
        self._problems[wish[0]] = sentence
        self._grant(wish)

    def _grant(self, wish: Wish) -> None:
        for wishes in self._wishes.values():
            if wish in wishes:
                wishes.remove(wish)
        self.ready.emit(wish[0])
