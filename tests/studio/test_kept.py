"""What was mended after a change says the same as what is worked out anew, whatever changed and in which order."""

import copy
from collections.abc import Callable

import numpy as np
import pytest

from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.review import Review, Standing, states_of
from weldstudio.domain.scheme import Flag, Group, JointRule, Merge, Scheme
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import MirrorRows
from weldstudio.store.reviewed import Reviews
from weldstudio.studio import chances, deciding, joints, review_terms, reviewing

PHOTOS, SLOTS, UNKNOWN = 400, 7, 4
FLAGS = tuple(Flag(s, f"flag {s}", (5, 15, 35, 50, 10, 20)[s], joint_rule=list(JointRule)[s % 2]) for s in range(6))
SCHEME = Scheme(FLAGS, (Group("clamps", (1, 2)),), (Merge(6, "both", (4, 5)),))


@pytest.fixture
def mirror() -> Mirror:
    """Photos in scattered joints, half of them labelled, scored by a model that does not know one of the flags."""
    random = np.random.default_rng(1)
    labels = np.asfortranarray(random.choice(np.array([0, 5, 6, 6, 7], np.uint8), (PHOTOS, SLOTS)))
    labels[::2] = 0
    said = np.asfortranarray(random.random((PHOTOS, SLOTS)).astype(np.float16))
    said[random.random(said.shape) < 0.1] = np.nan
    said[:, UNKNOWN] = np.nan
    return Mirror(
        ids=np.arange(10, 10 + PHOTOS),
        labels=labels,
        probabilities=said,
        joint=random.integers(1, 150, PHOTOS),
        taken=np.full(PHOTOS, -1),
        added=np.zeros(PHOTOS, np.int64),
        problem=np.zeros(PHOTOS, np.bool_),
        paths=[f"{n}.jpg" for n in range(PHOTOS)],
        scheme=SCHEME,
        model_id="model",
        thresholds=np.full(SLOTS, 0.5, np.float32),
    )


ASKED: dict[str, Callable[[Mirror], object]] = {
    "low": lambda m: deciding.tally(m).low,
    "high": lambda m: deciding.tally(m).high,
    "seen": lambda m: deciding.tally(m).seen,
    "outcomes": deciding.outcomes,
    "predicted": lambda m: deciding.tally(m, predicted=True).outcomes,
    "chances": chances.reaching,
    "decisive": joints.decisive,
    "disagreement": reviewing.disagreement,
    "disagreeing": reviewing.disagreeing,
    "one flag": lambda m: reviewing.disagreement(m, 2),
    "spoken of": review_terms.spoken_of,
    "queues": reviewing.queue_counts,
}


def label(mirror: Mirror, random: np.random.Generator) -> None:
    photos = random.choice(mirror.ids, 3, replace=False).tolist()
    mirror.set_label(photos, int(random.integers(6)), label_byte(State(int(random.integers(4))), Source.HAND))


def stored(mirror: Mirror, random: np.random.Generator) -> None:
    ids = np.sort(random.choice(mirror.ids, 2, replace=False))
    mirror.apply(MirrorRows(labels=(ids, random.choice(np.array([0, 5, 6, 7], np.uint8), (2, 5)))))


def scored(mirror: Mirror, random: np.random.Generator) -> None:
    ids = np.sort(random.choice(mirror.ids, 4, replace=False))
    mirror.apply(MirrorRows(probabilities=(ids, random.random((4, UNKNOWN)).astype(np.float16))))


def reviewed(mirror: Mirror, random: np.random.Generator) -> None:
    photo = int(random.choice(mirror.ids))
    held = states_of(mirror.labels[mirror.row(photo)].tobytes())
    new = Reviews({photo: Review(Standing.REVIEWED, "Bea", int(random.integers(100)), held, "Ann", "")})
    mirror.apply(MirrorRows(reviews=(frozenset([photo]), new)))


def many(mirror: Mirror, random: np.random.Generator) -> None:
    mirror.set_label(mirror.ids[:300].tolist(), 3, label_byte(State.UNSURE, Source.BULK))


CHANGES = (label, stored, scored, reviewed)


def same(mirror: Mirror, names: list[str]) -> None:
    anew = copy.copy(mirror)
    anew.tallied, anew.reviews = {}, Reviews(mirror.reviews.states)
    for name in names:
        np.testing.assert_equal(ASKED[name](mirror), ASKED[name](anew), err_msg=name)


def test_after_any_change_all_answers_are_as_if_worked_out_anew(mirror: Mirror) -> None:
    random = np.random.default_rng(2)
    same(mirror, list(ASKED))
    for _ in range(60):
        for change in random.choice(np.array(CHANGES), int(random.integers(1, 4))):
            change(mirror, random)
        same(mirror, random.permutation(list(ASKED))[: int(random.integers(1, 13))].tolist())
    many(mirror, random)
    same(mirror, list(ASKED))


def test_after_one_label_only_its_joint_is_counted(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    deciding.outcomes(mirror)
    sizes: list[int] = []
    counted = deciding._counted
    monkeypatch.setattr(deciding, "_counted", lambda m, *a, **k: sizes.append(len(m)) or counted(m, *a, **k))
    mirror.set_label([10], 0, label_byte(State.RAISED, Source.HAND))
    deciding.outcomes(mirror)
    mirror.apply(MirrorRows(labels=(np.array([10]), mirror.labels[:1].copy())))  # the store says it too: no news
    deciding.outcomes(mirror)
    assert sizes == [int((mirror.joint == mirror.joint[0]).sum())]


def test_who_holds_a_tally_sees_it_unchanged(mirror: Mirror) -> None:
    before = deciding.tally(mirror)
    low = before.low.copy()
    mirror.set_label(mirror.ids[:20].tolist(), 0, label_byte(State.RAISED, Source.HAND))
    assert (deciding.tally(mirror).low != low).any()
    assert (before.low == low).all()
