"""Comparing models on the same photos: who is better, by how much, where they differ, and what they were made of."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import comparison
from weldstudio.domain.changes import Progress
from weldstudio.domain.comparison import Difference
from weldstudio.domain.errors import JobFailed, UserError
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.model import ModelCard
from weldstudio.domain.recipe import Recipe
from weldstudio.jobs.folder import RunFolder
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import registry
from weldstudio.studio.evaluating import Heard, heard
from weldstudio.studio.joint_verdicts import Verdicts, agreement
from weldstudio.studio.run_differences import settings_between, snapshots_between

MOST = 8
"""Models that are compared at a time."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A photo of which two models say different things."""

    photo_id: int
    path: str
    name: str
    """The class."""
    labelled: State
    first: float
    """Probability by the first model."""
    second: float
    raised: bool
    """Whether the second model raises it; the first does not, or the other way round."""

    @property
    def better(self) -> bool | None:
        """Whether the second model is the one that is right; None where the label is not known."""
        known = self.labelled in (State.RAISED, State.CLEAR)
        return (self.labelled == State.RAISED) == self.raised if known else None

    def to_json(self) -> dict[str, Any]:
        return {
            "photo": self.photo_id,
            "path": self.path,
            "class": self.name,
            "label": self.labelled.word,
            "first": self.first,
            "second": self.second,
            "raised_by": "second" if self.raised else "first",
            "second_is_right": self.better,
        }


