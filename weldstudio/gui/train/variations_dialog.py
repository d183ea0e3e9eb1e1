"""Sixteen variations of a training photo, as the network would see them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme

SIDE = 140
"""Of one picture, in pixels at 100 %."""
ACROSS = 4


class VariationsDialog(QDialog):
    """Shows pictures (size, size, 3) uint8, four in a row."""

    def __init__(self, pictures: Sequence[NDArray[np.uint8]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Variations")
        words = QLabel("One photograph as the network would see it in sixteen rounds of training.")
        set_look(words, "secondary")
        grid = QGridLayout()
        grid.setSpacing(GAP)
        side = theme.px(SIDE)
        for number, picture in enumerate(pictures):
            label = QLabel()
            label.setAccessibleName(f"Variation {number + 1}")
            label.setPixmap(_pixmap(picture).scaledToHeight(side, Qt.TransformationMode.SmoothTransformation))
            grid.addWidget(label, number // ACROSS, number % ACROSS)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        layout.setSpacing(GROUP)
        layout.addWidget(words)
        layout.addLayout(grid)
        layout.addWidget(buttons)


def _pixmap(picture: NDArray[np.uint8]) -> QPixmap:
    height, width = picture.shape[:2]
    image = QImage(np.ascontiguousarray(picture).data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image.copy())
