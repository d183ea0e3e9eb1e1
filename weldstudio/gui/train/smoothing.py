"""The slider for how much of the past a drawn point keeps."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider

from weldstudio.gui.theme import theme

STEPS: Final = 20
MOST: Final = 0.98


def smoothing_slider() -> QSlider:
    """At the left end curves are drawn as they are."""
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, STEPS)
    slider.setFixedWidth(theme.px(96))
    slider.setAccessibleName("Smoothing")
    slider.setToolTip("Draw a mean of the points before, so that the direction is seen; what was measured stays, pale")
    return slider


def weight_of(slider: QSlider) -> float:
    """Weight of the past that the slider stands for, 0 to below 1."""
    return slider.value() / STEPS * MOST
