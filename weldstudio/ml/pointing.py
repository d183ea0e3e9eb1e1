"""Teaching where: of a drawn photo it is known which place is the reason for each answer, and the map shall lie there.

The activation map of each class (CAM, Zhou et al., CVPR 2016) is read as scores of places, in two ways. Their softmax
over the map is the chance of each place, and what of it lies outside of the known places is lost: the peak moves to
where it belongs. And each cell answers for itself whether the thing is there, also on photos that show none: else the
mean over the map, which is the network's answer, drowns what is small in the noise of all other places. Guided
attention (Li et al., “Tell me where to look”, CVPR 2018) with known answers in place of blotted-out images.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import cos, pi

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.drawn.collection import FLAGS, DrawnPhoto
from weldstudio.imaging.drawn.flags import ABSENCES
from weldstudio.ml.architectures import Network
from weldstudio.ml.dataset import Photos, batches, order, stacked
from weldstudio.ml.preprocess import to_input

AGAINST = np.array([flag in ABSENCES for flag in FLAGS])
"""Flags of something that is not there: what is to be seen is the evidence against them."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """How long and how hard a network is taught."""

    input_size: int = 224
    epochs: int = 15
    batch_size: int = 48
    learning_rate: float = 0.0012
    weight_decay: float = 0.02
    weight_of_places: float = 0.5
    """Of `place_loss` against the loss of the answers."""
    weight_of_cells: float = 1.0
    """Of `Cells` against the loss of the answers."""
    seed: int = 0


def place_loss(maps: Tensor, places: Tensor, against: Tensor) -> Tensor:
    """-log of the share of each map that lies within its places, mean over the maps that have any; a scalar.

    `maps` (n, classes, h, w) signed evidence, `places` (n, classes, h, w) bool, `against` (classes,) bool: the classes
    whose negated map is meant. A map without places, or with nothing but places, takes no part.
    """
    scores = torch.where(against[:, None, None], -maps, maps).flatten(2)
    inside = places.flatten(2)
    known = inside.any(2) & ~inside.all(2)
    if not known.any():
        return maps.sum() * 0
    scores, inside = scores[known], inside[known]
    within = scores.masked_fill(~inside, float("-inf")).logsumexp(1)
    return (scores.logsumexp(1) - within).mean()


class Cells(nn.Module):
    """The loss of cells that answer for themselves: scale and offset by which the map of each class is read are
    learned beside the network, and forgotten with the lesson.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(classes))
        self.offset = nn.Parameter(torch.full((classes,), -2.0))

    def forward(self, maps: Tensor, places: Tensor, against: Tensor) -> Tensor:
        """Cross entropy of the cells of maps (n, classes, h, w), those inside of the places (bool, likewise) and those
        outside in equal parts; a scalar.
        """
        sign = torch.where(against, -self.scale.exp(), self.scale.exp())
        answers = maps * sign[:, None, None] + self.offset[:, None, None]
        inside = places.to(answers.dtype)
        missed = (softplus(-answers) * inside).sum((0, 2, 3)) / inside.sum((0, 2, 3)).clamp(min=1)
        alarms = (softplus(answers) * (1 - inside)).sum((0, 2, 3)) / (1 - inside).sum((0, 2, 3)).clamp(min=1)
        loss: Tensor = (missed + alarms).mean() / 2
        return loss


def places_on_grid(photos: Sequence[DrawnPhoto], cells: int) -> NDArray[np.bool_]:
    """The cells (n, 17, cells, cells) of a map whose middle lies in a place the drawer knows, at least one per place.

    Of flags of presence on photos that are raised, of flags of absence on photos that are clear; else none.
    """
    grid = np.zeros((len(photos), len(FLAGS), cells, cells), np.bool_)
    middles = (np.arange(cells) + 0.5) / cells
    for own, photo in zip(grid, photos, strict=True):
        for index, flag in enumerate(FLAGS):
            if (flag in photo.raised) == AGAINST[index]:
                continue
            for left, top, right, bottom in photo.places.get(flag, ()):
                across, down = ((middles >= a) & (middles <= b) for a, b in ((left, right), (top, bottom)))
                across[min(cells - 1, int((left + right) / 2 * cells))] = True
                down[min(cells - 1, int((top + bottom) / 2 * cells))] = True
                own[index] |= down[:, None] & across[None, :]
    return grid


def teach_places(
    network: Network,
    preprocessing: Preprocessing,
    photos: Sequence[DrawnPhoto],
    *,
    paths: Sequence[str],
    lesson: Lesson,
) -> Iterator[tuple[float, float]]:
    """Trains a network with a head on the global average; yields (epoch, loss) about ten times per epoch.

    `preprocessing` is that of the lesson's input size. Each photo is mirrored half of the time, its places with it.
    """
    answers = torch.tensor([[float(flag in photo.raised) for flag in FLAGS] for photo in photos])
    against = torch.from_numpy(AGAINST)
    places: Tensor | None = None
    cells = Cells(len(FLAGS))
    decay = {True: lesson.weight_decay, False: 0.0}
    taught = [*network.parameters(), *cells.parameters()]
    groups = [
        {"params": [p for p in taught if (p.ndim > 1) == large], "weight_decay": decay[large]}
        for large in (True, False)
    ]
    optimiser = torch.optim.AdamW(groups, lr=lesson.learning_rate)
    steps = lesson.epochs * (len(photos) // lesson.batch_size)
    step = 0
    generator = torch.Generator().manual_seed(lesson.seed)
    with ThreadPoolExecutor(2) as pool:
        source = Photos(paths, preprocessing, pool)
        network.train()
        for epoch in range(lesson.epochs):
            shuffled = order(len(photos), seed=lesson.seed, epoch=epoch)
            losses: list[float] = []
            for piece in batches(len(photos), lesson.batch_size):
                if len(piece) < lesson.batch_size:
                    continue
                chosen = shuffled[piece.start : piece.stop]
                x = to_input(stacked(source.readable(chosen.tolist())[1]), preprocessing)
                mirrored = torch.rand(len(piece), generator=generator) < 0.5
                x = torch.where(mirrored[:, None, None, None], x.flip(3), x).contiguous(
                    memory_format=torch.channels_last
                )
                maps = network.feature_map(x)
                logits = network.head(network.neck(maps))
                evidence = torch.einsum("kc,nchw->nkhw", network.head.weight, maps)
                if places is None:
                    places = torch.from_numpy(places_on_grid(photos, maps.shape[2]))
                wanted = places[torch.from_numpy(chosen)]
                wanted = torch.where(mirrored[:, None, None, None], wanted.flip(3), wanted)
                loss = binary_cross_entropy_with_logits(logits, answers[torch.from_numpy(chosen)])
                loss = loss + lesson.weight_of_places * place_loss(evidence, wanted, against)
                loss = loss + lesson.weight_of_cells * cells(evidence, wanted, against)
                for group in optimiser.param_groups:
                    group["lr"] = _rate(lesson.learning_rate, step / steps)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                step += 1
                losses.append(loss.item())
                if len(losses) == max(1, steps // lesson.epochs // 10):
                    yield step / steps * lesson.epochs, sum(losses) / len(losses)
                    losses = []
    network.eval()


def sized(preprocessing: Preprocessing, lesson: Lesson) -> Preprocessing:
    """The preprocessing of a lesson: another size of input, all else as it was."""
    return replace(preprocessing, input_size=lesson.input_size)


def _rate(most: float, done: float) -> float:
    """A short warm-up, then a cosine down to nothing."""
    return most * min(1.0, done / 0.05 + 0.01) * (1 + cos(pi * done)) / 2
