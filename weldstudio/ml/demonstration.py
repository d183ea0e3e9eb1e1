"""The demonstration model: weldnet, trained on drawn photographs and judged on others that it never saw.

It exists so that the demo has something to show from its first second on. It knows drawings, not welds, and says so.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.evaluation import Evaluation, evaluate
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.messages import Message, Stage
from weldstudio.domain.model import ModelCard
from weldstudio.domain.recipe import Data, LossChoice, NetworkChoice, Recipe, Schedule
from weldstudio.domain.split import Split
from weldstudio.domain.thresholds import best_threshold
from weldstudio.imaging.drawn.collection import FLAGS, DrawnPhoto
from weldstudio.imaging.drawn.flags import ABSENCES
from weldstudio.imaging.fitting import read_input
from weldstudio.ml.combined import Combined
from weldstudio.ml.pointing import Lesson, sized, teach_places
from weldstudio.ml.scorer import Scorer
from weldstudio.ml.train import train
from weldstudio.ml.weights import save

MODEL_ID = "weldnet"
_BATCH = 32

_COARSE = Recipe(
    name="weldnet, from afar",
    description="Trained from nothing on drawn photographs; not for real welds.",
    # The drawing itself varies everything; a cut of a drawn photo could cut away what a flag is about.
    data=Data(augment=False),
    network=NetworkChoice(name="weldnet", weights="random", freeze=0, input_size=128),
    loss=LossChoice(name="bce"),
    schedule=Schedule(optimiser="adamw", learning_rate=0.003, weight_decay=0.02, epochs=14, batch_size=48),
)
RECIPES = (
    _COARSE,
    replace(
        _COARSE,
        name="weldnet, from near",
        network=replace(_COARSE.network, weights="file", input_size=192),
        schedule=replace(_COARSE.schedule, learning_rate=0.001, epochs=5),
    ),
)
"""Shapes are learned from small pictures, three times as fast, and details from large ones then (progressive resizing,
Tan & Le, ICML 2021)."""
AGAIN = Lesson(epochs=3, learning_rate=0.0005, seed=7)
"""What a network that knows the drawings needs when they have become other ones."""


def teach(
    photos: Sequence[DrawnPhoto],
    root: Path,
    folder: Path,
    *,
    recipes: Sequence[Recipe] = RECIPES,
    lesson: Lesson = Lesson(),  # noqa: B008 - frozen
    validation_share: float = 0.1,
) -> Iterator[Message]:
    """Trains on photos drawn into `root`, by their true flags, each recipe from the weights of the one before it, and
    then by the places of what is to be seen.

    The photos of the last joints, `validation_share` of all, choose the thresholds. The model is `folder`/model.
    """
    taught, held_out = _parted(photos, validation_share)
    held_joints = {photo.joint for photo in held_out}
    rows = tuple(
        ManifestPhoto(
            number,
            str(root / photo.path),
            Split.VALIDATION if photo.joint in held_joints else Split.TRAIN,
            tuple(State.RAISED if flag in photo.raised else State.CLEAR for flag in FLAGS),
        )
        for number, photo in enumerate(photos)
    )
    manifest = Manifest(tuple(ManifestClass(slot, flag) for slot, flag in enumerate(FLAGS)), rows)
    for number, recipe in enumerate(recipes):
        run = folder / f"run-{number}"
        run.mkdir(parents=True, exist_ok=True)
        yield from train(recipe, manifest, run, lambda: False)
        manifest = replace(manifest, weights=str((run / "model" / "weights.safetensors").resolve()))
    (run / "model").rename(folder / "model")
    yield from point_out(folder / "model", taught, root, lesson=lesson)
    choose_thresholds(folder / "model", held_out, root)


def teach_on(
    model: Path,
    photos: Sequence[DrawnPhoto],
    root: Path,
    folder: Path,
    *,
    lesson: Lesson = AGAIN,
    validation_share: float = 0.33,
) -> Iterator[Message]:
    """Takes a taught model through the last lesson again, on other photos; the model is `folder`/model.

    The photos of the last joints, `validation_share` of all, choose the thresholds.
    """
    taught, held_out = _parted(photos, validation_share)
    shutil.copytree(model, folder / "model")
    yield from point_out(folder / "model", taught, root, lesson=lesson)
    choose_thresholds(folder / "model", held_out, root)


def _parted(photos: Sequence[DrawnPhoto], share: float) -> tuple[list[DrawnPhoto], list[DrawnPhoto]]:
    """Photos to teach with, and those of the last joints, `share` of all, to choose thresholds by."""
    joints = {photo.joint for photo in photos[len(photos) - round(len(photos) * share) :]}
    return [p for p in photos if p.joint not in joints], [p for p in photos if p.joint in joints]


def point_out(model: Path, photos: Sequence[DrawnPhoto], root: Path, *, lesson: Lesson) -> Iterator[Stage]:
    """Teaches a model that lies in a folder the places of what is to be seen; its weights and card are written anew."""
    scorer = Scorer(model)
    network = scorer.network
    assert not isinstance(network, Combined)  # recipes of lessons train one network
    preprocessing = sized(scorer.card.preprocessing, lesson)
    paths = [str(root / photo.path) for photo in photos]
    for epoch, loss in teach_places(network, preprocessing, photos, paths=paths, lesson=lesson):
        yield Stage(f"teaching places: epoch {epoch:.1f} of {lesson.epochs}, loss {loss:.3f}")
    save(network, model / "weights.safetensors")
    sha256 = hashlib.sha256((model / "weights.safetensors").read_bytes()).hexdigest()
    _write_card(model, replace(scorer.card, preprocessing=preprocessing, weights_sha256=sha256))


def choose_thresholds(model: Path, photos: Sequence[DrawnPhoto], root: Path) -> None:
    """Chooses the thresholds anew, on photos the model was not taught with, and writes them into its card."""
    scorer = Scorer(model)
    probabilities = scored(scorer, photos, root)
    classes = []
    for column, item in zip(probabilities.T, scorer.card.classes, strict=True):
        raised = np.array([item.name in photo.raised for photo in photos])
        classes.append(replace(item, threshold=best_threshold(column, raised)))
    card = replace(scorer.card, classes=tuple(classes))
    _write_card(model, replace(card, scores=judge(card, probabilities, photos).to_json()))


def _write_card(model: Path, card: ModelCard) -> None:
    (model / "card.json").write_text(json.dumps(card.to_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")


def scored(scorer: Scorer, photos: Sequence[DrawnPhoto], root: Path) -> NDArray[np.float32]:
    """Probabilities (n, classes of the model) of photos drawn into `root`."""
    parts = []
    for start in range(0, len(photos), _BATCH):
        batch = photos[start : start + _BATCH]
        parts.append(scorer.score([read_input(root / photo.path, scorer.card.preprocessing) for photo in batch]))
    return np.concatenate(parts)


def judge(card: ModelCard, probabilities: NDArray[np.float32], photos: Sequence[DrawnPhoto]) -> Evaluation:
    """Scores (17 flags) of probabilities (n, 17) at the card's thresholds, against the true flags of the photos."""
    names = [item.name for item in card.classes]
    truth = [[State.RAISED if name in photo.raised else State.CLEAR for name in names] for photo in photos]
    states = np.array(truth, np.uint8)
    return evaluate(probabilities, states, names, thresholds=[item.threshold for item in card.classes])


