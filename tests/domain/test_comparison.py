"""Two models on the same photos: published intervals and tests, and intervals that hold as often as they say."""

from collections.abc import Callable
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.comparison import Paired, compare, mcnemar
from weldstudio.domain.labelling import State

NO_JOINTS = np.arange(10_000)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    # Newcombe 1998, table II, method 10.
    [((36, 12, 2, 0), 0.0569, 0.3404), ((54, 0, 0, 0), -0.0664, 0.0664)],
)
def test_intervals_as_published(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    both, first, second, neither = counts
    found = Paired(both, second, first, neither)  # there the first less the second
    below, above = found.reach
    assert (found.difference - below, found.difference + above) == pytest.approx((low, high), abs=6e-4)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_a_fair_coin(first: int, second: int) -> None:
    n, least = first + second, min(first, second)
    exact = min(1.0, 2 * sum(comb(n, k) for k in range(least + 1)) / 2**n)
    assert mcnemar(first, second) == pytest.approx(exact)


def test_the_mean_is_that_of_the_per_class_accuracies() -> None:
    states = np.array([[1, 2], [1, 1], [2, 2], [2, 0], [2, 2], [2, 1]], np.uint8)
    first = np.array([[1, 0], [0, 0], [0, 0], [1, 1], [0, 1], [0, 1]], bool)
    second = np.array([[1, 0], [1, 0], [1, 0], [0, 0], [0, 0], [0, 1]], bool)
    whole, (a, b) = compare(first, second, states, NO_JOINTS[:6])
    assert a.difference == pytest.approx(((2 / 2 + 3 / 4) - (1 / 2 + 3 / 4)) / 2)
    assert (a.first_alone, a.second_alone, a.n) == (1, 2, 6)
    assert b.difference == pytest.approx((0 + 1 / 3) / 2)
    assert whole.difference == pytest.approx((a.difference + b.difference) / 2)


def test_a_class_without_both_kinds_is_not_compared() -> None:
    states = np.array([[1, 2], [2, 2]], np.uint8)
    said = states == State.RAISED
    whole, (a, b) = compare(~said, said, states, NO_JOINTS[:2])
    assert (a.difference, b.difference, whole.difference) == (1.0, None, 1.0)
    nothing, _ = compare(said[:0], said[:0], states[:0], NO_JOINTS[:0])
    assert nothing.difference is None
    assert not nothing.proven


def test_photos_of_one_joint_are_not_so_many_proofs() -> None:
    draw = np.random.default_rng(0)
    states = np.repeat(draw.integers(1, 3, (40, 1)), 5, axis=0).astype(np.uint8)
    better = np.repeat(draw.uniform(size=(40, 1)) < 0.3, 5, axis=0)
    first, second = (states == 1) ^ better, states == 1
    wide = compare(first, second, states, NO_JOINTS[:200] // 5)[0]
    narrow = compare(first, second, states, NO_JOINTS[:200])[0]
    assert wide.difference == narrow.difference
    assert wide.interval[1] - wide.interval[0] > 1.8 * (narrow.interval[1] - narrow.interval[0])


@pytest.mark.parametrize("per_joint", [1, 4])
def test_the_interval_holds_the_true_difference_about_19_times_in_20(
    per_joint: int, trials: Callable[[int, int], int]
) -> None:
    draw = np.random.default_rng(per_joint)
    held, count = 0, trials(150, 1500)
    for _ in range(count):
        joints = np.repeat(np.arange(120 // per_joint), per_joint)
        states = (draw.uniform(size=(120, 3)) < 0.4) + np.uint8(1)
        hard = np.repeat(draw.normal(size=(120 // per_joint, 1)), per_joint, axis=0)
        right_1 = draw.normal(size=(120, 3)) + hard < 1.2
        right_2 = draw.normal(size=(120, 3)) + hard < 1.2
        raised = states == State.RAISED
        found = compare(raised == right_1, raised == right_2, states.astype(np.uint8), joints)[0]
        held += found.interval[0] <= 0 <= found.interval[1]
    assert held / count >= 0.9
