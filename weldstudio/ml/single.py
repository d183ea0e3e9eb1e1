"""One network trained on one manifest: weights, features of all photos, the head, the stages.

    weights -> all photos once through the trunk -> head (step 0) -> if stages are trained: steps from that head,
            validated as they go -> the best

Whatever follows the head has to be better to be kept. A trunk of random weights has nothing to be spoilt: there the
head begins from nothing as well.
"""

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from weldstudio.domain.alarms import Watch, rare_in_batches
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.messages import Alarm, Message, Stage
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.sampling import Sampled, sampled
from weldstudio.domain.scores import FEW, too_few
from weldstudio.domain.split import Split
from weldstudio.imaging.fitting import enlarged
from weldstudio.ml import phases, rehearsal
from weldstudio.ml.architectures import Network, build
from weldstudio.ml.checkpoints import Checkpoints
from weldstudio.ml.context import Context
from weldstudio.ml.dataset import Photos
from weldstudio.ml.features import Photographs, read_features
from weldstudio.ml.frozen import FrozenMaps, frozen_maps
from weldstudio.ml.heard import Said
from weldstudio.ml.loop import Steps, steps_per_epoch, train_stages
from weldstudio.ml.losses import Loss, ignorance
from weldstudio.ml.parts import stand_apart
from weldstudio.ml.schedule import batch_size
from weldstudio.ml.validation import Best, Validation
from weldstudio.ml.weights import load_trunk


