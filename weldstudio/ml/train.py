"""Training: from a recipe and a manifest to a model, as an iterator of messages.

    weights -> all photos once through the frozen trunk -> head fitted to convergence (step 0)
            -> if stages are trained: steps from that head, validated as they go -> the best is kept and checked

Every fine-tuning starts from the fitted head (LP-FT, Kumar et al., ICLR 2022): a random head would first spoil the
features it gets its gradient from. Its scores are evaluation 0, and whatever follows has to be better to be kept. A
trunk of random weights has nothing to be spoilt: there the head begins from nothing as well.
"""

import os
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil, isfinite
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from weldstudio.domain.errors import JobFailed, PhotoError, RecipeError
from weldstudio.domain.evaluation import Evaluation, evaluate
from weldstudio.domain.manifest import Manifest, ManifestPhoto
from weldstudio.domain.messages import Alarm, Evaluated, Message, RunFinished, RunStarted, Skipped, Stage, Step
from weldstudio.domain.model import Preprocessing
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scores import FEW
from weldstudio.domain.split import Split
from weldstudio.ml import finished, schedule
from weldstudio.ml.architectures import build
from weldstudio.ml.averaging import averaging_decay, cloned, follow
from weldstudio.ml.dataset import Photos, batches, enlarged, order
from weldstudio.ml.heads import FittedHead, fit_head
from weldstudio.ml.losses import Loss, probabilities
from weldstudio.ml.pace import Pace
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.serving import cores
from weldstudio.ml.weights import load_trunk, save

SAY_EVERY_S = 1.0
SCORE_BATCH = 32
LEAST_EVALUATIONS = 10
CHECKED_PHOTOS = 32


class _Stopped(Exception):
    """The owner of the run wants it to stop."""


@dataclass(slots=True)
class _Best:
    """The best weights so far, by validation."""

    step: int
    evaluation: Evaluation
    loss: float
    state: dict[str, Tensor]
    probabilities: NDArray[np.float32]

    @property
    def rank(self) -> tuple[float, float]:
        return _rank(self.evaluation, self.loss)


