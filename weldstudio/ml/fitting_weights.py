"""Which network a weights file fits, and how: an account of every tensor, before anything is trained with it."""

from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from weldstudio.domain.chores import ReadWeights, WeightsRead
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.networks import NETWORKS
from weldstudio.ml.architectures import build
from weldstudio.ml.weights import HEADS, fit, read_tensors

NEAR: Final = 0.6
"""A network is looked at more closely if its trunk has at least so many parts of the file's numbers, or the reverse."""
SHOWN: Final = 2000
"""Names of one kind that an account holds at most."""


def read(wanted: ReadWeights) -> WeightsRead:
    """The account for the named network, or for the one of which most tensors match. Raises RecipeError."""
    given = read_tensors(Path(wanted.file))
    if wanted.network and wanted.network not in NETWORKS:
        raise RecipeError(f"There is no network '{wanted.network}'.")
    names = [wanted.network] if wanted.network else _candidates(given)
    accounts = [_account(wanted.request, name, given) for name in names]
    best = max(accounts, key=lambda one: len(one.matched) - len(one.missing) - len(one.wrong), default=None)
    if best is None or not best.matched:
        return WeightsRead(wanted.request, "", (), (), (), tuple(given)[:SHOWN], (), 0)
    return best


def _candidates(given: dict[str, Tensor]) -> list[str]:
    size = sum(tensor.numel() for name, tensor in given.items() if not HEADS.match(name))
    whole = sum(tensor.numel() for tensor in given.values())
    near = [
        name
        for name, network in NETWORKS.items()
        if any(min(network.parameters, n) >= NEAR * max(network.parameters, n) for n in (size, whole))
    ]
    return [name for name in near if not NETWORKS[name].extra]


def _account(request: int, name: str, given: dict[str, Tensor]) -> WeightsRead:
    try:
        with torch.device("meta"):
            wanted = build(name, 1).body.state_dict()
    except NotImplementedError:  # a network that looks at numbers while it is made
        wanted = build(name, 1).body.state_dict()
    found = fit(given, wanted)
    outputs = [tensor.shape[0] for name, tensor in found.head.items() if tensor.ndim == 1 and HEADS.match(name)]
    return WeightsRead(
        request,
        name,
        tuple(found.trunk)[:SHOWN],
        found.missing[:SHOWN],
        found.wrong[:SHOWN],
        found.unknown[:SHOWN],
        tuple(found.head)[:SHOWN],
        outputs[-1] if outputs else 0,
    )
