"""Scores of all classes: masked, at thresholds and at half, exclusive classes by their recall."""

import json

import numpy as np
import pytest

from weldstudio.domain.evaluation import costs, decided, evaluate
from weldstudio.domain.labelling import State

NAMES = ("a", "b")
STATES = np.array([[1, 2], [1, 0], [2, 1], [2, 3], [2, 2]], np.uint8)
VALUES = np.array([[0.9, 0.2], [0.3, 0.99], [0.4, 0.6], [0.1, 0.01], [0.2, 0.7]])


def test_each_class_counts_its_known_labels_alone() -> None:
    found = evaluate(VALUES, STATES, NAMES, thresholds=[0.5, 0.65])
    a, b = found.classes["a"].confusion, found.classes["b"].confusion
    assert (a.hits, a.misses, a.false_alarms, a.passes) == (1, 1, 0, 3)
    assert (b.hits, b.misses, b.false_alarms, b.passes) == (0, 1, 1, 1)
    assert found.mean_per_class_accuracy == pytest.approx((0.75 + 0.25) / 2)
    assert found.mean_per_class_accuracy_at_half == pytest.approx((0.75 + 0.75) / 2)
    assert found.one_vs_rest == (found.mean_per_class_accuracy, 2)
    assert found.photos == 5


def test_without_thresholds_the_best_ones_are_taken() -> None:
    found = evaluate(VALUES, STATES, NAMES)
    assert (
        found.mean_per_class_accuracy >= evaluate(VALUES, STATES, NAMES, thresholds=[0.5, 0.5]).mean_per_class_accuracy
    )


def test_exclusive_classes_are_judged_by_the_likeliest_one() -> None:
    states = np.array([[1, 2], [1, 2], [2, 1], [2, 2], [1, 1]], np.uint8)  # the last two do not count
    values = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7], [0.9, 0.1], [0.9, 0.1]])
    found = evaluate(values, states, NAMES, task="exclusive", thresholds=[0.95, 0.95])
    assert found.recalls == {"a": (1, 2), "b": (1, 1)}
    assert found.mean_per_class_accuracy == found.mean_per_class_accuracy_at_half == 0.75
    assert found.one_vs_rest[0] == 0.5
    assert found.photos == 3
    assert found.per_class_json()["a"]["recall"] == 0.5


def test_a_class_without_both_kinds_has_no_value_and_leaves_the_mean() -> None:
    states = np.array([[1, 2], [2, 2]], np.uint8)
    found = evaluate(np.array([[0.9, 0.1], [0.1, 0.1]]), states, NAMES)
    assert found.classes["b"].mean_per_class_accuracy is None
    assert found.mean_per_class_accuracy == 1
    assert found.one_vs_rest[1] == 1
    low, high = found.interval
    assert 0 < low < 1 == high


@pytest.mark.parametrize("task", ["multilabel", "exclusive"])
def test_nothing_known_gives_nothing_and_valid_json(task: str) -> None:
    found = evaluate(np.zeros((0, 2)), np.zeros((0, 2), np.uint8), NAMES, task=task)
    assert found.mean_per_class_accuracy is None
    text = json.dumps(found.to_json(), allow_nan=False)
    assert json.loads(text)["per_class"]["a"]["n"] == 0


def test_what_was_missed_is_told_with_what_it_was_taken_for() -> None:
    found = evaluate(
        np.array([[0.1, 0.9], [0.2, 0.8], [0.9, 0.9]]),
        np.array([[1, 2], [1, 2], [1, 2]], np.uint8),
        NAMES,
        thresholds=[0.5, 0.5],
    )
    assert found.taken_for == {"a": {"b": 2}}
    assert found.to_json()["per_class"]["a"]["taken_for"] == {"b": 2}


def test_the_true_class_among_the_likeliest() -> None:
    values = np.array([[0.5, 0.3, 0.2], [0.3, 0.5, 0.2], [0.3, 0.5, 0.2], [0.4, 0.3, 0.3]])
    states = np.array([[1, 2, 2], [1, 2, 2], [2, 2, 1], [2, 2, 1]], np.uint8)
    told = evaluate(values, states, "abc", task="exclusive").to_json()
    assert (told["top_1"], told["top_2"]) == (1 / 4, 2 / 4)  # of equally likely ones the true class comes last
    many = evaluate(np.eye(10), np.where(np.eye(10) > 0, 1, 2).astype(np.uint8), "abcdefghij", task="exclusive")
    assert many.to_json()["top_5"] == 1


def test_the_dearest_error_is_a_sure_one_of_many_points() -> None:
    values = np.array([[0.01, 0.6], [0.4, 0.99]])
    states = np.array([[1, 2], [1, 2]], np.uint8)
    found = costs(values, states, decided(values, [0.5, 0.7]), [10, 0])
    assert found[0] == pytest.approx([-10 * np.log(0.01), 0])
    assert found[1] == pytest.approx([-10 * np.log(0.4), -np.log(0.01)])


def test_the_range_of_the_mean_is_by_joint_over_all_flags() -> None:
    states = np.array([[2, 2], [2, 2], [1, 1], [1, 1]] * 10, np.uint8)
    states = np.where(states == 2, State.RAISED, State.CLEAR).astype(np.uint8)
    wrong = np.arange(40) % 8 < 2  # both flags of the photos of a joint go wrong as one
    said = np.where((states == State.RAISED) != wrong[:, None], 0.9, 0.1)
    plain, by_joint = (
        evaluate(said, states, ("a", "b"), thresholds=[0.5, 0.5], units=units) for units in (None, np.arange(40) // 2)
    )
    assert plain.mean_per_class_accuracy == by_joint.mean_per_class_accuracy
    (low, high), (lower, higher) = plain.interval, by_joint.interval
    assert higher - lower > 1.8 * (high - low)
