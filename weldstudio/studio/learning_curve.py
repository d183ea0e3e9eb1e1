"""The learning curve of a model: what its heads reach on growing parts of the training photos, and where it leads.

Nothing is trained: heads are fitted to the features that the model's trunk has made of the photos (`studio.features`).
"""

import json
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import learning_curve as growing
from weldstudio.domain.changes import Progress
from weldstudio.domain.comparison import Difference
from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.domain.labelling import State
from weldstudio.domain.learning_curve import Material, Point
from weldstudio.domain.model import ModelCard
from weldstudio.domain.refit import Space
from weldstudio.domain.split import Split
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.jobs.folder import RunFolder, replace_text
from weldstudio.store import mirror as mirrors
from weldstudio.store.store import Store
from weldstudio.studio import evaluating, features, refitting, registry

FILE = "learning-curve.json"
"""Beside the model, for its report."""
SEEN = (
    "The trunk of this model was itself trained on all these photos, so the beginning of the curve is too high: a "
    "training with so few photos would do worse."
)
_PAUSE_S = 0.02

Result = TypeVar("Result")


class NoFeatures(JobFailed):
    """There is nothing to fit heads to."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__(
            f"{card.name} has kept no features of labelled training photos and of photos to judge by yet; `weldstudio "
            f"features PROJECT --model {card.id}` makes them, or Predict all photographs in the window."
        )


@dataclass(frozen=True, slots=True, eq=False)
class LearningCurve:
    """What was found; photos are those with a known label and with features."""

    card: ModelCard
    split: str
    when: str
    """ISO 8601, UTC."""
    points: tuple[Point, ...]
    """Ascending, each with about twice the photos of the one before."""
    gain: Difference
    """What the last doubling brought."""
    gains: tuple[Difference, ...]
    """The same, class by class."""
    ids: NDArray[np.int64]
    """(n,) photos that judge, in the order of `Point.said`."""
    states: NDArray[np.uint8]
    """(n, classes) their labels."""
    without: int
    """Labelled photos of the three splits that have no features, and so are left out."""
    seen: bool
    """Whether the trunk was trained on the training photos."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.card.classes)

    @property
    def sentence(self) -> str:
        """Where it leads."""
        return self.told("photos")

    def told(self, photos: str) -> str:
        """The same, with the word for photos that is used where it stands."""
        if len(self.points) < 2 or self.gain.difference is None:
            return f"There are too few labelled training {photos} for a curve."
        first, last = self.points[-2], self.points[-1]
        low, high = (100 * x for x in self.gain.interval)
        brought = f"From {first.photos:,} to {last.photos:,} {photos} brought {100 * self.gain.difference:+.1f} points"
        if self.gain.interval[0] > 0:
            leads = f"more {photos} still help"
        elif self.gain.interval[1] < 0.01:
            leads = f"more {photos} like these bring next to nothing"
        else:
            leads = f"whether more {photos} help cannot be told apart from chance"
        return f"{brought} ({low:+.1f} to {high:+.1f}): {leads}."

    @property
    def notes(self) -> list[str]:
        """What to know before it is believed."""
        left = f"{self.without:,} labelled photos have no features yet and are left out: predict all, then draw again."
        return [*([SEEN] if self.seen else []), *([left] if self.without else [])]

    def wrong(self, point: int, column: int | None = None) -> NDArray[np.int64]:
        """Ids of the photos that a point gets wrong, of one class or of any."""
        known = np.isin(self.states, (State.RAISED, State.CLEAR))
        wrong = known & (self.points[point].said != (self.states == State.RAISED))
        chosen = wrong.any(axis=1) if column is None else wrong[:, column]
        found: NDArray[np.int64] = self.ids[chosen]
        return found

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.card.id,
            "split": self.split,
            "when": self.when,
            "points": [
                {
                    "photos": point.photos,
                    "joints": point.joints,
                    "mean_per_class_accuracy": point.scores.mean_per_class_accuracy,
                    "interval": point.scores.interval,
                    "per_class": {
                        name: {
                            "raised": raised,
                            "mean_per_class_accuracy": one["mean_per_class_accuracy"],
                            "interval": one["interval"],
                        }
                        for raised, (name, one) in zip(point.raised, point.scores.per_class_json().items(), strict=True)
                    },
                }
                for point in self.points
            ],
            "last_doubling": self.gain.to_json(),
            "last_doubling_per_class": {name: one.to_json() for name, one in zip(self.names, self.gains, strict=True)},
            "judged_on": len(self.ids),
            "without_features": self.without,
            "trunk_has_seen_the_training_photos": self.seen,
            "sentence": self.sentence,
            "notes": self.notes,
        }


