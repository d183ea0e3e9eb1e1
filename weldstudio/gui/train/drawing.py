"""Curves as a picture or a drawing without pixels: those on the screen, or of runs that nobody looks at."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.gui.theme import GAP, GROUP, theme

if TYPE_CHECKING:
    from weldstudio.gui.train.plot_parts import Plots

SIZE = (960, 540)
_SWATCH = 28
"""Pixels of the line before a name, with its gap."""


def draw(plot: "Plots", file: Path) -> None:
    """A plot with its legend as a picture of twice its size, or without pixels where the file is an SVG. JobFailed."""
    room, names, vector = plot.viewport().size(), plot.named, file.suffix.casefold() == ".svg"
    font = theme.font("secondary", figures=True)
    line, wide = QFontMetrics(font).height() + GAP, max(map(QFontMetrics(font).horizontalAdvance, names), default=0)
    across = max(1, (room.width() - GROUP) // (wide + _SWATCH + GROUP))
    size = QSize(room.width(), room.height() + -(-len(names) // across) * line + GAP)
    picture = QImage(size * 2, QImage.Format.Format_RGB32)
    drawing = QSvgGenerator()
    drawing.setFileName(str(file))
    drawing.setSize(size)
    drawing.setViewBox(QRectF(0, 0, size.width(), size.height()))
    painter = QPainter()
    ready = painter.begin(drawing if vector else picture)
    if ready:
        if not vector:
            painter.scale(2, 2)
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot.render(painter, QRectF(0, 0, room.width(), room.height()), plot.viewport().rect())
        painter.setFont(font)
        for number, (name, pen) in enumerate(names.items()):
            left = GROUP + number % across * (wide + _SWATCH + GROUP)
            middle = room.height() + (number // across + 0.5) * line
            painter.setPen(pen)
            painter.drawLine(QPointF(left, middle), QPointF(left + _SWATCH - GAP, middle))
            painter.setPen(theme.colour("text"))
            words = QRectF(left + _SWATCH, middle - line / 2, wide + GAP, line)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.end()
    if not ready or (not vector and not picture.save(str(file))):
        raise JobFailed(f"The curves cannot be drawn into {file}; choose another folder.")


def main(words: list[str]) -> int:
    """Of a child: the file, what is drawn, and the runs. What goes wrong is the last line of stderr."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication([])
    theme.apply("light")
    from weldstudio.gui.train.overlay_plot import OverlayPlot
    from weldstudio.jobs.folder import RunFolder
    from weldstudio.studio.run_table import curves_of

    file, measure, *folders = words
    plot = OverlayPlot()
    try:
        runs = [RunFolder(Path(folder)) for folder in folders]
        plot.resize(*SIZE)
        plot.show_measure(measure)
        plot.show_runs([(run.id, number, curves_of(run)) for number, run in enumerate(runs)])
        plot.names = {run.id: run.recipe().name for run in runs}
        plot.show()
        plot.fit()
        app.processEvents()
        draw(plot, Path(file))
    except (UserError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        plot.close()
    return 0