@dataclass(frozen=True, slots=True)
class Pointing:
    """How often the peak of a flag's map lay where the drawer put the reason for it."""

    flag: str
    hits: int
    photos: int
    against: bool
    """Whether the evidence against the flag was looked at, on photos that show the thing it misses."""

    @property
    def share(self) -> float:
        return self.hits / self.photos if self.photos else float("nan")


def point(
    scorer: Scorer, photos: Sequence[DrawnPhoto], root: Path, probabilities: NDArray[np.float32]
) -> list[Pointing]:
    """Compares maps with the places the drawer knows: for each flag of presence the peak of the map on photos rightly
    predicted raised, for each flag of absence the peak of the map *against* it on photos rightly predicted clear.

    Photos on which the drawer knows no place of the flag are left out. The peak is the middle of the strongest cell
    of the map, with half a cell of play to each side: a map cannot point finer than it is.
    """
    found = {item.name: [0, 0] for item in scorer.card.classes}
    for photo, row in zip(photos, probabilities, strict=True):
        maps: NDArray[np.float32] | None = None
        for index, item in enumerate(scorer.card.classes):
            against = item.name in ABSENCES
            predicted = row[index] >= item.threshold
            places = photo.places.get(item.name, ())
            if not places or (item.name in photo.raised) == against or predicted == against:
                continue
            if maps is None:
                maps = scorer.explain(root / photo.path).maps
            evidence = -maps[index] if against else maps[index]
            found[item.name][0] += any(_peak_within(evidence, box) for box in places)
            found[item.name][1] += 1
    return [Pointing(flag, hits, count, flag in ABSENCES) for flag, (hits, count) in found.items()]


def ship(model: Path, target: Path, evaluation: Evaluation, origin: str) -> ModelCard:
    """Puts a model that `teach` wrote where shipped models lie; its card tells what it is and how it was judged."""
    card = ModelCard.from_json(json.loads((model / "card.json").read_text("utf-8")))
    card = replace(
        card,
        id=MODEL_ID,
        run_id=None,
        name="weldnet (demonstration, not for real welds)",
        weights_origin=origin,
        weights_licence="that of weldstudio: trained from random weights on photographs drawn by it",
        scores=evaluation.to_json(),
        demonstration=True,
    )
    target.mkdir(parents=True, exist_ok=True)
    (target / "weights.safetensors").write_bytes((model / "weights.safetensors").read_bytes())
    _write_card(target, card)
    return card


def table(evaluation: Evaluation, pointings: Sequence[Pointing] = ()) -> str:
    """The figures as a Markdown table, one row a flag, and their mean."""
    pointed: Mapping[str, Pointing] = {item.flag: item for item in pointings}
    lines = [
        "| flag | raised | found | let pass | per-class accuracy | map points at it |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, scores in evaluation.classes.items():
        c = scores.confusion
        pointing = pointed.get(name)
        points = f"{100 * pointing.share:.0f} % of {pointing.photos}" if pointing and pointing.photos else "-"
        figures = (c.sensitivity, c.specificity, scores.mean_per_class_accuracy)
        shown = " | ".join("-" if value is None else f"{100 * value:.1f} %" for value in figures)
        lines.append(f"| {name} | {c.raised} | {shown} | {points} |")
    mean = evaluation.mean_per_class_accuracy
    lines.append(f"| **mean** | | | | **{'-' if mean is None else f'{100 * mean:.1f} %'}** | |")
    return "\n".join(lines)


def _peak_within(evidence: NDArray[np.float32], box: tuple[float, float, float, float]) -> bool:
    """Whether the strongest cell of a map (h, w) touches a box (left, top, right, bottom) in parts of the photo."""
    height, width = evidence.shape
    row, column = np.unravel_index(int(evidence.argmax()), evidence.shape)
    left, top, right, bottom = box
    across = left * width <= column + 1 and column <= right * width
    return bool(across and top * height <= row + 1 and row <= bottom * height)
