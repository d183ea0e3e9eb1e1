"""Taking in a model of another project: which of its flags are in the scheme, and whether its weights are intact."""

import hashlib
import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import Changes, Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import LoadModel, ModelReady
from weldstudio.domain.model import ModelCard
from weldstudio.domain.scheme import SchemeClass
from weldstudio.store import models
from weldstudio.store import scheme as schemes
from weldstudio.store.store import Store
from weldstudio.studio import registry
from weldstudio.studio.asking import answered


@dataclass(frozen=True, slots=True)
class Taken:
    """A model that was taken in."""

    card: ModelCard
    unjudged: tuple[str, ...]
    """Flags of the scheme of which it says nothing."""
    changes: Changes

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.card.id,
            "name": self.card.name,
            "classes": [item.name for item in self.card.classes],
            "says_nothing_of": list(self.unjudged),
        }

    @property
    def sentence(self) -> str:
        """What matched."""
        known = f"{self.card.name} is taken in: all {len(self.card.classes)} of its flags are in the scheme"
        nothing = f"; it says nothing of {', '.join(self.unjudged)}" if self.unjudged else ""
        return f"{known}{nothing}."


def take_in(store: Store, folder: Path) -> Generator[Progress, None, Taken]:
    """Takes a model's folder (card.json and weights.safetensors) of another project into this one, not put to use.

    Its flags are found by their names. Raises JobFailed with an account of what does not match, and changes nothing.
    """
    folder = folder.parent if folder.is_file() else folder
    try:
        card = ModelCard.from_json(json.loads((folder / "card.json").read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise JobFailed(f"{folder} is no model: it needs a readable card.json and weights.safetensors.") from error
    weights = folder / "weights.safetensors"
    if not weights.is_file():
        raise JobFailed(f"The model in {folder} has no weights.safetensors.")
    if card.weights_sha256 and hashlib.sha256(weights.read_bytes()).hexdigest() != card.weights_sha256:
        raise JobFailed(f"The weights in {folder} are not those of its card (another checksum); copy it again.")
    if models.get(store, card.id) is not None:
        raise JobFailed(f"The model {card.id} is in this project already.")
    scheme = schemes.load(store)
    live: list[SchemeClass] = [*scheme.live_flags, *scheme.live_merges]
    slots = {item.name.casefold(): item.slot for item in live}
    missing = [item.name for item in card.classes if item.name.casefold() not in slots]
    if missing:
        raise JobFailed(
            f"{len(card.classes) - len(missing)} of its {len(card.classes)} flags are in the scheme; these are not: "
            f"{', '.join(missing)}. Add them on the Flags page, or name them alike, and import it again."
        )
    yield from answered(LoadModel(1, str(folder.resolve())), ModelReady, f"loading {card.name}")
    classes = tuple(replace(item, slot=slots[item.name.casefold()]) for item in card.classes)
    # The run lies in the other project; its id there says nothing here.
    here = replace(card, classes=classes, run_id=None)
    registry.copy_folder(folder, registry.folder_of(store, card.id), here)
    judged = {item.slot for item in classes}
    unjudged = tuple(item.name for item in scheme.classes if item.slot not in judged)
    return Taken(here, unjudged, models.add(store, here))
