"""The cut-off-date curve [Dalyac 2014, 10.4], painted: time from left to right, accuracy upwards."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.words import count, percent, percent_range

if TYPE_CHECKING:
    from weldstudio.studio.cut_off import CutOff, Month

HEIGHT: Final = 260
LOWEST: Final = 0.4
"""Accuracy at the lower edge, unless a month lies lower; half is what guessing gets."""


class CutOffPlot(QWidget):
    """Each month with its interval, the line of each month and all newer ones, and where it falls."""

    chosen = Signal(str)
    """Name of the month that was clicked."""

    def __init__(self, curve: "CutOff", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._months = list(reversed(curve.months))
        self._curve = curve
        scores = [one.interval[0] for one in self._months if one.score is not None]
        self._low = max(0.0, min([LOWEST, *(round(score - 0.05, 1) for score in scores)]))
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Accuracy by month of heads learned from {curve.trusted}")
        self.setAccessibleDescription(curve.sentence)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(480), theme.px(HEIGHT))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        month = self._at(event.position().x())
        if month is not None:
            own = percent(month.score) + (f" ({percent_range(*month.interval)})" if month.score is not None else "")
            text = f"{month.name}: {own}, {count(month.photos)} photographs; with all newer ones {percent(month.since)}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        month = self._at(event.position().x())
        if month is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(month.name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("secondary", figures=True))
        box = self._box
        self._paint_axes(painter, box)
        step = box.width() / max(1, len(self._months))
        if self._curve.falls:
            last = max(place for place, one in enumerate(self._months) if one.name == self._curve.falls)
            right = box.left() + (last + 1) * step
            painter.fillRect(QRectF(box.topLeft(), QPointF(right, box.bottom())), theme.colour("warning", alpha=0.10))
        line = QPolygonF()
        for place, one in enumerate(self._months):
            x = box.left() + (place + 0.5) * step
            if one.score is not None:
                painter.setPen(QPen(theme.colour("secondary"), theme.px(1)))
                painter.drawLine(QPointF(x, self._y(one.interval[0])), QPointF(x, self._y(one.interval[1])))
                painter.setBrush(theme.colour("secondary"))
                radius = theme.px(3)
                painter.drawEllipse(QPointF(x, self._y(one.score)), radius, radius)
            if one.since is not None:
                line.append(QPointF(x, self._y(one.since)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("accent"), theme.px(2)))
        painter.drawPolyline(line)
        painter.end()

    def _paint_axes(self, painter: QPainter, box: QRectF) -> None:
        for tenth in range(round(self._low * 10), 11):
            y = self._y(tenth / 10)
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(theme.colour("secondary"))
            where = QRectF(0, y - theme.px(10), box.left() - GAP, theme.px(20))
            painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{tenth * 10} %")
        if self._curve.own is not None:
            painter.setPen(QPen(theme.colour("clear"), theme.px(1), Qt.PenStyle.DashLine))
            painter.drawLine(
                QPointF(box.left(), self._y(self._curve.own)), QPointF(box.right(), self._y(self._curve.own))
            )
        step = box.width() / max(1, len(self._months))
        wide = painter.fontMetrics().horizontalAdvance("2014-06") + GAP
        every = max(1, int(-(-wide // max(step, 1))))
        painter.setPen(theme.colour("secondary"))
        for place in range(len(self._months) - 1, -1, -every):
            x = box.left() + (place + 0.5) * step
            where = QRectF(x - wide / 2, box.bottom() + 4, wide, theme.px(20))
            painter.drawText(where, Qt.AlignmentFlag.AlignHCenter, self._months[place].name)

    @property
    def _box(self) -> QRectF:
        left = theme.px(52)
        return QRectF(left, GAP, self.width() - left - GAP, self.height() - 2 * GAP - theme.px(22))

    def _y(self, share: float) -> float:
        box = self._box
        return box.bottom() - (max(self._low, share) - self._low) / (1 - self._low) * box.height()

    def _at(self, x: float) -> "Month | None":
        box = self._box
        place = int((x - box.left()) / max(box.width() / max(1, len(self._months)), 1e-6))
        return self._months[place] if x >= box.left() and 0 <= place < len(self._months) else None