@dataclass(frozen=True, slots=True)
class Against:
    """A model beside the first one."""

    card: ModelCard
    whole: Difference
    """Of the mean per-class accuracy."""
    classes: dict[str, Difference]
    flips: tuple[Flip, ...]
    """Class by class, those first of which a model was surest."""
    verdicts: Difference
    """Of the share of joints whose verdict is as by the labels."""
    turned: tuple[tuple[str, str, str], ...]
    """(joint, its verdict by the first model, by this one) where these differ."""
    turned_photos: NDArray[np.int64]
    """Ids of the photos of these joints."""
    settings: dict[str, tuple[str, str]]
    """Settings of the recipe that differ."""
    snapshot: str
    """How the photos and labels they were trained on differ, in words."""

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.card.id,
            "name": self.card.name,
            **self.whole.to_json(),
            "per_class": {name: one.to_json() for name, one in self.classes.items()},
            "flips": [flip.to_json() for flip in self.flips],
            "verdicts": self.verdicts.to_json(),
            "verdicts_turned": [list(turned) for turned in self.turned],
            "settings": {key: list(values) for key, values in self.settings.items()},
            "snapshot": self.snapshot,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two or more models on the same photos; the first is what the others are compared with."""

    split: str
    photos: int
    cards: tuple[ModelCard, ...]
    scores: tuple[dict[str, Any], ...]
    """`domain.evaluation.Evaluation.to_json` of each, over the classes that all of them judge."""
    others: tuple[Against, ...]
    errors: tuple[dict[str, NDArray[np.int64]], ...]
    """Of each model, class -> ids of the photos that it gets wrong."""

    def to_json(self) -> dict[str, Any]:
        return {
            "split": self.split,
            "photos": self.photos,
            "models": [
                {
                    "model": card.id,
                    "name": card.name,
                    "mean_per_class_accuracy": scores["mean_per_class_accuracy"],
                    "interval": scores["interval"],
                    "per_class": {n: s["mean_per_class_accuracy"] for n, s in scores["per_class"].items()},
                }
                for card, scores in zip(self.cards, self.scores, strict=True)
            ],
            "against_the_first": [one.to_json() for one in self.others],
        }


def compare(store: Store, model_ids: Sequence[str], *, split: str = "test") -> Generator[Progress, None, Comparison]:
    """Compares models on the photos of a split, on the classes that all of them judge, each at its own thresholds.

    Photos not yet scored are scored first. Raises JobFailed with a sentence.
    """
    ids = list(dict.fromkeys(model_ids))
    if not 2 <= len(ids) <= MOST:
        raise JobFailed(f"Name two to {MOST} different models to compare, not {len(ids)}.")
    cards = [registry.chosen(store, model_id) for model_id in ids]
    slots = [slot for slot in cards[0].slots if all(slot in card.slots for card in cards)]
    if not slots:
        raise JobFailed("These models have no class in common; there is nothing to compare.")
    mirror = mirrors.read(store)
    everything: list[Heard] = []
    for card in cards:
        found = yield from heard(store, card, mirror, splits=(split,))
        everything.append(found[split])
    shared = everything[0].rows
    for one in everything[1:]:
        shared = np.intersect1d(shared, one.rows)
    alike = [_narrowed(one, slots, shared) for one in everything]
    verdicts = [_verdicts(mirror, one) for one in alike]
    runs = [_made_of(store, card) for card in cards]
    others = [
        _against(mirror, cards[n], (alike[0], alike[n]), verdicts=(verdicts[0], verdicts[n]), runs=(runs[0], runs[n]))
        for n in range(1, len(alike))
    ]
    scores = tuple(one.labelled().scored().to_json() for one in alike)
    errors = tuple({name: mirror.ids[one.wrong(n)] for n, name in enumerate(one.names)} for one in alike)
    return Comparison(split, len(alike[0].labelled().rows), tuple(cards), scores, tuple(others), errors)


def _narrowed(one: Heard, slots: Sequence[int], rows: NDArray[np.int64]) -> Heard:
    """The same on these rows and for these classes alone."""
    columns = [one.card.slots.index(slot) for slot in slots]
    chosen = np.searchsorted(one.rows, rows)
    card = replace(one.card, classes=tuple(one.card.classes[c] for c in columns))
    return Heard(card, rows, one.probabilities[chosen][:, columns], one.states[chosen][:, columns], one.joints[chosen])


def _verdicts(mirror: Mirror, one: Heard) -> Verdicts:
    return agreement(mirror, one.card, one.rows, probabilities=one.probabilities)


def _against(
    mirror: Mirror,
    card: ModelCard,
    pair: tuple[Heard, Heard],
    *,
    verdicts: tuple[Verdicts, Verdicts],
    runs: tuple[tuple[Recipe, Manifest] | None, tuple[Recipe, Manifest] | None],
) -> Against:
    first, second = pair
    known = first.labelled(), second.labelled()
    exclusive = first.card.task == second.card.task == "exclusive"
    whole, classes = comparison.compare(
        known[0].raised, known[1].raised, known[0].states, mirror.joint[known[0].rows], exclusive=exclusive
    )
    joints, places = np.intersect1d(verdicts[0].joints, verdicts[1].joints), []
    for one in verdicts:
        places.append(np.searchsorted(one.joints, joints))
    rejected = verdicts[0].rejected[places[0]]
    said = [one.said[place] for one, place in zip(verdicts, places, strict=True)]
    of_joint = dict(zip(mirror.joint[first.rows].tolist(), mirror.ids[first.rows].tolist(), strict=True))
    return Against(
        card,
        whole,
        dict(zip(first.names, classes, strict=True)),
        tuple(_flips(mirror, first, second)),
        comparison.overall(said[0], said[1], rejected, joints),
        tuple(
            (mirror.joint_name(of_joint[int(joint)]), _word(bool(one)), _word(bool(other)))
            for joint, one, other in zip(joints, *said, strict=True)
            if one != other
        ),
        mirror.ids[first.rows[np.isin(mirror.joint[first.rows], joints[said[0] != said[1]])]],
        *_differences(*runs),
    )


def _word(rejected: bool) -> str:
    return "reject" if rejected else "accept"


def _flips(mirror: Mirror, first: Heard, second: Heard) -> list[Flip]:
    found = []
    raised = second.raised
    moved = np.abs(first.probabilities - second.probabilities)
    for place, name in enumerate(first.names):
        differ = np.flatnonzero(first.raised[:, place] != raised[:, place])
        for row in differ[np.argsort(-moved[differ, place], kind="stable")].tolist():
            photo = int(first.rows[row])
            found.append(
                Flip(
                    int(mirror.ids[photo]),
                    mirror.paths[photo],
                    name,
                    State(int(first.states[row, place])),
                    float(first.probabilities[row, place]),
                    float(second.probabilities[row, place]),
                    bool(raised[row, place]),
                )
            )
    return found


def _made_of(store: Store, card: ModelCard) -> tuple[Recipe, Manifest] | None:
    """What a model was trained by and on; None where its run is not here."""
    run = RunFolder(store.folder / "runs" / (card.run_id or "none"))
    try:
        return run.recipe(), run.manifest()
    except UserError:
        return None


def _differences(
    first: tuple[Recipe, Manifest] | None, second: tuple[Recipe, Manifest] | None
) -> tuple[dict[str, tuple[str, str]], str]:
    """Settings that differ, and how the photos and labels differ, in words."""
    if first is None or second is None:
        return {}, "How one of them was trained is not known here."
    return settings_between(first[0], second[0]), snapshots_between(first[1], second[1]).sentence
