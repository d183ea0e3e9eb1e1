"""What a network said of its photos on its way, a mean over all epochs: labels it was slow to believe are doubtful.

A margin that is averaged over the training tells a wrong label from a right one better than the network at its end,
which has learned both by heart (area under the margin: Pleiss et al., NeurIPS 2020, arXiv 2001.10528; with averaged
probabilities best of all in Pickler et al. 2025, arXiv 2510.16211). Photos that were validated on were never learned:
of them the best network's word counts. Of blended pairs nothing is noted.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from weldstudio.domain.manifest import Manifest
from weldstudio.imaging import side_file
from weldstudio.ml.losses import probabilities


class Said:
    """Of one network, row by row of its training; a row is a photo that takes part."""

    def __init__(self, photo_ids: NDArray[np.int64], classes: int, *, task: str) -> None:
        self.photo_ids, self._task = photo_ids, task
        self._total = np.zeros((len(photo_ids), classes), np.float64)
        self._count = np.zeros(len(photo_ids), np.int64)

    def add(self, logits: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        """Logits (b, classes) of these rows, before a step."""
        if np.isfinite(logits).all():
            np.add.at(self._total, rows, probabilities(torch.from_numpy(logits), self._task).numpy())
            np.add.at(self._count, rows, 1)

    @property
    def mean(self) -> NDArray[np.float64]:
        """(rows, classes); NaN for rows that were never seen."""
        result = np.full(self._total.shape, np.nan)
        seen = self._count > 0
        result[seen] = self._total[seen] / self._count[seen, None]
        return result

    def kept(self) -> dict[str, Any]:
        """What a checkpoint holds."""
        return {"said": torch.from_numpy(self._total), "said_count": torch.from_numpy(self._count)}

    def restore(self, found: dict[str, Any]) -> None:
        """From a checkpoint; one of an older version holds nothing of it."""
        if "said" in found and found["said"].shape == self._total.shape:
            self._total, self._count = found["said"].numpy().copy(), found["said_count"].numpy().copy()


class Heard:
    """Of all networks of a run."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._places = {photo.id: place for place, photo in enumerate(manifest.photos)}
        self._total = np.zeros((len(manifest.photos), len(manifest.classes)))
        self._count = np.zeros(self._total.shape, np.int64)

    def add(self, outputs: tuple[int, ...], photo_ids: NDArray[np.int64], said: NDArray[np.floating[Any]]) -> None:
        """Probabilities (n, outputs) of these photos; NaN where there are none."""
        places = np.array([self._places[photo] for photo in photo_ids.tolist()], np.int64)
        known = ~np.isnan(said)
        for column, output in enumerate(outputs):
            some = places[known[:, column]]
            np.add.at(self._total[:, output], some, said[known[:, column], column])
            np.add.at(self._count[:, output], some, 1)

    def write(self, folder: Path) -> None:
        """Into the run's folder, if there is anything. Raises OSError."""
        heard = self._count.any(axis=1)
        if not heard.any():
            return
        photos = self._manifest.photos
        order = sorted(np.flatnonzero(heard).tolist(), key=lambda place: photos[place].id)
        with np.errstate(invalid="ignore"):
            said = (self._total[order] / self._count[order]).astype(np.float16)
        states = np.array([photos[place].states for place in order], np.uint8)
        ids = np.array([photos[place].id for place in order], np.int64)
        slots = np.array([item.slot for item in self._manifest.classes], np.int64)
        side_file.write(folder / side_file.MARGINS, side_file.Margins(ids, slots, states, said))
