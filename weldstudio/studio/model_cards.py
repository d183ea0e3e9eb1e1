"""What a person says of a model: its name, what it is for, its thresholds. Each edit is an action that can be undone.

An action notes {"model_card": {"model": ID, "before": {FIELD: VALUE}, "after": {FIELD: VALUE}}}; a field is one of
`TEXTS`, or 'threshold:SLOT'. Weights, scores and everything else of a model never change.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from weldstudio.domain.changes import NO_CHANGES, Changes, Done
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import ModelCard
from weldstudio.domain.scheme import did_you_mean
from weldstudio.jobs.folder import replace_text
from weldstudio.store import actions, models
from weldstudio.store.store import Store
from weldstudio.studio import registry

TEXTS: Final[Mapping[str, str]] = {
    "name": "Name",
    "purpose": "What it is for",
    "limits": "What it is not for, and what it is bad at",
    "weights_licence": "Licence of the weights it began with",
}
"""Fields of a card that a person writes, with their titles."""
LONGEST: Final = 4_000
_THRESHOLD: Final = "threshold:"


def edit(store: Store, model_id: str, values: Mapping[str, str], *, who: str) -> Done:
    """Gives fields of `TEXTS` new values. Raises JobFailed for a field or a value that cannot be."""
    card = registry.chosen(store, model_id)
    for field, value in values.items():
        if field not in TEXTS:
            raise JobFailed(f"A model card has no field '{field}'.{did_you_mean(field, TEXTS)}")
        if len(value) > LONGEST:
            raise JobFailed(f"'{TEXTS[field]}' has {len(value):,} letters; write {LONGEST:,} at most.")
    if not values.get("name", card.name).strip():
        raise JobFailed("A model needs a name.")
    wanted = {field: value.strip() for field, value in values.items()}
    return _write(store, card, wanted, who=who, text=f"Describe model {card.name}")


def set_thresholds(store: Store, model_id: str, thresholds: Sequence[float], *, who: str, how: str = "") -> Done:
    """Gives a model other thresholds, in the order of its classes; `how` they were chosen is said in the history."""
    card = registry.chosen(store, model_id)
    if len(thresholds) != len(card.classes) or not all(0 <= value <= 1 for value in thresholds):
        raise JobFailed(f"The model {card.id} needs {len(card.classes)} thresholds between 0 and 1.")
    wanted = {f"{_THRESHOLD}{item.slot}": float(t) for item, t in zip(card.classes, thresholds, strict=True)}
    return _write(store, card, wanted, who=who, text=f"Thresholds of {card.name}" + (f": {how}" if how else ""))


def fields_of(change: Mapping[str, Any], when: str) -> dict[tuple[str, ...], Any]:
    """What an action noted of a card, `when` 'before' or 'after' it, as fields of `reverting`."""
    return {("card", change["model"], field): value for field, value in change[when].items()}


def restore(store: Store, change: Mapping[str, Any]) -> Changes:
    """Brings about what was noted under 'after'; of a model that is not here nothing. Only inside `atomic`."""
    card = models.get(store, change["model"])
    return NO_CHANGES if card is None else _save(store, _with(card, change["after"]))


def _write(store: Store, card: ModelCard, wanted: Mapping[str, Any], *, who: str, text: str) -> Done:
    known = _values(card)
    after = {field: value for field, value in wanted.items() if value != known[field]}
    if not after:
        return Done(None, text="Nothing had to change")
    before = {field: known[field] for field in after}
    with store.atomic(durable=True):
        payload = {"model_card": {"model": card.id, "before": before, "after": after}}
        written = actions.begin(store, who=who, kind="model", text=text, payload=payload)
        changes = _save(store, _with(card, after)) | store.record(actions.news(written))
    return Done(written.action.id, changes, text)


def _values(card: ModelCard) -> dict[str, Any]:
    texts = {field: getattr(card, field) for field in TEXTS}
    return texts | {f"{_THRESHOLD}{item.slot}": item.threshold for item in card.classes}


def _with(card: ModelCard, values: Mapping[str, Any]) -> ModelCard:
    texts = {field: value for field, value in values.items() if field in TEXTS}
    thresholds = [values.get(f"{_THRESHOLD}{item.slot}", item.threshold) for item in card.classes]
    return replace(card.with_thresholds(thresholds), **texts)


def _save(store: Store, card: ModelCard) -> Changes:
    """The card in the registry, and the one that lies beside the weights."""
    changes = models.replace_card(store, card)
    folder = registry.folder_of(store, card.id)
    if folder.is_dir():
        replace_text(folder / "card.json", json.dumps(card.to_json(), indent=1, ensure_ascii=False) + "\n")
    return changes
