"""The curves of a run. The only module that imports pyqtgraph; imported when the first curve is shown.

Loss above, mean per-class accuracy below, one x axis. Training is 1 px grey, validation 2 px accent, each class 1 px in
one of eight hues, dashed differently from the ninth on. Curves arrive thinned (`curves.MOST_POINTS`): 20 of them with
pen width 1 take a fraction of a frame, with width 2 in full length they would take several.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.train.curves import Array, Curves
from weldstudio.gui.train.pens import class_pen

FEW_POINTS: Final = 40
"""Up to this many evaluations each is marked by a dot: a single one would otherwise be invisible."""

MOST_SMOOTH: Final = 200
"""Up to this many points a curve is drawn smooth; with 20 curves of 1,000 points that would cost 40 ms."""

_LEAST_HEIGHT: Final = 180


class _PercentAxis(pg.AxisItem):
    """0 to 1 as '0 %' to '100 %'."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        digits = 0 if spacing >= 0.00999 else 1
        return [f"{value * 100:.{digits}f} %" for value in values]


class _StepAxis(pg.AxisItem):
    """Steps are whole numbers, however near one looks."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else "" for value in values]


class _Rules(pg.GraphicsObject):
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


class CurvePlots(pg.GraphicsLayoutWidget):
    """Draws `Curves`. `pointed` carries the step under the mouse, None when it leaves."""

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves = Curves()
        self._drawn: tuple[int, tuple[str, ...]] = (0, ())
        self._planned = 0
        self._chosen: str | None = None
        self._classes: dict[str, Any] = {}
        # With large text little room may be left; painting a plot without any height ends the process in pyqtgraph.
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setAccessibleName("Curves of the run: loss above, mean per-class accuracy below")
        # Half a number stands above the uppermost tick and below the lowest.
        self.ci.layout.setSpacing(GAP)
        self.ci.layout.setContentsMargins(GAP, GAP, GAP, GAP)

        self.loss = self.addPlot(row=0, col=0)
        self.accuracy = self.addPlot(
            row=1, col=0, axisItems={"left": _PercentAxis("left"), "bottom": _StepAxis("bottom")}
        )
        self.ci.layout.setRowStretchFactor(0, 2)
        self.ci.layout.setRowStretchFactor(1, 3)
        self.accuracy.setXLink(self.loss)
        self.loss.getAxis("bottom").setStyle(showValues=False)
        self.accuracy.setLabel("bottom", "step")
        for plot, title in ((self.loss, "loss"), (self.accuracy, "mean per-class accuracy")):
            plot.setLabel("left", title)
            plot.getAxis("left").setWidth(64)
            plot.getAxis("left").enableAutoSIPrefix(False)
            plot.getAxis("bottom").enableAutoSIPrefix(False)
            plot.setMenuEnabled(False)
            plot.hideButtons()
            _Rules(plot)
        self.accuracy.setLimits(yMin=-0.02, yMax=1.02)
        self.loss.setLimits(xMin=0)
        self.accuracy.setLimits(xMin=0)

        self._training = self.loss.plot(antialias=False)
        self._validation = self.loss.plot(antialias=True)
        self._mean = self.accuracy.plot(antialias=True)
        self._mean.setZValue(10)
        self._best = [pg.InfiniteLine(angle=90) for _ in range(2)]
        self._cross = [pg.InfiniteLine(angle=90) for _ in range(2)]
        for plot, best, cross in zip((self.loss, self.accuracy), self._best, self._cross, strict=True):
            best.hide()
            cross.hide()
            # ignoreBounds: a hairline never stretches the axis.
            plot.addItem(best, ignoreBounds=True)
            plot.addItem(cross, ignoreBounds=True)
        self._best_text = pg.TextItem(anchor=(0, 1))
        self._best_text.setZValue(20)
        self._best_text.hide()
        self.accuracy.addItem(self._best_text, ignoreBounds=True)

        self.scene().sigMouseMoved.connect(self._moved)
        theme.changed.connect(self._dress)
        self._dress()

    # --- what is shown ------------------------------------------------------------------------------------------

    @property
    def curves(self) -> Curves:
        """What is drawn at the moment."""
        return self._curves

    @property
    def chosen_class(self) -> str | None:
        """The class whose curve is in front."""
        return self._chosen

    def show_curves(self, curves: Curves, *, afresh: bool = False) -> None:
        """Draw what a run has said so far. `afresh` for another run: then the view is fitted again."""
        planned = curves.started.steps if curves.started is not None else 0
        afresh = afresh or (curves is self._curves and planned != self._planned)
        self._planned = planned
        # Between two evaluations only the training loss grows.
        evaluated = len(curves.evaluations), curves.classes
        if curves is self._curves and evaluated == self._drawn and not afresh:
            self._training.setData(*curves.training_loss)
            return
        self._curves, self._drawn = curves, evaluated
        for name in [name for name in self._classes if name not in curves.classes]:
            self.accuracy.removeItem(self._classes.pop(name))
        for name in curves.classes:
            if name not in self._classes:
                self._classes[name] = self.accuracy.plot(antialias=True)
        self._training.setData(*curves.training_loss)
        _set_points(self._validation, curves.validation_loss)
        _set_points(self._mean, curves.accuracy)
        for name, item in self._classes.items():
            _set_points(item, curves.class_accuracy(name))
        self._show_best()
        self._dress_curves()
        if afresh:
            self.point_at(None)  # it stood on a step of another run
            self.fit()

    def choose_class(self, name: str | None) -> None:
        """Bring one class's curve forward; None: all alike."""
        self._chosen = name
        self._dress_curves()

    def fit(self) -> None:
        """Show everything again after zooming."""
        for plot in (self.loss, self.accuracy):
            if not self._curves.last_known_step:
                plot.setYRange(0, 1, padding=0)  # nothing of the run that was shown before
            plot.enableAutoRange()
        if self._planned and self._curves.finished is None:
            # The room the run will need is there from the start, so that nothing moves while it learns.
            self.loss.setXRange(0, self._planned, padding=0.02)

    def point_at(self, step: float | None) -> None:
        """Put the crosshair on a step, or take it away."""
        for line in self._cross:
            line.setVisible(step is not None)
            if step is not None:
                line.setPos(step)
        self.pointed.emit(step)

    def _show_best(self) -> None:
        best = self._curves.best
        # A run with a single evaluation has nothing to choose from.
        shown = best is not None and len(self._curves.evaluations) > 1
        for line in self._best:
            line.setVisible(shown)
            if shown and best is not None:
                line.setPos(best.step)
        has_value = shown and best is not None and best.mean_per_class_accuracy is not None
        self._best_text.setVisible(has_value)
        if has_value and best is not None and best.mean_per_class_accuracy is not None:
            # Not "best": the weights of the lowest loss are kept, and another step may have judged more alike.
            self._best_text.setText(f"kept {best.mean_per_class_accuracy:.1%}".replace("%", " %"))
            late = best.step > 0.7 * max(1, self._curves.last_known_step)
            self._best_text.setAnchor((1, 1) if late else (0, 1))
            low = [float(np.nanmin(y)) for _, y in self._shown_accuracies() if len(y) and not np.isnan(y).all()]
            self._best_text.setPos(best.step, min(low, default=0.0))

    def _shown_accuracies(self) -> list[tuple[Array, Array]]:
        return [self._curves.accuracy, *(self._curves.class_accuracy(name) for name in self._classes)]

    # --- how it looks -------------------------------------------------------------------------------------------

    def _dress(self) -> None:
        """All colours from their roles; again after a change of theme."""
        if self.closed:
            return  # pyqtgraph has taken its items apart
        self.setBackground(theme.colour("surface"))
        secondary, line = theme.colour("secondary"), theme.colour("line")
        for plot in (self.loss, self.accuracy):
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(line))
                axis.setTextPen(pg.mkPen(secondary))
                axis.setStyle(tickFont=theme.font("secondary", figures=True), tickLength=-4)
                axis.label.setFont(theme.font("secondary"))
        self._best_text.setColor(secondary)
        self._best_text.fill = pg.mkBrush(theme.colour("surface"))
        self._best_text.setFont(theme.font("secondary", figures=True))
        for best, cross in zip(self._best, self._cross, strict=True):
            best.setPen(pg.mkPen(secondary, width=1, dash=(2, 3)))
            cross.setPen(pg.mkPen(theme.colour("text"), width=1))
        self._dress_curves()

    def _dress_curves(self) -> None:
        accent = theme.colour("accent")
        self._training.setPen(_pen(theme.colour("unseen"), 1))
        for item in (self._validation, self._mean):
            item.setPen(_pen(accent, 2))
            item.setSymbolBrush(accent)
            item.setSymbolPen(None)
        for number, name in enumerate(self._curves.classes):
            item = self._classes[name]
            forward = self._chosen in (None, name)
            pen = class_pen(number, width=2 if self._chosen == name else 1, alpha=1 if forward else 0.25)
            item.setPen(pen)
            item.setSymbolBrush(pen.color())
            item.setSymbolPen(None)
            item.setZValue(9 if self._chosen == name else 1)

    # --- the mouse ----------------------------------------------------------------------------------------------

    def _moved(self, position: QPointF) -> None:
        for plot in (self.loss, self.accuracy):
            if plot.vb.sceneBoundingRect().contains(position) and self._curves.last_known_step:
                self.point_at(float(plot.vb.mapSceneToView(position).x()))
                return
        self.point_at(None)

    def leaveEvent(self, event: Any) -> None:
        self.point_at(None)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit()
        else:
            super().mouseDoubleClickEvent(event)


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def _set_points(item: Any, points: tuple[Array, Array]) -> None:
    x, y = points
    if not np.isfinite(y).any():
        x = y = np.empty(0)  # a class without any value: pyqtgraph would look for the bounds of nothing
    few = len(x) <= FEW_POINTS
    # connect='finite' leaves a gap where a class had no value, instead of warning about NaN.
    symbol = "o" if few and len(x) else None
    item.setData(x, y, connect="finite", symbol=symbol, symbolSize=4, antialias=len(x) <= MOST_SMOOTH)
