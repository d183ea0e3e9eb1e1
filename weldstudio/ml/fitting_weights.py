"""Which network a weights file fits, and how: an account of every tensor, before anything is trained with it."""

from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from weldstudio.domain.chores import ReadWeights, WeightsRead
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.networks import NETWORKS
from weldstudio.ml.architectures import build
from weldstudio.ml.weights import HEADS, own_name, read_tensors

NEAR: Final = 0.6
"""A network is looked at more closely if its trunk has at least so many parts of the file's numbers, or the reverse."""
SHOWN: Final = 2000
"""Names of one kind that an account holds at most."""


def read(wanted: ReadWeights) -> WeightsRead:
    """The account for the named network, or for the one of which most tensors match. Raises RecipeError."""
    given = {own_name(name): tensor for name, tensor in read_tensors(Path(wanted.file)).items()}
    if wanted.network and wanted.network not in NETWORKS:
        raise RecipeError(f"There is no network '{wanted.network}'.")
    names = [wanted.network] if wanted.network else _candidates(given)
    accounts = [_account(wanted.request, name, given) for name in names]
    best = max(accounts, key=lambda one: len(one.matched) - len(one.missing) - len(one.other_shape), default=None)
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
    trunk = {key: tensor for key, tensor in given.items() if key in wanted or not HEADS.match(key)}
    head = {key: tensor for key, tensor in given.items() if key not in trunk}
    same = [key for key, tensor in trunk.items() if key in wanted and tensor.shape == wanted[key].shape]
    other = [key for key, tensor in trunk.items() if key in wanted and tensor.shape != wanted[key].shape]
    missing = [key for key in wanted if key not in trunk and not key.endswith("num_batches_tracked")]
    outputs = [tensor.shape[0] for tensor in head.values() if tensor.ndim == 1]
    return WeightsRead(
        request,
        name,
        tuple(same)[:SHOWN],
        tuple(missing)[:SHOWN],
        tuple(f"{key} is {_shape(trunk[key])} in place of {_shape(wanted[key])}" for key in other)[:SHOWN],
        tuple(key for key in trunk if key not in wanted)[:SHOWN],
        tuple(head)[:SHOWN],
        outputs[-1] if outputs else 0,
    )


def _shape(tensor: Tensor) -> str:
    return "x".join(str(n) for n in tensor.shape) or "a single number"
