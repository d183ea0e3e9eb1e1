"""Before a long training: which rate suits it, and whether the recipe can learn at all.

Range test (Smith, WACV 2017): the rate grows from tiny to large over at most 100 batches; the loss is drawn against
it. Suggested is the rate at which the smoothed loss falls fastest, or a tenth of the rate of its least value where that
is lower. Overfit check [Soper 2019]: per class up to 16 raised and 16 clear photos, 32 at a time, nothing that hinders
(no augmentation, mixup, dropout, smoothing), trained and scored on the same photos for at most 200 steps: all right and
a loss below 0.05, or the recipe cannot learn. Both leave the weights as they found them, to the bit.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import isfinite

import numpy as np
import torch
from torch import Tensor, nn

from weldstudio.domain.messages import Alarm, Message, RangeTested, Stage
from weldstudio.ml import schedule
from weldstudio.ml.averaging import cloned
from weldstudio.ml.context import SCORE_BATCH
from weldstudio.ml.loop import Steps
from weldstudio.ml.losses import Loss, exclusive_target

BATCHES = 100
LOWEST, HIGHEST = 1e-6, 10.0
SMOOTHING = 0.9
EACH = 16
CHECK_STEPS = 200
LEARNED = 0.05


def range_test(steps: Steps) -> Generator[Message, None, float | None]:
    """Says what was measured; returns the rate it suggests, or None with the reason said."""
    yield Stage("looking for a rate")
    rates: list[float] = []
    losses: list[float] = []
    count = min(BATCHES, max(20, 4 * steps.per_epoch))
    with _as_it_was(steps):
        batches = _endless(steps)
        smooth, least = 0.0, float("inf")
        for number in range(count):
            steps.context.heed()
            rate = LOWEST * (HIGHEST / LOWEST) ** (number / (count - 1))
            loss = steps.step(*next(batches), rate)
            if not isfinite(loss):
                break
            smooth = SMOOTHING * smooth + (1 - SMOOTHING) * loss
            now = smooth / (1 - SMOOTHING ** (number + 1))
            rates.append(rate)
            losses.append(now)
            least = min(least, now)
            if now > 4 * least:
                break
    found = suggested(rates, losses)
    kept = steps.recipe.schedule.learning_rate
    if found is None:
        reason = f"The loss falls at no rate that was tried; the rate stays at {kept:g}."
    else:
        reason = f"The loss falls fastest at a learning rate near {found:g}; the recipe's is {kept:g}."
    yield RangeTested(tuple(rates), tuple(losses), found, reason)
    if found is not None and steps.recipe.schedule.range_test == "suggest" and not 1 / 3 <= found / kept <= 3:
        yield Alarm("range test", reason, {"schedule.learning_rate": f"{found:g}"})
    return found


def suggested(rates: list[float], losses: list[float]) -> float | None:
    """The rate of the steepest fall of these losses, to two digits; None where they do not fall."""
    if len(rates) < 5:
        return None
    lowest = int(np.argmin(losses))
    if lowest < 3 or losses[lowest] > 0.98 * losses[0]:
        return None
    slopes = np.gradient(np.array(losses), np.log(rates))
    steepest = rates[int(np.argmin(slopes[:lowest]))]
    return float(f"{min(steepest, rates[lowest] / 10):.1e}")


def overfit_check(steps: Steps) -> Iterator[Message]:
    """Says whether a handful of photos can be learned by heart."""
    yield Stage("looking whether it can learn a few photos by heart")
    rows = handful(steps.states.numpy(), steps.loss.task)
    loss = Loss(replace(steps.loss.choice, label_smoothing=0.0), steps.loss.task, steps.states)
    plain = replace(steps.recipe, data=replace(steps.recipe.data, augment=False))
    with _as_it_was(steps), _without_dropout(steps.network):
        small = replace(steps, recipe=plain, loss=loss, pixels=replace(steps.pixels, preprocessing=steps.plain))
        x, states, _ = small.batch(rows, 0)
        right, value, done = 0.0, float("inf"), 0
        for done in range(1, CHECK_STEPS + 1):
            steps.context.heed()
            drawn = np.random.default_rng((steps.recipe.seed, done)).permutation(len(x))
            part = torch.from_numpy(drawn[:SCORE_BATCH])
            value = small.step(x[part], states[part], steps.recipe.schedule.learning_rate)
            if not isfinite(value):
                break
            if value < LEARNED or done == CHECK_STEPS:
                right, value = _scored(small, x, states)
                if right == 1 and value < LEARNED:
                    break
    if right == 1 and value < LEARNED:
        yield Stage(f"{len(x)} photos were learned by heart in {done} steps: the recipe can learn")
        return
    yield Alarm(
        "cannot learn",
        f"{len(x)} photos could not be learned by heart in {done} steps ({100 * right:.0f} % right, loss {value:.2g}): "
        "this recipe is unlikely to learn more of them. Try another rate, pretrained weights, or freeze fewer stages.",
        {"schedule.range_test": "use"},
    )


def handful(states: np.ndarray, task: str) -> np.ndarray:
    """Rows of up to 16 raised and 16 clear photos of each class, the first of each; (m,) int64."""
    chosen: set[int] = set()
    for column in range(states.shape[1]):
        for state in (1,) if task == "exclusive" else (1, 2):
            chosen |= set(np.flatnonzero(states[:, column] == state)[:EACH].tolist())
    return np.array(sorted(chosen), dtype=np.int64)


def _scored(steps: Steps, x: Tensor, states: Tensor) -> tuple[float, float]:
    """(share of labels right, loss) of these photos as the network is in training."""
    with torch.no_grad():
        logits = torch.cat([steps.network(part, steps.start) for part in x.split(SCORE_BATCH)])
    value = float(steps.loss(logits, states))
    if steps.loss.exclusive:
        target = exclusive_target(states)
        return float((logits.argmax(1) == target)[target >= 0].float().mean()), value
    known = steps.loss.known(states) > 0
    return float(((logits > 0) == (states == 1))[known].float().mean()), value


@contextmanager
def _as_it_was(steps: Steps) -> Iterator[None]:
    """Gives the network, the optimiser and torch's chance back as they were."""
    state, chance, optimiser = cloned(steps.network.state_dict()), torch.get_rng_state(), steps.optimiser
    steps.optimiser = schedule.optimiser(steps.recipe.schedule, steps.network.groups())
    try:
        yield
    finally:
        steps.network.load_state_dict(state)
        steps.network.zero_grad(set_to_none=True)
        steps.optimiser = optimiser
        torch.set_rng_state(chance)


@contextmanager
def _without_dropout(network: nn.Module) -> Iterator[None]:
    found = [(module, module.p) for module in network.modules() if isinstance(module, nn.Dropout)]
    try:
        for module, _ in found:
            module.p = 0.0
        yield
    finally:
        for module, share in found:
            module.p = share


def _endless(steps: Steps) -> Iterator[tuple[Tensor, Tensor]]:
    epoch = 0
    while True:
        for chosen in np.array_split(steps.order(epoch), steps.per_epoch):
            x, states, _ = steps.batch(chosen, epoch)
            if len(x):
                yield x, states
        epoch += 1