def train(recipe: Recipe, manifest: Manifest, folder: Path, should_stop: Callable[[], bool]) -> Iterator[Message]:
    """Trains and writes `folder`/model. Ends with `RunFinished`, or raises UserError with a sentence.

    `should_stop` is asked after every step; a stopped run keeps the best model so far.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(cores())
    with ThreadPoolExecutor(cores(), "decode") as pool:
        yield from _Training(recipe, manifest, folder, should_stop, pool).run()


class _Training:
    """One training under way. The methods that say something are generators of messages."""

    def __init__(
        self,
        recipe: Recipe,
        manifest: Manifest,
        folder: Path,
        should_stop: Callable[[], bool],
        pool: ThreadPoolExecutor,
    ) -> None:
        self.recipe, self.manifest, self.folder, self.should_stop = recipe, manifest, folder, should_stop
        self.pool = pool
        self.began = time.time()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.preprocessing = Preprocessing(input_size=recipe.network.size, fit=recipe.network.fit)
        self.photos: dict[Split, tuple[ManifestPhoto, ...]] = {
            split: manifest.of(split) for split in (Split.TRAIN, Split.VALIDATION)
        }
        self.network = build(recipe.network.name, len(manifest.classes), dropout=recipe.network.dropout)
        self.best: _Best | None = None
        self.sentence = ""

    def run(self) -> Iterator[Message]:
        """The whole of it."""
        yield self._started()
        state = "done"
        try:
            yield from self._prepare_network()
            yield from self._fit()
            if self.recipe.network.trains_stages and self.recipe.schedule.epochs:
                yield from self._train_stages()
        except _Stopped:
            state = "stopped"
            self.sentence = "Stopped as asked; the best model so far is kept."
        if self.best is None:
            self.sentence = "Stopped before anything was learned; there is no model."
            yield RunFinished("stopped", self.sentence, time.time() - self.began)
            return
        if self.sentence:
            state = "stopped"
        yield Stage("checking the model")
        self._write_model(self.best)
        accuracy = self.best.evaluation.mean_per_class_accuracy
        yield RunFinished(state, self.sentence or "Done.", time.time() - self.began, self.best.step, accuracy)

    # --- before the first step ------------------------------------------------------------------------------------

    def _started(self) -> RunStarted:
        steps = self._steps() if self.recipe.network.trains_stages else 0
        return RunStarted(
            os.getpid(),
            self.began,
            self.device.type,
            tuple(item.name for item in self.manifest.classes),
            self.manifest.counts(),
            {split.value: len(self.manifest.of(split)) for split in Split},
            steps,
        )

    def _prepare_network(self) -> Iterator[Message]:
        yield Stage("loading weights")
        if self.manifest.weights:
            load_trunk(self.network, self.folder / self.manifest.weights)
        elif not self.recipe.network.trains_stages:
            yield Alarm(
                "random trunk",
                "All stages are frozen and their weights are random: the network cannot learn to see. Give a weights "
                "file or train its stages.",
                {"network.freeze": "0"},
            )
        self.network.to(self.device)
        for item, (raised, _) in self.manifest.counts()[Split.TRAIN.value].items():
            if raised < FEW:
                of = "photo" if raised == 1 else "photos"
                yield Alarm("too few", f"'{item}' is raised on {raised} training {of} only: too few to learn from.")

    def _fit(self) -> Iterator[Message]:
        """Features of all photos, then the head."""
        features: dict[Split, Tensor] = {}
        for split, photos in self.photos.items():
            word = "training" if split is Split.TRAIN else "validation"
            features[split] = yield from self._features(photos, split, word)
        if len(features[Split.TRAIN]) < 2:
            raise RecipeError("Fewer than 2 training photos could be read; a network cannot learn from them.")
        self.states = {split: self._states(split) for split in self.photos}
        self.loss = Loss(self.recipe.loss, self.manifest.task, self.states[Split.TRAIN])
        yield Stage("fitting the head")
        frozen = not self.recipe.network.trains_stages
        head: FittedHead | None = None
        held_out = (features[Split.VALIDATION], self.states[Split.VALIDATION])
        fitting = fit_head(
            features[Split.TRAIN],
            self.states[Split.TRAIN],
            self.loss,
            held_out=held_out,
            ridge=self.recipe.schedule.head_l2,
        )
        last = 0
        for number, value, head in fitting:
            last = number
            if frozen:  # the passes of the fit are this run's steps
                yield Step(number, number, value, 1.0, 0.0)
                if number:
                    yield self._judge(number, number, self._head_logits(head, held_out[0]), keep=False)
            self._heed()
        assert head is not None  # the fit always yields its start
        with torch.no_grad():
            self.network.head.weight.copy_(head.weight)
            self.network.head.bias.copy_(head.bias)
        step = last + 1 if frozen else 0
        yield self._judge(step, step, self._head_logits(head, held_out[0]), keep=True)
        if not frozen and not self.manifest.weights:
            # Large weights fitted to chance features would drown the first gradients: from scratch the head is too.
            nn.init.zeros_(self.network.head.weight)
            nn.init.zeros_(self.network.head.bias)

    def _features(self, photos: tuple[ManifestPhoto, ...], split: Split, word: str) -> Generator[Message, None, Tensor]:
        """Features (n, width) float32 of the photos that can be read; the others are left out and named."""
        pixels = Photos([photo.path for photo in photos], self.preprocessing, self.pool)
        self.network.eval()
        good: list[int] = []
        bad: list[tuple[str, str]] = []
        parts: list[Tensor] = []
        yield Stage(f"reading {word} photos")
        began = said = time.monotonic()
        for indices in batches(len(photos), SCORE_BATCH):
            self._heed()
            found = pixels.read(indices)
            kept = [(i, p) for i, p in zip(indices, found, strict=True) if not isinstance(p, PhotoError)]
            bad += [(photos[i].path, str(e)) for i, e in zip(indices, found, strict=True) if isinstance(e, PhotoError)]
            if kept:
                good += [i for i, _ in kept]
                batch = torch.from_numpy(np.stack([p for _, p in kept])).to(self.device)
                with torch.inference_mode():
                    parts.append(self.network.features(to_input(batch, self.preprocessing)).float().cpu().clone())
            now = time.monotonic()
            if now - said >= SAY_EVERY_S:
                rate = (indices[-1] + 1) / (now - began)
                done, total = indices[-1] + 1, len(photos)
                yield Stage(f"reading {word} photos: {done:,} of {total:,}, {rate:.0f} a second", done, total)
                said = now
        if bad:
            yield Skipped(len(bad), tuple(bad[:10]))
        self.photos[split] = tuple(photos[i] for i in good)
        return torch.cat(parts) if parts else torch.zeros(0, self.network.head.in_features)

    # --- the steps ------------------------------------------------------------------------------------------------

    def _train_stages(self) -> Iterator[Message]:
        recipe, plan = self.recipe, self.recipe.schedule
        photos = self.photos[Split.TRAIN]
        kept = enlarged(self.preprocessing) if recipe.data.augment else self.preprocessing
        pixels = Photos([photo.path for photo in photos], kept, self.pool)
        self.validation = Photos([photo.path for photo in self.photos[Split.VALIDATION]], self.preprocessing, self.pool)
        self.network.freeze(recipe.network.frozen_stages, hold_statistics=bool(self.manifest.weights))
        optimiser = schedule.optimiser(plan, self.network.parameters())
        steps = self._steps()
        per_epoch = steps // plan.epochs
        evaluations = min(steps, max(plan.epochs, LEAST_EVALUATIONS))
        due = {round(steps * (k + 1) / evaluations) for k in range(evaluations)}
        average = cloned(self.network.state_dict()) if plan.ema else None
        decay = averaging_decay(steps)
        yield Stage("first batch")
        pace, said, without = Pace(), 0.0, 0
        step = 0
        for epoch in range(plan.epochs):
            for indices in np.array_split(order(len(photos), seed=recipe.seed, epoch=epoch), per_epoch):
                rate = schedule.learning_rate(plan, step, steps)
                loss = self._step(pixels, indices, optimiser, rate, epoch)
                step += 1
                pace.count(len(indices))
                if not isfinite(loss):
                    yield self._diverged(step)
                    return
                if average is not None:
                    follow(average, self.network.state_dict(), decay)
                if time.monotonic() - said >= SAY_EVERY_S or step in due:
                    left = (steps - step) * pace.seconds / step
                    yield Step(step, step / per_epoch, loss, rate, pace.rate, left)
                    said = time.monotonic()
                if step in due:
                    better = self.best
                    smooth = average if step == steps or (step % per_epoch == 0 and 2 * step > steps) else None
                    yield from self._validate(step, step / per_epoch, smooth)
                    without = 0 if self.best is not better else without + 1
                    if plan.patience and without >= plan.patience:
                        yield Stage(f"no better for {without} evaluations: ending early")
                        return
                    pace.restart()
                self._heed()

    def _step(
        self,
        pixels: Photos,
        indices: NDArray[np.int64],
        optimiser: torch.optim.Optimizer,
        rate: float,
        epoch: int,
    ) -> float:
        """One step of the optimiser; returns the loss before it."""
        chosen = [int(index) for index in indices]
        if self.recipe.data.augment:
            size = self.preprocessing.input_size
            batch = pixels.varied_batch(chosen, size, seed=self.recipe.seed, epoch=epoch)
        else:
            batch = pixels.batch(chosen)
        states = self.states[Split.TRAIN][chosen].to(self.device)
        self.network.train()
        logits = self.network(to_input(batch.to(self.device), self.preprocessing))
        loss: Tensor = self.loss(logits, states)
        optimiser.zero_grad(set_to_none=True)
        if not torch.isfinite(loss):
            return float(loss.detach())
        loss.backward()
        schedule.set_rate(optimiser, rate)
        optimiser.step()
        return float(loss.detach())

    def _diverged(self, step: int) -> Alarm:
        self.sentence = f"The loss became infinite at step {step}; the best model before that is kept."
        rate = self.recipe.schedule.learning_rate / 10
        return Alarm("diverged", self.sentence + " Try a smaller rate.", {"schedule.learning_rate": f"{rate:g}"})

    def _validate(self, step: int, epoch: float, average: dict[str, Tensor] | None) -> Iterator[Message]:
        """The whole validation set through the weights and, where given, their average; the better one is told."""
        logits = yield from self._validation_logits()
        told = self._judge(step, epoch, logits, keep=True)
        if average is not None:
            plain = cloned(self.network.state_dict())
            self.network.load_state_dict(average)
            logits = yield from self._validation_logits()
            smooth = self._judge(step, epoch, logits, keep=True)
            self.network.load_state_dict(plain)
            if smooth.best or (smooth.mean_per_class_accuracy or 0) > (told.mean_per_class_accuracy or 0):
                told = smooth
        save(self.network, self.folder / "checkpoints" / "last.safetensors")
        yield told

    def _validation_logits(self) -> Generator[Message, None, Tensor]:
        self.network.eval()
        parts: list[Tensor] = []
        said = time.monotonic()
        count = len(self.photos[Split.VALIDATION])
        for indices in batches(count, SCORE_BATCH):
            self._heed()
            with torch.inference_mode():
                x = to_input(self.validation.batch(indices).to(self.device), self.preprocessing)
                parts.append(self.network(x).float().cpu().clone())
            if time.monotonic() - said >= SAY_EVERY_S:
                yield Stage(f"validating: {indices[-1] + 1:,} of {count:,} photos", indices[-1] + 1, count)
                said = time.monotonic()
        return torch.cat(parts) if parts else torch.zeros(0, len(self.manifest.classes))

    # --- judging and keeping --------------------------------------------------------------------------------------

    def _judge(self, step: int, epoch: float, logits: Tensor, *, keep: bool) -> Evaluated:
        """Scores of these validation logits; with `keep`, the network is kept if they are the best so far."""
        states = self.states[Split.VALIDATION]
        loss = float(self.loss(logits, states)) if len(states) else 0.0
        found = probabilities(logits, self.manifest.task).numpy()
        names = [item.name for item in self.manifest.classes]
        evaluation = evaluate(found, states.numpy(), names, task=self.manifest.task)
        best = keep and (self.best is None or _rank(evaluation, loss) > self.best.rank)
        if best:
            self.best = _Best(step, evaluation, loss, cloned(self.network.state_dict()), found)
            (self.folder / "checkpoints").mkdir(exist_ok=True)
            save(self.network, self.folder / "checkpoints" / "best.safetensors")
        return Evaluated(
            step,
            epoch,
            loss,
            evaluation.mean_per_class_accuracy,
            evaluation.mean_per_class_accuracy_at_half,
            evaluation.per_class_json(),
            best,
        )

    def _write_model(self, best: _Best) -> None:
        self.network.load_state_dict(best.state)
        checked = self.photos[Split.VALIDATION][:CHECKED_PHOTOS]
        found = Photos([photo.path for photo in checked], self.preprocessing, self.pool).read(range(len(checked)))
        pixels = [image for image in found if not isinstance(image, PhotoError)]
        if len(pixels) < len(checked):
            raise JobFailed("Photos of the validation set vanished while the model was checked; it was not kept.")
        card = finished.make_card(self.recipe, self.manifest, self.preprocessing, best.evaluation)
        expected = best.probabilities[: len(checked)]
        finished.write_model(self.folder, self.network, card, pixels=pixels, expected=expected)

    def _head_logits(self, head: FittedHead, features: Tensor) -> Tensor:
        return features @ head.weight.T + head.bias

    def _states(self, split: Split) -> Tensor:
        states = [photo.states for photo in self.photos[split]]
        return torch.tensor(states, dtype=torch.uint8).reshape(-1, len(self.manifest.classes))

    def _steps(self) -> int:
        """Planned steps: every epoch has the same number of batches of (nearly) the same size."""
        plan = self.recipe.schedule
        return plan.epochs * ceil(max(1, len(self.photos[Split.TRAIN])) / plan.batch_size)

    def _heed(self) -> None:
        if self.should_stop():
            raise _Stopped


def _rank(evaluation: Evaluation, loss: float) -> tuple[float, float]:
    """What is compared to find the best weights: mean per-class accuracy, then the loss."""
    accuracy = evaluation.mean_per_class_accuracy
    return (-1.0 if accuracy is None else accuracy), -loss
