"""The models that come with the program: which there are, and how one is taken into a project."""

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from weldstudio import paths
from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import ModelCard
from weldstudio.domain.scheme import Scheme, did_you_mean
from weldstudio.store import models as model_rows
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import registry

_logger = logging.getLogger(__name__)

CARD, WEIGHTS = "card.json", "weights.safetensors"


@dataclass(frozen=True, slots=True)
class ShippedModel:
    """A model that lies beside the program."""

    name: str
    """Of its folder; what a person calls it by."""
    folder: Path
    card: ModelCard


def every() -> tuple[ShippedModel, ...]:
    """All of them, by name. One that cannot be read is logged and passed over."""
    found = []
    for file in sorted(paths.shipped_models().glob(f"*/{CARD}")):
        if not (file.parent / WEIGHTS).is_file():
            continue
        try:
            card = ModelCard.from_json(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError) as error:
            _logger.warning("The model %s that comes with the program cannot be read: %s", file.parent.name, error)
            continue
        found.append(ShippedModel(file.parent.name, file.parent, card))
    return tuple(found)


def named(name: str) -> ShippedModel | None:
    """The shipped model of that name, or None."""
    return next((model for model in every() if model.name == name), None)


def add(store: Store, name: str) -> tuple[ModelCard, Changes]:
    """Takes a shipped model into the project's registry; it is not put into use. Being there already is no error.

    Raises JobFailed where there is no such model, or where it knows flags that the project does not have.
    """
    model = named(name)
    if model is None:
        known = [other.name for other in every()]
        hint = did_you_mean(name, known) or (f" There is: {', '.join(known)}." if known else "")
        raise JobFailed(f"No model '{name}' comes with the program.{hint}")
    there = model_rows.get(store, model.card.id)
    if there is not None:
        return there, NO_CHANGES
    card = _for_scheme(model, scheme_rows.load(store))
    registry.copy_folder(model.folder, registry.folder_of(store, card.id), card)
    return card, model_rows.add(store, card)


def _for_scheme(model: ShippedModel, scheme: Scheme) -> ModelCard:
    """The model's card with the slots that its flags have in this scheme. Raises JobFailed."""
    slots = {flag.name.casefold(): flag.slot for flag in scheme.live_flags}
    missing = [item.name for item in model.card.classes if item.name.casefold() not in slots]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise JobFailed(
            f"The model '{model.name}' looks for flags that this project does not have: '{missing[0]}'{more}. "
            "Load the scheme 'Pipe welds' on the Flags page first, or train a model on your own labels."
        )
    classes = tuple(replace(item, slot=slots[item.name.casefold()]) for item in model.card.classes)
    return replace(model.card, classes=classes)
