"""Parts of plots: axes, rules, pens. With the plots themselves the only modules that import pyqtgraph."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from weldstudio.domain.curves import Array
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.train.pens import class_pen

FEW_POINTS: Final = 40
"""Up to this many evaluations each is marked by a dot: a single one would otherwise be invisible."""

MOST_SMOOTH: Final = 200
"""Up to this many points a curve is drawn smooth; with 20 curves of 1,000 points that would cost 40 ms."""

_LEAST_HEIGHT: Final = 180


class PercentAxis(pg.AxisItem):
    """0 to 1 as '0 %' to '100 %'."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        digits = 0 if spacing >= 0.00999 else 1
        return [f"{value * 100:.{digits}f} %" for value in values]


class StepAxis(pg.AxisItem):
    """Steps are whole numbers, however near one looks."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else "" for value in values]


class Rules(pg.GraphicsObject):
    """Horizontal hairlines at the major ticks. pyqtgraph's own grid costs ten times as much to paint."""

    def __init__(self, plot: Any) -> None:
        super().__init__()
        self._view, self._axis = plot.vb, plot.getAxis("left")
        self.setZValue(-10)
        plot.addItem(self, ignoreBounds=True)
        self._view.sigRangeChanged.connect(self._range_changed)

    def _range_changed(self) -> None:
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._view.viewRect())

    def paint(self, painter: QPainter, *_: Any) -> None:
        pen = QPen(theme.colour("line"), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        (left, right), (low, high) = self._view.viewRange()
        levels = self._axis.tickValues(low, high, self._axis.height())
        for y in levels[0][1] if levels else ():
            painter.drawLine(QPointF(left, y), QPointF(right, y))


class Plots(pg.GraphicsLayoutWidget):
    """Plots of which a picture can be made."""

    @property
    def named(self) -> dict[str, QPen]:
        """The pens of the curves by what these are called: on the screen a list beside them says that."""
        raise NotImplementedError


class SteppedPlots(Plots):
    """Plots over the steps of runs. `pointed` carries the step under the mouse, None when it leaves."""

    pointed = Signal(object)

    def point_at(self, step: float | None) -> None:
        """Put the crosshair on a step, or take it away."""
        raise NotImplementedError

    def fit(self) -> None:
        """Show everything again; done by a double click, too."""
        raise NotImplementedError

    def leaveEvent(self, event: Any) -> None:
        self.point_at(None)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit()
        else:
            super().mouseDoubleClickEvent(event)


def plain_plot(plot: Any, left: str, *, bottom: str = "") -> Any:
    """A plot without menus and buttons, with its axes named."""
    plot.setLabel("left", left)
    if bottom:
        plot.setLabel("bottom", bottom)
    plot.getAxis("left").setWidth(64)
    for side in ("left", "bottom"):
        plot.getAxis(side).enableAutoSIPrefix(False)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    Rules(plot)
    return plot


def dress_axes(plot: Any) -> None:
    """The axes in the colours of the theme."""
    secondary, line = theme.colour("secondary"), theme.colour("line")
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(line))
        axis.setTextPen(pg.mkPen(secondary))
        axis.setStyle(tickFont=theme.font("secondary", figures=True), tickLength=-4)
        axis.label.setFont(theme.font("secondary"))


def roomy(widget: Any) -> None:
    """Half a number stands above the uppermost tick and below the lowest; and the plots keep some height."""
    # With large text little room may be left; painting a plot without any height ends the process in pyqtgraph.
    widget.setMinimumHeight(_LEAST_HEIGHT)
    widget.ci.layout.setSpacing(GAP)
    widget.ci.layout.setContentsMargins(GAP, GAP, GAP, GAP)


def pen_of(colour: QColor, width: float) -> QPen:
    """A pen whose width is in pixels whatever the zoom."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def dress_curve(item: Any, number: int, *, front: bool, back: bool, faint: float = 0.25) -> None:
    """The curve of a class or run: thicker where it is the one in front, faint where another one is."""
    # Two pixels cost ten times as much to draw as one: for the one in front alone.
    pen = class_pen(number, width=2 if front else 1, alpha=faint if back else 1)
    if item.opts["pen"] != pen:  # set again, it would lay out the curve again
        item.setPen(pen)
        item.setSymbolBrush(pen.color())
        item.setSymbolPen(None)
    item.setZValue(9 if front else 1)


def set_points(item: Any, points: tuple[Array, Array]) -> None:
    """Draw a curve, with a dot at each point while there are few."""
    x, y = points
    if not np.isfinite(y).any():
        x = y = np.empty(0)  # a class without any value: pyqtgraph would look for the bounds of nothing
    few = len(x) <= FEW_POINTS
    # connect='finite' leaves a gap where a class had no value, instead of warning about NaN.
    symbol = "o" if few and len(x) else None
    item.setData(x, y, connect="finite", symbol=symbol, symbolSize=4, antialias=len(x) <= MOST_SMOOTH)
