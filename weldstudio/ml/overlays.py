"""Class-activation maps: where on the photo a network saw evidence for (positive) or against (negative) each class.

Closed form (CAM, Zhou et al., CVPR 2016): for a linear head on the global average of a feature map A, the map of
class k is sum_c W[k, c] A[c]; its mean plus the bias is the logit, exactly. All classes come from the forward pass
that gave the logits. For networks with layers between map and head: HiResCAM (Draelos & Carin, arXiv 2011.08891),
gradient times activation, with a backward pass through those layers alone.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from weldstudio.ml.architectures import Network
from weldstudio.ml.combined import Combined

Box = tuple[float, float, float, float]
"""left, top, right, bottom in parts of the photo."""
FINER = 4
"""Of two looks the map is so many times finer than that of the whole photo."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Linear heads beside the trunk's features, in place of the model's own."""

    weight: Tensor
    """(classes, width)"""
    bias: Tensor
    """(classes,)"""
    there: Tensor
    """(classes,) bool; the others are the model's."""


def explain(
    network: Network | Combined, x: Tensor, second: Box | None = None, *, heads: Heads | None = None
) -> tuple[Tensor, Tensor]:
    """Logits (n, classes) and signed maps (n, classes, h, w) of inputs (n, 3, s, s), from one forward pass.

    With a second look at the part `second` of the photo the evidence of both lies on one map of the whole.

    Where several networks answer as one, so do their maps, at the resolution of the finest. `heads` stand on the
    features of the first.
    """
    if isinstance(network, Network):
        return _explained(network, x, 0, second, heads=heads)
    logits, maps = _of_all(network, x, second)
    if heads is None:
        return logits, maps
    own_logits, own_maps = _explained(network.networks[0], x, 0, second, heads=heads)
    there = heads.there
    return (
        torch.where(there, own_logits, logits),
        torch.where(there[:, None, None], _resized(own_maps, maps.shape[2:]), maps),
    )


def _of_all(network: Combined, x: Tensor, second: Box | None) -> tuple[Tensor, Tensor]:
    with torch.no_grad():
        begun = network.begun(x)
    parts = [_explained(member, begun, network.shared_stages, second) for member in network.networks]
    size = max((maps.shape[2:] for _, maps in parts), key=lambda shape: shape[0])
    logits = torch.stack([network.spread(m, found) for m, (found, _) in enumerate(parts)]).sum(0) + network.bias
    spread = [network.spread(m, _resized(maps, size)) for m, (_, maps) in enumerate(parts)]
    return logits, torch.stack(spread).sum(0)


def _resized(maps: Tensor, size: torch.Size) -> Tensor:
    return maps if maps.shape[2:] == size else interpolate(maps, size=tuple(size), mode="bilinear")


def _explained(
    network: Network, x: Tensor, start: int, second: Box | None, *, heads: Heads | None = None
) -> tuple[Tensor, Tensor]:
    def classify(maps: Tensor) -> Tensor:
        seen = network.neck(maps)
        if heads is None:
            return network.classify(seen)
        return torch.where(heads.there, seen @ heads.weight.T + heads.bias, network.classify(seen))

    if network.overlay == "closed form":
        with torch.inference_mode():
            maps = network.feature_map(x, start)
            logits = classify(maps)
            weight = network.head.weight
            if heads is not None:
                weight = torch.where(heads.there[:, None], heads.weight, weight)
            weights = weight.chunk(network.looks, dim=1)
            looks = zip(weights, maps.chunk(network.looks), strict=True)
            return logits, _laid([torch.einsum("kc,nchw->nkhw", weight, part) for weight, part in looks], second)
    with torch.no_grad():
        maps = network.feature_map(x, start)
    with torch.enable_grad():
        maps = maps.detach().requires_grad_(True)
        logits = classify(maps)
        found = []
        for index in range(logits.shape[1]):
            (gradient,) = torch.autograd.grad(logits[:, index].sum(), maps, retain_graph=True)
            found.append((gradient * maps).sum(1))
    cells = maps.shape[2] * maps.shape[3]
    stacked = (torch.stack(found, 1) * cells).detach()
    return logits.detach(), _laid(list(stacked.chunk(network.looks)), second)


def _laid(looks: list[Tensor], second: Box | None) -> Tensor:
    """The map of the whole photo (n, classes, h, w); the second look's, smaller, is laid where it was cut from.

    The mean of what is laid there is the mean of the look itself, so that map and logit still agree.
    """
    if second is None:
        return looks[0]
    whole, near = looks
    height, width = FINER * whole.shape[2], FINER * whole.shape[3]
    laid = whole.repeat_interleave(FINER, 2).repeat_interleave(FINER, 3)
    left, right = _cells(second[0], second[2], width)
    top, bottom = _cells(second[1], second[3], height)
    part = interpolate(near, size=(bottom - top, right - left), mode="bilinear")
    part = part + (near.mean((2, 3)) - part.mean((2, 3)))[:, :, None, None]
    laid[:, :, top:bottom, left:right] += part * (height * width) / ((bottom - top) * (right - left))
    return laid


def _cells(start: float, end: float, count: int) -> tuple[int, int]:
    first = min(int(start * count), count - 1)
    return first, max(first + 1, min(count, round(end * count)))
