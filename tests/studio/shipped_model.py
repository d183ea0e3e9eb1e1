"""A model as the program ships one, without real weights, and an engine that scores without it."""

import json
import sys
from pathlib import Path

import pytest

from weldstudio import paths
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.imaging.drawn.collection import FLAGS
from weldstudio.jobs import process

_ENGINE = """
import sys
import numpy as np
from weldstudio.domain.messages import *
from weldstudio.domain.packing import pack
from weldstudio.jobs.wire import decode, encode

def say(message):
    print(encode(message), flush=True)

say(Started(1, "engine"))
for line in sys.stdin:
    asked = decode(line)
    if isinstance(asked, LoadModel):
        say(ModelReady(asked.request, "weldnet", "cpu", 0.1))
    elif isinstance(asked, Score):
        values = np.full((len(asked.photo_ids), COUNT), 0.25, np.float16)
        say(Scored(asked.request, "weldnet", tuple(asked.photo_ids), pack(values), ()))
        say(Completed(asked.request))
"""


def ship(patch: pytest.MonkeyPatch, folder: Path, *, flags: tuple[str, ...] = tuple(FLAGS)) -> ModelCard:
    """Has `folder` be the one with the shipped models, with one in it whose classes are in another order."""
    classes = tuple(ModelClass(slot, name) for slot, name in enumerate(reversed(flags)))
    card = ModelCard("weldnet", "weldnet", "weldnet", classes, demonstration=True)
    home = folder / "weldnet"
    home.mkdir(parents=True)
    (home / "card.json").write_text(json.dumps(card.to_json()), encoding="utf-8")
    (home / "weights.safetensors").write_bytes(b"weights")
    patch.setattr(paths, "shipped_models", lambda: folder)
    return card


def without_torch(patch: pytest.MonkeyPatch) -> None:
    """Engines are scripts that give every flag 0.25; other children are real."""
    real = process.command

    def command(role: str, *words: str) -> list[str]:
        script = _ENGINE.replace("COUNT", str(len(FLAGS)))
        return [sys.executable, "-c", script] if role == "engine" else real(role, *words)

    patch.setattr(process, "command", command)
