"""Splits: shares, rare flags, stability."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weldstudio.domain.split import Split, assign

SHARES = {Split.TRAIN: 0.6, Split.VALIDATION: 0.2, Split.TEST: 0.2}


def test_shares_are_met_and_rare_flags_reach_every_split() -> None:
    rng = np.random.default_rng(1)
    raised = rng.random((1000, 3)) < [0.3, 0.02, 0.01]
    found = assign(range(1000), raised, seed=7, shares=SHARES)
    counts = {split: sum(s == split for s in found.values()) for split in Split}
    assert counts[Split.TRAIN] == pytest.approx(600, abs=3)
    assert counts[Split.VALIDATION] == pytest.approx(200, abs=3)
    for column in range(3):
        total = raised[:, column].sum()
        for split, share in SHARES.items():
            got = sum(bool(raised[unit, column]) for unit, s in found.items() if s == split)
            assert got == pytest.approx(share * total, abs=1.5)


@settings(max_examples=40)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5))
def test_growing_moves_nobody(first: int, more: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    raised = rng.random((first + more, 2)) < 0.3
    old = assign(range(first), raised[:first], seed=seed, shares=SHARES)
    new = assign(range(first + more), raised, seed=seed, shares=SHARES, fixed=old)
    assert {unit: new[unit] for unit in old} == old
    assert set(new) == set(range(first + more))


@given(st.permutations(list(range(12))))
def test_the_order_of_arrival_does_not_matter(order: list[int]) -> None:
    raised = np.arange(12)[:, None] % 3 == 0
    straight = assign(range(12), raised, seed=3, shares=SHARES)
    assert assign(order, raised[order], seed=3, shares=SHARES) == straight


def test_a_unit_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        assign([1, 1], np.zeros((2, 1), bool), seed=0, shares=SHARES)


def test_a_split_without_a_share_gets_nobody() -> None:
    found = assign(range(20), np.zeros((20, 1), bool), seed=0, shares={Split.TRAIN: 0.5, Split.TEST: 0.5})
    assert Split.VALIDATION not in found.values()
