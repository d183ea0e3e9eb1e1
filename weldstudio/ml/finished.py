"""A finished model: its card and weights written, then read back and scored, before anyone hears of it."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.evaluation import Evaluation
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.model import Member, ModelCard, ModelClass, Preprocessing
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scores import FEW
from weldstudio.imaging.fitting import Pixels
from weldstudio.ml.scorer import Scorer
from weldstudio.ml.weights import save

AGREEMENT = 1e-5
"""Largest difference of a probability between the trained network and the model read back from disk."""


def make_card(
    recipe: Recipe,
    manifest: Manifest,
    preprocessing: Preprocessing,
    evaluation: Evaluation,
    *,
    raised: Mapping[str, int],
    members: Sequence[Member] = (),
    shared_stages: int = 0,
) -> ModelCard:
    """The card of a model just trained; `evaluation` is on the validation photos, at the chosen thresholds.

    `raised` are the training photos of each class on which it is raised.
    """
    classes = []
    for item in manifest.classes:
        seen, threshold = raised[item.name], evaluation.classes[item.name].threshold
        classes.append(ModelClass(item.slot, item.name, threshold, seen if seen < FEW else None))
    return ModelCard(
        id="",
        name=recipe.name,
        network=members[0].network if members else recipe.network.name,
        classes=tuple(classes),
        task=manifest.task,
        preprocessing=preprocessing,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        weights_origin=manifest.weights_origin,
        weights_licence=manifest.weights_licence,
        scores=evaluation.to_json(),
        head=recipe.network.head,
        hidden=recipe.network.hidden,
        members=tuple(members),
        shared_stages=shared_stages,
        parent=recipe.network.weights.removeprefix("model:") if recipe.network.weights.startswith("model:") else "",
    )


def write_model(
    folder: Path, network: torch.nn.Module, card: ModelCard, *, pixels: Sequence[Pixels], expected: NDArray[np.float32]
) -> ModelCard:
    """Writes `folder`/model, which exists only when it is complete and scores `pixels` as `expected`.

    The model is named after its run, whose folder this is. Returns the card as written. Raises JobFailed.
    """
    part = folder / "model.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    weights = part / "weights.safetensors"
    save(network, weights)
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    manifest = folder / "manifest.jsonl"
    snapshot = hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else ""
    card = replace(card, id=folder.name, run_id=folder.name, weights_sha256=sha256, snapshot_sha256=snapshot)
    (part / "card.json").write_text(json.dumps(card.to_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    if len(pixels):
        worst = float(np.abs(Scorer(part).score(pixels) - expected).max())
        if not worst <= AGREEMENT:
            raise JobFailed(
                f"The model read back from disk does not agree with the trained one (difference {worst:.2g}); "
                "it was not kept. The last checkpoint lies in the run folder."
            )
    part.rename(folder / "model")
    return card
