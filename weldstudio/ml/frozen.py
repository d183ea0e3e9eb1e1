"""What frozen stages make of photos that do not vary: computed once, so that epochs begin behind those stages."""

import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Message, Stage
from weldstudio.ml.architectures import Network
from weldstudio.ml.context import SAY_EVERY_S, SCORE_BATCH, Context
from weldstudio.ml.dataset import ArrayFile, Photos, batches, stacked
from weldstudio.ml.preprocess import to_input


@dataclass(frozen=True, slots=True)
class FrozenMaps:
    """The feature maps behind the frozen stages, by photo."""

    start: int
    """The first stage that is still to come."""
    file: ArrayFile
    """(h, w, channels) float32 each; the system keeps in memory what there is room for."""

    def of(self, indices: Iterable[int]) -> Tensor:
        """Input (n, channels, h, w) of stage `start`, channels last. Raises JobFailed where the disk fails."""
        found = [self.file.get(int(index)) for index in indices]
        maps = [array for array in found if array is not None]
        if len(maps) < len(found):
            raise JobFailed(
                "What the frozen stages made of the photos cannot be read back from the disk; resume the run."
            )
        return torch.from_numpy(np.stack(maps)).permute(0, 3, 1, 2)


def frozen_maps(
    context: Context, network: Network, photos: Photos, *, stages: int, word: str
) -> Generator[Message, None, FrozenMaps | None]:
    """Maps of all photos behind the first `stages`, always in the same batches and so always in the same digits.

    None where that is not worth it or cannot be done: nothing is frozen, two looks share the stages, the disk has no
    room, or a photo cannot be read any more, which is for those to tell who need it.
    """
    if not 0 < stages < len(network.stages) or network.looks > 1:
        return None
    network.eval()
    file = ArrayFile(context.folder)
    count, said = len(photos.paths), time.monotonic()
    for indices in batches(count, SCORE_BATCH):
        context.heed()
        _, pixels, unread = photos.readable(indices)
        if unread:
            return None
        with torch.inference_mode():
            x = to_input(stacked(pixels).to(context.device), photos.preprocessing)
            maps = network.feature_map(x, stop=stages).float().permute(0, 2, 3, 1).cpu().numpy()
        for index, array in zip(indices, maps, strict=True):
            if not file.put(index, array):
                return None
        if time.monotonic() - said >= SAY_EVERY_S:
            yield Stage(f"frozen stages, {word} photos: {indices.stop:,} of {count:,}", indices.stop, count)
            said = time.monotonic()
    return FrozenMaps(stages, file)
