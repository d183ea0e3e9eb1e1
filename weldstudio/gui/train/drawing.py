"""Curves as a picture or a drawing without pixels: those on the screen, or of runs that nobody looks at."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QGraphicsView

from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.gui.theme import theme

SIZE = (960, 540)


def draw(plot: QGraphicsView, file: Path) -> None:
    """A plot as a picture of twice its size on the screen, or without pixels where the file is an SVG. JobFailed."""
    size, vector = plot.viewport().size(), file.suffix.casefold() == ".svg"
    picture = QImage(size * 2, QImage.Format.Format_RGB32)
    drawing = QSvgGenerator()
    drawing.setFileName(str(file))
    drawing.setSize(size)
    drawing.setViewBox(QRectF(0, 0, size.width(), size.height()))
    target = drawing if vector else picture
    painter = QPainter()
    ready = painter.begin(target)
    if ready:
        box = QRectF(0, 0, target.width(), target.height())
        painter.fillRect(box, theme.colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot.render(painter, box, plot.viewport().rect())
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
        plot.name_runs({run.id: f"{run.recipe().name}, {run.id}" for run in runs})
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
