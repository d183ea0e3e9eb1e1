"""Pixmaps by photo, the least recently used let go when they take too many bytes. GUI thread."""

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap


@dataclass(frozen=True, slots=True)
class Kept:
    """A pixmap, and the box (device pixels) into which it was fitted when it was made."""

    pixmap: QPixmap
    box: QSize


class PixmapCache:
    """At most `limit` bytes of pixmaps."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bytes = 0
        self._kept: OrderedDict[int, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, photo_id: int) -> bool:
        return photo_id in self._kept

    def get(self, photo_id: int) -> Kept | None:
        """What is kept of a photo, which makes it the last to go."""
        kept = self._kept.get(photo_id)
        if kept is not None:
            self._kept.move_to_end(photo_id)
        return kept

    def has(self, photo_id: int, box: QSize) -> bool:
        """Whether the photo is kept at this very size."""
        kept = self._kept.get(photo_id)
        return kept is not None and kept.box == box

    def put(self, photo_id: int, pixmap: QPixmap, box: QSize) -> None:
        self.forget(photo_id)
        self._kept[photo_id] = Kept(pixmap, box)
        self.bytes += weight(pixmap)
        while self.bytes > self.limit and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self.bytes -= weight(gone.pixmap)

    def forget(self, photo_id: int) -> None:
        gone = self._kept.pop(photo_id, None)
        if gone is not None:
            self.bytes -= weight(gone.pixmap)

    def clear(self) -> None:
        self._kept.clear()
        self.bytes = 0


def weight(pixmap: QPixmap) -> int:
    """Bytes of a pixmap: four a pixel on every platform we draw on."""
    return pixmap.width() * pixmap.height() * 4
