"""Photos as batches: decoded by threads, kept in memory while there is room, varied for training.

Decoding and computing take turns, so that there are never more busy threads than cores (on two cores a third busy
thread costs more than it brings). Everything random hangs on (seed, epoch, photo), not on the order of threads.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from weldstudio.domain.errors import PhotoError
from weldstudio.domain.model import Preprocessing
from weldstudio.ml.preprocess import Pixels, read_input

CACHE_BYTES = 2 << 30
"""Pixels kept in memory by one run; photos beyond that are decoded again in every epoch."""
MARGIN = 8 / 7
"""Training photos are kept this much larger than the input, so that cutting and shifting loses no sharpness."""


@dataclass(slots=True)
class Photos:
    """Photos by index, as pixels of one size. Not for several threads at a time."""

    paths: Sequence[str]
    preprocessing: Preprocessing
    pool: ThreadPoolExecutor
    _kept: dict[int, Pixels] = field(default_factory=dict)
    _bytes: int = 0

    def read(self, indices: Sequence[int]) -> list[Pixels | PhotoError]:
        """Pixels (s, s, 3) uint8 of these photos in order; an unreadable one is its error."""
        missing = [index for index in indices if index not in self._kept]
        read = dict(zip(missing, self.pool.map(self._read, missing), strict=True))
        for index, pixels in read.items():
            if not isinstance(pixels, PhotoError) and self._bytes + pixels.nbytes <= CACHE_BYTES:
                self._kept[index] = pixels
                self._bytes += pixels.nbytes
        return [self._kept[index] if index in self._kept else read[index] for index in indices]

    def batch(self, indices: Sequence[int]) -> Tensor:
        """uint8 (n, s, s, 3). Raises PhotoError for an unreadable one."""
        return torch.from_numpy(np.stack([_readable(pixels) for pixels in self.read(indices)]))

    def varied_batch(self, indices: Sequence[int], size: int, *, seed: int, epoch: int) -> Tensor:
        """uint8 (n, size, size, 3), each photo varied in its own way. Raises PhotoError for an unreadable one."""
        pixels = [_readable(found) for found in self.read(indices)]
        seeds = [(seed, epoch, index) for index in indices]
        return torch.from_numpy(np.stack(list(self.pool.map(lambda p, s: varied(p, size, seed=s), pixels, seeds))))

    def _read(self, index: int) -> Pixels | PhotoError:
        try:
            return read_input(self.paths[index], self.preprocessing)
        except PhotoError as error:
            return error


def _readable(pixels: Pixels | PhotoError) -> Pixels:
    if isinstance(pixels, PhotoError):
        raise pixels
    return pixels


def enlarged(preprocessing: Preprocessing) -> Preprocessing:
    """The preprocessing of training photos before they are varied."""
    return replace(preprocessing, input_size=round(preprocessing.input_size * MARGIN))


def varied(pixels: Pixels, size: int, *, seed: Sequence[int]) -> Pixels:
    """A variation (size, size, 3) of a training photo: cut, shifted, stretched a little, mirrored, its light changed.

    In the measure of Soper (2019): shifts and zooms about 10 %, left and right exchanged half of the time; brightness
    and contrast by up to 20 %, to bridge cameras.
    """
    draw = np.random.default_rng(seed)
    height, width = pixels.shape[:2]
    across, down = draw.uniform(0.75, 1.0) * np.exp(draw.uniform(-0.1, 0.1, 2))
    box_w, box_h = min(1.0, across) * width, min(1.0, down) * height
    left, top = draw.uniform(0, width - box_w), draw.uniform(0, height - box_h)
    box = (left, top, left + box_w, top + box_h)
    image = Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR, box=box)
    if draw.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    contrast, brightness = draw.uniform(0.8, 1.2), draw.uniform(-25, 25)
    table = (np.arange(256) - 128) * contrast + 128 + brightness
    return np.asarray(image.point(np.tile(table.clip(0, 255).astype(np.uint8), 3).tolist()))


def order(count: int, *, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of an epoch's photos."""
    return np.random.default_rng((seed, epoch)).permutation(count)


def batches(count: int, size: int) -> Iterator[range]:
    """0 to `count` in pieces of at most `size`."""
    for start in range(0, count, size):
        yield range(start, min(start + size, count))
