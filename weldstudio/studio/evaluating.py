"""Evaluating: how good a model is on photos it was not trained on, from its predictions and the labels of now."""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import evaluation as scoring
from weldstudio.domain import trust
from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.domain.model import ModelCard
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.jobs.folder import replace_text
from weldstudio.store import mirror as mirrors
from weldstudio.store import predictions
from weldstudio.store import splits as split_rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import registry, snapshots
from weldstudio.studio.joint_verdicts import Verdicts, agreement
from weldstudio.studio.months import times
from weldstudio.studio.predicting import predict

PARTED_BY = ("equipment", "contractor", "type", "medium", "month")
"""By what the photos are parted, each part judged for itself: models and people see some of them differently."""
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a model says of photos, beside their labels of now. Labels accepted from a model are unseen here."""

    card: ModelCard
    rows: NDArray[np.int64]
    """(n,) rows of the mirror."""
    probabilities: NDArray[np.float64]
    """(n, classes of the card)"""
    states: NDArray[np.uint8]
    """(n, classes of the card)"""
    joints: NDArray[np.int64]
    """(n,) joints of the photos, by which intervals are reckoned."""

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.card.classes]

    @property
    def thresholds(self) -> list[float]:
        return [item.threshold for item in self.card.classes]

    @property
    def raised(self) -> NDArray[np.bool_]:
        """(n, classes) what the model raises, by the card's thresholds."""
        return scoring.decided(self.probabilities, self.thresholds, task=self.card.task)

    def of_class(self, place: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Probabilities (m,) of the photos whose label of one class is known, and whether it is raised."""
        states = scoring.one_of_a_group(self.states) if self.card.task == "exclusive" else self.states
        known = np.isin(states[:, place], (State.RAISED, State.CLEAR))
        return self.probabilities[known, place], states[known, place] == State.RAISED

    def wrong(self, place: int) -> NDArray[np.int64]:
        """Rows of the mirror whose known label of one class the model contradicts."""
        states = (scoring.one_of_a_group(self.states) if self.card.task == "exclusive" else self.states)[:, place]
        known = np.isin(states, (State.RAISED, State.CLEAR))
        return self.rows[known & ((states == State.RAISED) != self.raised[:, place])]

    def scored(self, which: NDArray[np.bool_] | None = None) -> scoring.Evaluation:
        """Scores of all these photos, or of some of them."""
        chosen = slice(None) if which is None else which
        return scoring.evaluate(
            self.probabilities[chosen],
            self.states[chosen],
            self.names,
            task=self.card.task,
            thresholds=self.thresholds,
            units=self.joints[chosen],
        )

    def labelled(self) -> "Heard":
        """Only the photos with a known label of some class."""
        known = np.isin(self.states, (State.RAISED, State.CLEAR)).any(axis=1)
        return Heard(self.card, self.rows[known], self.probabilities[known], self.states[known], self.joints[known])


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one model on one split."""

    model_id: str
    name: str
    split: str
    when: str
    """ISO 8601, UTC."""
    scores: scoring.Evaluation
    parts: dict[str, dict[str, scoring.Evaluation]]
    """The same on a part of the photos, by what parts them (`PARTED_BY`) and its name, where there is more than one."""
    trust: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Class -> `calibration_error`, and the `promise` of validation photos, tried on these (`domain.trust`)."""
    verdicts: Verdicts | None = None

    @property
    def mean_per_class_accuracy(self) -> float | None:
        return self.scores.mean_per_class_accuracy

    def to_json(self) -> dict[str, Any]:
        """One object for machines; the figures of `domain.evaluation.Evaluation.to_json` at its top."""
        scores = self.scores.to_json()
        scores["per_class"] = {name: one | self.trust.get(name, {}) for name, one in scores["per_class"].items()}
        return {
            "model": self.model_id,
            "model_id": self.model_id,
            "name": self.name,
            "split": self.split,
            "when": self.when,
            **scores,
            "verdicts": None if self.verdicts is None else self.verdicts.to_json(),
            **{
                f"per_{parted_by}": {name: scores.to_json() for name, scores in self.parts.get(parted_by, {}).items()}
                for parted_by in PARTED_BY
            },
        }


def evaluate(
    store: Store, *, model_id: str | None = None, split: str = "test", miss_rate: float = trust.MISS_RATE
) -> Generator[Progress, None, Evaluation]:
    """Judges a model (the one adopted last by default) on the photos of a stored split.

    Thresholds are the card's, chosen on validation photos; so are calibration and guaranteed miss rate, which are then
    tried on the split. Labels accepted from a model never count. Photos not yet scored are scored first. The result is
    kept beside the model. Raises JobFailed with a sentence.
    """
    card = registry.chosen(store, model_id, newest=True)
    mirror = mirrors.read(store)
    found = yield from heard(store, card, mirror, splits=(split, Split.VALIDATION))
    result = judged(mirror, found[split], found[Split.VALIDATION], split=split, miss_rate=miss_rate)
    if not store.read_only:
        file = registry.folder_of(store, card.id) / f"evaluation-{split}.json"
        replace_text(file, json.dumps(result.to_json(), ensure_ascii=False) + "\n")
    return result


def heard(
    store: Store, card: ModelCard, mirror: Mirror, *, splits: Sequence[str]
) -> Generator[Progress, None, dict[str, Heard]]:
    """What a model says of all photos of these splits; those not yet scored are scored first.

    Raises JobFailed where a split is not known or nothing of the first one is labelled.
    """
    for split in splits:
        if split not in [item.value for item in Split]:
            raise JobFailed(f"There is no split '{split}'; choose train, validation or test.")
    states = states_of(mirror, card)
    labelled = np.isin(states, (State.RAISED, State.CLEAR)).any(axis=1)
    lies = lying(store, mirror, splits)
    if not (lies[splits[0]] & labelled).any():
        raise JobFailed(f"No {splits[0]} photo has a label; photos are put into splits by the first training.")
    ids = mirror.ids[np.logical_or.reduce(list(lies.values()))].tolist()
    yield from predict(store, model_id=card.id, photo_ids=ids)
    scored, values = predictions.read(store, card.id, ids)
    rows = np.searchsorted(mirror.ids, scored)
    probabilities = values[:, list(card.slots)].astype(np.float64)
    answered = ~np.isnan(probabilities).any(axis=1)
    result = {}
    for split, here in lies.items():
        chosen = here[rows] & answered
        at = rows[chosen]
        result[split] = Heard(card, at, probabilities[chosen], states[at], mirror.joint[at])
    return result


def states_of(mirror: Mirror, card: ModelCard) -> NDArray[np.uint8]:
    """(photos, classes of the card) labels that judge: none that was accepted from a model.

    Raises JobFailed for a class that the scheme has no more.
    """
    gone = [item.name for item in card.classes if item.slot >= mirror.scheme.slots]
    if gone:
        raise JobFailed(f"The scheme has no '{gone[0]}' any more; the model {card.id} cannot be judged by it.")
    labels = snapshots.known_labels(mirror, Recipe(), accepted=False)
    return np.stack([mirror.scheme.states_of(slot, labels) for slot in card.slots], axis=1)


def lying(store: Store, mirror: Mirror, splits: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """By split, which photos (n,) of the mirror lie in it and can be shown."""
    dealt = split_rows.read(store)
    found: dict[str, NDArray[np.bool_]] = {}
    for split in splits:
        of_joint = [joint for joint, dealt_to in dealt.items() if dealt_to == split]
        found[split] = np.isin(mirror.joint, of_joint) & ~mirror.problem
    return found


def judged(
    mirror: Mirror, found: Heard, validation: Heard, *, split: str, miss_rate: float = trust.MISS_RATE
) -> Evaluation:
    """The evaluation of what was heard; `validation` is what was heard of the validation photos."""
    known = found.labelled()
    parts = {
        parted_by: {name: known.scored(which) for name, which in part}
        for parted_by, part in parted(mirror, known.rows).items()
        if len(part) > 1
    }
    trusted = {}
    for place, name in enumerate(found.names):
        values, raised = known.of_class(place)
        promised = trust.promise(*validation.of_class(place), miss_rate=miss_rate)
        trusted[name] = {
            "calibration_error": trust.calibration_error(values, raised),
            # Tried on the photos that it was fitted on, it would promise itself.
            "promise": asdict(promised) if split == Split.VALIDATION else promised.tried(values, raised),
        }
    when = datetime.now(UTC).isoformat(timespec="seconds")
    verdicts = agreement(mirror, found.card, found.rows, probabilities=found.probabilities)
    card = found.card
    return Evaluation(card.id, card.name, split, when, known.scored(), parts, trusted, verdicts)


def parted(mirror: Mirror, rows: NDArray[np.int64]) -> dict[str, list[tuple[str, NDArray[np.bool_]]]]:
    """The photos of these rows by equipment and month, and by contractor, type and medium of their joints."""
    facts, joints = mirror.joints, mirror.joint[rows]
    contractors = {0: ""} | {i: contractor.name for i, contractor in facts.contractors.items()}
    coded: dict[str, tuple[NDArray[Any], Mapping[int, str]]] = {
        "equipment": (mirror.equipment[rows], dict(enumerate(mirror.equipments))),
        "contractor": (facts.contractor_ids(joints), contractors),
        "type": (facts.kinds.codes_of(joints), dict(enumerate(facts.kinds.names))),
        "medium": (facts.mediums.codes_of(joints), dict(enumerate(facts.mediums.names))),
        "month": times(mirror.taken[rows]),
    }
    return {
        parted_by: [(names[code] or UNKNOWN, codes == code) for code in np.unique(codes).tolist()]
        for parted_by, (codes, names) in coded.items()
    }
