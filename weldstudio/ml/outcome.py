"""The outcome of a run: its networks as one model, what it answers on validation photos, and its thresholds.

Where several networks validate on the same photos their answers are averaged, as the model will; where each fold has
its own, every photo is answered by the network that never saw it. Hinge margins become probabilities by Platt's
sigmoid (a temperature for exclusive classes), folded into the weights.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from weldstudio.domain.calibration import platt, temperature
from weldstudio.domain.evaluation import Evaluation, evaluate
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest, ManifestPhoto
from weldstudio.domain.model import Member, ModelCard, Preprocessing
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.thresholds import Ranked, choose
from weldstudio.ml.architectures import Network
from weldstudio.ml.combined import Combined
from weldstudio.ml.losses import exclusive_target, probabilities
from weldstudio.ml.parts import Part
from weldstudio.ml.single import Training
from weldstudio.ml.stacking import stacked


@dataclass(frozen=True, slots=True)
class Answer:
    """What one trained network says of its validation photos."""

    outputs: tuple[int, ...]
    photos: tuple[ManifestPhoto, ...]
    logits: NDArray[np.float32]
    """(photos, outputs)"""


@dataclass(frozen=True, slots=True)
class Validated:
    """Photos that were validated on. A label of a class on which nobody validated there is unseen."""

    photos: tuple[ManifestPhoto, ...]
    logits: Tensor
    """(photos, learned classes), the mean of the answers; 0 where there is none."""
    states: NDArray[np.uint8]
    answered: NDArray[np.bool_]


@dataclass(slots=True)
class Outcome:
    """Fills up part by part; `finish` makes a model of it."""

    recipe: Recipe
    manifest: Manifest
    networks: list[Network] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    kinds: list[Member] = field(default_factory=list)
    """What a card says of each network; `outputs` are places among the manifest's classes."""
    preprocessing: Preprocessing = field(init=False)
    stacking: tuple[Tensor, Tensor] | None = None
    """Weight (members, classes) and bias (classes,), where they are not those of the mean."""
    prior: dict[int, float] = field(default_factory=dict)
    """Share of raised photos as trained on, by class."""
    balanced: bool = False
    """Whether loss or sampling made up for unequal classes."""

    def __post_init__(self) -> None:
        self.preprocessing = self.recipe.preprocessing

    def add_model(self, card: ModelCard, network: Network, answer: Answer) -> None:
        """A finished model that is combined with others."""
        self.networks.append(network)
        self.answers.append(answer)
        self.kinds.append(Member(card.network, answer.outputs, card.head, card.hidden))
        self.preprocessing = card.preprocessing
        # Models hold probabilities; what they were trained with is not asked again.
        self.prior |= dict.fromkeys(answer.outputs, 0.5)
        self.balanced = True

    def add(self, part: Part, training: Training) -> None:
        """A training that has ended, or was stopped with something learned."""
        best, validation = training.best, training.validation
        assert best is not None
        assert validation is not None
        training.network.load_state_dict(best.state)
        self.networks.append(training.network)
        there = [place for place in range(len(validation.photos)) if place not in validation.lost]
        photos = tuple(validation.photos[place] for place in there)
        self.answers.append(Answer(part.outputs, photos, best.logits[there].numpy()))
        choice = self.recipe.network
        self.kinds.append(Member(choice.name, part.outputs, choice.head, choice.hidden))
        self.prior |= dict(zip(part.outputs, validation.loss.prior.tolist(), strict=True))
        self.balanced = validation.loss.balances or self.recipe.sampling.method in ("under", "over")

    @property
    def learned(self) -> tuple[int, ...]:
        """The classes for which there is a network."""
        return tuple(sorted(self.prior))

    def network(self) -> Network | Combined:
        """One network, or all of them as one."""
        if len(self.networks) == 1:
            return self.networks[0]
        outputs = [member.outputs for member in self.members()]
        made = Combined(self.networks, outputs, len(self.learned), shared_stages=self.shared_stages)
        if self.stacking is not None:
            made.weight.copy_(self.stacking[0])
            made.bias.copy_(self.stacking[1])
        return made.to(self.networks[0].head.weight.device)

    @property
    def shared_stages(self) -> int:
        """Frozen stages that are the same in all networks: they came from a file, or from the same seed."""
        choice = self.recipe.combination
        same = (bool(self.manifest.weights) or choice.members == 1) and not choice.models
        return self.recipe.network.frozen_stages if same and len(self.networks) > 1 else 0

    @property
    def answers_alone(self) -> bool:
        """Whether each photo and class was answered by one network, which is the one that will answer for it."""
        places = [place for answer in self.answers for place in answer.outputs]
        return len(places) == len(set(places))

    def members(self) -> tuple[Member, ...]:
        """What a card says of several networks; none for one."""
        if len(self.networks) == 1:
            return ()
        places = {c: place for place, c in enumerate(self.learned)}
        return tuple(replace(kind, outputs=tuple(places[c] for c in kind.outputs)) for kind in self.kinds)

    def stack(self) -> str:
        """Fits weights for the networks where all validate on the same photos; says what came of it."""
        every = tuple(range(len(self.manifest.classes)))
        same = all(a.outputs == every and a.photos == self.answers[0].photos for a in self.answers)
        if self.manifest.task == "exclusive" or not same or len(self.answers) < 2:
            return "The networks are combined by their mean: stacking needs flags, judged by all on the same photos."
        states = np.array([photo.states for photo in self.answers[0].photos], np.uint8).reshape(-1, len(every))
        weight, bias = stacked(np.stack([a.logits for a in self.answers]).astype(np.float64), states)
        self.stacking = torch.from_numpy(weight).float(), torch.from_numpy(bias).float()
        better = int((np.abs(weight - 1 / len(self.answers)).max(0) > 0).sum())
        if better in (0, len(every)):
            told = (
                "better than the mean for every flag" if better else "not better than the mean for any flag: it stays"
            )
            return f"Stacking is {told}."
        return f"Stacking is better than the mean for {better} of {len(every)} flags; the others keep the mean."

    def on_validation(self) -> "Validated":
        """The photos somebody validated on, and what they were answered with."""
        learned = list(self.learned)
        row: dict[int, int] = {}
        photos: list[ManifestPhoto] = []
        by_id = {photo.id: photo for photo in self.manifest.photos}
        for answer in self.answers:
            for photo in answer.photos:
                if photo.id not in row:
                    row[photo.id] = len(photos)
                    photos.append(by_id[photo.id])
        total = np.zeros((len(photos), len(self.manifest.classes)))
        count = np.zeros_like(total)
        for answer in self.answers:
            where = np.ix_([row[photo.id] for photo in answer.photos], answer.outputs)
            total[where] += answer.logits
            count[where] += 1
        states = np.array([photo.states for photo in photos], np.uint8).reshape(total.shape)
        states = np.where(count > 0, states, State.UNSEEN).astype(np.uint8)
        found = total / np.maximum(count, 1)
        if self.stacking is not None:
            weight, bias = (part.double().numpy() for part in self.stacking)
            found = np.einsum("mc,mnc->nc", weight, np.stack([answer.logits for answer in self.answers])) + bias
        logits = torch.from_numpy(found).float()
        return Validated(tuple(photos), logits[:, learned], states[:, learned], count[:, learned] > 0)

    def calibrate(self, network: Network | Combined, logits: Tensor, states: NDArray[np.uint8]) -> Tensor:
        """The logits (n, classes) as probabilities want them; what it takes is folded into the network."""
        slope, offset = torch.ones(logits.shape[1]), torch.zeros(logits.shape[1])
        exclusive = self.manifest.task == "exclusive"
        if self.recipe.loss.name == "hinge" and exclusive:
            target = exclusive_target(torch.from_numpy(states)).numpy()
            slope *= temperature(logits.numpy()[target >= 0], target[target >= 0])
        elif self.recipe.loss.name == "hinge":
            for c in range(len(slope)):
                known = np.isin(states[:, c], (State.RAISED, State.CLEAR))
                found = platt(logits[known, c].double().numpy(), states[known, c] == State.RAISED)
                slope[c], offset[c] = found
        if exclusive and self.recipe.thresholds.rule == "prior" and not self.balanced:
            offset -= torch.tensor([self.prior[c] for c in self.learned]).log()
        if bool((slope != 1).any()) or bool(offset.any()):
            network.rescale(slope.to(_device(network)), offset.to(_device(network)))
        return slope * logits + offset

    def judged(self, logits: Tensor, states: NDArray[np.uint8]) -> tuple[Evaluation, list[str]]:
        """Scores at the thresholds that the recipe's rule chooses, and what there is to say about these."""
        found = probabilities(logits, self.manifest.task).numpy()
        classes = [self.manifest.classes[c] for c in self.learned]
        thresholds, notes = [], []
        for place, item in enumerate(classes):
            known = np.isin(states[:, place], (State.RAISED, State.CLEAR))
            chosen = choose(
                self.recipe.thresholds,
                Ranked(found[known, place].astype(np.float64), states[known, place] == State.RAISED),
                prior=self.prior[self.learned[place]],
                balanced=self.balanced,
                points=item.points,
                name=item.name,
            )
            thresholds.append(chosen.threshold)
            notes += [chosen.note] if chosen.note else []
        names = [item.name for item in classes]
        return evaluate(found, states, names, task=self.manifest.task, thresholds=thresholds), notes


def _device(network: Network | Combined) -> torch.device:
    return next(network.parameters()).device
