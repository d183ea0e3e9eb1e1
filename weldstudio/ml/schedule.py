"""Optimisers and learning rates by step.

Sources: SGD with momentum 0.9 and weight decay 0.0005, and steps down in the rate, Krizhevsky et al., NeurIPS 2012
[D 7]; RMSprop, Hinton's lecture 6e; Adagrad, Duchi et al. 2011; Adam, Kingma & Ba 2015; AdamW, Loshchilov & Hutter
2019; cosine, Loshchilov & Hutter 2017; one cycle, Smith & Topin 2018; a rate per stage, Howard & Ruder, ACL 2018.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi

import torch
from torch import nn

from weldstudio.domain.recipe import Schedule

RISE = 0.3
"""Share of a one-cycle schedule in which the rate rises."""
LARGEST_BATCH = 256


def batch_size(choice: Schedule, photos: int) -> int:
    """Photos of one step, with 'automatic' resolved: a twentieth of the training photos, at most 256."""
    return choice.batch_size or max(2, min(LARGEST_BATCH, photos // 20))


def optimiser(choice: Schedule, groups: Sequence[Sequence[nn.Parameter]]) -> torch.optim.Optimizer:
    """The optimiser of parameters in groups from the head back; each group has its share of the rate.

    Frozen parameters take no part. Weight decay is kept from biases and normalisation (parameters of one dimension).
    """
    made: list[dict[str, object]] = []
    for distance, group in enumerate(groups):
        share = choice.layer_decay**distance
        trained = [p for p in group if p.requires_grad]
        for parameters, decay in (
            ([p for p in trained if p.ndim > 1], choice.weight_decay),
            ([p for p in trained if p.ndim <= 1], 0.0),
        ):
            if parameters:
                made.append({"params": parameters, "weight_decay": decay, "share": share})
    rate = choice.learning_rate
    match choice.optimiser:
        case "sgd":
            nesterov = choice.nesterov and choice.momentum > 0
            return torch.optim.SGD(made, lr=rate, momentum=choice.momentum, nesterov=nesterov)
        case "rmsprop":
            return torch.optim.RMSprop(made, lr=rate, momentum=choice.momentum)
        case "adagrad":
            return torch.optim.Adagrad(made, lr=rate)
        case "adam":
            return torch.optim.Adam(made, lr=rate)
        case _:
            return torch.optim.AdamW(made, lr=rate)


def learning_rate(choice: Schedule, step: int, steps: int) -> float:
    """The rate of step `step` (from 0) of `steps`; on a plateau schedule before any plateau."""
    rate, done = choice.learning_rate, step / max(1, steps)
    every = choice.decay_every or max(1, round(steps / 3))
    match choice.schedule:
        case "fixed" | "plateau":
            return rate
        case "step":
            return float(rate * choice.decay ** (step // every))
        case "exp":
            return float(rate * choice.decay ** (step / every))
    rise = RISE if choice.schedule == "one_cycle" else choice.warm_up
    if done < rise:
        start = 1 / 25 if choice.schedule == "one_cycle" else 0.0
        return rate * max(start + (1 - start) * (1 - cos(pi * done / rise)) / 2, 1e-3)
    return rate * (1 + cos(pi * (done - rise) / (1 - rise))) / 2


@dataclass(slots=True)
class Plateau:
    """The factor of a rate that decays whenever evaluations stop getting better."""

    choice: Schedule
    factor: float = 1.0
    without: int = 0
    """Evaluations since the last better one, or the last decay."""

    def evaluated(self, *, better: bool) -> None:
        """One more evaluation, and whether it was better than all before."""
        self.without = 0 if better else self.without + 1
        if self.choice.schedule == "plateau" and self.without >= self.choice.plateau_patience:
            self.factor *= self.choice.decay
            self.without = 0


def set_rate(made: torch.optim.Optimizer, rate: float) -> None:
    """The rate of the next step."""
    for group in made.param_groups:
        group["lr"] = rate * group["share"]
