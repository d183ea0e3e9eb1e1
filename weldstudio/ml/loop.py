"""The loop: steps of the optimiser on batches of photos, judged as they go.

One function that reads from top to bottom. What a step needs is in `Steps`; what comes before it in `phases`.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil, isfinite
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from weldstudio.domain.alarms import Watch
from weldstudio.domain.errors import JobFailed, PhotoError
from weldstudio.domain.labelling import State
from weldstudio.domain.messages import Alarm, Evaluated, Message, Stage, Step
from weldstudio.domain.model import Preprocessing
from weldstudio.domain.recipe import Augmentation, Recipe
from weldstudio.domain.sampling import class_rows, proportional_order
from weldstudio.imaging.varying import COLOUR_PHOTOS, Variation, principal_colours, vetoes
from weldstudio.ml import schedule
from weldstudio.ml.acceleration import Precision, carried, compiled, made_ahead
from weldstudio.ml.architectures import Network
from weldstudio.ml.averaging import averaging_decay, cloned, follow
from weldstudio.ml.checkpoints import Checkpoints
from weldstudio.ml.context import SAY_EVERY_S, Context, Stopped
from weldstudio.ml.dataset import Photos, order, stacked
from weldstudio.ml.frozen import FrozenMaps
from weldstudio.ml.heard import Said
from weldstudio.ml.losses import Loss
from weldstudio.ml.pace import Pace
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.validation import Validation

_logger = logging.getLogger(__name__)

LEAST_EVALUATIONS = 10
MOST_PIECES = 8
"""Memory may run out three times in a run."""


@dataclass(slots=True)
class Steps:
    """What the steps of a training need. `rows` say which photo each row of `states` belongs to."""

    context: Context
    recipe: Recipe
    network: Network
    loss: Loss
    pixels: Photos
    rows: NDArray[np.int64]
    states: Tensor
    size: int
    """Pixels of the input."""
    classes: Sequence[str]
    optimiser: torch.optim.Optimizer = field(init=False)
    variation: Variation = field(init=False)
    watch: Watch | None = None
    """Who looks whether it goes wrong."""
    maps: FrozenMaps | None = None
    """In place of the pixels, where frozen stages have been passed already."""
    said: Said | None = None
    """Who notes what is said of each row."""
    answers: list[Tensor] = field(default_factory=list, init=False)
    """Logits of the photos of the last step, piece by piece, before it."""
    precision: Precision = field(init=False)
    forward: Callable[[Tensor, int], Tensor] = field(init=False)
    pieces: int = field(default=1, init=False)
    """In how many pieces a batch is worked off; more than one after memory ran out."""
    unread: dict[str, str] = field(default_factory=dict, init=False)
    """Photos that could not be read any more, and why."""

    def __post_init__(self) -> None:
        self.optimiser = schedule.optimiser(self.recipe.schedule, self.network.groups())
        choice, colours = self.recipe.augmentation, None
        if self.recipe.data.augment and choice.colour:
            some = self.pixels.read(range(min(COLOUR_PHOTOS, len(self.pixels.paths))))
            colours = principal_colours([photo for photo in some if not isinstance(photo, PhotoError)])
        self.variation = Variation(choice, self.size, colours)
        self.precision = Precision(self.context.device, mixed=self.recipe.schedule.mixed_precision)
        self.forward = compiled(self.network) if self.recipe.schedule.compiled else self.network

    @property
    def plain(self) -> Preprocessing:
        """The preprocessing of photos that are not varied."""
        return replace(self.pixels.preprocessing, input_size=self.size)

    @property
    def start(self) -> int:
        """The stage that sees what `batch` gives."""
        return 0 if self.maps is None else self.maps.start

    @property
    def mixes(self) -> bool:
        """Whether pairs of photos are blended."""
        return self.recipe.data.augment and self.recipe.augmentation.mixup > 0

    @property
    def per_epoch(self) -> int:
        return steps_per_epoch(self.recipe, len(self.rows))

    def order(self, epoch: int) -> NDArray[np.int64]:
        """The order of an epoch's rows."""
        if self.recipe.sampling.method == "proportional":
            groups = class_rows(self.states.numpy(), self.loss.task)
            return proportional_order(groups, seed=self.recipe.seed, epoch=epoch)
        return order(len(self.rows), seed=self.recipe.seed, epoch=epoch)

    def batch(self, chosen: NDArray[np.int64], epoch: int) -> tuple[Tensor, Tensor, NDArray[np.int64]]:
        """Input of stage `start`, (n, 3, s, s) for the first, and label states (n, classes), on the device, of those
        rows whose photos can be read, and these rows.

        Raises JobFailed where most photos of the training cannot be read any more.
        """
        device = self.context.device
        if self.maps is not None:
            states = self.states[torch.from_numpy(chosen)]
            return carried(self.maps.of(self.rows[chosen]), device), carried(states, device), chosen
        places, pixels, unread = self.pixels.readable([int(self.rows[row]) for row in chosen])
        self._leave_out(unread)
        chosen = chosen[places]
        states = self.states[torch.from_numpy(chosen)]
        choice = self.recipe.augmentation
        if self.recipe.data.augment:
            spared = [vetoes(choice, self.classes, row) for row in (states == State.RAISED).tolist()]
            seeds = [(self.recipe.seed, epoch, int(row)) for row in chosen]
            vary = [partial(self.variation.of, seed=s, without=w) for s, w in zip(seeds, spared, strict=True)]
            pixels = self.pixels.varied(pixels, vary)
        x = to_input(carried(stacked(pixels), device), self.pixels.preprocessing)
        return x, carried(states, device), chosen

    def batches_from(self, step: int) -> Iterator[tuple[Tensor, Tensor, NDArray[np.int64]]]:
        """The batches of all epochs from a step on; on a graphics card the next is made while this one is learned."""
        plan = (
            (chosen, epoch)
            for epoch in range(step // self.per_epoch, self.recipe.schedule.epochs)
            for place, chosen in enumerate(np.array_split(self.order(epoch), self.per_epoch))
            if epoch * self.per_epoch + place >= step
        )
        return made_ahead(plan, lambda item: self.batch(*item), ahead=self.context.device.type == "cuda")

    def _leave_out(self, unread: Sequence[tuple[str, str]]) -> None:
        self.unread |= dict(unread)
        if 2 * len(self.unread) > len(self.pixels.paths):
            path, reason = unread[0] if unread else next(iter(self.unread.items()))
            raise JobFailed(
                f"{len(self.unread):,} of {len(self.pixels.paths):,} training photos cannot be read any more, such as "
                f"{path}: {reason} If they lie on a drive, connect it and resume the run."
            )

    def step(self, x: Tensor, states: Tensor, rate: float, *, mix: Sequence[int] = ()) -> float:
        """One step of the optimiser; returns the loss before it. A loss that is no number changes nothing.

        `mix` is the seed of a blending of pairs, or nothing. Where memory does not suffice the batch is worked off in
        more pieces, which together make the step that it would have been. Raises JobFailed where nothing helps.
        """
        self.network.train()
        share, others = 1.0, states
        if mix:
            share, partner = mixed_pairs(self.recipe.augmentation, self.classes, states, seed=mix)
            x, others = share * x + (1 - share) * x[partner], states[partner]
        while True:
            try:
                return self._descend(x, states, others, share=share, rate=rate)
            except RuntimeError as error:
                if not _out_of_memory(error):
                    if self.forward is self.network:
                        raise
                    _logger.info("The network cannot be compiled here and is used as it is: %s", error)
                    self.forward = self.network
                    continue
                if self.pieces >= MOST_PIECES or 4 * self.pieces > len(x):
                    raise JobFailed(
                        f"There is not enough memory even for {len(x) // self.pieces} photos at a time; choose a "
                        "smaller network.input_size or another network."
                    ) from error
            # Outside of `except`, whose traceback holds on to the tensors of the failed step.
            self.pieces *= 2
            self.optimiser.zero_grad(set_to_none=True)
            if x.is_cuda:
                torch.cuda.empty_cache()

    def told(self, loss: float, chosen: NDArray[np.int64]) -> Iterator[Alarm]:
        """What there is to say of the step just made on these rows. Of blended pairs the loss alone says something."""
        if self.watch is None:
            return
        states = self.states[torch.from_numpy(chosen)].numpy()
        logits = torch.cat(self.answers).float().cpu().double().numpy()
        if self.mixes:
            states = np.zeros_like(states)
        elif self.said is not None:
            self.said.add(logits, chosen)
        yield from self.watch.stepped(loss, logits, states, chosen)

    def _descend(self, x: Tensor, states: Tensor, others: Tensor, *, share: float, rate: float) -> float:
        self.optimiser.zero_grad(set_to_none=True)
        value = 0.0
        self.answers = []
        known = [self.loss.known(labels).sum().clamp(min=1) for labels in (states, others)]
        for part in torch.arange(len(x), device=x.device).tensor_split(self.pieces):
            with self.precision.computing():
                logits = self.forward(x[part] if self.pieces > 1 else x, self.start).float()
            self.answers.append(logits.detach())
            loss = share * self.loss.entries(logits, states[part], states).sum() / known[0]
            if share != 1:
                loss = loss + (1 - share) * self.loss.entries(logits, others[part], others).sum() / known[1]
            value += float(loss.detach())
            if not isfinite(value):
                return value
            self.precision.scaler.scale(loss).backward()
        schedule.set_rate(self.optimiser, rate)
        self.precision.step(self.optimiser, list(self.network.parameters()), clip=self.recipe.schedule.clip)
        return value


def _out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def mixed_pairs(
    choice: Augmentation, classes: Sequence[str], states: Tensor, *, seed: Sequence[int]
) -> tuple[float, Tensor]:
    """(share of the photo itself, its partner in the batch) of a mixup, Zhang et al. 2018: share ~ Beta(a, a).

    A photo that a veto spares is its own partner, and nobody else's.
    """
    draw = np.random.default_rng(seed)
    share = float(draw.beta(choice.mixup, choice.mixup))
    partner = draw.permutation(len(states))
    alone = np.array(["mixup" in vetoes(choice, classes, row) for row in (states == State.RAISED).tolist()])
    own = alone | alone[partner]
    return share, torch.from_numpy(np.where(own, np.arange(len(states)), partner)).to(states.device)


def steps_per_epoch(recipe: Recipe, rows: int) -> int:
    """Every epoch has the same number of batches of (nearly) the same size; none of a single photo unless asked for."""
    size = schedule.batch_size(recipe.schedule, rows)
    steps = ceil(max(1, rows) / size)
    return min(steps, max(1, rows // 2)) if size > 1 else steps


@dataclass(slots=True)
class _Standing:
    """Where the loop stands between two steps; together with weights, optimiser and the best so far it is all."""

    plateau: schedule.Plateau
    average: dict[str, Tensor] | None
    step: int = 0
    without: int = 0
    """Evaluations since the last better one."""

    def kept(self, steps: Steps, validation: Validation) -> dict[str, Any]:
        """What a checkpoint holds."""
        return validation.kept() | {
            "step": self.step,
            "without": self.without,
            "plateau": [self.plateau.factor, self.plateau.without],
            "average": self.average,
            "network": steps.network.state_dict(),
            "optimiser": steps.optimiser.state_dict(),
            "learning_rate": steps.recipe.schedule.learning_rate,
            "pieces": steps.pieces,
            "scaler": steps.precision.scaler.state_dict(),
            **(steps.said.kept() if steps.said is not None else {}),
        }

    def restore(self, found: dict[str, Any], steps: Steps) -> None:
        """Goes to where a checkpoint stood. The best so far and chance are restored by others."""
        self.step, self.without = found["step"], found["without"]
        self.plateau.factor, self.plateau.without = found["plateau"]
        steps.pieces = found["pieces"]
        steps.precision.scaler.load_state_dict(found["scaler"])
        steps.network.load_state_dict(found["network"])
        steps.optimiser.load_state_dict(found["optimiser"])
        if self.average is not None:
            self.average = {name: tensor.to(steps.context.device) for name, tensor in found["average"].items()}


def train_stages(steps: Steps, validation: Validation, checkpoints: Checkpoints) -> Iterator[Message]:
    """All epochs, from where a checkpoint stood. Ends early without patience left, or with an alarm when the loss is
    no number any more.
    """
    plan, per_epoch = steps.recipe.schedule, steps.per_epoch
    total = plan.epochs * per_epoch
    evaluations = min(total, max(plan.epochs, LEAST_EVALUATIONS))
    due = {round(total * (k + 1) / evaluations) for k in range(evaluations)}
    now = _Standing(schedule.Plateau(plan), cloned(steps.network.state_dict()) if plan.ema else None)
    decay = averaging_decay(total)
    if checkpoints.found is not None:
        now.restore(checkpoints.found, steps)
        checkpoints.restore_chance()
        yield Stage(f"going on after step {now.step:,}")
        if checkpoints.found.get("unjudged"):
            yield from _evaluated(now, steps, validation, checkpoints=checkpoints)
    yield Stage("first batch")
    pace, said, begun, loss = Pace(), 0.0, now.step, 0.0
    for x, states, chosen in steps.batches_from(begun):
        if plan.patience and now.without >= plan.patience:
            yield Stage(f"no better for {now.without} evaluations: ending early")
            return
        rate = schedule.learning_rate(plan, now.step, total) * now.plateau.factor
        mix = (steps.recipe.seed, now.step, 85) if steps.mixes else ()
        pieces = steps.pieces
        loss = steps.step(x, states, rate, mix=mix) if len(x) else loss
        now.step += 1
        yield from steps.context.left_out(list(steps.unread.items()))
        if steps.pieces != pieces:
            yield _memory_ran_out(len(x), steps.pieces)
        pace.count(len(x))
        if not isfinite(loss):
            yield _diverged(plan.learning_rate, now.step)
            return
        if len(x):
            yield from steps.told(loss, chosen)
        if now.average is not None:
            follow(now.average, steps.network.state_dict(), decay)
        if time.monotonic() - said >= SAY_EVERY_S or now.step in due:
            left = (total - now.step) * pace.seconds / (now.step - begun)
            yield Step(now.step, now.step / per_epoch, loss, rate, pace.rate, left, steps.context.memory)
            said = time.monotonic()
        if now.step in due:
            yield from _evaluated(now, steps, validation, checkpoints=checkpoints)
            pace.restart()
        wish = _wish(steps.context)
        if wish is not None or checkpoints.due:
            problem = checkpoints.write(now.kept(steps, validation))
            if problem:
                yield Alarm("checkpoint", problem)
        if wish is not None:
            raise wish
        if steps.watch is not None and now.step % per_epoch == 0:
            yield from steps.watch.epoch_ended()


def _evaluated(now: _Standing, steps: Steps, validation: Validation, *, checkpoints: Checkpoints) -> Iterator[Message]:
    """Judges the network as it stands. Broken off, that is done again when the run goes on."""
    per_epoch, total = steps.per_epoch, steps.recipe.schedule.epochs * steps.per_epoch
    before, standing = validation.best, now.kept(steps, validation)
    second_half = now.step % per_epoch == 0 and 2 * now.step > total
    smooth = now.average if now.step == total or second_half else None
    try:
        for message in validation.measure(now.step, now.step / per_epoch, smooth):
            if isinstance(message, Evaluated) and steps.recipe.schedule.patience:
                without = 0 if validation.best is not before else now.without + 1
                message = replace(message, patience_left=steps.recipe.schedule.patience - without)
            yield message
    except Stopped:
        checkpoints.write(standing | {"unjudged": True})
        raise
    now.plateau.evaluated(better=validation.best is not before)
    now.without = 0 if validation.best is not before else now.without + 1


def _wish(context: Context) -> Stopped | None:
    """The wish to stop, if there is one, so that a checkpoint can be written first."""
    try:
        context.heed()
    except Stopped as wish:
        return wish
    return None


def _memory_ran_out(batch: int, pieces: int) -> Alarm:
    return Alarm(
        "memory",
        f"Memory ran out with {batch} photos at a time: they are worked off in {pieces} parts from now on, and a step "
        f"still counts all {batch}.",
        {"schedule.batch_size": str(max(2, batch // pieces))},
    )


def _diverged(rate: float, step: int) -> Alarm:
    sentence = f"The loss became infinite at step {step}; the best model before that is kept."
    return Alarm("diverged", sentence + " Try a smaller rate.", {"schedule.learning_rate": f"{rate / 10:g}"})