class Training:
    """One network under way. `run` is a generator of messages; `best` is what it has found so far."""

    def __init__(self, context: Context, recipe: Recipe, manifest: Manifest, *, number: int = 0) -> None:
        self.context, self.recipe, self.manifest = context, recipe, manifest
        self.checkpoints = Checkpoints(context.folder / "checkpoints" / f"part-{number}.pt", device=context.device)
        self.preprocessing = recipe.preprocessing
        torch.manual_seed(recipe.seed)
        self.network: Network = build(
            recipe.network.name,
            len(manifest.classes),
            dropout=recipe.network.dropout,
            head=recipe.network.head,
            hidden=recipe.network.hidden,
            looks=self.preprocessing.looks,
        )
        self.photos: dict[Split, Photographs] = {}
        self.sentence = ""
        self.validation: Validation | None = None
        self.watch: Watch | None = None
        self.said: Said | None = None
        """What was said of the training photos on the way."""

    @property
    def _by_steps(self) -> bool:
        """Whether stages are trained."""
        return bool(self.recipe.network.trains_stages and self.recipe.schedule.epochs)

    @property
    def best(self) -> Best | None:
        return None if self.validation is None else self.validation.best

    def run(self) -> Iterator[Message]:
        """The whole of it, or what a checkpoint leaves of it."""
        found = self.checkpoints.found
        if found is not None:
            yield from self._prepare()
            validation, chosen = self._restore(found)
            if found.get("ended"):
                return
        else:
            yield from self._prepare()
            validation, chosen = yield from self._head()
        if self._by_steps:
            yield from self._train_stages(validation, chosen)
        if self.recipe.sampling.balanced_head:
            yield from self._balance(validation, chosen)

    def ended(self, steps: int) -> None:
        """Keeps what came of it, so that a run of several networks goes on with the next one. `steps`: said so far."""
        if self.validation is not None and self.validation.best is not None:
            said = self.said.kept() if self.said is not None else {}
            self.checkpoints.write(self.validation.kept() | said | {"ended": True, "steps": steps})

    @property
    def steps_said(self) -> int | None:
        """What `ended` was told, where this network ended before the run was broken off."""
        found = self.checkpoints.found or {}
        return found["steps"] if found.get("ended") else None

    def _restore(self, found: dict[str, Any]) -> tuple[Validation, Sampled]:
        """The photos and the best so far of a checkpoint."""
        for split in (Split.TRAIN, Split.VALIDATION):
            kept = set(found["photos"][split.value])
            self.photos[split] = tuple(photo for photo in self.manifest.of(split) if photo.id in kept)
        validation, chosen = self._made()
        validation.restore(found)
        if self.said is not None:
            self.said.restore(found)
        return validation, chosen

    def _made(self) -> tuple[Validation, Sampled]:
        """The judge, and the training photos that take part, of the photos that can be read."""
        chosen = _sampled(self.recipe, self.manifest, self.photos[Split.TRAIN])
        self.validation = Validation(
            self.context,
            self.network,
            self.manifest,
            loss=Loss(self.recipe.loss, self.manifest.task, torch.from_numpy(chosen.states)),
            photos=self.photos[Split.VALIDATION],
            states=_states(self.photos[Split.VALIDATION], self.manifest),
            preprocessing=self.preprocessing,
        )
        self.watch = Watch(
            [item.name for item in self.manifest.classes],
            self.recipe.schedule.epochs * steps_per_epoch(self.recipe, len(chosen.rows)) * self._by_steps,
            self.recipe.schedule.learning_rate,
            ignorance=ignorance(self.validation.loss, torch.from_numpy(chosen.states)),
            exclusive=self.manifest.task == "exclusive",
        )
        if self._by_steps:
            ids = np.array([photo.id for photo in self.photos[Split.TRAIN]], np.int64)
            self.said = Said(ids[chosen.rows], len(self.manifest.classes), task=self.manifest.task)
        self.checkpoints.shared["photos"] = {
            split.value: [photo.id for photo in photos] for split, photos in self.photos.items()
        }
        return self.validation, chosen

    def _head(self) -> Generator[Message, None, tuple[Validation, Sampled]]:
        """All photos once through the trunk, and the head on their features."""
        # A batch of other photos may change the last digit: independent flags read their photos each for itself.
        trunk = None if stand_apart(self.recipe) else (self.manifest.weights, self.recipe.seed)
        features = {}
        for split, word in ((Split.TRAIN, "training"), (Split.VALIDATION, "validation")):
            photos = self.manifest.of(split)
            self.photos[split], features[split] = yield from read_features(
                self.context,
                self.network,
                photos,
                preprocessing=self.preprocessing,
                word=word,
                trunk=trunk,
            )
        if len(features[Split.TRAIN]) < 2:
            raise RecipeError("Fewer than 2 training photos could be read; a network cannot learn from them.")
        readable = replace(self.manifest, photos=self.photos[Split.TRAIN])
        for item, (raised, _) in readable.counts()[Split.TRAIN.value].items():
            if raised < FEW:
                yield Alarm("too few", too_few(item, raised, "raised"))
        validation, chosen = self._made()
        known = (features[Split.TRAIN][torch.from_numpy(chosen.rows)], torch.from_numpy(chosen.states))
        held_out = (features[Split.VALIDATION], validation.states)
        plan = self.recipe.schedule
        if self._by_steps and not (plan.fitted_start or plan.head_epochs):
            # As the sources began: no head fitted beforehand may pass for the outcome of the training.
            self._know_nothing()
            yield validation.judge(0, 0, phases.classified(self.network, held_out[0]))
            return validation, chosen
        by_steps = self.recipe.network.head == "two_layers" or plan.head_epochs
        phase = phases.trained_head if by_steps else phases.fitted_head
        yield from phase(
            self.context, self.network, self.recipe, training=known, validation=validation, held_out=held_out
        )
        return validation, chosen

    def _prepare(self) -> Iterator[Message]:
        yield Stage("loading weights")
        choice = self.recipe.network
        if self.manifest.weights:
            load_trunk(self.network, self.context.folder / self.manifest.weights, forgotten=choice.reinitialise)
            if choice.reinitialise:
                names = ", ".join(self.network.stage_names[-choice.reinitialise :])
                yield Stage(f"these stages begin anew: {names}")
        elif not choice.trains_stages:
            yield Alarm(
                "random trunk",
                "All stages are frozen and their weights are random: the network cannot learn to see. Give a weights "
                "file or train its stages.",
                {"network.freeze": "0"},
            )
        self.network.to(self.context.device)

    def _train_stages(self, validation: Validation, chosen: Sampled) -> Iterator[Message]:
        choice = self.recipe.network
        fresh = choice.reinitialise if self.manifest.weights else len(self.network.stages)
        if fresh or not self.recipe.schedule.fitted_start:
            # Large weights fitted to chance features would drown the first gradients.
            self._know_nothing()
        self.network.freeze(choice.frozen_stages, hold=len(self.network.stages) - fresh)
        photos = self.photos[Split.TRAIN]
        varies = self.recipe.data.augment
        kept = enlarged(self.preprocessing) if varies else self.preprocessing
        pixels = Photos([photo.path for photo in photos], kept, self.context.pool, self.context.folder)
        maps = None if varies else (yield from self._behind_frozen(pixels, "training"))
        validation.maps = yield from self._behind_frozen(validation.pixels, "validation")
        steps = Steps(
            self.context,
            self.recipe,
            self.network,
            validation.loss,
            pixels,
            chosen.rows,
            torch.from_numpy(chosen.states),
            self.preprocessing.input_size,
            [item.name for item in self.manifest.classes],
            self.watch,
            maps,
            self.said,
        )
        found_before = self.checkpoints.found
        if found_before is not None:
            rate = found_before["learning_rate"]
            steps.recipe = replace(steps.recipe, schedule=replace(self.recipe.schedule, learning_rate=rate))
        else:
            yield from self._rare(len(chosen.rows))
            if self.recipe.schedule.range_test != "off":
                found = yield from rehearsal.range_test(steps)
                if found is not None and self.recipe.schedule.range_test == "use":
                    steps.recipe = replace(steps.recipe, schedule=replace(self.recipe.schedule, learning_rate=found))
            if self.recipe.schedule.overfit_check:
                yield from rehearsal.overfit_check(steps)  # at the rate that is trained at
        for message in train_stages(steps, validation, self.checkpoints):
            if isinstance(message, Alarm) and message.kind == "diverged":
                self.sentence = message.sentence.removesuffix(" Try a smaller rate.")
            yield message

    def _know_nothing(self) -> None:
        """A head from which every photo gets the same answer."""
        nn.init.zeros_(self.network.head.weight)
        nn.init.zeros_(self.network.head.bias)

    def _behind_frozen(self, pixels: Photos, word: str) -> Generator[Message, None, FrozenMaps | None]:
        return (
            yield from frozen_maps(
                self.context, self.network, pixels, stages=self.recipe.network.frozen_stages, word=word
            )
        )

    def _rare(self, rows: int) -> Iterator[Message]:
        """Flags of which a batch is likely to hold no raised photo."""
        if self.recipe.sampling.method != "proportional":
            yield from rare_in_batches(
                self.manifest.counts()[Split.TRAIN.value],
                batch_size(self.recipe.schedule, rows),
                proportional_possible=self.manifest.task == "exclusive" or len(self.manifest.classes) == 1,
            )

    def _balance(self, validation: Validation, chosen: Sampled) -> Iterator[Message]:
        """The head refitted on the features of the best trunk."""
        assert validation.best is not None
        self.network.load_state_dict(validation.best.state)
        known, there = [], []
        for split, word in ((Split.TRAIN, "training"), (Split.VALIDATION, "validation")):
            photos = self.photos[split]
            kept, found = yield from read_features(
                self.context, self.network, photos, preprocessing=self.preprocessing, word=word
            )
            places = {photo.id: place for place, photo in enumerate(photos)}
            there.append([places[photo.id] for photo in kept])
            known.append(torch.zeros(len(photos), found.shape[1]))
            known[-1][there[-1]] = found
        validation.lose(set(range(len(validation.photos))) - set(there[1]))
        rows = np.isin(chosen.rows, there[0])  # photos may have vanished meanwhile
        yield from phases.balanced_head(
            self.context,
            self.network,
            self.recipe,
            training=(known[0][torch.from_numpy(chosen.rows[rows])], torch.from_numpy(chosen.states[rows])),
            validation=validation,
            held_out=(known[1], validation.states),
            step=validation.last_step + 1,  # of its own: no point is ever told twice
        )


def planned_steps(recipe: Recipe, manifest: Manifest) -> int:
    """Steps planned on stages."""
    if not recipe.network.trains_stages:
        return 0
    rows = len(_sampled(recipe, manifest, manifest.of(Split.TRAIN)).rows)
    return recipe.schedule.epochs * steps_per_epoch(recipe, rows)


def _sampled(recipe: Recipe, manifest: Manifest, photos: Photographs) -> Sampled:
    states = np.array([photo.states for photo in photos], np.uint8).reshape(-1, len(manifest.classes))
    return sampled(states, recipe.sampling, task=manifest.task, seed=recipe.seed)


def _states(photos: Photographs, manifest: Manifest) -> Tensor:
    states = [photo.states for photo in photos]
    return torch.tensor(states, dtype=torch.uint8).reshape(-1, len(manifest.classes))
