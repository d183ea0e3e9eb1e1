"""Averaged weights: a moving average of the weights of all steps, which is often better than the last ones.

Source: Morales-Brotons, Vogels & Hendrikx, TMLR 2024 (arXiv 2411.18704). Kept as plain tensors beside the network,
running statistics of batch norm included.
"""

from collections.abc import Mapping

from torch import Tensor


def averaging_decay(steps: int) -> float:
    """How much of the average stays at each of a run of so many steps."""
    return min(0.999, max(0.0, 1 - 10 / max(1, steps)))


def cloned(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A copy that goes its own way."""
    return {name: tensor.detach().clone() for name, tensor in state.items()}


def follow(average: dict[str, Tensor], state: Mapping[str, Tensor], decay: float) -> None:
    """Moves the average towards the present weights; counters are taken over."""
    for name, tensor in state.items():
        if tensor.is_floating_point():
            average[name].lerp_(tensor, 1 - decay)
        else:
            average[name].copy_(tensor)
