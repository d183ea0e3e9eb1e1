"""Ours beside plain torchvision fine-tuning, and fastai where it is there: `python -m tests.experiments.rivals FOLDER`.

The same photographs, split, network, weights, input size, batch size, epochs and augmentation by mirroring, for several
seeds. Each trains every layer; all are judged on the same test photographs by the same function, at thresholds that are
chosen on the same validation photographs. Photos a second are training photographs over the time of the epochs alone,
loading included, validation not.
"""

import argparse
import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable
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
Outcome = tuple[float, float]
"""Mean per-class accuracy on test photos, training photos a second."""


def main() -> int:
    """Train with each, print the table; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="photographs and labels.csv")
    parser.add_argument("--weights", type=Path, required=True, help="ImageNet weights of the network, a state dict")
    parser.add_argument("--network", default="mobilenet_v2")
    parser.add_argument("--seeds", type=int, default=3)
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
    for seed in range(options.seeds):
        manifest = labelled_folder.read(options.folder, seed=seed, most=options.photos)
        for name, contestant in contestants.items():
            found[name].append(contestant(manifest, options, seed))
            print(f"seed {seed}, {name}: {found[name][-1][0]:.1%}, {found[name][-1][1]:.1f} photos/s", flush=True)
    print(_table(found))
    return 0


def _table(found: dict[str, list[Outcome]]) -> str:
    own = found["weldstudio"]
    lines = ["| | per class, % | ours less it | photos/s | ours over it |", "| --- | --- | --- | --- | --- |"]
    for name, outcomes in found.items():
        apart = [one[0] - other[0] for one, other in zip(own, outcomes, strict=True)]
        faster = [one[1] / other[1] for one, other in zip(own, outcomes, strict=True)]
        beside = ("", "") if name == "weldstudio" else (percent(apart, sign=True), percent(faster, scale=1))
        speed = percent([rate for _, rate in outcomes], scale=1)
        lines.append(f"| {name} | {percent([a for a, _ in outcomes])} | {beside[0]} | {speed} | {beside[1]} |")
    return "\n".join(lines)


def ours(manifest: Manifest, options: argparse.Namespace, seed: int) -> Outcome:
    """The program's own training."""
    recipe = Recipe().with_values(
        {
            "seed": str(seed),
            "network.name": options.network,
            "network.input_size": str(options.size),
            "network.freeze": "0",
            "schedule.epochs": str(options.epochs),
            "schedule.batch_size": str(options.batch),
            "schedule.learning_rate": str(options.rate),
            "augmentation.cut": "0",
            "augmentation.stretch": "0",
            "augmentation.brightness": "0",
            "augmentation.contrast": "0",
        }
    )
    given = Manifest(manifest.classes, manifest.photos, manifest.task, str(options.weights.resolve()))
    with tempfile.TemporaryDirectory(prefix="experiment-") as place:
        folder = Path(place) / "run"
        folder.mkdir()
        rates = [m.images_per_second for m in train(recipe, given, folder, lambda: False) if isinstance(m, Step)]
        accuracy = labelled_folder.judged(folder / "model", manifest).mean_per_class_accuracy
    return accuracy or 0.0, float(np.median([rate for rate in rates if rate] or [0.0]))


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
    began, seen = time.perf_counter(), 0
    for _ in range(options.epochs):
        network.train()
        for x, y in loader:
            optimiser.zero_grad(set_to_none=True)
            loss(network(x.to(device)), y.to(device)).backward()
            optimiser.step()
            plan.step()
            seen += len(x)
    took = time.perf_counter() - began
    return _judged(lambda split: _asked(network, manifest, split, options.size), manifest), seen / took


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
    """`vision_learner` without its own presizing, all layers trained by one cycle."""
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner

    torch.manual_seed(seed)
    # It validates within its epochs, and validation is not timed: one photo is all that it gets.
    loaders = [
        torch.utils.data.DataLoader(
            _Folder(photos, options.size, mirrored=first, task=manifest.task),
            options.batch,
            shuffle=first,
            num_workers=cores(),
        )
        for photos, first in ((manifest.of(Split.TRAIN), True), (manifest.of(Split.VALIDATION)[:1], False))
    ]
    network = _network(options, len(manifest.classes))
    loss = nn.CrossEntropyLoss() if manifest.task == "exclusive" else nn.BCEWithLogitsLoss()
    learner = Learner(DataLoaders(*loaders), network, loss_func=loss)
    began = time.perf_counter()
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(options.epochs, options.rate)
    took = time.perf_counter() - began
    seen = options.epochs * len(manifest.of(Split.TRAIN))
    return _judged(lambda split: _asked(network, manifest, split, options.size), manifest), seen / took


if __name__ == "__main__":
    sys.exit(main())
