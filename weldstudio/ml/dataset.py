"""Photos as batches: decoded by threads, kept in memory while there is room.

Decoding and computing take turns, so that there are never more busy threads than cores (on two cores a third busy
thread costs more than it brings). What is random hangs on a seed, not on the order of threads.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from weldstudio.domain.errors import PhotoError
from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.fitting import Pixels, read_input

CACHE_BYTES = 2 << 30
"""Pixels kept in memory by one run; photos beyond that are decoded again in every epoch."""


@dataclass(slots=True)
class Photos:
    """Photos by index, as pixels of one size. Not for several threads at a time."""

    paths: Sequence[str]
    preprocessing: Preprocessing
    pool: ThreadPoolExecutor
    _kept: dict[int, Pixels] = field(default_factory=dict, init=False)
    _bytes: int = field(default=0, init=False)

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

    def varied_batch(self, indices: Sequence[int], vary: Sequence[Callable[[Pixels], Pixels]]) -> Tensor:
        """uint8 (n, s, s, 3), each photo varied in its own way. Raises PhotoError for an unreadable one."""
        pixels = [_readable(found) for found in self.read(indices)]
        return torch.from_numpy(np.stack(list(self.pool.map(lambda change, p: change(p), vary, pixels))))

    def _read(self, index: int) -> Pixels | PhotoError:
        try:
            return read_input(self.paths[index], self.preprocessing)
        except PhotoError as error:
            return error


def _readable(pixels: Pixels | PhotoError) -> Pixels:
    if isinstance(pixels, PhotoError):
        raise pixels
    return pixels


def order(count: int, *, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of an epoch's photos."""
    return np.random.default_rng((seed, epoch)).permutation(count)


def batches(count: int, size: int) -> Iterator[range]:
    """0 to `count` in pieces of at most `size`."""
    for start in range(0, count, size):
        yield range(start, min(start + size, count))
