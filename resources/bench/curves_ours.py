"""Our redrawing of curves: twenty runs of five thousand points over each other, from new data to the screen; median ms.

Every round one more point has come to each run.
"""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import rounds
from PySide6.QtWidgets import QApplication

from weldstudio.domain.curves import Curves
from weldstudio.domain.messages import Step
from weldstudio.gui.theme import theme
from weldstudio.gui.train.overlay_plot import OverlayPlot

RUNS, POINTS = 20, 5000
TIMES = 10


def measure() -> dict[str, object]:
    """TIMES redrawings."""
    return {"value": rounds.median_ms(lambda _: redraw(), TIMES), "unit": "ms"}


def redraw() -> None:
    """One more point each, drawn and painted."""
    for number, curves in enumerate(runs):
        step = len(curves._steps) + 1
        curves.take([Step(step, step / 10, float(losses[number, step % POINTS]), 0.01, 50.0)])
    plot.show_runs([(str(number), number, curves) for number, curves in enumerate(runs)])
    plot.viewport().repaint()


if __name__ == "__main__":
    application = QApplication([])
    theme.apply("light")
    losses = np.exp(-np.linspace(0, 3, POINTS)) + 0.1 * np.random.default_rng(1).normal(size=(RUNS, POINTS))
    runs = []
    for row in losses.tolist():
        curves = Curves()
        curves.take([Step(n + 1, n / 10, value, 0.01, 50.0) for n, value in enumerate(row)])
        runs.append(curves)
    plot = OverlayPlot()
    plot.resize(1000, 600)
    plot.show()
    plot.show_measure("training")
    application.processEvents()
    measure()
    rounds.serve(measure)
