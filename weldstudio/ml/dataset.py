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

    def readable(self, indices: Sequence[int]) -> tuple[list[int], list[Pixels], list[tuple[str, str]]]:
        """Of these photos the places of those that can be read, their pixels, and the paths of the others with why."""
        read = list(enumerate(self.read(indices)))
        bad = [(self.paths[indices[place]], str(p)) for place, p in read if isinstance(p, PhotoError)]
        good = [(place, p) for place, p in read if not isinstance(p, PhotoError)]
        return [place for place, _ in good], [p for _, p in good], bad

    def varied(self, pixels: Sequence[Pixels], vary: Sequence[Callable[[Pixels], Pixels]]) -> list[Pixels]:
        """Each photo varied in its own way."""
        return list(self.pool.map(lambda change, p: change(p), vary, pixels))

    def _read(self, index: int) -> Pixels | PhotoError:
        try:
            return read_input(self.paths[index], self.preprocessing)
        except PhotoError as error:
            return error


def stacked(pixels: Sequence[Pixels]) -> Tensor:
    """uint8 (n, s, s, 3) of photos of one size; (0, 1, 1, 3) of none."""
    return torch.from_numpy(np.stack(pixels)) if pixels else torch.zeros(0, 1, 1, 3, dtype=torch.uint8)


def order(count: int, *, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of an epoch's photos."""
    return np.random.default_rng((seed, epoch)).permutation(count)


def batches(count: int, size: int) -> Iterator[range]:
    """0 to `count` in pieces of at most `size`."""
    for start in range(0, count, size):
        yield range(start, min(start + size, count))
