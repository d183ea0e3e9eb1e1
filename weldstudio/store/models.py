"""The registry's rows: cards of the models that were adopted, and which one is active."""

import json
import time
from collections.abc import Mapping

from weldstudio.domain.changes import Changes
from weldstudio.domain.model import ModelCard
from weldstudio.store.store import Store


def add(store: Store, card: ModelCard) -> Changes:
    """Enter a model. One of the same id or the same run is there already: then nothing happens."""
    with store.atomic(durable=True):
        cursor = store.execute(
            "INSERT INTO models (id, card, created, run_id, adopted) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (card.id, json.dumps(card.to_json(), ensure_ascii=False), card.created, card.run_id, time.time()),
        )
        return store.record(Changes(models=True)) if cursor.rowcount else Changes()


def replace_card(store: Store, card: ModelCard) -> Changes:
    """Give a model a new card (a name, thresholds)."""
    with store.atomic(durable=True):
        store.execute(
            "UPDATE models SET card = ? WHERE id = ?", (json.dumps(card.to_json(), ensure_ascii=False), card.id)
        )
        return store.record(Changes(models=True))


def every(store: Store) -> list[ModelCard]:
    """All cards, the newest adopted last."""
    return [ModelCard.from_json(json.loads(text)) for (text,) in store.rows("SELECT card FROM models ORDER BY adopted")]


def get(store: Store, model_id: str) -> ModelCard | None:
    """The card of one model, or None."""
    text = store.value("SELECT card FROM models WHERE id = ?", (model_id,))
    return ModelCard.from_json(json.loads(text)) if text else None


def runs_adopted(store: Store) -> Mapping[str, str]:
    """Model ids by the run they came from."""
    return dict(store.rows("SELECT run_id, id FROM models WHERE run_id IS NOT NULL"))


def active_id(store: Store) -> str | None:
    """The model in use, or None."""
    found = store.value("SELECT active_model FROM project")
    return None if found is None else str(found)


def activate(store: Store, model_id: str | None) -> Changes:
    """Put a model into use, or none. `studio.registry` does this as an action that can be taken back."""
    with store.atomic(durable=True):
        store.execute("UPDATE project SET active_model = ?", (model_id,))
        return store.record(Changes(models=True))
