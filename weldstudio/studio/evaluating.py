"""Evaluating: how good a model is on photos it was not trained on, from its predictions and the labels of now."""

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import evaluation as scoring
from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.jobs.folder import replace_text
from weldstudio.store import mirror as mirrors
from weldstudio.store import predictions, splits
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import registry, snapshots
from weldstudio.studio.predicting import predict

PARTED_BY = ("equipment", "contractor", "type", "medium")
"""By what the photos are parted, each part judged for itself: models and people see some of them differently."""
UNKNOWN = "not known"


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

    @property
    def mean_per_class_accuracy(self) -> float | None:
        return self.scores.mean_per_class_accuracy

    def to_json(self) -> dict[str, Any]:
        """One object for machines; the figures of `domain.evaluation.Evaluation.to_json` at its top."""
        return {
            "model": self.model_id,
            "model_id": self.model_id,
            "name": self.name,
            "split": self.split,
            "when": self.when,
            **self.scores.to_json(),
            **{
                f"per_{parted_by}": {name: scores.to_json() for name, scores in self.parts.get(parted_by, {}).items()}
                for parted_by in PARTED_BY
            },
        }


def evaluate(
    store: Store, *, model_id: str | None = None, split: str = "test"
) -> Generator[Progress, None, Evaluation]:
    """Judges a model (the one adopted last by default) on the photos of a stored split.

    Thresholds are the card's, chosen on validation photos. Labels accepted from a model never count. Photos not yet
    scored are scored first. The result is kept beside the model. Raises JobFailed with a sentence.
    """
    card = registry.chosen(store, model_id, newest=True)
    if split not in [item.value for item in Split]:
        raise JobFailed(f"There is no split '{split}'; choose train, validation or test.")
    mirror = mirrors.read(store)
    labels = snapshots.known_labels(mirror, Recipe(), accepted=False)
    gone = [item.name for item in card.classes if item.slot >= mirror.scheme.slots]
    if gone:
        raise JobFailed(f"The scheme has no '{gone[0]}' any more; the model {card.id} cannot be judged by it.")
    states = np.stack([mirror.scheme.states_of(slot, labels) for slot in card.slots], axis=1)
    of_joint = {joint for joint, found in splits.read(store).items() if found == split}
    chosen = np.isin(mirror.joint, list(of_joint)) & ~mirror.problem
    chosen &= np.isin(states, (State.RAISED, State.CLEAR)).any(axis=1)
    if not chosen.any():
        raise JobFailed(f"No {split} photo has a label; photos are put into splits by the first training.")
    ids = mirror.ids[chosen]
    yield from predict(store, model_id=card.id, photo_ids=ids.tolist())
    scored, values = predictions.read(store, card.id, ids.tolist())
    rows = np.searchsorted(mirror.ids, scored)
    probabilities = values[:, list(card.slots)].astype(np.float64)
    names, thresholds = [item.name for item in card.classes], [item.threshold for item in card.classes]

    def judged(which: np.ndarray) -> scoring.Evaluation:
        return scoring.evaluate(probabilities[which], states[rows][which], names, task=card.task, thresholds=thresholds)

    parts = {
        parted_by: {name: judged(which) for name, which in found}
        for parted_by, found in _parted(mirror, rows).items()
        if len(found) > 1
    }
    when = datetime.now(UTC).isoformat(timespec="seconds")
    result = Evaluation(card.id, card.name, split, when, judged(np.ones(len(rows), dtype=bool)), parts)
    if not store.read_only:
        file = registry.folder_of(store, card.id) / f"evaluation-{split}.json"
        replace_text(file, json.dumps(result.to_json(), ensure_ascii=False) + "\n")
    return result


def _parted(mirror: Mirror, rows: NDArray[np.int64]) -> dict[str, list[tuple[str, NDArray[np.bool_]]]]:
    """The photos of these rows by equipment, and by contractor, type and medium of their joints."""
    facts, joints = mirror.joints, mirror.joint[rows]
    contractors = {0: ""} | {i: contractor.name for i, contractor in facts.contractors.items()}
    coded: dict[str, tuple[NDArray[Any], Mapping[int, str]]] = {
        "equipment": (mirror.equipment[rows], dict(enumerate(mirror.equipments))),
        "contractor": (facts.contractor_ids(joints), contractors),
        "type": (facts.kinds.codes_of(joints), dict(enumerate(facts.kinds.names))),
        "medium": (facts.mediums.codes_of(joints), dict(enumerate(facts.mediums.names))),
    }
    return {
        parted_by: [(names[code] or UNKNOWN, codes == code) for code in np.unique(codes).tolist()]
        for parted_by, (codes, names) in coded.items()
    }
