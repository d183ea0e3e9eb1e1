"""The curves of a run; imported when the first curve is shown, for pyqtgraph takes its time.

Loss above, mean per-class accuracy below, one x axis. Training is 1 px grey, validation 2 px accent, each class 1 px in
one of eight hues, dashed differently from the ninth on. Curves arrive thinned (`curves.MOST_POINTS`): 20 of them with
pen width 1 take a fraction of a frame, with width 2 in full length they would take several.
"""

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QWidget

from weldstudio.domain.curves import Array, Curves, smoothed
from weldstudio.gui.theme import theme
from weldstudio.gui.train.plot_parts import (
    PercentAxis,
    StepAxis,
    SteppedPlots,
    dress_axes,
    dress_curve,
    pen_of,
    plain_plot,
    roomy,
    set_points,
)
from weldstudio.gui.words import percent

UPPER: Final = {"loss": "Loss", "log": "Loss, logarithmic", "rate": "Learning rate"}
"""What the upper plot can show."""
_BETWEEN: Final = 18
"""Pixels between the plots, for a line of words."""


class CurvePlots(SteppedPlots):
    """Draws `Curves`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves = Curves()
        self._drawn: tuple[int, tuple[str, ...]] = (0, ())
        self._planned = 0
        self._chosen: str | None = None
        self._upper, self._smoothing = "loss", 0.0
        self._classes: dict[str, Any] = {}
        self.setAccessibleName("Curves of the run: loss above, mean per-class accuracy below")
        roomy(self)
        self.loss = self.addPlot(row=0, col=0)
        self.accuracy = self.addPlot(
            row=1, col=0, axisItems={"left": PercentAxis("left"), "bottom": StepAxis("bottom")}
        )
        self.ci.layout.setRowStretchFactor(0, 2)
        self.ci.layout.setRowStretchFactor(1, 3)
        self.accuracy.setXLink(self.loss)
        self.loss.getAxis("bottom").setStyle(showValues=False)
        plain_plot(self.loss, "loss")
        plain_plot(self.accuracy, "mean per-class accuracy", bottom="step")
        self.accuracy.setLimits(yMin=-0.02, yMax=1.02)
        self.loss.setLimits(xMin=0)
        self.accuracy.setLimits(xMin=0)

        self._raw = self.loss.plot(antialias=False)
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
        # Within the box of the accuracies it would lie on a curve: it stands above that.
        self._best_text = QGraphicsSimpleTextItem(self.accuracy)
        self._best_text.hide()
        self.ci.layout.setRowSpacing(0, theme.px(_BETWEEN))
        for moved in (self.accuracy.vb.sigXRangeChanged, self.accuracy.vb.sigResized):
            moved.connect(self._place_best)

        self.scene().sigMouseMoved.connect(self._moved)
        theme.changed.connect(self._dress)
        self._dress()

    # --- what is shown ------------------------------------------------------------------------------------------

    @property
    def curves(self) -> Curves:
        """What is drawn at the moment."""
        return self._curves

    @property
    def named(self) -> dict[str, QPen]:
        lines = {"training": self._training, "validation, all classes": self._mean, **self._classes}
        return {name: line.opts["pen"] for name, line in lines.items()}

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
            self._draw_training()
            return
        self._curves, self._drawn = curves, evaluated
        for name in [name for name in self._classes if name not in curves.classes]:
            self.accuracy.removeItem(self._classes.pop(name))
        for name in curves.classes:
            if name not in self._classes:
                self._classes[name] = self.accuracy.plot(antialias=True)
        self._draw()
        self._dress_curves()
        if afresh:
            self.point_at(None)  # it stood on a step of another run
            self.fit()

    def show_upper(self, what: str) -> None:
        """Show one of `UPPER` in the upper plot."""
        self._upper = what
        self.loss.setLabel("left", "learning rate" if what == "rate" else "loss")
        self.loss.setLogMode(y=what == "log")
        self._draw()
        self.loss.enableAutoRange(axis="y")

    def smooth(self, weight: float) -> None:
        """Draw means of the past, 0 (as it is) to below 1; what was measured stays behind the training curve, pale."""
        self._smoothing = weight
        self._draw()

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

    def _draw(self) -> None:
        self._draw_training()
        rate = self._upper == "rate"
        set_points(self._validation, _nothing() if rate else self._smooth(self._curves.validation_loss))
        set_points(self._mean, self._smooth(self._curves.accuracy))
        for name, item in self._classes.items():
            set_points(item, self._smooth(self._curves.class_figure(name)))
        self._show_best()

    def _draw_training(self) -> None:
        points = self._curves.learning_rate if self._upper == "rate" else self._curves.training_loss
        pale = self._smoothing > 0 and self._upper != "rate"
        self._raw.setData(*(points if pale else _nothing()))
        self._training.setData(*(self._smooth(points) if pale else points))

    def _smooth(self, points: tuple[Array, Array]) -> tuple[Array, Array]:
        return points[0], smoothed(points[1], self._smoothing)

    def _show_best(self) -> None:
        best = self._curves.best
        # A run with a single evaluation has nothing to choose from.
        shown = best is not None and len(self._curves.evaluations) > 1
        for line in self._best:
            line.setVisible(shown)
            if shown and best is not None:
                line.setPos(best.step)
        mean = best.mean_per_class_accuracy if shown and best is not None else None
        # Not "best": the weights of the lowest loss are kept, and another step may have judged more alike.
        self._best_text.setText(f"kept {percent(mean)}" if mean is not None else "")
        self._place_best()

    def _place_best(self, *_changed: object) -> None:
        """Put the words of the best step over its hairline, while that is within the plot."""
        box, words = self.accuracy.vb, self._best_text.boundingRect()
        at = box.mapFromView(QPointF(self._best[0].value(), 0)).x()
        self._best_text.setVisible(-1 <= at <= box.width() + 1)  # on the edge it is out by a rounding
        left = max(0.0, min(at - words.width() / 2, box.width() - words.width()))
        self._best_text.setPos(box.pos() + QPointF(left, -words.height()))
        # A name longer than its axis would run into that of the plot above.
        axis = self.accuracy.getAxis("left")
        axis.label.setVisible(axis.label.boundingRect().width() <= self.accuracy.size().height())

    # --- how it looks -------------------------------------------------------------------------------------------

    def _dress(self) -> None:
        """All colours from their roles; again after a change of theme."""
        if self.closed:
            return  # pyqtgraph has taken its items apart
        self.setBackground(theme.colour("surface"))
        secondary = theme.colour("secondary")
        for plot in (self.loss, self.accuracy):
            dress_axes(plot)
        self._best_text.setBrush(secondary)
        self._best_text.setFont(theme.font("secondary", figures=True))
        for best, cross in zip(self._best, self._cross, strict=True):
            best.setPen(pg.mkPen(secondary, width=1, dash=(2, 3)))
            cross.setPen(pg.mkPen(theme.colour("text"), width=1))
        self._dress_curves()

    def _dress_curves(self) -> None:
        accent = theme.colour("accent")
        self._training.setPen(pen_of(theme.colour("unseen"), 1))
        self._raw.setPen(pen_of(theme.colour("unseen", alpha=0.35), 1))
        for item in (self._validation, self._mean):
            item.setPen(pen_of(accent, 2))
            item.setSymbolBrush(accent)
            item.setSymbolPen(None)
        for number, name in enumerate(self._curves.classes):
            back = self._chosen not in (None, name)
            dress_curve(self._classes[name], number, front=self._chosen == name, back=back)

    # --- the mouse ----------------------------------------------------------------------------------------------

    def _moved(self, position: QPointF) -> None:
        for plot in (self.loss, self.accuracy):
            if plot.vb.sceneBoundingRect().contains(position) and self._curves.last_known_step:
                self.point_at(float(plot.vb.mapSceneToView(position).x()))
                return
        self.point_at(None)


def _nothing() -> tuple[Array, Array]:
    return np.empty(0), np.empty(0)
