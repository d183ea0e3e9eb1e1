"""One curve of each of up to twenty runs over each other, so that one sees which learned better, and sooner."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from weldstudio.domain.curves import Array, Curves, smoothed
from weldstudio.gui.theme import theme
from weldstudio.gui.train.plot_parts import (
    PercentAxis,
    StepAxis,
    SteppedPlots,
    dress_axes,
    dress_curve,
    plain_plot,
    roomy,
    set_points,
)

MOST: Final = 20
"""Runs drawn at a time."""
MEASURES: Final = {
    "accuracy": "Mean per-class accuracy",
    "validation": "Validation loss",
    "training": "Training loss",
    "rate": "Learning rate",
}
"""What can be drawn, beside 'flag:NAME'."""


class OverlayPlot(SteppedPlots):
    """Draws one measure of several `Curves`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Curves of the chosen runs")
        roomy(self)
        self._shares, self._numbers = PercentAxis("left"), pg.AxisItem("left")
        axes = {"left": self._numbers, "bottom": StepAxis("bottom")}
        self.plot = plain_plot(self.addPlot(row=0, col=0, axisItems=axes), "", bottom="step")
        self.plot.setLimits(xMin=0)
        self._items: dict[str, Any] = {}
        self._runs: dict[str, tuple[int, Curves]] = {}
        self._set: dict[str, tuple[Array, Array]] = {}
        """What each item draws; the same arrays again need no work."""
        self._measure, self._smoothing, self._log = "accuracy", 0.0, False
        self._front: str | None = None
        self.names: dict[str, str] = {}
        """What runs are called in a picture, by id."""
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.hide()
        self.plot.addItem(self._cross, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._moved)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def drawn(self) -> tuple[str, ...]:
        """Ids of the runs whose curves are drawn."""
        return tuple(self._items)

    def show_runs(self, runs: Sequence[tuple[str, int, Curves]]) -> None:
        """Draw these (id, number of the pen, curves), in place of the ones before."""
        kept = runs[:MOST]
        self._runs = {run: (number, curves) for run, number, curves in kept}
        for run in [run for run in self._items if run not in self._runs]:
            self.plot.removeItem(self._items.pop(run))
            self._set.pop(run, None)
        for run in self._runs:
            if run not in self._items:
                self._items[run] = self.plot.plot(antialias=True)
        self._draw()

    @property
    def named(self) -> dict[str, QPen]:
        return {f"{self.names.get(run, '')}, {run}".lstrip(", "): i.opts["pen"] for run, i in self._items.items()}

    def show_measure(self, measure: str, *, smoothing: float = 0.0, log: bool = False) -> None:
        """Draw another of `MEASURES`, or 'flag:NAME'; smoothed, or on a logarithmic axis (losses and rates alone)."""
        self._measure, self._smoothing = measure, smoothing
        self._set.clear()
        self._log = log and not self._is_share
        self.plot.setLogMode(y=self._log)
        self._dress()
        self._draw()
        self.fit()

    def bring_forward(self, run: str | None) -> None:
        """Draw one run stronger than the others."""
        self._front = run
        self._dress_items()

    def fit(self) -> None:
        """Show everything again after zooming."""
        self.plot.enableAutoRange()

    def values_at(self, step: float) -> dict[str, float]:
        """Value of each run at its point nearest to a step."""
        found = {}
        for run, (_, curves) in self._runs.items():
            x, y = measured(curves, self._measure)
            if len(x):
                found[run] = float(y[int(np.argmin(np.abs(x - step)))])
        return found

    def point_at(self, step: float | None) -> None:
        """Put the crosshair on a step, or take it away."""
        self._cross.setVisible(step is not None)
        if step is not None:
            self._cross.setPos(step)
        self.pointed.emit(step)

    @property
    def _is_share(self) -> bool:
        return self._measure == "accuracy" or self._measure.startswith("flag:")

    def _draw(self) -> None:
        for run, (_, curves) in self._runs.items():
            points = measured(curves, self._measure)
            if self._set.get(run) is not points:
                self._set[run] = points
                set_points(self._items[run], (points[0], smoothed(points[1], self._smoothing)))
        self._dress_items()

    def _dress(self) -> None:
        if self.closed:
            return  # pyqtgraph has taken its items apart
        self.setBackground(theme.colour("surface"))
        name = self._measure.removeprefix("flag:")
        self.plot.setLabel("left", MEASURES.get(self._measure, name).lower() if name in MEASURES else name)
        self._numbers.tickStrings = self._shares.tickStrings if self._is_share else self._plain_ticks
        dress_axes(self.plot)
        self._cross.setPen(pg.mkPen(theme.colour("text"), width=1))
        self._dress_items()

    def _plain_ticks(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        ticks: list[str] = pg.AxisItem.tickStrings(self._numbers, values, scale, spacing)
        return ticks

    def _dress_items(self) -> None:
        for run, item in self._items.items():
            number, _ = self._runs[run]
            forward = self._front in (None, run) or self._front not in self._items
            dress_curve(item, number, front=self._front == run, back=not forward, faint=0.35)

    def _moved(self, position: Any) -> None:
        inside = self.plot.vb.sceneBoundingRect().contains(position) and self._runs
        self.point_at(float(self.plot.vb.mapSceneToView(position).x()) if inside else None)


def measured(curves: Curves, measure: str) -> tuple[Array, Array]:
    """Steps and values of one measure, thinned."""
    match measure:
        case "accuracy":
            return curves.accuracy
        case "validation":
            return curves.validation_loss
        case "training":
            return curves.training_loss
        case "rate":
            return curves.learning_rate
    return curves.class_figure(measure.removeprefix("flag:"))
