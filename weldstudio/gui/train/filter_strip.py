"""The filters of a network's first layer as small pictures, as they are now or were after an earlier step."""

import base64
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from weldstudio.domain.messages import Filters
from weldstudio.gui.theme import theme

SIDE: Final = 36
SPACE: Final = 4


class FilterStrip(QWidget):
    """Shows `Filters`, side by side in as many rows as it takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: list[QImage] = []
        self.setAccessibleName("Filters of the first layer")
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_filters(self, filters: Filters | None) -> None:
        """Show these; None shows nothing."""
        self._pictures = []
        for one in pixels_of(filters) if filters is not None else ():
            side = one.shape[0]
            self._pictures.append(QImage(one.tobytes(), side, side, 3 * side, QImage.Format.Format_RGB888).copy())
        self.updateGeometry()
        self.update()

    @property
    def count(self) -> int:
        """How many are shown."""
        return len(self._pictures)

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(400))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return -(-self.count // self._across(width)) * (theme.px(SIDE) + SPACE)

    def _across(self, width: int) -> int:
        return max(1, (width + SPACE) // (theme.px(SIDE) + SPACE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        side, across = theme.px(SIDE), self._across(self.width())
        for number, picture in enumerate(self._pictures):
            down, right = divmod(number, across)
            box = QRect(right * (side + SPACE), down * (side + SPACE), side, side)
            # Nearest pixel: a filter of three by three weights is shown as nine squares, not as a blur.
            scaled = picture.scaled(
                box.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
            )
            painter.drawImage(box, scaled)


def pixels_of(filters: Filters) -> NDArray[np.uint8]:
    """(filters, side, side, 3)."""
    return np.frombuffer(base64.b64decode(filters.pictures), np.uint8).reshape(*filters.shape, 3)


def changed(said: Sequence[Filters], at: int = -1) -> float:
    """Mean change of the pictures since the first, as a share of the whole range from black to white."""
    if len(said) < 2 or said[0].shape != said[at].shape:
        return 0.0
    first, now = (pixels_of(one).astype(float) for one in (said[0], said[at]))
    return float(np.abs(now - first).mean() / 255)
