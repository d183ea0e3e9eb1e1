"""Repeat the comparisons of the theses on one's own photographs: `python -m tests.experiments.sources FOLDER`.

Each comparison trains two or more recipes that differ in one thing on the same photographs from the same weights, for
several seeds, which draw the split and all chance of the training. The table says the mean per-class accuracy on test
photographs, the difference to the first recipe with its 95 % interval over seeds, what the source found, and whether
the direction is the same; where the interval holds 0 it is not settled. Networks are those of which weights are given,
not the theirs (AlexNet, VGG-19): the direction is compared, not the height.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.experiments import labelled_folder
from tests.experiments.labelled_folder import interval, percent
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.messages import Alarm
from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.recipe import Recipe
from weldstudio.ml.train import train

ALL = {"network.freeze": "0", "schedule.fitted_start": "false"}
"""All layers are trained, from a head that knows nothing, as the thesis did."""
PLAIN = ALL | {"loss.name": "bce", "thresholds.rule": "half"}
PLAIN_HEAD = {"network.freeze": "-1", "loss.name": "bce", "thresholds.rule": "half"}
FLOWERS = ALL | {
    "schedule.optimiser": "adam",
    "schedule.learning_rate": "0.001",
    "schedule.schedule": "fixed",
}
SOPER = {
    "augmentation.cut": "0",
    "augmentation.stretch": "0",
    "augmentation.shift": "0.1",
    "augmentation.rotate": "10",
} | {
    "augmentation.shear": "5",
    "augmentation.zoom": "0.1",
    "augmentation.brightness": "0",
    "augmentation.contrast": "0",
}


@dataclass(frozen=True)
class Variant:
    """One recipe of a comparison."""

    name: str
    values: Mapping[str, str]
    source: str
    """What the source measured."""
    better: int = 0
    """Whether the source found it better (1) or worse (-1) than the first variant; 0 where it hardly differed."""
    weights: bool = True
    """Whether it begins with the given weights."""


@dataclass(frozen=True)
class Comparison:
    """Recipes that differ in one thing."""

    title: str
    variants: tuple[Variant, ...]
    one_flag: bool = False
    """On the first flag alone, thinned to 2 % of the training photographs."""
    network: str = ""
    """In place of that of the weights."""


def comparisons(stages: int) -> dict[str, Comparison]:
    """By a short name; `stages` is how many the network has."""
    late = str(stages - max(1, stages // 5))  # of five stages the last one is trained
    return {
        "transfer": Comparison(
            "From scratch or from ImageNet weights, all layers trained [D] 7.2",
            (
                Variant("scratch", ALL, "83.9", weights=False),
                Variant("ImageNet weights", ALL, "88.0", 1),
            ),
        ),
        "freeze": Comparison(
            "How deep to freeze [D] 8.2",
            (
                Variant("all layers trained", ALL, "88.0"),
                Variant("first four fifths frozen", ALL | {"network.freeze": late}, "89.2", 1),
                Variant("last layer only", {"network.freeze": "-1"}, "85.1", -1),
            ),
        ),
        "hinge": Comparison(
            "Softmax or linear SVM on frozen features [D] 7.3.4",
            (
                Variant("cross entropy", {"network.freeze": "-1"}, "85.1"),
                Variant("hinge", {"network.freeze": "-1", "loss.name": "hinge"}, "85.4"),
            ),
        ),
        "anew": Comparison(
            "Upper layers copied or begun anew [D] 8.2",
            (
                Variant("copied", ALL, "86.1"),
                Variant("begun anew", ALL | {"network.reinitialise": "2"}, "86.4"),
            ),
        ),
        "imbalance": Comparison(
            "98 % imbalance, decided at one half [D] 8.3",
            (
                Variant("plain cross entropy", PLAIN, "up to 10 less than Bayesian"),
                Variant("Bayesian", PLAIN | {"loss.name": "bayesian"}, "+9 to +10", 1),
                Variant("Bayesian, prior of the batch", PLAIN | {"loss.name": "bayesian_batch"}, "the thesis' own", 1),
                Variant("logit-adjusted", PLAIN | {"loss.name": "logit_adjusted"}, "not tried", 1),
                Variant("plain, threshold from validation", PLAIN | {"thresholds.rule": "accuracy"}, "not tried", 1),
                Variant("plain, from scratch", PLAIN, "constant function", -1, weights=False),
            ),
            one_flag=True,
        ),
        "imbalance_head": Comparison(
            "98 % imbalance, decided at one half, last layer alone, fitted to the end",
            (
                Variant("plain cross entropy", PLAIN_HEAD, "not tried"),
                Variant("Bayesian", PLAIN_HEAD | {"loss.name": "bayesian"}, "not tried", 1),
                Variant("logit-adjusted", PLAIN_HEAD | {"loss.name": "logit_adjusted"}, "not tried", 1),
                Variant(
                    "plain, threshold from validation", PLAIN_HEAD | {"thresholds.rule": "accuracy"}, "not tried", 1
                ),
                Variant("plain, prior correction", PLAIN_HEAD | {"thresholds.rule": "prior"}, "not tried", 1),
            ),
            one_flag=True,
        ),
        "basic": Comparison(
            "Basic CNN, plain or augmented [S]",
            (
                Variant("plain", FLOWERS | {"data.augment": "false"}, "74", weights=False),
                Variant("augmented", FLOWERS | SOPER, "79", 1, weights=False),
            ),
            network="basic_cnn",
        ),
        "phases": Comparison(
            "Frozen features, or two phases [S]",
            (
                Variant("head alone", {"network.freeze": "-1"}, "87 to 89"),
                Variant("one phase", {"network.freeze": late, "schedule.fitted_start": "false"}, "not tried"),
                Variant("two phases", {"network.freeze": late}, "91 to 92", 1),
            ),
        ),
    }


def main() -> int:
    """Run what was asked for and print the table; the exit status."""
    options = _options()
    known = comparisons(len(NETWORKS[options.network].stages))
    wanted = options.only.split(",") if options.only else list(known)
    for key in wanted:
        text = "\n".join(_table(known[key], options)) + "\n"
        print(text, flush=True)
        if options.out:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="photographs and labels.csv")
    parser.add_argument("--weights", type=Path, required=True, help="ImageNet weights of the network")
    parser.add_argument("--network", default="squeezenet1_0")
    parser.add_argument("--flag", default="", help="of the imbalance experiment; the first by default")
    parser.add_argument("--only", default="", help="names of comparisons, separated by commas")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--photos", type=int, default=0, help="so many at most; 0 is all")
    parser.add_argument("--size", type=int, default=128, help="side of the input in pixels")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rate", default="0.003", help="learning rate of trained stages")
    parser.add_argument("--out", type=Path, help="also add the tables to this file, each as it is found")
    return parser.parse_args()


def _table(comparison: Comparison, options: argparse.Namespace) -> list[str]:
    """One comparison as lines of Markdown."""
    found: dict[str, list[float]] = {variant.name: [] for variant in comparison.variants}
    said: dict[str, set[str]] = {variant.name: set() for variant in comparison.variants}
    began = time.monotonic()
    for seed in range(options.seeds):
        manifest = _photos(comparison, options, seed)
        for variant in comparison.variants:
            accuracy, alarms = _trained(comparison, variant, manifest, options, seed)
            found[variant.name].append(accuracy)
            said[variant.name] |= alarms
    first = found[comparison.variants[0].name]
    lines = [
        "",
        f"## {comparison.title}",
        "| | per class, % | difference | source | direction | told |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for variant in comparison.variants:
        values = found[variant.name]
        apart = [one - other for one, other in zip(values, first, strict=True)]
        change = "" if values is first else percent(apart, sign=True)
        verdict = "" if values is first else _direction(apart, variant.better)
        alarms_said = ", ".join(sorted(said[variant.name]))
        lines.append(
            f"| {variant.name} | {percent(values)} | {change} | {variant.source} | {verdict} | {alarms_said} |"
        )
    lines.append(f"\n{options.seeds} seeds, {len(manifest.photos):,} photographs, {time.monotonic() - began:.0f} s.")
    return lines


def _direction(apart: list[float], better: int) -> str:
    _, low, high = interval(apart)
    if low <= 0 <= high:
        return "not settled" if better else "no difference shown, as there"
    return ("same" if better * low > 0 else "the other way round") if better else "differs, and did not there"


def _photos(comparison: Comparison, options: argparse.Namespace, seed: int) -> Manifest:
    if not comparison.one_flag:
        return labelled_folder.read(options.folder, seed=seed, most=options.photos)
    every = labelled_folder.read(options.folder, seed=seed, most=2)
    flag = options.flag or every.classes[0].name
    manifest = labelled_folder.read(options.folder, seed=seed, most=options.photos, flags=(flag,))
    return labelled_folder.thinned(manifest, 0.02, seed=seed)


_KNOWN: dict[tuple[str, str, int], tuple[float, set[str]]] = {}
"""What trainings came to, by recipe, weights and number of photos: comparisons share some of them."""


def _trained(
    comparison: Comparison, variant: Variant, manifest: Manifest, options: argparse.Namespace, seed: int
) -> tuple[float, set[str]]:
    """Mean per-class accuracy on the test photos, and the kinds of alarms that were told."""
    base = {
        "seed": str(seed),
        "network.name": comparison.network or options.network,
        "network.input_size": str(options.size),
        "schedule.epochs": str(options.epochs),
        "schedule.learning_rate": options.rate,
        "schedule.ema": "false",
    }
    recipe = Recipe().with_values(base | dict(variant.values))
    weights = str(options.weights.resolve()) if variant.weights and not comparison.network else ""
    key = (recipe.to_toml(), weights, len(manifest.photos))
    if key in _KNOWN:
        return _KNOWN[key]
    given = Manifest(manifest.classes, manifest.photos, manifest.task, weights)
    with tempfile.TemporaryDirectory(prefix="experiment-") as place:
        folder = Path(place) / "run"
        folder.mkdir()
        alarms = {m.kind for m in train(recipe, given, folder, lambda: False) if isinstance(m, Alarm)}
        accuracy = labelled_folder.judged(folder / "model", manifest).mean_per_class_accuracy
    _KNOWN[key] = (accuracy if accuracy is not None else float("nan"), alarms - {"threshold"})
    return _KNOWN[key]


if __name__ == "__main__":
    sys.exit(main())
