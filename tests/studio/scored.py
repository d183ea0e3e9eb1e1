"""Models that have said something of photos, written straight into the store."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from tests.photos import FLAGS
from tests.studio.labelled import SCHEME, labelled_project
from weldstudio.domain.model import ModelCard, ModelClass, slot_row
from weldstudio.domain.split import Split
from weldstudio.store import models, photos, predictions, splits
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import predicting, registry, scheme

Result = TypeVar("Result")

MODEL = "m1"
OLD = ModelCard("old", "Old", "squeezenet1_1", (ModelClass(2, FLAGS[2], 0.3), ModelClass(0, FLAGS[0], 0.6)))
NEW = ModelCard("new", "New", "squeezenet1_1", (ModelClass(0, FLAGS[0], 0.5), ModelClass(1, FLAGS[1], 0.5)), run_id="r")


def score(
    store: Store, photo_ids: Sequence[int], said: Sequence[Sequence[float]], *, slots: Sequence[int] | None = None
) -> None:
    """An active model with threshold 0.5 whose probabilities of these photos, (photos, classes), are `said`."""
    flags = scheme_rows.load(store)
    known = [flag for flag in flags.flags if slots is None or flag.slot in slots]
    card = ModelCard(
        id=MODEL,
        name=MODEL,
        network="mobilenet_v2",
        classes=tuple(ModelClass(flag.slot, flag.name, 0.5) for flag in known),
    )
    models.add(store, card)
    models.activate(store, MODEL)
    predictions.write(store, MODEL, list(photo_ids), slot_row(card, np.array(said, np.float32), flags.slots))


def two_models(folder: Path) -> Store:
    """30 photos for testing, flag 0 on every third: `OLD` says so, `NEW` of all but the first two photos."""
    made = labelled_project(folder, count=30, scheme=SCHEME)
    found = photos.every(made)
    splits.write(made, {p.joint_id: Split.TEST for p in found}, seed=0)
    truth = np.where(np.arange(30) % 3 == 0, 0.9, 0.1)
    worse = truth.copy()
    worse[[0, 1]] = 1 - worse[[0, 1]]
    for card, said in ((OLD, [np.full(30, 0.5), truth]), (NEW, [worse, np.full(30, 0.5)])):
        models.add(made, card)
        registry.folder_of(made, card.id).mkdir(parents=True)
        predicting.record(made, card.id, [p.id for p in found], np.stack(said, axis=1))
    return made


def judged_project(folder: Path) -> Store:
    """60 scored photos, two a joint, every other joint for validation; flag 0 rejects a joint by itself."""
    made = labelled_project(folder, count=60, scheme=SCHEME)
    scheme.change_points(made, 0, 60, who="Ann")
    classes = (ModelClass(0, FLAGS[0], 0.5), ModelClass(1, FLAGS[1], 0.5))
    models.add(made, ModelCard("m", "Quick look", "squeezenet1_1", classes, run_id="m"))
    models.activate(made, "m")
    registry.folder_of(made, "m").mkdir(parents=True)
    ids = [photo.id for photo in photos.every(made)]
    photos.set_joints(made, [(photo, f"J{n // 2}", None) for n, photo in enumerate(ids)])
    joints = sorted({photo.joint_id for photo in photos.every(made)})
    splits.write(made, {joint: (Split.TEST, Split.VALIDATION)[n % 2] for n, joint in enumerate(joints)}, seed=0)
    predicting.record(made, "m", ids, np.random.default_rng(0).uniform(size=(60, 2)))
    return made


def finished(work: Generator[Any, None, Result]) -> Result:
    """What long work reports at its end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
