"""Ours beside plain torchvision fine-tuning, and fastai where it is there: `python -m tests.experiments.rivals FOLDER`.

The same photographs, split, network, weights, input size, batch size, epochs and augmentation by mirroring, for several
seeds; optimiser, rates, loss and head are each one's own: the preset "Fine-tune" here, SGD with momentum and a cosine
rate as in torchvision's reference, `fine_tune` with its concatenated pooling and two-layer head in fastai. Each trains
every layer; all are judged on the same test photographs by the same function, at thresholds that are chosen on the same
validation photographs. Photos a second are training photographs over the time of the epochs alone, loading included,
validation not: by the clock, and by the time of processor that all processes took, which others on the machine disturb
less.
"""

import argparse
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from tests.experiments import labelled_folder
from tests.experiments.labelled_folder import percent
from weldstudio.domain.evaluation import evaluate
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest, ManifestPhoto
from weldstudio.domain.messages import Step
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.domain.thresholds import best_threshold
from weldstudio.ml.serving import cores
from weldstudio.ml.train import train

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PRESET = Path(__file__).parents[2] / "resources" / "recipes" / "fine-tune.toml"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one training came to."""

    accuracy: float
    """Mean per-class accuracy on test photos."""
    rate: float
    """Training photos a second by the clock."""
    lean: float
    """Training photos a second of processor."""
    whole: float
    """Training photos a second of processor from the call to a network that can be asked: ours with the photos read
    once, the head fitted, validation after each epoch, thresholds, test and the check of the written model."""


class Clock:
    """Seconds by the clock and of processor, those of processes included that have ended."""

    def __init__(self) -> None:
        self.wall, self.cpu = _now()

    def passed(self) -> NDArray[np.float64]:
        """(seconds, seconds of processor) since the last question."""
        before, (self.wall, self.cpu) = (self.wall, self.cpu), _now()
        return np.array([self.wall - before[0], self.cpu - before[1]])


def _now() -> tuple[float, float]:
    spent = os.times()
    return time.perf_counter(), spent.user + spent.system + spent.children_user + spent.children_system


def main() -> int:
    """Train with each, print the table; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="photographs and labels.csv")
    parser.add_argument("--weights", type=Path, required=True, help="ImageNet weights of the network, a state dict")
    parser.add_argument("--network", default="mobilenet_v2")
    parser.add_argument("--seeds", type=int, default=3, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them, to go on with those that are missing")
    parser.add_argument("--photos", type=int, default=0, help="so many at most; 0 is all")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.01)
    options = parser.parse_args()
    contestants: dict[str, Callable[[Manifest, argparse.Namespace, int], Outcome]] = {
        "weldstudio": ours,
        "torchvision": plain_torchvision,
    }
    if importlib.util.find_spec("fastai") is None:
        print("fastai is not installed and is left out.")
    else:
        contestants["fastai"] = by_fastai
    found: dict[str, list[Outcome]] = {name: [] for name in contestants}
    for seed in range(options.first, options.first + options.seeds):
        manifest = labelled_folder.read(options.folder, seed=seed, most=options.photos)
        for name, contestant in contestants.items():
            found[name].append(contestant(manifest, options, seed))
            one = found[name][-1]
            speed = f"{one.rate:.1f} photos/s, {one.lean:.1f} a second of processor, {one.whole:.1f} with all around it"
            print(f"seed {seed}, {name}: {one.accuracy:.1%}, {speed}", flush=True)
        print(f"{_table(found)}\n{len(manifest.photos):,} photographs.", flush=True)
    return 0


