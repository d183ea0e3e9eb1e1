"""Our overlays: scores and the maps of all flags for one photograph, already decoded; median ms.

Usage: overlay_ours.py FOLDER, as made by photos.py.
"""

import networks
import our_model
import rounds
import torch

from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.fitting import read_input
from weldstudio.ml.overlays import explain
from weldstudio.ml.preprocess import to_input

TIMES = 40


def work(_: int) -> None:
    """One forward pass for all of it."""
    logits, maps = explain(model, batch)
    logits.sigmoid().tolist()
    maps.cpu()


def measure() -> dict[str, object]:
    """TIMES times the same photograph."""
    return {"value": rounds.median_ms(work, TIMES), "unit": "ms"}


if __name__ == "__main__":
    path = networks.photos(rounds.arguments()[0])[0]
    model = our_model.network()
    batch = to_input(torch.from_numpy(read_input(path, Preprocessing())[None]).to(networks.DEVICE), Preprocessing())
    measure()
    rounds.serve(measure)
