"""The phases of a training that see features only: the head fitted to the end, trained by steps, or refitted balanced.

Fitted: every fine-tuning starts from there (LP-FT, Kumar et al., ICLR 2022), since a random head would first spoil the
features it gets its gradient from. By steps: the first of two phases [Soper 2019], and the only way for a head of two
layers. Balanced: features from photos as they are, the head with every class counting the same (cRT, Kang et al., ICLR
2020).
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from weldstudio.domain.messages import Message, Stage, Step
from weldstudio.domain.recipe import LossChoice, Recipe
from weldstudio.imaging import refit_file
from weldstudio.ml.architectures import Network
from weldstudio.ml.context import Context
from weldstudio.ml.dataset import order
from weldstudio.ml.heads import fit_head
from weldstudio.ml.losses import Loss
from weldstudio.ml.schedule import batch_size
from weldstudio.ml.validation import Validation

HEAD_EPOCHS = 30
"""Of a head of two layers, which cannot be fitted to the end, where the recipe leaves it open."""

Known = tuple[Tensor, Tensor]
"""Features (n, width) and label states (n, classes) of photos."""


def fitted_head(
    context: Context, network: Network, recipe: Recipe, *, training: Known, validation: Validation, held_out: Known
) -> Iterator[Message]:
    """Fits a linear head to convergence. In a run that trains nothing else its passes are the steps.

    It starts from the refitted heads where the run has some. These have seen the labels of validation and test, by
    which this training is judged: so they are solved to the end on the training photos alone.
    """
    start = _refitted(context, network, validation.slots)
    yield Stage("fitting the head")
    only = not recipe.network.trains_stages
    last = 0
    loss = validation.loss
    if start is not None:
        several = f"heads of {start[2]} flags" if start[2] > 1 else "head of one flag"
        yield Stage(f"started from the refitted {several}, solved on the training photos alone")
    for number, value, head in fit_head(
        *training, loss, held_out=held_out, ridge=recipe.schedule.head_l2, start=None if start is None else start[:2]
    ):
        last = number
        with torch.no_grad():
            network.head.weight.copy_(head.weight)
            network.head.bias.copy_(head.bias)
        if only:
            yield Step(number, number, value, 1.0, 0.0)
            if number:
                yield validation.judge(number, number, classified(network, held_out[0]), keep=False)
        context.heed()
    step = last + 1 if only else 0
    yield validation.judge(step, step, classified(network, held_out[0]))


def trained_head(
    context: Context, network: Network, recipe: Recipe, *, training: Known, validation: Validation, held_out: Known
) -> Iterator[Message]:
    """Trains the head alone by steps of Adam on features; it ends with the best of its epochs."""
    plan = recipe.schedule
    features, states = training
    epochs, size = plan.head_epochs or HEAD_EPOCHS, batch_size(plan, len(features))
    only = not recipe.network.trains_stages
    yield Stage("training the head")
    parts = [*network.hidden.parameters(), *network.head.parameters()]
    torch.nn.init.normal_(network.head.weight, std=0.01)
    optimiser = torch.optim.Adam(parts, lr=plan.head_rate, weight_decay=plan.head_l2)
    step = 0
    for epoch in range(epochs):
        network.train()
        value = 0.0
        for rows in torch.from_numpy(order(len(features), seed=recipe.seed, epoch=epoch)).split(size):
            if len(rows) < 2:
                continue  # batch norm needs two
            loss = validation.loss(network.classify(features[rows].to(context.device)), states[rows].to(context.device))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            step, value = step + 1, float(loss.detach())
        context.heed()
        if only:
            yield Step(step, epoch + 1, value, plan.head_rate, 0.0)
            yield validation.judge(step, epoch + 1, classified(network, held_out[0]))
        else:
            validation.judge(0, 0, classified(network, held_out[0]))
    if validation.best is not None:
        network.load_state_dict(validation.best.state)
    if not only:
        yield replace(validation.judge(0, 0, classified(network, held_out[0]), keep=False), best=True)


def balanced_head(
    context: Context,
    network: Network,
    recipe: Recipe,
    *,
    training: Known,
    validation: Validation,
    held_out: Known,
    step: int,
) -> Iterator[Message]:
    """Fits the head once more with every class counting the same; kept if it is better."""
    yield Stage("fitting the head once more, balanced")
    balanced = Loss(LossChoice(name="bayesian"), validation.loss.task, training[1])
    for _, _, head in fit_head(*training, balanced, held_out=held_out, ridge=recipe.schedule.head_l2):
        with torch.no_grad():
            network.head.weight.copy_(head.weight)
            network.head.bias.copy_(head.bias)
        context.heed()
    told = validation.judge(step, step, classified(network, held_out[0]))
    yield told
    yield Stage("the balanced head is better and kept" if told.best else "the balanced head is no better")


def _refitted(context: Context, network: Network, slots: list[int]) -> tuple[Tensor, Tensor, int] | None:
    """Weight (classes, width) and bias (classes,) of the refitted heads of these slots, and how many there are.

    Zero for a class without one. None where the run has none.
    """
    found = refit_file.read_heads(context.folder / refit_file.START)
    if found is None or found.weight.shape[1] != network.head.in_features:
        return None
    weight, bias = torch.zeros(len(slots), network.head.in_features), torch.zeros(len(slots))
    there = [slot in found.slots for slot in slots]
    at = [int(np.flatnonzero(found.slots == slot)[0]) for slot in slots if slot in found.slots]
    weight[there], bias[there] = torch.from_numpy(found.weight[at]).float(), torch.from_numpy(found.bias[at]).float()
    return (weight, bias, sum(there)) if any(there) else None


def classified(network: Network, features: Tensor) -> Tensor:
    """Logits (n, classes) of features (n, width), computed as in use, on the CPU."""
    network.eval()
    device = network.head.weight.device
    with torch.inference_mode():
        return network.classify(features.to(device)).float().cpu().clone()
