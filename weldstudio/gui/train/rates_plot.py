"""What share of the raised photographs is found against what share of the clear ones is spared, class by class.

Each class is a point with the way it took; the nearer to the upper right corner, the better. Chance lies on the line
from the upper left to the lower right.
"""

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from weldstudio.domain.curves import ON_CLEAR, ON_RAISED, Curves
from weldstudio.gui.theme import theme
from weldstudio.gui.train.plot_parts import PercentAxis, Plots, dress_axes, dress_curve, pen_of, plain_plot, roomy

ROOM = 0.06


class RatesPlot(Plots):
    """Draws the two rates of `Curves`. `pointed` carries the class under the mouse, None when it leaves."""

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Raised photographs found against clear ones spared, class by class")
        roomy(self)
        axes = {"left": PercentAxis("left"), "bottom": PercentAxis("bottom")}
        self.plane = plain_plot(
            self.addPlot(row=0, col=0, axisItems=axes),
            "on raised: found (sensitivity)",
            bottom="on clear: spared (specificity)",
        )
        self.plane.setLimits(xMin=-ROOM, xMax=1 + ROOM, yMin=-ROOM, yMax=1 + ROOM)
        self._chance = self.plane.plot([0, 1], [1, 0])
        self._ways: list[Any] = []
        self._curves = Curves()
        self._chosen: str | None = None
        self.scene().sigMouseMoved.connect(self._moved)
        theme.changed.connect(self._dress)
        self._dress()

    def show_curves(self, curves: Curves) -> None:
        """Draw what a run has said so far."""
        afresh = curves is not self._curves
        self._curves = curves
        names = curves.classes
        while len(self._ways) > len(names):
            self.plane.removeItem(self._ways.pop())
        while len(self._ways) < len(names):
            self._ways.append(self.plane.plot(antialias=True))
        for name, way in zip(names, self._ways, strict=True):
            across, up = curves.class_figure(name, ON_CLEAR)[1], curves.class_figure(name, ON_RAISED)[1]
            known = np.isfinite(across[: len(up)]) & np.isfinite(up[: len(across)])
            across, up = across[: len(known)][known], up[: len(known)][known]
            sizes = np.full(len(across), 3.0)
            sizes[-1:] = 10.0
            way.setData(across, up, symbol="o", symbolSize=sizes)
        self._dress_ways()
        if afresh:
            self.fit()

    @property
    def named(self) -> dict[str, QPen]:
        return {name: way.opts["pen"] for name, way in zip(self._curves.classes, self._ways, strict=False)}

    def choose_class(self, name: str | None) -> None:
        """Bring one class forward; None: all alike."""
        self._chosen = name
        self._dress_ways()

    def fit(self) -> None:
        """Show all points and the corner they strive for."""
        ends = [way.getData() for way in self._ways]
        values = [axis.min() for x, y in ends for axis in (x, y) if axis is not None and len(axis)]
        low = max(-ROOM, min([0.5, *map(float, values)]) - 0.05)
        self.plane.setRange(xRange=(low, 1 + ROOM), yRange=(low, 1 + ROOM), padding=0)

    def _moved(self, position: Any) -> None:
        at = self.plane.vb.mapSceneToView(position)
        near, best = None, 0.03
        for name, way in zip(self._curves.classes, self._ways, strict=False):
            x, y = way.getData()
            if x is not None and len(x):
                far = float(np.hypot(x[-1] - at.x(), y[-1] - at.y()))
                near, best = (name, far) if far < best else (near, best)
        self.pointed.emit(near)

    def _dress(self) -> None:
        if self.closed:
            return  # pyqtgraph has taken its items apart
        self.setBackground(theme.colour("surface"))
        dress_axes(self.plane)
        self._chance.setPen(pen_of(theme.colour("unseen"), 1))
        self._dress_ways()

    def _dress_ways(self) -> None:
        for number, (name, way) in enumerate(zip(self._curves.classes, self._ways, strict=False)):
            dress_curve(way, number, front=self._chosen == name, back=self._chosen not in (None, name))
