"""The loss against the learning rate, as a range test measured it, with the rate it suggests."""

from math import ceil, floor, isfinite, log10
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from weldstudio.domain.messages import RangeTested
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme

HEIGHT: Final = 112
"""Pixels at 100 %."""


class RangePlot(QWidget):
    """Shows a `RangeTested`; hidden without one. Rates on a logarithmic scale, a line at the suggestion."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tested: RangeTested | None = None
        self.setFixedHeight(theme.px(HEIGHT))
        self.setAccessibleName("Loss against learning rate")
        theme.changed.connect(self.update)
        self.hide()

    def show_test(self, tested: RangeTested | None) -> None:
        """Draw what was measured; None hides it."""
        shown = tested if tested is not None and sum(map(isfinite, tested.losses)) > 1 else None
        if shown is not self.tested:
            self.tested = shown
            self.setToolTip(shown.sentence if shown is not None else "")
            self.setAccessibleDescription(shown.sentence if shown is not None else "")
            self.update()
        self.setVisible(shown is not None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tested = self.tested
        if tested is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("secondary", figures=True))
        line = painter.fontMetrics().height()
        painter.setPen(theme.colour("secondary"))
        title = QRectF(EDGE, 0, self.width() - EDGE - GROUP, line)
        # The suggestion stands in the heading: beside its line it would lie on the curve.
        suggested = f"; dashed: {tested.suggestion:g}, suggested" if tested.suggestion is not None else ""
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft, f"Range test: loss against learning rate{suggested}")
        box = QRectF(EDGE, line + GAP, self.width() - EDGE - GROUP, self.height() - 2 * line - 2 * GAP)
        first, last = log10(tested.rates[0]), log10(tested.rates[-1])
        losses = [loss for loss in tested.losses if isfinite(loss)]
        # What comes after the loss has run away says nothing and would press the rest flat.
        low, high = min(losses), max(losses[0], min(losses) * 1.05)
        top = high + (high - low) * 0.3

        def place(rate: float, loss: float) -> QPointF:
            across = (log10(rate) - first) / max(last - first, 1e-9)
            up = (min(loss, top) - low) / max(top - low, 1e-9)
            return QPointF(box.left() + across * box.width(), box.bottom() - up * box.height())

        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setPen(theme.colour("secondary"))
        for power in range(ceil(first - 0.01), floor(last + 0.01) + 1):  # never a rate beyond those tried
            x = place(10.0**power, low).x()
            label = QRectF(x - 40, box.bottom() + 2, 80, line)
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, f"{10.0**power:g}")
        if tested.suggestion is not None:
            x = place(tested.suggestion, low).x()
            painter.setPen(QPen(theme.colour("accent"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QPen(theme.colour("accent"), 2))
        points = [place(r, loss) for r, loss in zip(tested.rates, tested.losses, strict=True) if isfinite(loss)]
        painter.drawPolyline(QPolygonF(points))
