"""Scores against figures computed by hand, and the laws they obey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.calibration import platt
from weldstudio.domain.scores import (
    auc,
    average_precision,
    confusion,
    mean_interval,
    mean_of_known,
    mean_recall,
    roc,
    score_class,
    wilson,
    worth,
)
from weldstudio.domain.thresholds import best_threshold, threshold_by_cost

SCORES = np.array([0.9, 0.8, 0.7, 0.3, 0.2])
RAISED = np.array([True, False, True, True, False])

pairs = st.lists(st.tuples(st.floats(0, 1, width=16), st.booleans()), min_size=2, max_size=60).filter(
    lambda rows: 0 < sum(r for _, r in rows) < len(rows)
)


def test_a_confusion_counted_by_hand() -> None:
    found = confusion(SCORES, RAISED, 0.7)
    assert (found.hits, found.misses, found.false_alarms, found.passes) == (2, 1, 1, 1)
    assert found.mean_per_class_accuracy == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found.accuracy == pytest.approx(3 / 5)


def test_a_class_without_raised_or_clear_photos_has_no_value() -> None:
    assert confusion(SCORES, np.ones(5, bool), 0.5).mean_per_class_accuracy is None
    assert confusion(SCORES, np.zeros(5, bool), 0.5).sensitivity is None
    assert auc(SCORES, np.ones(5, bool)) is None
    assert mean_of_known([None, 0.5, 1.0]) == (0.75, 2)
    assert mean_of_known([None]) == (None, 0)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(12, 14, 0.60, 0.96), (26, 28, 0.77, 0.98), (45, 50, 0.79, 0.96), (115, 128, 0.83, 0.94), (360, 400, 0.87, 0.93)],
)
def test_wilson_intervals_as_tabulated(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=0.005)


def test_nothing_tried_nothing_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert mean_interval(()) == (0.0, 1.0)


@given(st.integers(1, 500), st.integers(0, 500))
def test_an_interval_holds_its_share_and_narrows_with_n(n: int, successes: int) -> None:
    successes = min(successes, n)
    low, high = wilson(successes, n)
    assert low - 1e-9 <= successes / n <= high + 1e-9
    wide, narrow = high - low, np.diff(wilson(4 * successes, 4 * n))[0]
    assert narrow < wide


@given(pairs)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[float, bool]]) -> None:
    scores = np.array([s for s, _ in rows])
    raised = np.array([r for _, r in rows])
    difference = scores[raised][:, None] - scores[~raised][None, :]
    assert auc(scores, raised) == pytest.approx(float(((difference > 0) + 0.5 * (difference == 0)).mean()))


def test_average_precision_by_hand() -> None:
    assert average_precision(SCORES, RAISED) == pytest.approx((1 / 1 + 2 / 3 + 3 / 4) / 3)


@pytest.mark.parametrize("kind", [True, False])
def test_a_kind_of_photo_alone_makes_no_figure_of_both(kind: bool) -> None:
    found = score_class(np.array([0.2, 0.7]), np.full(2, kind), 0.5)
    assert (found.mean_per_class_accuracy, found.auc, found.average_precision) == (None, None, None)
    assert found.interval == (0.0, 1.0)


@given(pairs)
def test_no_threshold_beats_the_best_one(rows: list[tuple[float, bool]]) -> None:
    scores = np.array([s for s, _ in rows])
    raised = np.array([r for _, r in rows])
    best = confusion(scores, raised, best_threshold(scores, raised)).mean_per_class_accuracy
    assert best is not None
    for cut in (*roc(scores, raised)[2], 0.5, 1.1):
        other = confusion(scores, raised, float(cut)).mean_per_class_accuracy
        assert other is not None
        assert other <= best + 1e-9


def test_the_best_threshold_lies_between_the_two_kinds() -> None:
    assert best_threshold(np.array([0.1, 0.2, 0.6, 0.7]), np.array([False, False, True, True])) == pytest.approx(0.4)
    assert best_threshold(np.array([0.1, 0.2]), np.array([True, True])) == 0.5


def test_a_dear_miss_lowers_the_threshold() -> None:
    rng = np.random.default_rng(0)
    raised = rng.random(500) < 0.3
    scores = np.clip(rng.normal(np.where(raised, 0.6, 0.4), 0.15), 0, 1)
    even = threshold_by_cost(scores, raised, miss=1, false_alarm=1)
    dear = threshold_by_cost(scores, raised, miss=20, false_alarm=1)
    assert dear < even


def test_with_few_raised_photos_the_calibrated_threshold_is_the_ratio_of_costs() -> None:
    slope, offset = platt(np.log(SCORES / (1 - SCORES)), RAISED)
    threshold = threshold_by_cost(SCORES, RAISED, miss=3, false_alarm=1)
    calibrated = 1 / (1 + np.exp(-(slope * np.log(threshold / (1 - threshold)) + offset)))
    assert calibrated == pytest.approx(0.25)


def test_scores_of_a_class_go_to_json_with_intervals_and_n() -> None:
    data = score_class(SCORES, RAISED, 0.7).to_json()
    assert data["raised"] == 3
    assert data["clear"] == 2
    low, high = data["interval"]
    assert low < data["mean_per_class_accuracy"] < high


def test_mean_recall_leaves_out_classes_without_photos() -> None:
    truth, predicted = np.array([0, 0, 1]), np.array([0, 1, 1])
    assert mean_recall(predicted, truth, 3) == (0.75, 2)


def test_photos_of_a_joint_count_as_little_as_they_agree() -> None:
    alone, joints = np.arange(8), np.repeat(np.arange(4), 2)
    together, mixed = np.repeat([True, False, True, True], 2), np.tile([True, False], 4)
    assert worth(together, alone) == 8
    assert worth(together, joints) == 4  # each pair is right or wrong as one
    assert worth(mixed, joints) == 8  # a pair that disagrees tells no less than two photos
    assert worth(np.ones(8, bool), joints) == 4  # nothing shows how far they agree
    assert worth(together[:0], joints[:0]) == 0
    by_photo, by_joint = (
        score_class(np.where(together, 0.9, 0.1), np.ones(8, bool), 0.5, units=units).to_json()
        for units in (None, joints)
    )
    assert by_photo["sensitivity"] == by_joint["sensitivity"] == 0.75
    assert by_joint["sensitivity_interval"] == wilson(3, 4)
    assert by_photo["sensitivity_interval"] == wilson(6, 8)
