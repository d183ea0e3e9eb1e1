"""Optimisers and learning rates by step."""

from collections.abc import Iterable
from math import cos, pi

import torch
from torch import nn

from weldstudio.domain.recipe import Schedule

WARM_UP = 0.1
"""Share of a cosine schedule in which the rate rises."""
RISE = 0.3
"""Share of a one-cycle schedule in which the rate rises (Smith & Topin 2018)."""


def optimiser(choice: Schedule, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """Weight decay is kept from biases and normalisation (parameters with one dimension)."""
    trained = [p for p in parameters if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": choice.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if choice.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=choice.learning_rate, momentum=choice.momentum)
    made = torch.optim.Adam if choice.optimiser == "adam" else torch.optim.AdamW
    return made(groups, lr=choice.learning_rate)


def learning_rate(choice: Schedule, step: int, steps: int) -> float:
    """The rate of step `step` (from 0) of `steps`."""
    done = step / max(1, steps)
    if choice.schedule == "fixed":
        return choice.learning_rate
    rise = RISE if choice.schedule == "one_cycle" else WARM_UP
    if done < rise:
        share = done / rise
        start = 1 / 25 if choice.schedule == "one_cycle" else 0.0
        return choice.learning_rate * max(start + (1 - start) * (1 - cos(pi * share)) / 2, 1e-3)
    return choice.learning_rate * (1 + cos(pi * (done - rise) / (1 - rise))) / 2


def set_rate(made: torch.optim.Optimizer, rate: float) -> None:
    """The rate of the next step."""
    for group in made.param_groups:
        group["lr"] = rate
