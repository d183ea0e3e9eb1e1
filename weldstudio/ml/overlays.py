"""Class-activation maps: where on the photo a network saw evidence for (positive) or against (negative) each class.

Closed form (CAM, Zhou et al., CVPR 2016): for a linear head on the global average of a feature map A, the map of
class k is sum_c W[k, c] A[c]; its mean plus the bias is the logit, exactly. All classes come from the forward pass
that gave the logits. For networks with layers between map and head: HiResCAM (Draelos & Carin, arXiv 2011.08891),
gradient times activation, with a backward pass through those layers alone.
"""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from weldstudio.ml.architectures import Network
from weldstudio.ml.combined import Combined


def explain(network: Network | Combined, x: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (n, classes) and signed maps (n, classes, h, w) of inputs (n, 3, s, s), from one forward pass.

    Where several networks answer as one, so do their maps, at the resolution of the finest.
    """
    if isinstance(network, Network):
        return _explained(network, x, 0)
    with torch.inference_mode():
        begun = network.begun(x)
    parts = [_explained(member, begun, network.shared_stages) for member in network.networks]
    size = max((maps.shape[2:] for _, maps in parts), key=lambda shape: shape[0])
    logits = torch.stack([network.spread(m, found) for m, (found, _) in enumerate(parts)]).sum(0) + network.bias
    spread = [network.spread(m, _resized(maps, size)) for m, (_, maps) in enumerate(parts)]
    return logits, torch.stack(spread).sum(0)


def _resized(maps: Tensor, size: torch.Size) -> Tensor:
    return maps if maps.shape[2:] == size else interpolate(maps, size=tuple(size), mode="bilinear")


def _explained(network: Network, x: Tensor, start: int) -> tuple[Tensor, Tensor]:
    if network.overlay == "closed form":
        with torch.inference_mode():
            maps = network.feature_map(x, start)
            logits = network.classify(network.neck(maps))
            return logits, torch.einsum("kc,nchw->nkhw", network.head.weight, maps)
    with torch.no_grad():
        maps = network.feature_map(x, start)
    with torch.enable_grad():
        maps = maps.detach().requires_grad_(True)
        logits = network.classify(network.neck(maps))
        found = []
        for index in range(logits.shape[1]):
            (gradient,) = torch.autograd.grad(logits[:, index].sum(), maps, retain_graph=True)
            found.append((gradient * maps).sum(1))
    cells = maps.shape[2] * maps.shape[3]
    return logits.detach(), (torch.stack(found, 1) * cells).detach()
