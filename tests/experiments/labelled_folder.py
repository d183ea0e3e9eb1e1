"""A folder of photographs with `labels.csv` beside them, dealt out by a seed: what every experiment begins with.

The table has a column `path` and either one column per flag (0 or 1) or one column `class`. Photos are dealt 60 / 20 /
20 as the program does it, near-duplicates together, and thinned at random where fewer are asked for.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from weldstudio.domain.evaluation import Evaluation, evaluate
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.model import Preprocessing
from weldstudio.domain.near_duplicates import units as units_of
from weldstudio.domain.split import Split, assign
from weldstudio.imaging.fitting import fitted, least_side, read_input
from weldstudio.imaging.read import read_photo
from weldstudio.imaging.thumbs import make_thumb
from weldstudio.ml.architectures import build
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.scorer import Scorer
from weldstudio.ml.weights import load_trunk

SHARES = {Split.TRAIN: 0.6, Split.VALIDATION: 0.2, Split.TEST: 0.2}
SCORED_AT_ONCE = 64


def read(folder: Path, *, seed: int, most: int = 0, flags: Sequence[str] = ()) -> Manifest:
    """The photos of a folder as a run's manifest; `flags` are the columns that are wanted, all by default."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    exclusive = "class" in rows[0]
    names = sorted({row["class"] for row in rows}) if exclusive else [key for key in rows[0] if key != "path"]
    names = [name for name in names if not flags or name in flags]
    raised = np.array([[row["class"] == n if exclusive else row[n] == "1" for n in names] for row in rows])
    order = np.random.default_rng(seed).permutation(len(rows))[: most or None]
    places = [_place(folder, rows[n]["path"]) for n in order]
    hashes = np.array([make_thumb(place, 64).dhash for place in places], np.uint64)
    units = units_of(np.arange(len(places)), hashes, contents=[None] * len(places), count=len(places))
    joined = np.zeros((int(units.max()) + 1, len(names)), bool)
    np.logical_or.at(joined, units, raised[order])
    dealt = assign(range(len(joined)), joined, seed=seed, shares=SHARES)
    photos = tuple(
        ManifestPhoto(
            int(n),
            str(place),
            dealt[int(unit)],
            tuple(int(State.RAISED if up else State.CLEAR) for up in raised[n]),
            unit=int(unit),
        )
        for n, place, unit in zip(order, places, units, strict=True)
    )
    task = "exclusive" if exclusive and len(names) > 1 else "multilabel"
    return Manifest(tuple(ManifestClass(slot, name) for slot, name in enumerate(names)), photos, task)


def _place(folder: Path, path: str) -> Path:
    """Paths are relative to the folder, or to `photos` in it."""
    return folder / path if (folder / path).is_file() else folder / "photos" / path


def thinned(manifest: Manifest, share: float, *, seed: int) -> Manifest:
    """One flag raised on `share` of the training photos: raised photos are thrown away, as the thesis did [D] 8.3.5."""
    training = manifest.of(Split.TRAIN)
    raised = [photo for photo in training if photo.states[0] == State.RAISED]
    clear = len(training) - len(raised)
    keep = max(2, round(share * clear / (1 - share)))
    kept = set(np.random.default_rng(seed).permutation([photo.id for photo in raised])[:keep].tolist())
    gone = {photo.id for photo in raised} - kept
    return replace(manifest, photos=tuple(photo for photo in manifest.photos if photo.id not in gone))


def asked(model: Path, manifest: Manifest, split: Split) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Probabilities (n, classes) of a finished model, and the labels, of the photos of a split."""
    scorer = Scorer(model)
    preprocessing = scorer.card.preprocessing
    photos = manifest.of(split)
    found = []
    for first in range(0, len(photos), SCORED_AT_ONCE):
        some = photos[first : first + SCORED_AT_ONCE]
        read_ones = [read_photo(Path(photo.path), at_least=least_side(preprocessing)) for photo in some]
        found.append(scorer.score([fitted(photo, preprocessing) for photo in read_ones]))
    return np.concatenate(found), np.array([photo.states for photo in photos], np.uint8)


def seen(manifest: Manifest, network: str, weights: Path, size: int) -> NDArray[np.float32]:
    """Features (photos, width) by a trunk as its weights are, in the order of the manifest."""
    trunk = build(network, 1)
    load_trunk(trunk, weights)
    trunk.eval()
    preprocessing = Preprocessing(input_size=size)
    found = []
    for first in range(0, len(manifest.photos), SCORED_AT_ONCE):
        some = manifest.photos[first : first + SCORED_AT_ONCE]
        pixels = [read_input(photo.path, preprocessing) for photo in some]
        with torch.inference_mode():
            found.append(trunk.features(to_input(torch.from_numpy(np.stack(pixels)), preprocessing)).numpy())
    return np.concatenate(found)


def judged(model: Path, manifest: Manifest) -> Evaluation:
    """A finished model on the test photos, at the thresholds that it chose on validation photos."""
    found, states = asked(model, manifest, Split.TEST)
    card = Scorer(model).card
    return evaluate(
        found.astype(np.float64),
        states,
        [item.name for item in card.classes],
        task=card.task,
        thresholds=[item.threshold for item in card.classes],
    )


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and 95 % interval (Student's t) over seeds; without a second seed the interval is everything."""
    middle = float(np.mean(values))
    if len(values) < 2:
        return middle, float("-inf"), float("inf")
    student = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
    t = student[len(values) - 2] if len(values) - 2 < len(student) else 1.96 + 2.4 / (len(values) - 1)
    reach = t * float(np.std(values, ddof=1)) / len(values) ** 0.5
    return middle, middle - reach, middle + reach


def percent(values: Sequence[float], *, sign: bool = False, scale: float = 100.0) -> str:
    """'87.1 (84.0 to 90.2)'."""
    middle, low, high = (scale * x for x in interval(values))
    if not sign:
        low, high = max(0.0, low), high if scale == 1 else min(scale, high)
    form: Callable[[float], str] = (lambda x: f"{x:+.1f}") if sign else (lambda x: f"{x:.1f}")
    return form(middle) if len(values) < 2 else f"{form(middle)} ({form(low)} to {form(high)})"
