"""Other thresholds are tried at once: what they do to photos, joints and hours, and what every number opens."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.photos import FLAGS
from tests.studio.scored import finished, judged_project
from weldstudio.domain.choices import Thresholds
from weldstudio.domain.scores import confusion
from weldstudio.store.store import Store
from weldstudio.studio import evaluating
from weldstudio.studio.judging import CELLS, Judging, judge


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with judged_project(tmp_path) as made:
        yield made


@pytest.fixture
def judging(store: Store) -> Judging:
    return finished(judge(store))


@pytest.mark.parametrize("thresholds", [(0.5, 0.5), (0.1, 0.9), (0.0, 1.0)])
def test_every_number_is_that_of_the_photos_it_opens(judging: Judging, thresholds: tuple[float, float]) -> None:
    figures = judging.at(thresholds)
    report = replace(judging.found, card=judging.card.with_thresholds(thresholds)).scored().per_class_json()
    seen = 0
    for place, found in enumerate(figures.confusions):
        values, raised = judging.found.of_class(place)
        assert found == confusion(values, raised, thresholds[place])
        told = [report[judging.found.names[place]][key] for key in ("sensitivity_interval", "specificity_interval")]
        assert np.array(judging.intervals(place, thresholds[place])) == pytest.approx(np.array(told))  # by joint
        for cell in CELLS:
            opened = judging.photos(place, cell, thresholds)
            assert len(opened) == getattr(found, cell)
            seen += len(opened)
    assert seen == sum(len(one.found) + len(one.passed) for one in judging.known)
    mixed = judging.mixed_up(thresholds)
    assert mixed[0, 1] == len(judging.mixed_up_photos(0, 1, thresholds))


def test_verdicts_tried_one_after_the_other_are_those_of_a_fresh_look(store: Store, judging: Judging) -> None:
    for thresholds in ((0.5, 0.5), (0.9, 0.5), (0.9, 0.1), (0.2, 0.1), (0.5, 0.5)):
        told = judging.at(thresholds).verdicts.to_json()
        assert told == finished(judge(store)).at(thresholds).verdicts.to_json()
    assert judging.at((0.5, 0.5)).verdicts.to_json() == finished(evaluating.evaluate(store)).to_json()["verdicts"]


def test_what_is_passed_unseen_and_what_is_wrong_of_it(judging: Judging) -> None:
    all_passed = judging.at((1.0, 1.0)).passed
    assert (all_passed.joints, all_passed.photos) == (all_passed.of_joints, all_passed.of_photos) == (15, 30)
    assert all_passed.hours(360, 10) == pytest.approx(1.0)
    assert all_passed.wrong == int(judging.at((1.0, 1.0)).verdicts.rejected.sum()) > 0
    none_passed = judging.at((0.0, 0.0)).passed
    assert (none_passed.joints, none_passed.wrong, none_passed.hours(360)) == (0, 0, 0)


def test_joints_of_a_verdict_open_all_their_photos(judging: Judging) -> None:
    figures = judging.at((0.5, 0.5))
    opened = [judging.joint_photos(cell, figures) for cell in CELLS]
    assert [len(found) for found in opened] == [
        2 * n for n in (getattr(figures.verdicts.confusion, cell) for cell in CELLS)
    ]


def test_thresholds_come_from_validation_photos_alone(judging: Judging) -> None:
    values, raised = judging.validation.of_class(0)
    rule = Thresholds("recall", recall=0.9)
    chosen = judging.choose(rule, 0).threshold
    assert (values[raised] >= chosen).mean() >= 0.9
    judging.found.probabilities[:] = 0
    assert judging.choose(rule, 0).threshold == chosen


def test_the_dearest_error_comes_first_and_none_of_another_flag(judging: Judging) -> None:
    found = judging.mistakes((0.5, 0.5), most=50)
    assert {one.name for one in found} == {FLAGS[0], FLAGS[1]}
    only = judging.mistakes((0.5, 0.5), most=50, place=1)
    assert {one.name for one in only} == {FLAGS[1]}
    wrong = judging.at((0.5, 0.5)).confusions[1]
    assert len(only) == wrong.misses + wrong.false_alarms
