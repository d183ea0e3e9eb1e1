"""A score against the number of photographs it was learned from, with its range at each; every point can be opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.words import count, percent, percent_range

HEIGHT: Final = 260
STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
"""Shares between two lines of the grid."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One point of the curve."""

    photos: int
    value: float
    interval: tuple[float, float]

    @property
    def words(self) -> str:
        return f"{count(self.photos)} photographs: {percent(self.value)} ({percent_range(*self.interval)})"


class GrowthPlot(QWidget):
    """Photographs are on a scale of doublings, the way they help. Arrow keys go from point to point, Enter opens."""

    opened = Signal(int)
    """Number of the point whose photographs are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points: tuple[Reached, ...] = ()
        self._at = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Learning curve")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(HEIGHT))

    def show_points(self, points: Sequence[Reached]) -> None:
        """These points in ascending order."""
        self.points, self._at = tuple(points), -1
        self.setAccessibleDescription("; ".join(point.words for point in points))
        self.update()

    @property
    def _box(self) -> QRectF:
        line = theme.px(18)
        return QRectF(theme.px(48), GAP, self.width() - theme.px(48) - 3 * GAP, self.height() - 2 * line - 2 * GAP)

    def _levels(self) -> tuple[float, float, float]:
        """Lowest and highest share of the box, and the step between its lines."""
        low = min(point.interval[0] for point in self.points)
        high = max(point.interval[1] for point in self.points)
        step = next((one for one in STEPS if (high - low) / one <= 5), STEPS[-1])
        first = max(0.0, step * floor(low / step + 1e-9))
        return first, min(1.0, step * ceil(high / step - 1e-9)), step

    def _place(self, point: Reached, value: float) -> QPointF:
        box, (low, high, _) = self._box, self._levels()
        first, last = log(self.points[0].photos), log(self.points[-1].photos)
        x = (log(point.photos) - first) / (last - first) if last > first else 0.5
        y = (value - low) / ((high - low) or 1)
        return QPointF(box.left() + (0.03 + 0.94 * x) * box.width(), box.bottom() - y * box.height())

    def _nearest(self, at: QPointF) -> int:
        near = [(self._place(point, point.value) - at).manhattanLength() for point in self.points]
        return near.index(min(near)) if near and min(near) < theme.px(40) else -1

    def _point_at(self, number: int) -> None:
        if number != self._at:
            self._at = number
            self.setCursor(Qt.CursorShape.PointingHandCursor if number >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._nearest(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (number := self._nearest(event.position())) >= 0:
            self.opened.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in moves and self.points:
            start = len(self.points) if self._at < 0 and event.key() == Qt.Key.Key_Left else self._at
            self._point_at(min(max(0, start + moves[Qt.Key(event.key())]), len(self.points) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at >= 0:
            self.opened.emit(self._at)
        else:
            super().keyPressEvent(event)

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            number = self._nearest(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), f"{self.points[number].words}. Click: what it gets wrong there")
            return True
        return super().event(event)  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, line = self._box, theme.px(18)
        painter.fillRect(box, theme.colour("surface"))
        if not self.points:
            return
        low, high, step = self._levels()
        painter.setFont(theme.font("secondary", figures=True))
        for number in range(round((high - low) / step) + 1):
            level = low + number * step
            y = box.bottom() - (level - low) / ((high - low) or 1) * box.height()
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(theme.colour("secondary"))
            label = QRectF(0, y - line / 2, box.left() - GAP, line)
            painter.drawText(
                label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(level, digits=0)
            )
        for point in self.points:
            at = self._place(point, low)
            label = QRectF(at.x() - theme.px(40), box.bottom() + 2, theme.px(80), line)
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, count(point.photos))
        under = QRectF(box.left(), box.bottom() + line, box.width(), line)
        painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, "training photographs")
        self._draw_curve(painter)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)

    def _draw_curve(self, painter: QPainter) -> None:
        painter.setPen(QPen(theme.colour("secondary"), 1))
        for point in self.points:
            painter.drawLine(self._place(point, point.interval[0]), self._place(point, point.interval[1]))
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawPolyline(QPolygonF([self._place(point, point.value) for point in self.points]))
        for number, point in enumerate(self.points):
            painter.setPen(QPen(theme.colour("surface"), 2))
            painter.setBrush(theme.colour("accent"))
            radius = theme.px(7 if number == self._at else 5)
            painter.drawEllipse(self._place(point, point.value), radius, radius)