def _table(found: dict[str, list[Outcome]]) -> str:
    own = found["weldstudio"]
    lines = [
        "| | per class, % | less it | photos/s | ratio | photos/s of processor | ratio | with all around | ratio |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, outcomes in found.items():
        pairs = list(zip(own, outcomes, strict=True))
        beside = ["", "", "", ""]
        if name != "weldstudio":
            beside = [
                percent([a.accuracy - b.accuracy for a, b in pairs], sign=True),
                percent([a.rate / b.rate for a, b in pairs], scale=1),
                percent([a.lean / b.lean for a, b in pairs], scale=1),
                percent([a.whole / b.whole for a, b in pairs], scale=1),
            ]
        values = [
            percent([one.accuracy for one in outcomes]),
            percent([one.rate for one in outcomes], scale=1),
            percent([one.lean for one in outcomes], scale=1),
            percent([one.whole for one in outcomes], scale=1),
        ]
        cells = [cell for pair in zip(values, beside, strict=True) for cell in pair]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def ours(manifest: Manifest, options: argparse.Namespace, seed: int) -> Outcome:
    """The program's own training by its preset, mirroring alone."""
    recipe = Recipe.from_toml(PRESET.read_text(encoding="utf-8")).with_values(
        {
            "seed": str(seed),
            "network.name": options.network,
            "network.input_size": str(options.size),
            "schedule.epochs": str(options.epochs),
            "schedule.batch_size": str(options.batch),
            "augmentation.cut": "0",
            "augmentation.stretch": "0",
            "augmentation.brightness": "0",
            "augmentation.contrast": "0",
        }
    )
    given = Manifest(manifest.classes, manifest.photos, manifest.task, str(options.weights.resolve()))
    seen, took, clock, all_of_it = 0.0, np.zeros(2), Clock(), Clock()
    with tempfile.TemporaryDirectory(prefix="experiment-") as place:
        folder = Path(place) / "run"
        folder.mkdir()
        for message in train(recipe, given, folder, lambda: False):
            since = clock.passed()
            if isinstance(message, Step):  # what lies between it and the message before are steps alone
                took += since
                seen = message.epoch * len(manifest.of(Split.TRAIN))
        whole = seen / all_of_it.passed()[1]
        accuracy = labelled_folder.judged(folder / "model", manifest).mean_per_class_accuracy
    return Outcome(accuracy or 0.0, *(seen / took), whole)


class _Folder(torch.utils.data.Dataset[tuple[Tensor, Tensor]]):
    """As torchvision's `references/classification` reads photos: by Pillow, one by one."""

    def __init__(self, photos: tuple[ManifestPhoto, ...], size: int, *, mirrored: bool, task: str) -> None:
        steps: list[Any] = [torchvision.transforms.Resize((size, size))]
        steps += [torchvision.transforms.RandomHorizontalFlip()] if mirrored else []
        steps += [torchvision.transforms.ToTensor(), torchvision.transforms.Normalize(MEAN, STD)]
        self.photos, self.task, self.steps = photos, task, torchvision.transforms.Compose(steps)

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, place: int) -> tuple[Tensor, Tensor]:
        with Image.open(self.photos[place].path) as picture:
            x = self.steps(picture.convert("RGB"))
        return x, target(self.photos[place], self.task)


def target(photo: ManifestPhoto, task: str) -> Tensor:
    """The index of the class, or one number for each flag."""
    raised = torch.tensor([state == State.RAISED for state in photo.states])
    return raised.float().argmax() if task == "exclusive" else raised.float()


def plain_torchvision(manifest: Manifest, options: argparse.Namespace, seed: int) -> Outcome:
    """Fine-tuning as its own reference script does it: SGD with momentum, cosine rate, the last state is kept."""
    all_of_it = Clock()
    torch.manual_seed(seed)
    torch.set_num_threads(cores())
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = _network(options, len(manifest.classes)).to(device)
    loader = torch.utils.data.DataLoader(
        _Folder(manifest.of(Split.TRAIN), options.size, mirrored=True, task=manifest.task),
        options.batch,
        shuffle=True,
        num_workers=cores(),
        persistent_workers=True,
        drop_last=True,
    )
    optimiser = torch.optim.SGD(network.parameters(), options.rate, momentum=0.9, weight_decay=5e-4)
    plan = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, options.epochs * len(loader))
    loss = nn.CrossEntropyLoss() if manifest.task == "exclusive" else nn.BCEWithLogitsLoss()
    seen, clock = 0, Clock()
    for _ in range(options.epochs):
        network.train()
        for x, y in loader:
            optimiser.zero_grad(set_to_none=True)
            loss(network(x.to(device)), y.to(device)).backward()
            optimiser.step()
            plan.step()
            seen += len(x)
    del loader  # ends its workers, whose time then counts
    rates = (*(seen / clock.passed()), seen / all_of_it.passed()[1])
    return Outcome(_judged(lambda split: _asked(network, manifest, split, options.size), manifest), *rates)


