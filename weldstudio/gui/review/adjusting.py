"""Pictures with the tones and the turn of a `Look`, made in a worker thread, for the few photographs around."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QPixmap, QTransform

from weldstudio.gui.review.pictures import Picture
from weldstudio.gui.review.workers import QUEUED, Workers
from weldstudio.imaging.look import Look, adjusted

Wish = tuple[int, Picture, Look]


class Adjusting(QObject):
    """Keeps what was made for the photographs wanted last. GUI thread."""

    ready = Signal(int)
    """Photo id: `get` has it now."""
    broke = Signal(object)
    """An exception that is our own fault."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._made: dict[int, tuple[Wish, Picture]] = {}
        self.workers = Workers(_make, threads=1, parent=self)
        self.workers.done.connect(self._done, QUEUED)
        self.workers.broke.connect(self.broke, QUEUED)

    def get(self, photo_id: int, picture: Picture, look: Look) -> Picture | None:
        """The picture as `look` has it, once it was made; at once where there is nothing to make."""
        if look == Look():
            return picture
        made = self._made.get(photo_id)
        return made[1] if made is not None and made[0] == (photo_id, picture, look) else None

    def want(self, pictures: Sequence[tuple[int, Picture]], look: Look) -> None:
        """These are needed in this look, the one on screen first, and no others any more."""
        ids = {photo_id for photo_id, _ in pictures}
        self._made = {photo_id: made for photo_id, made in self._made.items() if photo_id in ids}
        self.workers.want((*one, look) for one in pictures if self.get(*one, look) is None)

    def stop(self) -> None:
        self.workers.stop()

    def _done(self, wish: Wish, made: Picture) -> None:
        self._made[wish[0]] = (wish, made)
        self.ready.emit(wish[0])


def turned_pixmap(pixmap: QPixmap, quarters: int) -> QPixmap:
    """A thumbnail that stands in for a turned photograph."""
    return pixmap.transformed(_turn(quarters)) if quarters else pixmap


def _make(wish: Wish) -> Picture:
    _, picture, look = wish
    image = _adjusted(picture.image, look)
    fit = image if picture.fit is picture.image else _adjusted(picture.fit, look)
    full = picture.full if look.turns % 2 == 0 else picture.full.transposed()
    return Picture(image, fit, QSize(full))


def _adjusted(image: QImage, look: Look) -> QImage:
    if not look.plain:
        rows, columns = image.height(), image.width()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(rows, image.bytesPerLine())[:, : columns * 4]
        made = np.full((rows, columns, 4), 255, dtype=np.uint8)
        made[..., :3] = adjusted(pixels.reshape(rows, columns, 4)[..., :3], look)
        image = QImage(made.data, columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()
    return image.transformed(_turn(look.turns)) if look.turns else image


def _turn(quarters: int) -> QTransform:
    return QTransform().rotate(90 * quarters)
