"""Which photos look like one, asked again and again: by what the model's trunk sees in them, else by their outlines.

Where the trunk has seen a photo, its features say what is like it (`domain.similar`, as `weldstudio similar` does);
where it has not yet, or there is no model, the perceptual hash does, which compares rough shapes of light and dark.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import near_duplicates
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.refit import Floats
from weldstudio.domain.similar import best, lengths
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store import models, perceptual
from weldstudio.store.store import Store
from weldstudio.studio import features
from weldstudio.studio.refitting import records_of

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A photo like another one."""

    photo_id: int
    cosine: float | None
    """Of their features; None where the hashes were compared."""


class LookAlikes:
    """What photos are compared by, read once. Asked from one thread at a time, which need not be the store's."""

    def __init__(self, ids: Ids, hashes: NDArray[np.uint64], seen: "Seen | None") -> None:
        self._ids, self._hashes, self._seen = ids, hashes, seen

    @staticmethod
    def of(store: Store) -> "LookAlikes":
        """As the project stands now."""
        return LookAlikes(*perceptual.hashes(store), _seen(store))

    def find(self, photo_id: int, count: int) -> list[LookAlike]:
        """The photos most like one, the nearest first; none for a photo that has not been read."""
        found = self._seen.find(photo_id, count) if self._seen is not None else None
        if found is not None:
            return found
        place = int(self._ids.searchsorted(photo_id))
        if place == len(self._ids) or self._ids[place] != photo_id:
            return []
        near = near_duplicates.nearest(self._hashes, place, count)
        return [LookAlike(other, None) for other in self._ids[near].tolist()]


class Seen:
    """What a trunk has seen of photos. The features stay on the disk: the window has no room for all of them."""

    def __init__(self, folder: Path, ids: Ids, records: Ids) -> None:
        """`ids` (n,), ascending, and the photos' `records` in the feature file."""
        self._folder, self._ids, self._records = folder, ids, records
        self._measured: tuple[Floats, Floats] | None = None

    def find(self, photo_id: int, count: int) -> list[LookAlike] | None:
        """As `LookAlikes.find`; None for a photo whose features are not there."""
        row = int(self._ids.searchsorted(photo_id))
        file = FeatureFile.open(self._folder)
        if file is None or row == len(self._ids) or self._ids[row] != photo_id or len(file) <= self._records.max():
            return None
        mean, long = self._measured = self._measured or self._measure(file)
        own = file.read(self._records[row : row + 1])[0] - mean
        dots = np.concatenate([chunk @ own for chunk in file.chunks()])[self._records] - mean @ own
        rows, cosines = best(dots / (long * long[row]), row, count)
        return [LookAlike(*pair) for pair in zip(self._ids[rows].tolist(), cosines.tolist(), strict=True)]

    def _measure(self, file: FeatureFile) -> tuple[Floats, Floats]:
        """The mean of the photos' features (width,), and how far each is from it (n,)."""
        uses = np.bincount(self._records, minlength=len(file)).astype(np.float32)
        total, start = np.zeros(file.about.width, np.float64), 0
        for chunk in file.chunks():
            total += uses[start : start + len(chunk)] @ chunk
            start += len(chunk)
        mean = (total / len(self._records)).astype(np.float32)
        return mean, np.concatenate([lengths(chunk - mean) for chunk in file.chunks()])[self._records]


def _seen(store: Store) -> Seen | None:
    if models.active_id(store) is None:
        return None
    try:
        place = features.active_place(store)
    except JobFailed:
        return None  # its weights cannot be read, which whoever predicts says
    ids = np.array(sorted(place.contents), np.int64)
    records = records_of(place, ids)
    there = records >= 0
    return Seen(place.folder, ids[there], records[there]) if there.any() else None
