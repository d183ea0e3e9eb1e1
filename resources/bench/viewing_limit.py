"""Limits of looking at photographs, by bare Qt: one kind of work, named by the first word.

Usage: viewing_limit.py scroll|next|overlay|memory|delay FOLDER PROJECT; FOLDER as made by photos.py.
"""

import io
import os
import sqlite3  # noqa: F401 - whatever shows a project holds it
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import rounds
import ticking
from PIL import Image
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

STEPS, PHOTOS = 150, 40
COLUMNS, CELLS, CELL = 6, 30, 160
WIDTH, HEIGHT = 1280, 800
DELAY_S = 5


class Grid(QAbstractScrollArea):
    """Cells of thumbnails that are there already, each with a frame and a name."""

    offset = 0

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self.viewport())
        for place in range(CELLS):
            cell = QRect(place % COLUMNS * CELL, place // COLUMNS * CELL - self.offset % CELL, CELL, CELL)
            painter.fillRect(cell, Qt.GlobalColor.white)
            painter.drawPixmap(cell.topLeft(), thumb)
            painter.drawRoundedRect(cell, 4, 4)
            painter.drawText(cell, Qt.AlignmentFlag.AlignBottom, f"{self.offset + place:06d}.jpg")
        painter.end()


class Photo(QWidget):
    """One photograph."""

    image, colours = QImage(), QImage()

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self.image)
        painter.drawImage(self.rect(), self.colours)
        painter.end()


def scroll() -> dict[str, object]:
    """Row by row."""
    taken = []
    for _ in range(STEPS):
        begin = time.perf_counter()
        grid.offset += CELL
        grid.viewport().repaint()
        taken.append(1000 * (time.perf_counter() - begin))
    return {"value": rounds.percentile(taken, 0.5), "unit": "ms"}


def following() -> dict[str, object]:
    """Decode the next file and paint it."""

    def step(number: int) -> None:
        reader = QImageReader(str(paths[number % len(paths)]))
        photo.image = reader.read()
        photo.repaint()

    return {"value": rounds.median_ms(step, PHOTOS), "unit": "ms"}


def memory() -> dict[str, object]:
    """Of this process."""
    return {"value": psutil.Process().memory_info().rss / 1e6, "unit": "MB"}


def overlay() -> dict[str, object]:
    """Colours of a map by a table, scaled over a photograph by Qt."""
    photo.image = QImage(str(paths[0]))
    table = np.random.default_rng(1).integers(0, 128, (256, 4), np.uint8)
    maps = np.random.default_rng(0).integers(0, 256, (PHOTOS, 7, 7))

    def step(number: int) -> None:
        pixels = table[maps[number]]
        photo.colours = QImage(pixels.data, 7, 7, 28, QImage.Format.Format_RGBA8888_Premultiplied).copy()
        photo.repaint()

    return {"value": rounds.median_ms(step, PHOTOS), "unit": "ms"}


def delay() -> dict[str, object]:
    """How late a window with nothing on it hears its timer while another process runs plain forward passes."""
    code = (
        "import networks, torch\nmodel = networks.network().eval()\nbatch = torch.zeros(32, 3, 224, 224)\nprint('go')\n"
    )
    code += "with torch.inference_mode():\n    while True:\n        model(batch)\n"
    here = str(Path(__file__).parent)
    with subprocess.Popen([sys.executable, "-uc", code], stdout=subprocess.PIPE, cwd=here) as busy:
        assert busy.stdout is not None
        busy.stdout.readline()
        gaps = ticking.gaps(DELAY_S, lambda _: photo.repaint())
        busy.kill()
    return {"value": rounds.percentile(gaps, 0.95), "worst": max(gaps), "unit": "ms"}


def jpeg() -> bytes:
    """A thumbnail."""
    noise = np.random.default_rng(0).integers(0, 256, (36, 48, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((CELL, CELL * 3 // 4)).save(file, "JPEG", quality=80)
    return file.getvalue()


MEASURES = {"scroll": scroll, "next": following, "overlay": overlay, "memory": memory, "delay": delay}

if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    what, folder, _ = rounds.arguments()
    paths = sorted((Path(folder) / "photos").iterdir())
    application = QApplication([])
    thumb = QPixmap()
    thumb.loadFromData(jpeg())
    grid, photo = Grid(), Photo()
    for widget in (grid, photo):
        widget.resize(QSize(WIDTH, HEIGHT))
        widget.show()
    application.processEvents()
    MEASURES[what]()
    rounds.serve(MEASURES[what])
