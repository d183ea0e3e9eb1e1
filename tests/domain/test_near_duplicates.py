"""Clusters of near-duplicates are exactly the chains of pictures that are near to each other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.near_duplicates import DISTANCE, clustering, clusters, is_telling, units


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
    draw = np.random.default_rng(0).integers(0, 1000, 2000, dtype=np.uint64)
    assert len(clusters(draw)) == 2000
    many = np.random.default_rng(0).integers(0, 2**63, 3000, dtype=np.uint64)
    assert len(list(clustering(many))) > 2  # pauses between the groups, not only between the bands


def _units(owners: list[int], hashes: list[int], contents: list[str | None] | None = None) -> list[int]:
    return units(
        np.array(owners, np.int64),
        np.array(hashes, np.uint64),
        contents=contents or [None] * len(hashes),
        count=max(owners) + 1,
    ).tolist()


def _detailed(count: int, seed: int = 0) -> list[int]:
    return np.random.default_rng(seed).integers(0, 2**63, count, dtype=np.uint64).tolist()


def test_a_flat_picture_tells_nothing_and_joins_nobody() -> None:
    """Shapes drawn on even grounds, as in a first try of the program: most hashes have a handful of bits."""
    flat = [0] * 60 + [0b1100 << 24] * 40
    assert not is_telling(np.array(flat, np.uint64)).any()
    assert len(set(_units(list(range(100)), flat))) == 100


def test_equal_files_stay_together_however_flat() -> None:
    found = _units([0, 1, 2, 3], [0, 0, 0, 0], ["a", "b", "a", None])
    assert found[0] == found[2]
    assert len(set(found)) == 3


def test_near_pictures_join_their_owners_and_these_chain() -> None:
    base = _detailed(30)
    owners, hashes = list(range(30)), list(base)
    owners += [0, 1]
    hashes += [base[1] ^ 0b111, base[2] ^ (1 << 40)]
    found = _units(owners, hashes)
    assert found[0] == found[1] == found[2]
    assert len(set(found)) == 28


def test_a_burst_of_one_view_stays_together_in_a_small_collection() -> None:
    hashes = _detailed(40)
    view = hashes[0]
    hashes[:9] = [view ^ (0b11 << (2 * shot)) for shot in range(9)]
    found = _units(list(range(40)), hashes)
    assert len(set(found[:9])) == 1
    assert len(set(found)) == 32
    hashes[:18] = [view] * 18
    assert len(set(_units(list(range(40)), hashes)[:18])) == 1


def test_a_chain_of_chance_likenesses_is_cut_where_it_is_weak() -> None:
    """A hundred joints each three bits from the next, and two of them equal: only these two stay together."""
    value, hashes = _detailed(1)[0], []
    draw = np.random.default_rng(1)
    for _ in range(100):
        value ^= sum(1 << int(bit) for bit in draw.choice(64, 3, replace=False))
        hashes.append(value)
    hashes[50:] = hashes[49:99]
    found = _units(list(range(100)), hashes)
    assert found[49] == found[50]
    assert len(set(found)) > 90
    assert len(set(clusters(np.array(hashes, np.uint64)).tolist())) == 1
