"""Scorer: a finished model, loaded and ready to answer. Serves the engine, and a training that checks its model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import Frame, ModelCard
from weldstudio.imaging import refit_file
from weldstudio.imaging.fitting import Pixels, fitted, least_side
from weldstudio.imaging.read import read_photo
from weldstudio.ml.architectures import Network
from weldstudio.ml.combined import from_card
from weldstudio.ml.losses import probabilities
from weldstudio.ml.overlays import Heads, explain
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.weights import load_model


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a model says of one photo: probabilities (classes,), signed maps (classes, h, w), where they lie."""

    probabilities: NDArray[np.float32]
    maps: NDArray[np.float32]
    frame: Frame


class Scorer:
    """A model in memory. For one thread."""

    def __init__(self, folder: Path) -> None:
        """Loads card.json and weights.safetensors. Raises JobFailed or RecipeError with a sentence."""
        try:
            self.card = ModelCard.from_json(json.loads((folder / "card.json").read_text("utf-8")))
        except FileNotFoundError as error:
            raise JobFailed(f"There is no model in {folder}; its card.json is missing.") from error
        except ValueError as error:
            raise JobFailed(f"The model in {folder} cannot be used: {error}.") from error
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = from_card(self.card)
        load_model(self.network, folder / "weights.safetensors")
        self.network.to(self.device).eval()

    def explain(self, path: Path, *, heads: Path | None = None) -> Explanation:
        """Probabilities and overlays of one photo, of refitted heads where their file has some. Raises PhotoError."""
        photo = read_photo(path, at_least=least_side(self.card.preprocessing))
        height, width = photo.shape[:2]
        batch = torch.from_numpy(np.stack([fitted(photo, self.card.preprocessing)])).to(self.device)
        refitted = None if heads is None else self._heads(heads)
        x = to_input(batch, self.card.preprocessing)
        logits, maps = explain(self.network, x, self.card.preprocessing.second, heads=refitted)
        said = probabilities(logits, self.card.task)
        if refitted is not None:
            said = torch.where(refitted.there, torch.sigmoid(logits), said)
        return Explanation(
            said[0].cpu().numpy(),
            maps[0].cpu().numpy(),
            Frame.of(width, height, self.card.preprocessing),
        )

    def _heads(self, file: Path) -> Heads | None:
        found = refit_file.heads(file, self.card.id)
        if found is None or found.weight.shape[1] != self.trunk.feature_width:
            return None
        weight = torch.zeros(len(self.card.slots), found.weight.shape[1])
        bias = torch.zeros(len(self.card.slots))
        there = torch.zeros(len(self.card.slots), dtype=torch.bool)
        for slot, row, offset in zip(found.slots.tolist(), found.weight, found.bias.tolist(), strict=True):
            if slot in self.card.slots:
                place = self.card.slots.index(slot)
                weight[place], bias[place], there[place] = torch.from_numpy(row), offset, True
        return Heads(weight.to(self.device), bias.to(self.device), there.to(self.device))

    @property
    def trunk(self) -> Network:
        """The network whose features are kept: of a model of several, the first."""
        return self.network if isinstance(self.network, Network) else self.network.networks[0]

    def score(self, pixels: Sequence[Pixels]) -> NDArray[np.float32]:
        """Probabilities (n, classes) of photos read by `preprocess.read_input` with this model's preprocessing."""
        return self.score_and_see(pixels)[0]

    def score_and_see(
        self, pixels: Sequence[Pixels], *, features: bool = False
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Probabilities (n, classes), and on the same way the trunk's features (n, width), or none of them."""
        batch = torch.from_numpy(np.stack(pixels)).to(self.device)
        with torch.inference_mode():
            x = to_input(batch, self.card.preprocessing)
            if isinstance(self.network, Network):
                seen = self.network.features(x)
                logits = self.network.classify(seen)
            else:
                logits = self.network(x)
                seen = self.trunk.features(x) if features else logits[:, :0]
            return probabilities(logits, self.card.task).cpu().numpy(), seen.float().cpu().numpy()
