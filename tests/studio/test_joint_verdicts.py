"""Verdicts by a model beside those by the labels, joint by joint, over the flags that the model judges."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.photos import FLAGS
from tests.studio.labelled import SCHEME, label, labelled_project
from weldstudio.domain.labelling import State
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.store import mirror as mirrors
from weldstudio.store import photos
from weldstudio.store.mirror import Mirror
from weldstudio.studio import merging, scheme
from weldstudio.studio.joint_verdicts import agreement

DEAR, CHEAP = ModelClass(0, FLAGS[0], 0.5), ModelClass(1, FLAGS[1], 0.5)
CARD = ModelCard("m", "m", "mobilenet_v2", (DEAR,))
EVERY = np.arange(6)


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    """Six photos, two a joint: 60 points for the first flag, raised on photos 0 and 3; the limit is 50."""
    with labelled_project(tmp_path, count=6, scheme=SCHEME) as store:
        scheme.change_points(store, 0, 60, who="Ann")
        ids = [photo.id for photo in photos.every(store)]
        photos.set_joints(store, [(photo, f"J{n // 2}", None) for n, photo in enumerate(ids)])
        raised, clear = State.RAISED, State.CLEAR
        label(store, {photo: [raised if n in (0, 3) else clear] * 3 for n, photo in enumerate(ids)})
        merging.merge(store, "two", [1, 2], who="Ann")
        yield mirrors.read(store)


def test_one_photo_that_shows_it_rejects_the_joint(mirror: Mirror) -> None:
    said = np.array([[0.1], [0.9], [0.2], [0.3], [0.6], [0.1]])
    found = agreement(mirror, CARD, EVERY, probabilities=said)
    c = found.confusion
    assert (c.hits, c.misses, c.false_alarms, c.passes) == (1, 1, 1, 0)
    told = found.to_json()
    assert (told["joints"], told["rejected_by_labels_accepted_by_model"]) == (3, 1)
    assert told["agreement"] == pytest.approx(1 / 3)


def test_flags_that_it_does_not_judge_weigh_on_neither_side(mirror: Mirror) -> None:
    # Photo 3 shows all flags; without the first one the joint is worth 25 points, and nobody rejects it.
    card = ModelCard("m", "m", "mobilenet_v2", (CHEAP,))
    found = agreement(mirror, card, EVERY, probabilities=np.full((6, 1), 0.9))
    assert (found.confusion.passes, found.undecided) == (3, 0)


def test_what_labels_leave_open_is_counted_apart(mirror: Mirror) -> None:
    mirror.labels[mirror.joint == mirror.joint[4]] = 0
    found = agreement(mirror, CARD, EVERY, probabilities=np.zeros((6, 1)))
    assert (len(found.joints), found.undecided) == (2, 1)
    assert found.confusion.misses == 2
