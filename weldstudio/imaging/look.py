"""How a photograph is looked at: turned, brighter, with more contrast. Only what is shown changes, never the file."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

_STOPS = 2.0
"""Contrast and gamma at their ends are four times or a quarter of what the file holds."""
_REACH = 1 / 24
"""What counts as local: this part of the longer side of the photo, as a radius."""


@dataclass(frozen=True, slots=True)
class Look:
    """Each tone lies between -1 and 1, 0 = as the file has it; `local` between 0 and 1."""

    brightness: float = 0.0
    contrast: float = 0.0
    gamma: float = 0.0
    """Above 0 lifts the shadows."""
    local: float = 0.0
    """Contrast against the surroundings: what lies in the shade of something comes out."""
    turns: int = 0
    """Quarter turns clockwise, 0 to 3."""

    @property
    def plain(self) -> bool:
        """Whether every tone is as in the file; it may be turned all the same."""
        return not (self.brightness or self.contrast or self.gamma or self.local)

    def turned(self, quarters: int) -> "Look":
        return replace(self, turns=(self.turns + quarters) % 4)


def adjusted(pixels: NDArray[np.uint8], look: Look) -> NDArray[np.uint8]:
    """Photo (h, w, c) in sRGB with the tones of `look`, not turned; a new array. Any number of channels of colour.

    Local contrast first (the difference between luminance and its blur is added again, to all channels alike, so that
    hues stay), then one curve for all channels: gamma, contrast about the middle grey, brightness.
    """
    if look.local:
        luminance = pixels.mean(axis=2, dtype=np.float32)
        radius = max(pixels.shape[:2]) * _REACH
        blurred = Image.fromarray(luminance.astype(np.uint8)).filter(ImageFilter.BoxBlur(radius))
        # A second pass makes a tent of the box, whose edges would show.
        around = np.asarray(blurred.filter(ImageFilter.BoxBlur(radius)), dtype=np.float32)
        detail = (2 * look.local * (luminance - around))[..., None]
        pixels = np.clip(pixels + detail, 0, 255).astype(np.uint8)
    return tone_curve(look)[pixels]


def tone_curve(look: Look) -> NDArray[np.uint8]:
    """What becomes of each value, (256,) uint8."""
    value = np.linspace(0, 1, 256) ** (2.0 ** (-_STOPS * look.gamma))
    value = (value - 0.5) * 2.0 ** (_STOPS * look.contrast) + 0.5 + look.brightness
    return np.rint(np.clip(value, 0, 1) * 255).astype(np.uint8)
