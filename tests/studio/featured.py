"""A labelled project whose photos have features that tell of their flags; made without a network."""

import json
import struct
from pathlib import Path

import numpy as np

from tests.photos import FLAGS
from tests.studio.labelled import SCHEME, labelled_project
from weldstudio.domain.labelling import State
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.photo import PhotoFacts
from weldstudio.domain.split import Split
from weldstudio.imaging.feature_file import FeatureFile, TrunkAbout
from weldstudio.store import mirror as mirrors
from weldstudio.store import models, photos, splits
from weldstudio.store.store import Store
from weldstudio.studio import features, predicting

CARD = ModelCard("m1", "m1", "mobilenet_v2", tuple(ModelClass(slot, name) for slot, name in enumerate(FLAGS[:3])))


def write_weights(folder: Path, body: bytes, head: bytes, *, prefix: str = "") -> Path:
    """A file as safetensors writes it, with one tensor in the trunk and one in the head."""
    header = {
        f"{prefix}body.w": {"dtype": "U8", "shape": [len(body)], "data_offsets": [0, len(body)]},
        f"{prefix}head.w": {"dtype": "U8", "shape": [len(head)], "data_offsets": [len(body), len(body) + len(head)]},
    }
    text = json.dumps(header).encode()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body + head)
    return folder


def featured_project(folder: Path, *, count: int = 45, apart: float = 3.0) -> Store:
    """`count` photos, each flag raised on a third of them; every photo was predicted at 0.3."""
    store = labelled_project(folder, count=count, scheme=SCHEME)
    home = write_weights(store.folder / "models" / CARD.id, b"trunk", b"head")
    (home / "card.json").write_text(json.dumps(CARD.to_json()), encoding="utf-8")
    models.add(store, CARD)
    models.activate(store, CARD.id)
    every = photos.every(store)
    for number, photo in enumerate(every):
        facts = PhotoFacts(photo.path, 64, 48, content_hash=f"{number:016x}{0:048x}", perceptual_hash=number * 0x111111)
        photos.record_facts(store, photo.collection_id, [facts])
    predicting.record(store, CARD.id, [photo.id for photo in every], np.full((count, 3), 0.3))
    place, labels = features.active_place(store), mirrors.read(store).labels & 3
    seen = np.random.default_rng(0).normal(size=(count, 4))
    seen[:, :3] += apart * (labels[:, :3] == State.RAISED)
    file = FeatureFile.make(place.folder, TrunkAbout(place.trunk, "mobilenet_v2", 4))
    file.append([place.contents[photo.id] for photo in every], seen)
    file.close()
    return store


def dealt_project(folder: Path) -> Store:
    """The same with 180 photos, half of them for training, a quarter each for validation and test."""
    store = featured_project(folder, count=180)
    dealt = (Split.TRAIN, Split.TRAIN, Split.VALIDATION, Split.TEST)
    splits.write(store, {photo.joint_id: dealt[n % 4] for n, photo in enumerate(photos.every(store))}, seed=0)
    return store
