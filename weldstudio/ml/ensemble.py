"""An ensemble of finished models: loaded, asked about the validation photos, nothing trained [Soper 2019]."""

import json
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import torch

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.messages import Message, Stage
from weldstudio.domain.model import ModelCard
from weldstudio.domain.split import Split
from weldstudio.ml.architectures import Network
from weldstudio.ml.combined import from_card
from weldstudio.ml.context import SCORE_BATCH, Context
from weldstudio.ml.dataset import Photos, batches, stacked
from weldstudio.ml.features import Photographs
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.weights import load_model


def loaded(folders: Sequence[Path], manifest: Manifest) -> list[tuple[ModelCard, Network]]:
    """The models, in the order of their folders. Raises RecipeError where they cannot answer together."""
    found = []
    for folder in folders:
        card = ModelCard.from_json(json.loads((folder / "card.json").read_text("utf-8")))
        network = from_card(card)
        if not isinstance(network, Network):
            raise RecipeError(f"The model '{card.id}' is made of several networks itself; combine single ones.")
        load_model(network, folder / "weights.safetensors")
        found.append((card, network.eval()))
    first = found[0][0]
    slots = tuple(item.slot for item in manifest.classes)
    for card, _ in found:
        if card.slots != slots or card.task != manifest.task:
            raise RecipeError(
                f"The model '{card.id}' does not answer for the classes of this recipe; combine models of the same "
                "classes, and name them in data.classes."
            )
        if card.preprocessing != first.preprocessing:
            raise RecipeError(
                f"The models '{first.id}' and '{card.id}' see photos in other sizes or cuts; they cannot be combined."
            )
    return found


def asked(
    context: Context, models: Sequence[tuple[ModelCard, Network]], manifest: Manifest
) -> Generator[Message, None, tuple[Photographs, list[np.ndarray]]]:
    """The validation photos that can be read, and each model's logits (photos, classes) on them."""
    photos = manifest.of(Split.VALIDATION)
    preprocessing = models[0][0].preprocessing
    pixels = Photos([photo.path for photo in photos], preprocessing, context.pool)
    kept: list[int] = []
    bad: list[tuple[str, str]] = []
    parts: list[list[torch.Tensor]] = [[] for _ in models]
    yield Stage("asking the models")
    for indices in batches(len(photos), SCORE_BATCH):
        context.heed()
        places, read, unread = pixels.readable(indices)
        bad += unread
        if not read:
            continue
        kept += [indices[place] for place in places]
        x = to_input(stacked(read).to(context.device), preprocessing)
        with torch.inference_mode():
            for part, (_, network) in zip(parts, models, strict=True):
                part.append(network.to(context.device)(x).float().cpu())
    yield from context.left_out(bad)
    if not kept:
        raise RecipeError("No validation photo can be read; a combination of models cannot be judged.")
    return tuple(photos[i] for i in kept), [torch.cat(part).numpy() for part in parts]
