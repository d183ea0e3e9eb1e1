"""Class-activation maps: where on the photo a network saw evidence for (positive) or against (negative) each class.

Closed form (CAM, Zhou et al., CVPR 2016): for a linear head on the global average of a feature map A, the map of
class k is sum_c W[k, c] A[c]; its mean plus the bias is the logit, exactly. All classes come from the forward pass
that gave the logits. For networks with layers between map and head: HiResCAM (Draelos & Carin, arXiv 2011.08891),
gradient times activation, with a backward pass through those layers alone.
"""

import torch
from torch import Tensor

from weldstudio.ml.architectures import Network


def explain(network: Network, x: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (n, classes) and signed maps (n, classes, h, w) of inputs (n, 3, s, s), from one forward pass."""
    if network.overlay == "closed form":
        with torch.inference_mode():
            maps = network.feature_map(x)
            logits = network.head(network.neck(maps))
            return logits, torch.einsum("kc,nchw->nkhw", network.head.weight, maps)
    with torch.no_grad():
        maps = network.feature_map(x)
    with torch.enable_grad():
        maps = maps.detach().requires_grad_(True)
        logits = network.head(network.neck(maps))
        found = []
        for index in range(logits.shape[1]):
            (gradient,) = torch.autograd.grad(logits[:, index].sum(), maps, retain_graph=True)
            found.append((gradient * maps).sum(1))
    cells = maps.shape[2] * maps.shape[3]
    return logits.detach(), (torch.stack(found, 1) * cells).detach()
