"""Training: from a recipe and a manifest to a model, as an iterator of messages.

A run trains one network, or several that answer as one: a network for each independent flag, for each fold, for each
member of an ensemble. Each is a `single.Training` on its part of the manifest. Then the answers on validation photos
are put together, calibrated, given their thresholds, and the model is written, read back and compared.
"""

import errno
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from weldstudio.domain.blocks import cores
from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.domain.evaluation import Evaluation
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.messages import (
    Alarm,
    Evaluated,
    Filters,
    Message,
    RunFinished,
    RunStarted,
    Stage,
    Step,
    Wall,
)
from weldstudio.domain.model import Preprocessing
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.sampling import obstacle
from weldstudio.domain.scores import mean_of_known
from weldstudio.domain.split import Split
from weldstudio.imaging.fitting import Pixels
from weldstudio.ml import finished
from weldstudio.ml.architectures import Network
from weldstudio.ml.combined import Combined
from weldstudio.ml.context import Context, Stopped
from weldstudio.ml.dataset import Photos
from weldstudio.ml.ensemble import asked, loaded
from weldstudio.ml.fetching import address, fetched
from weldstudio.ml.heard import Heard
from weldstudio.ml.losses import probabilities
from weldstudio.ml.outcome import Answer, Outcome
from weldstudio.ml.parts import Part, parts_of, stand_apart
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.showing import Showing
from weldstudio.ml.single import Training, planned_steps
from weldstudio.ml.validation import Best

CHECKED_PHOTOS = 32
WAITING_S = 2.0
"""Between two looks whether there is room on the disk again."""
FULL = (errno.ENOSPC, errno.EDQUOT)


def train(recipe: Recipe, manifest: Manifest, folder: Path, should_stop: Callable[[], str | bool]) -> Iterator[Message]:
    """Trains and writes `folder`/model. Ends with `RunFinished`, or raises UserError with a sentence.

    `should_stop` is asked after every step; a stopped run keeps the best model so far, and one that is to 'pause' ends
    without a model. Begun again in its folder, a run that was paused or broken off goes on where it was.
    """
    torch.set_num_threads(cores())
    with ThreadPoolExecutor(cores(), "decode") as pool:
        yield from _Run(recipe, manifest, Context(folder, pool, should_stop)).run()