def draw(store: Store, *, model_id: str | None = None, split: str = "test") -> Generator[Progress, None, LearningCurve]:
    """The learning curve of a model (the one adopted last by default), judged on the photos of a split.

    It is kept beside the model. Raises JobFailed where features or labels are missing.
    """
    card = registry.chosen(store, model_id, newest=True)
    yield Progress(0, None, "reading features")
    mirror = mirrors.read(store)
    place = features.place(store, card)
    file = FeatureFile.open(place.folder)
    states = evaluating.states_of(mirror, card)
    lies = evaluating.lying(store, mirror, (Split.TRAIN, Split.VALIDATION, split))
    labelled = np.logical_or.reduce(list(lies.values())) & np.isin(states, (State.RAISED, State.CLEAR)).any(axis=1)
    records = refitting.records_of(place, mirror.ids)
    rows = np.flatnonzero(labelled & (records >= 0))
    if file is None or not (lies[Split.TRAIN][rows].any() and lies[split][rows].any()):
        raise NoFeatures(card)
    judge = lies[split][rows]
    with ThreadPoolExecutor(1, "learning-curve") as pool:
        # What is worked out needs no store: whoever waits for the store need not wait for it.
        space = yield from _aside(pool, lambda: Space.of(file.read(records[rows])), "reading features")
        on = Material(
            space,
            states[rows],
            mirror.joint[rows],
            lies[Split.TRAIN][rows],
            # Judged on validation photos, thresholds are chosen on these too, as a run does.
            lies[Split.VALIDATION][rows],
            judge,
            tuple(item.name for item in card.classes),
            card.task,
        )
        points: list[Point] = []
        steps = growing.grow(on)
        for _ in growing.sizes(int((lies[Split.TRAIN] & labelled & (records >= 0)).sum())):
            points.append((yield from _aside(pool, lambda: next(filter(None, steps)), f"part {len(points) + 1}")))
    gain, gains = growing.gains(on, points[max(0, len(points) - 2)], points[-1])
    when = datetime.now(UTC).isoformat(timespec="seconds")
    without = int(labelled.sum()) - len(rows)
    ids, seen = mirror.ids[rows[judge]], _trained(store, card)
    curve = LearningCurve(card, split, when, tuple(points), gain, tuple(gains), ids, states[rows[judge]], without, seen)
    if not store.read_only:
        told = json.dumps(curve.to_json(), ensure_ascii=False)
        replace_text(registry.folder_of(store, card.id) / FILE, told + "\n")
    return curve


def kept(store: Store, card: ModelCard, *, split: str) -> dict[str, Any] | None:
    """The curve that was drawn last, as `LearningCurve.to_json`; None where there is none on this split."""
    try:
        said = json.loads((registry.folder_of(store, card.id) / FILE).read_text("utf-8"))
        return dict(said) if said["split"] == split else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _trained(store: Store, card: ModelCard) -> bool:
    """Whether labels of the training photos have formed the trunk."""
    try:
        recipe = RunFolder(store.folder / "runs" / (card.run_id or "none")).recipe()
    except UserError:
        return False
    return recipe.network.trains_stages


def _aside(pool: ThreadPoolExecutor, work: Callable[[], Result], what: str) -> Generator[Progress, None, Result]:
    """Has another thread work, and looks round meanwhile."""
    future = pool.submit(work)
    while not wait([future], timeout=_PAUSE_S).done:
        yield Progress(0, None, what)
    return future.result()
