"""A curve in a unit square: ROC, precision against recall, reliability. Painted, so that it moves with a handle."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from weldstudio.domain.trust import Bin
from weldstudio.gui.theme import GAP, theme

Floats = NDArray[np.floating[Any]]
SIDE: Final = 168
"""Pixels of the square at 100 %."""
MOST_POINTS: Final = 400


class SquarePlot(QWidget):
    """`show_curve` draws a line with a mark on it, `show_bins` dots with whiskers; a click names the nearest point."""

    chosen = Signal(int)
    """Number of the point, among those given, that was clicked."""

    def __init__(self, title: str, *, across: str, up: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self._across, self._up = title, across, up
        self._points: NDArray[np.float64] = np.zeros((0, 2))
        self._bins: Sequence[Bin] = ()
        self._chance: tuple[tuple[float, float], tuple[float, float]] = ((0, 0), (1, 1))
        self._line = QPolygonF()
        self.mark: tuple[float, float] | None = None
        self.setToolTip(tip)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(SIDE) + self._left + 2 * GAP, theme.px(SIDE) + 3 * self._text + GAP)

    def show_curve(self, x: Floats, y: Floats, *, chance: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """A curve through these points; `chance` is the dashed line of guessing."""
        self._points, self._bins, self._chance = np.stack([x, y], axis=1).astype(np.float64), (), chance
        thin = np.unique(np.linspace(0, max(0, len(x) - 1), min(len(x), MOST_POINTS)).astype(np.int64))
        self._line = QPolygonF([QPointF(a, b) for a, b in self._points[thin].tolist()])
        self.update()

    def show_bins(self, bins: Sequence[Bin]) -> None:
        """Photographs by what was said of them, against how many are truly raised."""
        self._bins, self._line = bins, QPolygonF()
        self._points = np.array([(one.said, one.true) for one in bins]).reshape(-1, 2)
        self._chance = ((0, 0), (1, 1))
        self.mark = None
        self.update()

    def show_mark(self, mark: tuple[float, float] | None, words: str) -> None:
        """Where the present threshold stands."""
        self.mark = mark
        self.setAccessibleDescription(words)
        self.update()

    @property
    def _text(self) -> int:
        return theme.px(17)

    @property
    def _left(self) -> int:
        return self._text + theme.px(10)

    @property
    def _box(self) -> QRectF:
        side = min(self.width() - self._left - 2 * GAP, self.height() - 3 * self._text - GAP)
        return QRectF(self._left, self._text + GAP / 2, side, side)

    def _at(self, x: float, y: float) -> QPointF:
        box = self._box
        return QPointF(box.left() + x * box.width(), box.bottom() - y * box.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not len(self._points):
            return
        box = self._box
        x = (event.position().x() - box.left()) / box.width()
        y = (box.bottom() - event.position().y()) / box.height()
        self.chosen.emit(int(np.argmin(np.hypot(self._points[:, 0] - x, self._points[:, 1] - y))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, text = self._box, self._text
        painter.setFont(theme.font("secondary", bold=True))
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(box.left(), 0, box.width() + GAP, text), Qt.AlignmentFlag.AlignLeft, self.title)
        painter.setFont(theme.font("secondary", figures=True))
        painter.setPen(theme.colour("secondary"))
        under = QRectF(box.left(), box.bottom() + 2, box.width(), text)
        for side, words in ((Qt.AlignmentFlag.AlignLeft, "0"), (Qt.AlignmentFlag.AlignRight, "100 %")):
            painter.drawText(under, side, words)
        painter.drawText(under.translated(0, text), Qt.AlignmentFlag.AlignHCenter, self._across)
        painter.save()
        painter.translate(box.left() - text - 2, box.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, box.height(), text), Qt.AlignmentFlag.AlignHCenter, self._up)
        painter.restore()
        painter.fillRect(box, theme.colour("surface"))
        painter.setPen(QPen(theme.colour("line"), 1))
        for level in (0.0, 0.5, 1.0):
            painter.drawLine(self._at(0, level), self._at(1, level))
            painter.drawLine(self._at(level, 0), self._at(level, 1))
        painter.setPen(QPen(theme.colour("control_line"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self._at(*self._chance[0]), self._at(*self._chance[1]))
        if not len(self._points):
            painter.setPen(theme.colour("secondary"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, "raised and clear\nneeded")
        self._draw_curve(painter)
        self._draw_bins(painter)
        if self.mark is not None:
            at = self._at(*self.mark)
            painter.setPen(QPen(theme.colour("surface"), 2))
            painter.setBrush(theme.colour("raised"))
            painter.drawEllipse(at, 6, 6)

    def _draw_curve(self, painter: QPainter) -> None:
        if not self._line.isEmpty():
            box = self._box
            painter.save()
            painter.translate(box.left(), box.bottom())
            painter.scale(box.width(), -box.height())
            pen = QPen(theme.colour("accent"), 2)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPolyline(self._line)
            painter.restore()

    def _draw_bins(self, painter: QPainter) -> None:
        for one in self._bins:
            painter.setPen(QPen(theme.colour("secondary"), 1))
            painter.drawLine(self._at(one.said, one.interval[0]), self._at(one.said, one.interval[1]))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(self._at(one.said, one.true), 4, 4)