class _Run:
    """A run under way. The methods that say something are generators of messages."""

    def __init__(self, recipe: Recipe, manifest: Manifest, context: Context) -> None:
        self.recipe, self.manifest, self.context = recipe, manifest, context
        self.began = time.time()
        problem = obstacle(recipe.sampling.method, manifest.task, 1 if stand_apart(recipe) else len(manifest.classes))
        if problem:
            raise RecipeError(problem)
        self.parts: list[Part] = []
        self.outcome = Outcome(recipe, manifest)
        self.heard = Heard(manifest)
        self.sentence = ""
        self.best: Best | None = None
        self._alarms: set[str] = set()
        self._judged: dict[str, dict[str, Any]] = {}
        """Figures of the classes of parts that have ended."""

    def run(self) -> Iterator[Message]:
        """The whole of it."""
        if not self.recipe.combination.models:
            self.parts = parts_of(self.recipe, self.manifest)
        self.context.kept.read()
        yield self._started()
        if self.recipe.network.weights == "torchvision" and not self.manifest.weights:
            file = yield from fetched(address(self.recipe.network.name))
            self.manifest = self.outcome.manifest = replace(self.manifest, weights=str(file))
            self.parts = parts_of(self.recipe, self.manifest)
        offset = 0
        try:
            if self.recipe.combination.models:
                yield from self._gather()
            for number, part in enumerate(self.parts):
                if part.title:
                    yield Stage(f"{part.title} ({number + 1} of {len(self.parts)})")
                offset = yield from self._train(part, number, offset)
        except Stopped as wish:
            if wish.pause:
                yield RunFinished("paused", "Paused; resume it to go on from here.", time.time() - self.began)
                return
            self.sentence = "Stopped as asked; the best model so far is kept."
        if not self.outcome.networks:
            self._clear()
            self.sentence = "Stopped before anything was learned; there is no model."
            yield RunFinished("stopped", self.sentence, time.time() - self.began)
            return
        if self.recipe.combination.how == "stack" and len(self.outcome.networks) > 1:
            yield Stage(self.outcome.stack())
        yield Stage("checking the model")
        while (written := self._written()) is None:
            yield Stage("the disk is full: the model waits for room")
            time.sleep(WAITING_S)
            if self.context.should_stop() == "pause":
                yield RunFinished("paused", "The disk is full; make room and resume it.", time.time() - self.began)
                return
        evaluation, notes = written
        self._clear()
        try:
            self.heard.write(self.context.folder)
        except OSError as error:
            notes.append(f"What was said of the photos on the way could not be kept ({error.strerror or error}).")
        for note in notes:
            yield Alarm("threshold", note)
        state = "stopped" if self.sentence else "done"
        accuracy = evaluation.mean_per_class_accuracy
        step = self.best.step if self.best is not None and len(self.parts) == 1 else None
        sentence = self.sentence or "Done."
        if self.context.kept.unread:
            unread = len(self.context.kept.unread)
            were = "photo could not be read and was" if unread == 1 else "photos could not be read and were"
            sentence += f" {unread:,} {were} left out."
        yield RunFinished(state, sentence, time.time() - self.began, step, accuracy)

    def _clear(self) -> None:
        """Nothing is left to go on with."""
        for file in (self.context.folder / "checkpoints").glob("*.pt"):
            file.unlink()

    def _started(self) -> RunStarted:
        return RunStarted(
            os.getpid(),
            self.began,
            self.context.device.type,
            tuple(item.name for item in self.manifest.classes),
            self.manifest.counts(),
            {split.value: len(self.manifest.of(split)) for split in Split},
            sum(planned_steps(part.recipe, part.manifest) for part in self.parts),
        )

    def _train(self, part: Part, number: int, offset: int) -> Generator[Message, None, int]:
        """One part; its steps are counted on from those of the parts before. Returns the first step of the next."""
        training = Training(self.context, part.recipe, part.manifest, number=number)
        last = offset - 1 if training.steps_said is None else training.steps_said - 1
        try:
            for message in watched(training):
                if isinstance(message, Step | Evaluated | Wall | Filters):
                    message = replace(message, step=message.step + offset)
                    last = max(last, message.step)
                if isinstance(message, Alarm):
                    if message.sentence in self._alarms:
                        continue  # said of an earlier part in the same words
                    self._alarms.add(message.sentence)
                    # What the recipe does already is no remedy.
                    remedy = {key: text for key, text in message.remedy.items() if str(self.recipe.value(key)) != text}
                    message = replace(message, remedy=remedy)
                if isinstance(message, Evaluated):
                    message = self._with_others(part, message)
                yield message
        finally:
            if training.best is not None:
                self.outcome.add(part, training)
                self._hear(part, training)
                self.best = training.best
                self.sentence = self.sentence or training.sentence
        if training.best is not None:
            self._judged |= training.best.evaluation.per_class_json()
        training.ended(last + 1)
        return last + 1

    def _hear(self, part: Part, training: Training) -> None:
        """What a network said of its photos; one whose stages were not trained tells no more than its features do."""
        if training.said is None or training.best is None or training.validation is None:
            return
        self.heard.add(part.outputs, training.said.photo_ids, training.said.mean)
        judged = [place for place in range(len(training.validation.photos)) if place not in training.validation.lost]
        ids = np.array([training.validation.photos[place].id for place in judged], np.int64)
        self.heard.add(part.outputs, ids, probabilities(training.best.logits[judged], self.manifest.task).numpy())

    def _gather(self) -> Iterator[Message]:
        """The models that the recipe names, as they are."""
        yield Stage("loading weights")
        folders = [self.context.folder / "weights" / name for name in self.recipe.combination.models]
        models = loaded(folders, self.manifest)
        photos, logits = yield from asked(self.context, models, self.manifest)
        every = tuple(range(len(self.manifest.classes)))
        for (card, network), found in zip(models, logits, strict=True):
            self.outcome.add_model(card, network, Answer(every, photos, found))

    def _with_others(self, part: Part, message: Evaluated) -> Evaluated:
        """A part's figures beside the best of the flags that were trained before it."""
        if len(part.outputs) == len(self.manifest.classes) or self.manifest.task == "exclusive":
            return message
        figures = self._judged | message.per_class
        mean, _ = mean_of_known([one["mean_per_class_accuracy"] for one in figures.values()])
        half, _ = mean_of_known([one["mean_per_class_accuracy_at_half"] for one in figures.values()])
        return replace(message, per_class=figures, mean_per_class_accuracy=mean, mean_per_class_accuracy_at_half=half)

    def _written(self) -> tuple[Evaluation, list[str]] | None:
        """As `_write_model`; None while there is no room on the disk, which ends no run."""
        try:
            return self._write_model()
        except OSError as error:
            if error.errno not in FULL:
                raise
            return None

    def _write_model(self) -> tuple[Evaluation, list[str]]:
        """The finished model in the run folder; its scores and what there is to say of its thresholds."""
        outcome = self.outcome
        network = outcome.network()
        found = outcome.on_validation()
        logits = outcome.calibrate(network, found.logits, found.states)
        evaluation, notes = outcome.judged(logits, found.states)
        preprocessing = outcome.preprocessing
        learned = replace(self.manifest, classes=tuple(self.manifest.classes[c] for c in outcome.learned), photos=())
        counts = self.manifest.counts()[Split.TRAIN.value]
        card = finished.make_card(
            self.recipe,
            learned,
            preprocessing,
            evaluation,
            raised={item.name: counts[item.name][0] for item in learned.classes},
            members=outcome.members(),
            shared_stages=outcome.shared_stages,
        )
        checked = found.photos[:CHECKED_PHOTOS]
        files = Photos([photo.path for photo in checked], preprocessing, self.context.pool)
        places, pixels, _ = files.readable(range(len(checked)))
        if checked and not pixels:
            raise JobFailed("The validation photos vanished while the model was checked; it was not kept.")
        expected = _answers(network, pixels, preprocessing, self.manifest.task)
        if outcome.answers_alone and pixels:
            # What the trainer heard must be what is read back, not only what is in memory now.
            heard = probabilities(logits[places], self.manifest.task).numpy()
            expected = np.where(found.answered[places], heard, expected)
        finished.write_model(self.context.folder, network, card, pixels=pixels, expected=expected)
        return evaluation, notes


def watched(training: Training) -> Iterator[Message]:
    """What a training says, and the alarms that its evaluations give rise to."""
    showing = Showing()
    for message in training.run():
        yield message
        if isinstance(message, Evaluated) and training.validation is not None:
            yield from showing.after(training.validation, message.step)
        if isinstance(message, Evaluated) and training.watch is not None:
            yield from training.watch.evaluated(message)
    if training.best is not None and training.watch is not None:
        yield from training.watch.ended(training.best.evaluation.per_class_json())


def _answers(
    network: Network | Combined, pixels: Sequence[Pixels], preprocessing: Preprocessing, task: str
) -> NDArray[np.float32]:
    """Probabilities (n, classes) of photos as the model in memory gives them."""
    if not pixels:
        return np.zeros((0, 0), np.float32)
    device = next(network.parameters()).device
    with torch.inference_mode():
        x = to_input(torch.from_numpy(np.stack(pixels)).to(device), preprocessing)
        return probabilities(network.eval()(x).float(), task).cpu().numpy()
