"""The learning curve climbs with photos that tell of their flags, names what is missing, and is kept for the report."""

import json
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.studio.featured import dealt_project
from tests.studio.scored import finished
from weldstudio.domain.labelling import State
from weldstudio.domain.learning_curve import Material, grow, sizes
from weldstudio.domain.refit import Space
from weldstudio.store.store import Store
from weldstudio.studio import features, learning_curve, registry, report


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with dealt_project(tmp_path) as made:
        yield made


def test_parts_double_and_are_never_smaller_than_what_teaches() -> None:
    assert sizes(0) == ()
    assert sizes(30) == (30,)
    assert sizes(1000) == (31, 62, 125, 250, 500, 1000)
    assert len(sizes(10**6)) == 8


def test_parts_are_nested_and_hold_whole_joints() -> None:
    rng = np.random.default_rng(3)
    raised = rng.random((400, 2)) < 0.5
    space = Space.of((rng.normal(size=(400, 8)) + np.c_[2 * raised, np.zeros((400, 6))]).astype(np.float32))
    states = np.where(raised, State.RAISED, State.CLEAR).astype(np.uint8)
    joints, third = np.arange(400) // 4, np.arange(400) // 4 % 4
    on = Material(space, states, joints, third < 2, third == 2, third == 3, ("one", "two"))
    points = [point for point in grow(on) if point is not None]
    assert [point.photos for point in points] == [28, 52, 100, 200]  # as near to halves as whole joints allow
    assert [point.joints * 4 for point in points] == [point.photos for point in points]
    assert all(earlier <= later for p, q in pairwise(points) for earlier, later in zip(p.raised, q.raised, strict=True))
    means = [point.scores.mean_per_class_accuracy or 0 for point in points]
    assert means[-1] > 0.8
    assert means[-1] >= means[0]
    # Four photos of a joint are not four photos: the range is wider than that of 100 photos by themselves.
    assert points[0].said.shape == (100, 2)


def test_the_curve_is_drawn_from_features_and_kept_beside_the_model(store: Store) -> None:
    curve = finished(learning_curve.draw(store, model_id="m1"))
    assert [point.photos for point in curve.points] == [22, 45, 90]
    assert (len(curve.ids), curve.without, curve.seen) == (45, 0, False)
    last = curve.points[-1].scores
    assert (last.mean_per_class_accuracy or 0) > 0.8
    wrong = sum(one.confusion.misses + one.confusion.false_alarms for one in last.classes.values())
    assert sum(len(curve.wrong(2, column)) for column in range(3)) == wrong
    assert set(curve.wrong(2)) == set(np.concatenate([curve.wrong(2, column) for column in range(3)]))
    told = json.loads((registry.folder_of(store, "m1") / learning_curve.FILE).read_text("utf-8"))
    assert told == json.loads(json.dumps(curve.to_json()))
    assert curve.sentence.startswith("From 45 to 90 photos brought ")
    assert learning_curve.kept(store, registry.chosen(store, "m1"), split="validation") is None
    page = finished(report.write(store, model_id="m1")).file.read_text("utf-8")
    assert escape(curve.sentence) in page


def test_what_has_no_features_is_said(store: Store) -> None:
    features.remove(store, trunk=features.active_place(store).trunk)
    with pytest.raises(learning_curve.NoFeatures, match="features PROJECT --model m1"):
        finished(learning_curve.draw(store))
