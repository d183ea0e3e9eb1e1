"""From an image file to a network's input: one function, the same in training, scoring and display."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.read import read_photo

Pixels = NDArray[np.uint8]


def read_input(path: str | Path, preprocessing: Preprocessing) -> Pixels:
    """The upright photo at the network's input size, (s, s, 3) uint8 sRGB. Raises PhotoError.

    The file is decoded at the smallest scale that still holds the input size. Any thread.
    """
    return fitted(read_photo(Path(path), at_least=preprocessing.input_size), preprocessing)


def fitted(pixels: Pixels, preprocessing: Preprocessing) -> Pixels:
    """Pixels (h, w, 3) of a whole photo brought to (s, s, 3): squashed, or its centred square."""
    height, width = pixels.shape[:2]
    size = preprocessing.input_size
    if preprocessing.fit == "crop":
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        pixels = pixels[top : top + side, left : left + side]
    image = Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image)


def to_input(batch: Tensor, preprocessing: Preprocessing) -> Tensor:
    """uint8 (n, s, s, 3) as normalised float32 (n, 3, s, s), channels last: the bytes stay where they are.

    Scale and shift of /255, mean and deviation are folded into one multiplication and one addition.
    """
    mean = torch.tensor(preprocessing.mean, device=batch.device)
    std = torch.tensor(preprocessing.std, device=batch.device)
    x = batch.permute(0, 3, 1, 2).to(torch.float32)
    return x.mul_((1 / (255 * std))[:, None, None]).sub_((mean / std)[:, None, None])
