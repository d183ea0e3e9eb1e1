"""Write a project of ours of the full size: 127,655 photos x 17 flags, 400,000 label events, scores, decisions.

By the store's own bulk paths. Usage: large_project.py PROJECT PHOTOS, where PHOTOS was made by photos.py --links; the
photos beyond those have no files.
"""

import json
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import our_joints
import rounds
import verdicts_data

from weldstudio.domain.decision import Told
from weldstudio.domain.labelling import Source
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.photo import FoundPhoto, Limit, PhotoFacts
from weldstudio.imaging.scan import scan
from weldstudio.store import actions, contractors, events, first_pass, models, photos, predictions
from weldstudio.store.store import Store
from weldstudio.studio import decisions, projects

LABELLED = 23_770
"""So many photos, the first ones, have a label of every flag but the few that are unseen: 400,000 events."""
PER_ACTION = 12
"""Photos that an expert labels in one step."""
WRONG = 0.05
"""Share of labels that the model contradicts."""


def write(folder: Path, root: Path) -> Store:
    """The open project; its photos have the ids 1 to PHOTOS and its flags the slots from 0 on."""
    store = projects.create(folder, scheme=our_joints.scheme())
    collection, _ = photos.add_collection(store, "bench", root)
    found = list(islice(scan(root), verdicts_data.PHOTOS))
    found += [FoundPhoto(f"{i:06d}.jpg", 1, 1) for i in range(verdicts_data.PHOTOS - len(found))]
    joints = [f"J-{joint:05d}" for joint in verdicts_data.joints().tolist()]
    first_pass.insert_found(store, collection.id, found, joints)
    facts = [PhotoFacts(photo.path, width=640, height=480, taken_at="2015-06-01 10:00:00") for photo in found]
    photos.record_facts(store, collection.id, facts)
    for number in range(our_joints.CONTRACTORS):
        some = range(1 + number, 1 + verdicts_data.PHOTOS, our_joints.CONTRACTORS)
        photos.set_contractor(store, some, f"Contractor {number}")
        limits = [Limit(date(2005, 1, 1), 40), Limit(date(2012, 1, 1), 50)]
        contractors.set_limits(store, contractors.add(store, f"Contractor {number}"), limits)
    labels = verdicts_data.labels()
    _label(store, labels)
    _score(store, labels)
    decisions.decide(store, photos.joints_shown(store, range(1, LABELLED + 1))[::3], Told.ACCEPTED, who="bench")
    return store


def _label(store: Store, labels: np.ndarray) -> None:
    slots = range(verdicts_data.FLAGS)
    with store.atomic():
        for first in range(0, LABELLED, PER_ACTION):
            some = range(first, min(first + PER_ACTION, LABELLED))
            written = actions.begin(store, who="bench", kind="label", text="Labelled")
            rows = [(row + 1, slot, 0, int(labels[row, slot])) for row in some for slot in slots if labels[row, slot]]
            events.append(store, written, rows, source=Source.HAND, present={})


def _score(store: Store, labels: np.ndarray) -> None:
    """A model that agrees with most labels, and says something of every photo."""
    random = np.random.default_rng(5)
    raised = ((labels & 3) == 1) ^ (random.random(labels.shape) < WRONG)
    said = random.random(labels.shape, np.float32) / 2 + raised / 2
    classes = tuple(ModelClass(slot, f"flag {slot}") for slot in range(verdicts_data.FLAGS))
    models.add(store, ModelCard("bench", "bench", "mobilenet_v2", classes))
    models.activate(store, "bench")
    predictions.write(store, "bench", range(1, len(labels) + 1), said.astype(np.float16))


if __name__ == "__main__":
    project, photographs = map(Path, rounds.arguments())
    with write(project, photographs / "many") as made:
        said = {"photos": photos.count(made), "events": made.value("SELECT count(*) FROM label_events")}
    print(json.dumps(said))
