"""Clusters of near-duplicates are exactly the chains of pictures that are near to each other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.near_duplicates import DISTANCE, clusters


def _chains(hashes: list[int]) -> set[frozenset[int]]:
    """By comparing all with all."""
    found: list[set[int]] = []
    for index, value in enumerate(hashes):
        near = [c for c in found if any((hashes[i] ^ value).bit_count() <= DISTANCE for i in c)]
        joined = {index}.union(*near)
        found = [c for c in found if c not in near] + [joined]
    return {frozenset(c) for c in found}


_few = st.integers(0, 2**64 - 1).flatmap(
    lambda base: st.lists(st.sets(st.integers(0, 63), max_size=7), max_size=12).map(
        lambda flips: [base ^ sum(1 << bit for bit in bits) for bits in flips]
    )
)


@given(_few, st.lists(st.integers(0, 2**64 - 1), max_size=4))
def test_clusters_are_the_chains(related: list[int], others: list[int]) -> None:
    hashes = related + others
    numbers = clusters(np.array(hashes, dtype=np.uint64))
    found = {frozenset(np.flatnonzero(numbers == n).tolist()) for n in set(numbers.tolist())}
    assert found == _chains(hashes)


def test_many_pictures_of_one_kind_are_one_cluster() -> None:
    assert set(clusters(np.zeros(5000, np.uint64)).tolist()) == {0}
    draw = np.random.default_rng(0).integers(0, 3000, 4000, dtype=np.uint64)
    assert len(clusters(draw)) == 4000
