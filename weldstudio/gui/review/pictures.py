"""From files and thumbnails to QImages: pure functions for worker threads, which know no widget and no store of labels."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from weldstudio.domain.errors import PhotoError
from weldstudio.imaging.read import read_photo, read_size
from weldstudio.imaging.thumbs import SIZE, ThumbStore, make_thumb

_LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where the pixels of a photo come from. `key` names its thumbnail; empty = none is kept."""

    path: Path
    key: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded photo. `full` is the size of the upright file, of which `image` may be a smaller rendering."""

    image: QImage
    full: QSize


class ThumbSource:
    """The project's thumbnail store, opened by the first worker that needs it, as its index can be large."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: ThumbStore | None = None
        self._opening = threading.Lock()
        self._looked = 0.0

    def get(self, source: Source) -> bytes:
        """The thumbnail's JPEG, made from the photo and kept if there was none. Raises PhotoError."""
        if not source.key:
            return make_thumb(source.path).jpeg
        store = self._opened()
        jpeg = store.get(source.key)
        if jpeg is None and time.monotonic() - self._looked > _LOOK_AGAIN_S:
            # The reader child of an import makes thumbnails too.
            self._looked = time.monotonic()
            store.refresh()
            jpeg = store.get(source.key)
        if jpeg is None:
            jpeg = make_thumb(source.path).jpeg
            try:
                store.add(source.key, jpeg)
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


def picture(source: Source, at_least: int | None) -> Picture:
    """The photo for the large view; `at_least`: pixels its shorter side needs at most, None = all. Raises PhotoError."""
    width, height = read_size(source.path)
    pixels = read_photo(source.path, at_least=at_least)
    rows, columns = pixels.shape[:2]
    # The copy owns its pixels; the array below it goes away.
    image = QImage(pixels.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
    return Picture(image.convertToFormat(QImage.Format.Format_RGB32), QSize(width, height))


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
    pixels = read_photo(path, longest=longest)
    rows, columns = pixels.shape[:2]
    image = QImage(pixels.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    size = fitted(image.size(), box)
    if size == image.size():
        return image
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


__all__ = ["Picture", "PhotoError", "Source", "ThumbSource", "fitted", "picture", "thumbnail"]
