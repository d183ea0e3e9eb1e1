"""The registry: models of finished runs taken in, listed, put into use."""

import json
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes, Done
from weldstudio.domain.clock import hybrid
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import ModelCard, scheme_difference
from weldstudio.domain.scheme import did_you_mean
from weldstudio.store import actions, events, predictions
from weldstudio.store import models as model_rows
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store

_logger = logging.getLogger(__name__)

MANY = 1000
"""So many changed photos are counted; more make no difference to what is said."""
KEPT = 2
"""Predictions are kept for the active model and so many others, the newest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the registry."""

    card: ModelCard
    folder: Path
    active: bool
    evaluations: dict[str, dict[str, Any]]
    """Split -> the last evaluation on it, as `evaluating.Evaluation.to_json`."""
    difference: str
    """How the scheme that it was trained for differs from the present one, as a sentence; '' where it does not."""

    @property
    def id(self) -> str:
        return self.card.id

    @property
    def run_id(self) -> str | None:
        return self.card.run_id

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.card.id,
            "name": self.card.name,
            "network": self.card.network,
            "task": self.card.task,
            "classes": [item.name for item in self.card.classes],
            "created": self.card.created,
            "run": self.card.run_id,
            "active": self.active,
            "mean_per_class_accuracy": self.card.scores.get("mean_per_class_accuracy"),
            "scheme_difference": self.difference,
            "folder": str(self.folder),
            "weights_origin": self.card.weights_origin,
            "weights_licence": self.card.weights_licence,
            "parent": self.card.parent,
            "snapshot_sha256": self.card.snapshot_sha256,
            "thresholds": {item.name: item.threshold for item in self.card.classes},
            "purpose": self.card.purpose,
            "limits": self.card.limits,
            "evaluations": self.evaluations,
        }


def adopt_finished(store: Store) -> Changes:
    """Takes in the models of runs that ended. The first model ever becomes active by itself. May be called at any time.

    A model that cannot be taken in is logged and passed over: a project must open.
    """
    runs = store.folder / "runs"
    adopted = model_rows.runs_adopted(store)
    waiting = [path for path in runs.glob("*/model") if path.parent.name not in adopted] if runs.is_dir() else []
    parts: list[Changes] = []
    for source in sorted(waiting):
        try:
            card = _read_card(source)
            copy_folder(source, folder_of(store, card.id))
        except (OSError, ValueError) as error:
            _logger.warning("The model of the run %s cannot be taken in: %s", source.parent.name, error)
            continue
        with store.atomic(durable=True):
            parts.append(model_rows.add(store, card))
            if model_rows.active_id(store) is None:
                parts.append(model_rows.activate(store, card.id))
    return Changes.of(parts) if parts else NO_CHANGES


def _cards(store: Store) -> list[ModelCard]:
    """The cards of all models, newest adopted first."""
    return list(reversed(model_rows.every(store)))


def models(store: Store) -> list[Entry]:
    """All models with what is known of them, newest adopted first."""
    active, scheme = model_rows.active_id(store), scheme_rows.load(store)
    return [
        Entry(card, folder, card.id == active, _evaluations(folder), scheme_difference(card, scheme))
        for card in _cards(store)
        for folder in (folder_of(store, card.id),)
    ]


def chosen(store: Store, model_id: str | None, *, newest: bool = False) -> ModelCard:
    """The card of a model: the named one, else the active one or (`newest`) the one adopted last. Raises JobFailed."""
    cards = _cards(store)
    if not cards:
        raise JobFailed("There is no model yet; train one first.")
    if model_id is None and not newest:
        model_id = model_rows.active_id(store)
        if model_id is None:
            raise JobFailed("No model is in use; choose one on the Models page or name one (--model ID).")
    if model_id is None:
        return cards[0]
    for card in cards:
        if card.id == model_id:
            return card
    raise JobFailed(f"There is no model '{model_id}'.{did_you_mean(model_id, (card.id for card in cards))}")


def activate(store: Store, model_id: str, *, who: str) -> Done:
    """Puts a model into use, as an action that can be taken back. Raises JobFailed for an unknown one."""
    card = chosen(store, model_id)
    before = model_rows.active_id(store)
    if before == card.id:
        return Done(None, text=f"{card.name} is in use already")
    with store.atomic(durable=True):
        text = f"Use model {card.name} ({card.id})"
        payload = {"active_model": {"before": before, "after": card.id}}
        written = actions.begin(store, who=who, kind="model", text=text, payload=payload)
        changes = model_rows.activate(store, card.id) | store.record(actions.news(written))
        others = [other.id for other in _cards(store) if other.id not in (card.id, before)]
        kept = [card.id, *([before] if before else []), *others][: KEPT + 1]
        predictions.keep_only(store, kept)
    from weldstudio.studio import features  # which asks here for models

    features.tidy(store)
    return Done(written.action.id, changes, text)


def folder_of(store: Store, model_id: str) -> Path:
    """Where a model's card and weights lie."""
    return store.folder / "models" / model_id


def copy_folder(source: Path, target: Path, card: ModelCard | None = None) -> None:
    """Copies a model's folder in one step, perhaps with another card; one that lies there already is complete."""
    if target.exists():
        return
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.parent.mkdir(exist_ok=True)
    shutil.copytree(source, part)
    if card is not None:
        (part / "card.json").write_text(json.dumps(card.to_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    part.rename(target)


def labels_since(store: Store, evaluations: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Split -> of how many of its photos, `MANY` at most, a label was changed after its evaluation."""
    found = {}
    for split, scores in evaluations.items():
        if "when" in scores:
            judged = datetime.fromisoformat(scores["when"]).timestamp()
            clock = hybrid(judged + 1)  # the moment of an evaluation is kept in whole seconds
            found[split] = events.changed_since(store, clock, split, most=MANY)
    return found


def _read_card(folder: Path) -> ModelCard:
    return ModelCard.from_json(json.loads((folder / "card.json").read_text("utf-8")))


def _evaluations(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("evaluation-*.json")):
        found[file.stem.removeprefix("evaluation-")] = json.loads(file.read_text("utf-8"))
    return found
