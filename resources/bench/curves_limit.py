"""Limit of redrawing curves: twenty lines of a thousand points each, painted by Qt into a picture; median ms."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import rounds
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPen, QPolygonF

CURVES, POINTS = 20, 1000
TIMES = 10


def measure() -> dict[str, object]:
    """TIMES pictures."""
    return {"value": rounds.median_ms(lambda _: draw(), TIMES), "unit": "ms"}


def draw() -> None:
    """All lines, one pixel wide."""
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    painter.setPen(QPen(QColor("black"), 1))
    for line in lines:
        painter.drawPolyline(line)
    painter.end()


if __name__ == "__main__":
    application = QGuiApplication([])
    picture = QImage(1000, 600, QImage.Format.Format_RGB32)
    random = np.random.default_rng(1)
    lines = [
        QPolygonF([QPointF(x, y) for x, y in zip(range(POINTS), 300 + 100 * random.normal(size=POINTS), strict=True)])
        for _ in range(CURVES)
    ]
    measure()
    rounds.serve(measure)
