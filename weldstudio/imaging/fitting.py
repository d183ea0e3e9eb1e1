"""From an image file to the pixels a network sees: one function, the same in training, scoring and display."""

from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.read import read_photo

Pixels = NDArray[np.uint8]

MARGIN = 8 / 7
"""Training photos are kept this much larger than the input, so that cutting and shifting loses no sharpness."""


def read_input(path: str | Path, preprocessing: Preprocessing) -> Pixels:
    """The upright photo at the network's input size, (s, s, 3) uint8 sRGB. Raises PhotoError.

    The file is decoded at the smallest scale that still holds the input size. Any thread. A second look stands to the
    right of the first: (s, 2 s, 3).
    """
    return fitted(read_photo(Path(path), at_least=least_side(preprocessing)), preprocessing)


def least_side(preprocessing: Preprocessing) -> int:
    """Pixels of the shorter side of a photo from which nothing has to be enlarged."""
    if preprocessing.second is None:
        return preprocessing.input_size
    left, top, right, bottom = preprocessing.second
    return ceil(preprocessing.input_size / min(right - left, bottom - top))


def fitted(pixels: Pixels, preprocessing: Preprocessing) -> Pixels:
    """Pixels (h, w, 3) of a whole photo brought to (s, s, 3): squashed, or its centred square; (s, 2 s, 3) with two."""
    height, width = pixels.shape[:2]
    size = preprocessing.input_size
    if preprocessing.second is not None:
        left, top, right, bottom = (
            round(part * side) for part, side in zip(preprocessing.second, (width, height) * 2, strict=True)
        )
        part = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
        near = Image.fromarray(part).resize((size, size), Image.Resampling.BILINEAR)
        whole = fitted(pixels, replace(preprocessing, second=None))
        return np.concatenate([whole, np.asarray(near)], axis=1)
    if preprocessing.fit == "crop":
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        pixels = pixels[top : top + side, left : left + side]
    image = Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image)


def enlarged(preprocessing: Preprocessing) -> Preprocessing:
    """The preprocessing of training photos before they are varied."""
    return replace(preprocessing, input_size=round(preprocessing.input_size * MARGIN))
