"""What a person watches beside the curves: a wall of validation photos with what is said of them, the first filters.

The photos are the same throughout a run, so that one sees their answers change.
"""

import base64
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from weldstudio.domain.labelling import State
from weldstudio.domain.messages import Filters, Message, Wall
from weldstudio.ml.architectures import Network
from weldstudio.ml.losses import probabilities
from weldstudio.ml.validation import Validation

MOST_PHOTOS = 12
MOST_FILTERS = 64


class Showing:
    """One network under way; asked after each evaluation."""

    def __init__(self) -> None:
        self._rows: list[int] | None = None
        self._filters: Tensor | None = None

    def after(self, validation: Validation, step: int) -> Iterator[Message]:
        """What there is to see now."""
        if self._rows is None:
            self._rows = chosen(validation.states.numpy())
        logits = validation.judged
        if self._rows and logits is not None:
            found = probabilities(logits[self._rows], validation.task).numpy().round(4)
            ids = tuple(validation.photos[row].id for row in self._rows)
            states = tuple(map(tuple, validation.states[self._rows].tolist()))
            yield Wall(step, tuple(validation.names), ids, tuple(map(tuple, found.tolist())), states)
        weights = first_filters(validation.network)
        if weights is not None and (self._filters is None or not torch.equal(weights, self._filters)):
            self._filters = weights
            pictures = pictured(weights.numpy())
            text = base64.b64encode(pictures.tobytes()).decode("ascii")
            yield Filters(step, text, (pictures.shape[0], pictures.shape[1], pictures.shape[2]))


def chosen(states: NDArray[np.uint8], most: int = MOST_PHOTOS) -> list[int]:
    """Rows of `states` (n, classes) for the wall: of each class in turn one that is raised, then one that is clear."""
    queues = [
        np.flatnonzero(states[:, column] == state).tolist()
        for state in (State.RAISED, State.CLEAR)
        for column in range(states.shape[1])
    ]
    rows: list[int] = []
    while any(queues) and len(rows) < most:
        for queue in queues:
            while queue and queue[0] in rows:
                queue.pop(0)
            if queue and len(rows) < most:
                rows.append(queue.pop(0))
    return rows


def first_filters(network: Network) -> Tensor | None:
    """A copy of the weights (filters, 3, side, side) of the layer that sees the photo, on the CPU; None without one."""
    for part in network.modules():
        if isinstance(part, nn.Conv2d) and part.in_channels == 3 and part.kernel_size[0] > 1:
            return part.weight.detach().float().cpu()[:MOST_FILTERS].clone()
    return None


def pictured(weights: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Filters (n, 3, side, side) as pictures (n, side, side, 3), grey where a weight is zero."""
    reach = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    scaled = 127.5 + 127.5 * weights / np.where(reach > 0, reach, 1)
    found: NDArray[np.uint8] = np.ascontiguousarray(scaled.round().astype(np.uint8).transpose(0, 2, 3, 1))
    return found
