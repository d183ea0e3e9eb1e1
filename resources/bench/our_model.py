"""A model of ours with random weights, for the rows that ask one: the same network as in networks.py."""

import json
from pathlib import Path

import networks
import torch

from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.ml import weights
from weldstudio.ml.architectures import Network, build


def network() -> Network:
    """In memory, ready to answer."""
    torch.manual_seed(0)
    made = build("mobilenet_v2", networks.FLAGS)
    torch.nn.init.normal_(made.head.weight, std=0.05)
    return made.to(networks.DEVICE).eval()


def write(folder: Path) -> Path:
    """As a model folder, for an engine to load."""
    folder.mkdir()
    weights.save(network(), folder / "weights.safetensors")
    classes = tuple(ModelClass(slot, f"flag {slot}") for slot in range(networks.FLAGS))
    card = ModelCard("bench", "bench", "mobilenet_v2", classes)
    (folder / "card.json").write_text(json.dumps(card.to_json()), encoding="utf-8")
    return folder
