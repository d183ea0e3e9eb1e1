"""Where a model comes from and who used it: run, recipe, snapshot, parent, licence, changes to its card."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from weldstudio.domain.clock import wall_seconds
from weldstudio.domain.errors import UserError
from weldstudio.domain.model import ModelCard
from weldstudio.domain.recipe import Recipe, every_field
from weldstudio.jobs.folder import RunFolder
from weldstudio.store import models, past
from weldstudio.store.store import Store


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that was done with a model."""

    at: float
    """Seconds since 1970."""
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """What is known of a model's origin; '' where it is not."""

    run_id: str
    run_here: bool
    """Whether the run's folder is still there."""
    recipe: str
    """Its name."""
    settings: tuple[str, ...]
    """Of the recipe, where they are not the default."""
    seed: int | None
    snapshot_sha256: str
    """Of photos, labels and splits."""
    parent: str
    """Id of the model whose weights it began with."""
    parent_name: str
    weights_origin: str
    weights_licence: str
    weights_sha256: str
    history: tuple[Happened, ...]
    """Put into use, thresholds, descriptions; the newest first."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def lineage(store: Store, card: ModelCard) -> Lineage:
    """Where a model of the registry comes from."""
    run = RunFolder(store.folder / "runs" / (card.run_id or "none"))
    recipe: Recipe | None = None
    try:
        recipe = run.recipe()
    except UserError:
        recipe = None
    manifest = run.path / "manifest.jsonl"
    snapshot = card.snapshot_sha256
    if not snapshot and card.run_id and manifest.is_file():
        snapshot = hashlib.sha256(manifest.read_bytes()).hexdigest()
    parent = models.get(store, card.parent) if card.parent else None
    return Lineage(
        card.run_id or "",
        recipe is not None,
        "" if recipe is None else recipe.name,
        () if recipe is None else apart(recipe),
        None if recipe is None else recipe.seed,
        snapshot,
        card.parent,
        "" if parent is None else parent.name,
        card.weights_origin,
        card.weights_licence,
        card.weights_sha256,
        _history(store, card.id),
    )


def apart(recipe: Recipe) -> tuple[str, ...]:
    """The settings of a recipe that are not the default, as 'key = value'."""
    return tuple(
        f"{key} = {recipe.value(key)}"
        for key, default, _ in every_field()
        if key not in ("name", "description", "seed") and recipe.value(key) != default
    )


def before_this(store: Store) -> ModelCard | None:
    """The model that was in use before the active one; None where there was none, or it is gone."""
    active = models.active_id(store)
    for _, payload in reversed(past.noted(store)):
        change = payload.get("active_model")
        if change and change["after"] == active and change["before"]:
            return models.get(store, change["before"])
    return None


def _history(store: Store, model_id: str) -> tuple[Happened, ...]:
    found = []
    for done, payload in past.noted(store):
        used = payload.get("active_model", {}).get("after") == model_id
        if used or payload.get("model_card", {}).get("model") == model_id:
            action = done.action
            found.append(Happened(wall_seconds(action.clock), action.who, action.text))
    return tuple(reversed(found))
