"""Photos as batches: decoded by threads, once; kept in memory while there is room, then in a file of their pixels.

Decoding and computing take turns, so that there are never more busy threads than cores (on two cores a third busy
thread costs more than it brings). What is random hangs on a seed, not on the order of threads.
"""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from weldstudio.domain.errors import PhotoError
from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.fitting import Pixels, read_input

CACHE_BYTES = 2 << 30
"""Pixels kept in memory by one run; those beyond that go to the disk, where there is room."""
DISK_SHARE = 0.5
"""Of the free disk, at most so much is taken for pixels."""


class ArrayFile:
    """Arrays of one shape and kind, by index, in a file that goes with its owner, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, prefix="arrays-", buffering=0)  # noqa: SIM115 - see below
        weakref.finalize(self, self._file.close)
        self._room = int(DISK_SHARE * shutil.disk_usage(folder).free)
        self._places: dict[int, int] = {}
        self._shape: tuple[int, ...] = ()
        self._kind = np.dtype(np.uint8)

    def put(self, index: int, array: NDArray[Any]) -> bool:
        """Keeps it unless the disk has no room; returns whether it did."""
        self._shape, self._kind = array.shape, array.dtype
        size = array.nbytes
        if (len(self._places) + 1) * size > self._room:
            return False
        place = len(self._places)
        try:
            self._file.seek(place * size)
            written = self._file.write(np.ascontiguousarray(array).data)
        except OSError:
            written = 0
        if written < size:
            self._room = 0  # the disk filled up meanwhile: what is there is used, the others are made again
            return False
        self._places[index] = place
        return True

    def get(self, index: int) -> NDArray[Any] | None:
        """None for those that are not there."""
        place = self._places.get(index)
        if place is None:
            return None
        array = np.empty(self._shape, self._kind)
        self._file.seek(place * array.nbytes)
        return array if self._file.readinto(array.data) == array.nbytes else None


@dataclass(slots=True)
class Photos:
    """Photos by index, as pixels of one size. Not for several threads at a time."""

    paths: Sequence[str]
    preprocessing: Preprocessing
    pool: ThreadPoolExecutor
    overflow: Path | None = None
    """Where pixels may go for which there is no room in memory; None: they are decoded again each time."""
    room: int = -1
    """Bytes of memory for pixels; 0 where each photo is read once only, -1 for the usual."""
    _kept: dict[int, Pixels] = field(default_factory=dict, init=False)
    _bytes: int = field(default=0, init=False)
    _file: ArrayFile | None = field(default=None, init=False)

    def read(self, indices: Sequence[int]) -> list[Pixels | PhotoError]:
        """Pixels (s, s, 3) uint8 of these photos in order; an unreadable one is its error."""
        found: dict[int, Pixels | PhotoError] = {}
        for index in indices:
            pixels = self._kept.get(index)
            if pixels is None and self._file is not None:
                pixels = self._file.get(index)
            if pixels is not None:
                found[index] = pixels
        missing = [index for index in dict.fromkeys(indices) if index not in found]
        for index, read in zip(missing, self.pool.map(self._read, missing), strict=True):
            found[index] = read
            if not isinstance(read, PhotoError):
                self._keep(index, read)
        return [found[index] for index in indices]

    def _keep(self, index: int, pixels: Pixels) -> None:
        if self._bytes + pixels.nbytes <= (CACHE_BYTES if self.room < 0 else self.room):
            self._kept[index] = pixels
            self._bytes += pixels.nbytes
        elif self.overflow is not None:
            if self._file is None:
                self._file = ArrayFile(self.overflow)
            self._file.put(index, pixels)

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
