"""From files and thumbnails to QImages: pure functions for worker threads, which know no widget and no label."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from weldstudio.imaging.read import read_photo, read_size
from weldstudio.imaging.thumbs import SIZE, ThumbStore, make_thumb, thumb_key

_LOOK_AGAIN_S = 1.0
_ALWAYS_WHOLE = 4_000_000
"""Pixels; smaller photos are decoded whole at once, which takes some 30 ms at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the pixels of a photo come from. Without a collection's uuid no thumbnail is kept."""

    path: Path
    collection: str = ""
    """The collection's uuid."""
    relative: str = ""
    """The photo's path in its collection."""

    def key(self) -> str:
        """Names the thumbnail of the file as it is now; empty for one that is not there."""
        try:
            found = self.path.stat()
        except OSError:
            return ""
        return thumb_key(self.collection, self.relative, found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded photo for the large view, in RGB32."""

    image: QImage
    """The photo, perhaps smaller than the file's picture."""
    fit: QImage
    """The same, shrunk to fit the box it was asked for, so that painting it costs nothing."""
    full: QSize
    """Of the upright picture in the file."""

    @property
    def bytes(self) -> int:
        return self.image.sizeInBytes() + (0 if self.fit is self.image else self.fit.sizeInBytes())


class ThumbSource:
    """The project's thumbnail store, opened by the first worker that needs it, as its index can be large."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: ThumbStore | None = None
        self._opening = threading.Lock()
        self._looked = 0.0

    def get(self, source: Source) -> bytes:
        """The thumbnail's JPEG, made from the photo and kept if there was none. Raises PhotoError."""
        key = source.key() if source.collection else ""
        if not key:
            return make_thumb(source.path).jpeg
        store = self._opened()
        jpeg = store.get(key)
        if jpeg is None and time.monotonic() - self._looked > _LOOK_AGAIN_S:
            # The reader child of an import makes thumbnails too.
            self._looked = time.monotonic()
            store.refresh()
            jpeg = store.get(key)
        if jpeg is None:
            jpeg = make_thumb(source.path).jpeg
            try:
                store.add(key, jpeg)
            except OSError:
                pass  # a full disk: it is shown all the same, and made again another time
        return jpeg

    def flush(self) -> None:
        """Write what was made."""
        if self._store is not None:
            try:
                self._store.flush()
            except OSError:
                pass

    def close(self) -> None:
        if self._store is not None:
            try:
                self._store.close()
            except OSError:
                pass
            self._store = None

    def _opened(self) -> ThumbStore:
        with self._opening:
            if self._store is None:
                self._store = ThumbStore(self._folder)
                self._looked = time.monotonic()
            return self._store


def thumbnail(thumbs: ThumbSource, source: Source, box: QSize) -> QImage:
    """The photo fitted into `box` (device pixels). Raises PhotoError.

    Boxes well beyond the size of kept thumbnails are filled from the photo itself.
    """
    if max(box.width(), box.height()) > SIZE * 1.25:
        return _image_of(source.path, longest=max(box.width(), box.height()), box=box)
    image = _decoded(thumbs.get(source), box)
    if image.isNull():
        return _image_of(source.path, longest=SIZE, box=box)
    return image


def picture(source: Source, box: QSize, *, whole: bool) -> Picture:
    """The photo for the large view, and its rendering that fits `box` (device pixels). Raises PhotoError.

    Large photos are decoded no finer than the box needs, unless the `whole` is asked for.
    """
    full = QSize(*read_size(source.path))
    size = fitted(full, box)
    sparing = not whole and full.width() * full.height() > _ALWAYS_WHOLE
    pixels = read_photo(source.path, at_least=min(size.width(), size.height()) if sparing else None)
    image = as_image(pixels)
    if size.width() >= image.width():
        return Picture(image, image, full)
    return Picture(image, _scaled(image, size), full)


def fitted(size: QSize, box: QSize) -> QSize:
    """The largest size of the same shape inside `box`; never larger than twice the picture."""
    inside = size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio)
    if inside.width() > size.width() * 2:
        inside = size * 2
    return inside.expandedTo(QSize(1, 1))


def _decoded(jpeg: bytes, box: QSize) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(jpeg))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    size = reader.size()
    if not size.isValid():
        return QImage()
    reader.setScaledSize(fitted(size, box))
    image = reader.read()
    return image if image.isNull() else image.convertToFormat(QImage.Format.Format_RGB32)


def _image_of(path: Path, *, longest: int, box: QSize) -> QImage:
    image = as_image(read_photo(path, longest=longest))
    size = fitted(image.size(), box)
    return image if size == image.size() else _scaled(image, size)


def as_image(pixels: NDArray[np.uint8]) -> QImage:
    """(h, w, 3) as an image of its own in RGB32."""
    rows, columns = pixels.shape[:2]
    # Converting copies: the array below the first image goes away.
    image = QImage(pixels.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _scaled(image: QImage, size: QSize) -> QImage:
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
