"""From a file to the screen: what a network looked at and what is drawn over it lie within one display pixel.

A file with a bright square at a known place is written in each of the 8 EXIF orientations. The same square is found in
the pixels that a network gets (`imaging.fitting`) and painted by the large view, whose overlay is made from a map that
is hot exactly where the network saw the square. Nothing here knows where the square lies on the upright photograph but
the file itself.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from weldstudio.domain.model import Frame, Preprocessing
from weldstudio.gui.review.adjusting import _make
from weldstudio.gui.review.layer import Overlay, layer
from weldstudio.gui.review.photo_view import PhotoView
from weldstudio.gui.review.pictures import Source, picture
from weldstudio.imaging.fitting import read_input
from weldstudio.imaging.look import Look
from weldstudio.imaging.read import read_size

INPUT = 224
SIZES = {"4:3": (640, 480), "1:3": (240, 720), "3:1": (720, 240), "square": (400, 400)}


def written(file: Path, size: tuple[int, int], orientation: int) -> Path:
    """Black, with a bright square right of and above the middle of the stored pixels."""
    wide, high = size
    pixels = np.zeros((high, wide, 3), np.uint8)
    side = min(size)
    left, top = wide // 2 + side // 16, high // 2 - side // 4
    pixels[top : top + side // 8, left : left + side // 8] = 255
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    Image.fromarray(pixels).save(file, "PNG", exif=exif)
    return file


def middle(weight: np.ndarray) -> tuple[float, float]:
    """Across and down, in parts of the array's width and height."""
    rows, columns = weight.shape
    total = weight.sum()
    across = (weight.sum(0) * (np.arange(columns) + 0.5)).sum() / total / columns
    return float(across), float((weight.sum(1) * (np.arange(rows) + 0.5)).sum() / total / rows)


def seen(view: PhotoView) -> np.ndarray:
    """What is on screen, (h, w, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(float)


@pytest.fixture
def view(qtbot: QtBot) -> PhotoView:
    made = PhotoView()
    qtbot.addWidget(made)
    made.resize(420, 310)
    return made


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("fit", ["squash", "crop"])
def test_overlay_and_photo_agree_to_a_pixel(
    view: PhotoView, tmp_path: Path, orientation: int, shape: str, fit: str
) -> None:
    file = written(tmp_path / "photo.png", SIZES[shape], orientation)
    preprocessing = Preprocessing(input_size=INPUT, fit=fit)
    # The finest map there can be: what the network was given, pixel by pixel.
    activation = read_input(file, preprocessing)[..., 0].astype(np.float32) / 255
    frame = Frame.of(*read_size(file), preprocessing)
    shown = picture(Source(file), QSize(420, 310), whole=False)
    checked = 0
    for turns, zoom in ((0, 1.0), (0, 2.7), (1, 1.0), (3, 1.9)):
        look = Look(turns=turns)
        view.show_photo(1)
        view.show_layer(None)
        view.fit()
        view.show_picture(_make((1, shown, look)) if turns else shown)
        view.zoom_by(zoom, QPointF(250, 120))
        across, down = middle(activation)
        whole = Frame(across, down, across, down)
        inside = Frame(
            frame.left + whole.left * (frame.right - frame.left),
            frame.top + whole.top * (frame.bottom - frame.top),
            0,
            0,
        )
        turned = Frame(inside.left, inside.top, inside.left, inside.top).turned(turns)
        expected = view.place.frame_rect(turned).topLeft()
        reach = view.place.rect.width() / 6
        room = view.rect().adjusted(*(round(one) for one in (reach, reach, -reach, -reach)))
        if not room.contains(expected.toPoint()):
            continue  # zoomed past it
        bare = seen(view)
        view.show_layer(layer(Overlay(activation, frame, 1.0), turns))
        view.set_opacity(1.0)
        laid = np.abs(seen(view) - bare).sum(2)
        photo, overlay = middle(bare[..., 0] * (bare[..., 0] > 90)), middle(laid * (laid > 60))
        scale = np.array([view.width(), view.height()])
        assert np.abs(np.array(photo) - np.array(overlay)) * scale == pytest.approx(np.zeros(2), abs=1.0)
        assert np.abs(np.array(photo) * scale - [expected.x(), expected.y()]) == pytest.approx(np.zeros(2), abs=1.0)
        checked += 1
    assert checked >= 2