def _network(options: argparse.Namespace, classes: int) -> nn.Module:
    network: nn.Module = torchvision.models.get_model(options.network, weights=None)
    network.load_state_dict(torch.load(options.weights, weights_only=True))
    last = [(name, part) for name, part in network.named_modules() if isinstance(part, nn.Linear | nn.Conv2d)][-1]
    parent = network.get_submodule(last[0].rpartition(".")[0])
    if isinstance(last[1], nn.Linear):
        head: nn.Module = nn.Linear(last[1].in_features, classes)
    else:
        head = nn.Conv2d(last[1].in_channels, classes, 1)
    setattr(parent, last[0].rpartition(".")[2], head)
    return network


@torch.inference_mode()
def _asked(network: nn.Module, manifest: Manifest, split: Split, size: int) -> NDArray[np.float64]:
    network.eval()
    device = next(network.parameters()).device
    plain = _Folder(manifest.of(split), size, mirrored=False, task=manifest.task)
    found = [network(x.to(device)).flatten(1).cpu() for x, _ in torch.utils.data.DataLoader(plain, 64)]
    logits = torch.cat(found).double()
    return (logits.softmax(1) if manifest.task == "exclusive" else logits.sigmoid()).numpy()


def _judged(asked: Callable[[Split], NDArray[np.float64]], manifest: Manifest) -> float:
    """By the same function as ours, at thresholds that are best on validation photos."""
    labels = {split: np.array([p.states for p in manifest.of(split)], np.uint8) for split in Split}
    validation = asked(Split.VALIDATION)
    thresholds = [
        best_threshold(validation[:, c], labels[Split.VALIDATION][:, c] == State.RAISED)
        for c in range(validation.shape[1])
    ]
    names = [item.name for item in manifest.classes]
    found = evaluate(asked(Split.TEST), labels[Split.TEST], names, task=manifest.task, thresholds=thresholds)
    return found.mean_per_class_accuracy or 0.0


def by_fastai(manifest: Manifest, options: argparse.Namespace, seed: int) -> Outcome:
    """As its `vision_learner` cuts a network and sets its head on; `fine_tune` gives the first epoch to the head."""
    from fastai.callback import progress, schedule  # noqa: F401  # they put the methods below on Learner
    from fastai.data.core import DataLoaders
    from fastai.layers import apply_init
    from fastai.learner import Learner
    from fastai.vision.learner import create_body, create_head, default_split

    all_of_it = Clock()
    torch.manual_seed(seed)
    # It validates within its epochs, and validation is not timed: one photo is all that it gets.
    loaders = [
        torch.utils.data.DataLoader(
            _Folder(photos, options.size, mirrored=first, task=manifest.task),
            options.batch,
            shuffle=first,
            num_workers=cores(),
            drop_last=first,
        )
        for photos, first in ((manifest.of(Split.TRAIN), True), (manifest.of(Split.VALIDATION)[:1], False))
    ]
    body = create_body(_network(options, len(manifest.classes)), cut=-1)
    width = body(torch.zeros(1, 3, options.size, options.size)).shape[1]
    network = nn.Sequential(body, create_head(width, len(manifest.classes)))
    apply_init(network[1], nn.init.kaiming_normal_)
    loss = nn.CrossEntropyLoss() if manifest.task == "exclusive" else nn.BCEWithLogitsLoss()
    learner = Learner(DataLoaders(*loaders), network, loss_func=loss, splitter=default_split)
    clock = Clock()
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(options.epochs - 1, freeze_epochs=1)
    seen = options.epochs * (len(manifest.of(Split.TRAIN)) // options.batch) * options.batch
    rates = (*(seen / clock.passed()), seen / all_of_it.passed()[1])
    return Outcome(_judged(lambda split: _asked(network, manifest, split, options.size), manifest), *rates)


if __name__ == "__main__":
    sys.exit(main())
