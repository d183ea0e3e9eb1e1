"""Sampling gives every class the share it is asked for, and leaves the rest alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.labelling import State
from weldstudio.domain.recipe import LossChoice, Sampling
from weldstudio.domain.sampling import (
    balanced,
    class_rows,
    copied,
    obstacle,
    proportional_order,
    removed,
    sampled,
    stacking,
)

UP, DOWN, UNSEEN = State.RAISED, State.CLEAR, State.UNSEEN


def test_the_example_of_the_thesis() -> None:
    assert removed((10, 100, 500), 0.8) == (0, 0, 60)  # it prints 12, a slip
    assert pytest.approx(0.8) == (500 - 60) / (610 - 60)


@given(st.lists(st.integers(1, 5000), min_size=2, max_size=6), st.floats(0.2, 0.98))
def test_under_sampling_reaches_the_share_and_keeps_the_smallest(counts: list[int], share: float) -> None:
    gone = removed(counts, share)
    kept = np.array(counts) - gone
    assert (kept > 0).all()
    assert kept.min() == min(counts)
    assert max(0, kept.max() / kept.sum() - max(share, 1 / len(counts))) <= 1 / kept.sum()
    if max(counts) / sum(counts) <= share:
        assert not any(gone)
    # The formula, as long as one class stays the largest of all.
    largest, total = max(counts), sum(counts)
    k = max(0.0, (largest - share * total) / (1 - share))
    if largest - k >= sorted(counts)[-2]:
        assert sum(gone) == pytest.approx(k, abs=1)


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(0.5, 0.98))
def test_over_sampling_reaches_the_share(first: int, second: int, share: float) -> None:
    copies = copied((first, second), share)
    small, large = sorted((first, second))
    if copies:
        assert large / (large + small + copies) == pytest.approx(share, abs=1 / (large + small))
    else:
        assert large / (large + small) <= share + 1 / (large + small)


def _states(*columns: list[int]) -> np.ndarray:
    return np.array(columns, np.uint8).T


def test_labels_that_are_too_many_are_masked_flag_by_flag_and_no_needed_photo_is_dropped() -> None:
    rare = [UP] * 10 + [DOWN] * 90
    even = [UP, DOWN] * 50
    found = sampled(_states(rare, even), Sampling("under", 0.8), task="multilabel", seed=3)
    assert found.realised == ((10, 40), (50, 50))
    assert found.left_out == (50, 0)
    assert list(found.rows) == list(range(100))
    alone = sampled(_states(rare), Sampling("under", 0.8), task="multilabel", seed=3)
    assert len(alone.rows) == 50


def test_copies_carry_the_label_of_their_flag_alone() -> None:
    found = sampled(_states([UP] * 10 + [DOWN] * 90, [UP, DOWN] * 50), Sampling("over", 0.8), task="multilabel", seed=3)
    assert found.realised == ((22, 90), (50, 50))
    assert found.repeated == (12, 0)
    assert (found.states[100:, 1] == UNSEEN).all()
    assert (found.rows[100:] < 10).all()


def test_one_of_a_group_loses_photos_of_its_largest_class() -> None:
    rows = [[UP, DOWN, DOWN]] * 10 + [[DOWN, UP, DOWN]] * 100 + [[DOWN, DOWN, UP]] * 500 + [[UP, UP, DOWN]]
    found = sampled(np.array(rows, np.uint8), Sampling("under", 0.8), task="exclusive", seed=0)
    assert [raised for raised, _ in found.realised] == [10, 100, 440]


@given(st.lists(st.integers(1, 60), min_size=2, max_size=4), st.integers(2, 20), st.integers(0, 9))
def test_proportional_batches_hold_the_shares_of_the_whole(counts: list[int], size: int, epoch: int) -> None:
    ends = np.cumsum(counts)
    groups = [np.arange(end - n, end) for n, end in zip(counts, ends, strict=True)]
    order = proportional_order(groups, seed=1, epoch=epoch)
    assert sorted(order) == list(range(sum(counts)))
    for start in range(0, len(order) - size + 1, size):
        batch = order[start : start + size]
        for group, n in zip(groups, counts, strict=True):
            # Evenly spread: no more than a photo of each class away from its share.
            assert abs(np.isin(batch, group).sum() - size * n / sum(counts)) <= len(counts) + 1


def test_what_is_not_defined_is_refused_in_words() -> None:
    assert "one flag" in obstacle("proportional", "multilabel", 3)
    assert obstacle("proportional", "multilabel", 1) == obstacle("proportional", "exclusive", 5) == ""
    assert "two classes" in obstacle("over", "exclusive", 3)
    assert obstacle("under", "multilabel", 17) == ""


def test_unknown_labels_belong_to_no_class() -> None:
    groups = class_rows(_states([UP, DOWN, UNSEEN, State.UNSURE, UP]), "multilabel")
    assert [list(group) for group in groups] == [[0, 4], [1]]


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["under", "over"]), st.floats(0.5, 0.98))
def test_nothing_is_lost_but_what_is_too_many(up: int, down: int, method: str, share: float) -> None:
    states = _states([UP] * up + [DOWN] * down + [UNSEEN] * 3)
    found = sampled(states, Sampling(method, share), task="multilabel", seed=5)
    raised, clear = found.realised[0]
    if method == "under":
        assert raised <= up
        assert clear <= down
        assert min(raised, clear) == min(up, down)
    else:
        assert raised >= up
        assert clear >= down
    again = sampled(states, Sampling(method, share), task="multilabel", seed=5)
    assert np.array_equal(found.rows, again.rows)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=3),
    st.sampled_from(("none", "under", "over")),
    st.floats(0.5, 0.98),
)
def test_the_dial_counts_what_sampling_then_does(counts: list[tuple[int, int]], method: str, share: float) -> None:
    """Of flags: each in its own rows, so that no photo carries two labels."""
    states = np.zeros((sum(map(sum, counts)), len(counts)), np.uint8)
    row = 0
    for column, pair in enumerate(counts):
        for state, number in zip((UP, DOWN), pair, strict=True):
            states[row : row + number, column] = state
            row += number
    choice = Sampling(method=method, largest_share=share)
    found = balanced(counts, choice, task="multilabel")
    done = sampled(states, choice, task="multilabel", seed=1)
    assert tuple(one.after for one in found) == done.realised
    assert tuple(one.left_out for one in found) == done.left_out
    assert tuple(one.repeated for one in found) == done.repeated


@given(st.lists(st.integers(1, 60), min_size=2, max_size=5), st.floats(0.3, 0.98))
def test_the_dial_counts_one_of_a_group(sizes: list[int], share: float) -> None:
    states = np.full((sum(sizes), len(sizes)), DOWN, np.uint8)
    states[np.arange(sum(sizes)), np.repeat(np.arange(len(sizes)), sizes)] = UP
    choice = Sampling(method="under", largest_share=share)
    pairs = [(n, sum(sizes) - n) for n in sizes]
    done = sampled(states, choice, task="exclusive", seed=1)
    assert tuple(one.after for one in balanced(pairs, choice, task="exclusive")) == done.realised


def test_two_corrections_are_warned_about_and_one_is_not() -> None:
    over, balancing = Sampling(method="over"), LossChoice(name="bayesian")
    assert "30 %" in stacking(over, balancing, [0.2, 0.4])
    assert stacking(Sampling(), balancing, [0.2]) == ""
    assert stacking(over, LossChoice(), [0.2]) == ""
