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
from weldstudio.imaging.fitting import Pixels, fitted, least_side
from weldstudio.imaging.read import read_photo
from weldstudio.ml.combined import from_card
from weldstudio.ml.losses import probabilities
from weldstudio.ml.overlays import explain
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

    def explain(self, path: Path) -> Explanation:
        """Probabilities and overlays of one photo. Raises PhotoError."""
        photo = read_photo(path, at_least=least_side(self.card.preprocessing))
        height, width = photo.shape[:2]
        batch = torch.from_numpy(np.stack([fitted(photo, self.card.preprocessing)])).to(self.device)
        logits, maps = explain(self.network, to_input(batch, self.card.preprocessing), self.card.preprocessing.second)
        return Explanation(
            probabilities(logits, self.card.task)[0].cpu().numpy(),
            maps[0].cpu().numpy(),
            Frame.of(width, height, self.card.preprocessing),
        )

    def score(self, pixels: Sequence[Pixels]) -> NDArray[np.float32]:
        """Probabilities (n, classes) of photos read by `preprocess.read_input` with this model's preprocessing."""
        batch = torch.from_numpy(np.stack(pixels)).to(self.device)
        with torch.inference_mode():
            logits = self.network(to_input(batch, self.card.preprocessing))
            return probabilities(logits, self.card.task).cpu().numpy()
