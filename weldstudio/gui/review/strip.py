"""The other photographs of the joint, in a row below the large one."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from weldstudio.gui.icons import pixmap
from weldstudio.gui.review.badges import Badge, BadgePainter, Ids
from weldstudio.gui.review.layout import GAP
from weldstudio.gui.review.thumbnails import Thumbnails
from weldstudio.gui.theme import theme

CELL: Final = QSize(104, 78)
_EDGE: Final = 6


class JointStrip(QWidget):
    """Shown only where the joint has several photographs. One row; it follows the current photograph."""

    chosen = Signal(int)
    """Photo id: work on this one."""

    def __init__(
        self, thumbs: Thumbnails, badges_of: Callable[[Ids], list[Badge]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._thumbs, self._badges_of = thumbs, badges_of
        self._ids: tuple[int, ...] = ()
        self._current: int | None = None
        self._badges: list[Badge] = []
        self._painter = BadgePainter()
        self.setFixedHeight(CELL.height() + 2 * _EDGE)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Photographs of this joint")
        thumbs.ready.connect(self._ready)

    def show_joint(self, photo_ids: Sequence[int], current: int | None) -> None:
        self._ids, self._current = tuple(photo_ids), current
        self.setVisible(len(self._ids) > 1)
        self.refresh()

    def refresh(self) -> None:
        """Read the labels again."""
        self._badges = self._badges_of(np.array(self._ids, np.int64)) if len(self._ids) > 1 else []
        self._ask()
        self.update()

    def _ask(self) -> None:
        ratio = self.devicePixelRatioF()
        shown = self._ids if len(self._ids) > 1 else ()
        self._thumbs.want("strip", shown, QSize(round(CELL.width() * ratio), round(CELL.height() * ratio)))

    def _ready(self, photo_id: int) -> None:
        if photo_id in self._ids:
            self.update()

    def _first(self) -> int:
        """Index of the first photo shown: the current one stays in the middle of a long row."""
        room = max(1, (self.width() - 2 * _EDGE) // (CELL.width() + GAP))
        if len(self._ids) <= room or self._current not in self._ids:
            return 0
        return min(max(0, self._ids.index(self._current) - room // 2), len(self._ids) - room)

    def _rect(self, place: int) -> QRect:
        return QRect(QPoint(_EDGE + place * (CELL.width() + GAP), _EDGE), CELL)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = (round(event.position().x()) - _EDGE) // (CELL.width() + GAP)
        index = self._first() + place
        if place >= 0 and index < len(self._ids) and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self._ids[index])

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._ask()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("well"))
        first = self._first()
        for place, photo_id in enumerate(self._ids[first:]):
            cell = self._rect(place)
            if cell.left() > self.width():
                break
            picture = cell
            kept = self._thumbs.get(photo_id)
            if kept is not None:
                size = kept.pixmap.size().scaled(CELL, Qt.AspectRatioMode.KeepAspectRatio)
                picture = QRect(QPoint(0, 0), size)
                picture.moveCenter(cell.center())
                painter.drawPixmap(picture, kept.pixmap)
            else:
                painter.fillRect(cell, theme.colour("on_well", alpha=0.06))
                if self._thumbs.problem(photo_id) is not None:
                    icon = pixmap("warning", "well_disagreement", 20, ratio=self.devicePixelRatioF())
                    painter.drawPixmap(cell.center() - QPoint(10, 10), icon)
            self._painter.paint(painter, picture, self._badges[first + place], cell=cell)
            if photo_id == self._current:
                painter.setPen(theme.colour("well_accent"))
                painter.drawRect(cell.adjusted(-1, -1, 0, 0))
                painter.drawRect(cell.adjusted(-2, -2, 1, 1))
        painter.end()
