"""Which pictures are nearly the same, by their perceptual hashes."""

from collections.abc import Generator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

DISTANCE = 4
"""Two pictures whose 64-bit hashes differ in at most this many bits are taken for near-duplicates."""
TELLING = 16
"""Of the 112 pairs of neighbours in a hash's 8 x 8 bits, so many must differ for it to tell one picture from another.

A plain wall, a sky or a drawing on an even ground has next to none, and equals the next one. Of photographs of scenes
and of single objects less than a twentieth lie below; without them the longest chain of 2,000 fell from 97 to 4.
"""
_LARGEST_SHARE, _BURST = 0.1, 16
"""A unit that holds more of all joints than this is a chain of chance likenesses, and would leave no split whole.

In a small collection it may be a burst of one view: so many stay together, up to a third of all joints; and where
hashes are equal, up to half of them.
"""
_PAIRS = 4_000_000
"""Pairs compared in one go."""
_PIECE, _GROUP, _ROOTS = 1_000_000, 2_000, 10_000
"""Pairs, and pictures asked for their cluster, between two pauses; a group takes as long as so many pairs at least."""


def units(
    owners: NDArray[np.int64], hashes: NDArray[np.uint64], *, contents: Sequence[str | None], count: int
) -> NDArray[np.int64]:
    """Unit number of each of `count` owners (joints), (count,): owners are joined that share near-duplicates.

    `owners` (n,) are 0 to count - 1; `hashes` (n,) and `contents` (n,), content hashes, are those of their pictures.
    Equal files always join. Hashes join if they are telling and differ in at most `DISTANCE` bits; where that chains
    too many owners together, fewer bits and at last none at all are allowed for those.
    """
    unit = np.arange(count)
    known: dict[str, int] = {}
    same = [known.setdefault(content, i) if content is not None else i for i, content in enumerate(contents)]
    unit = _joined(unit, owners, np.array(same, dtype=np.int64))
    telling = is_telling(hashes)
    chain = max(4, int(_LARGEST_SHARE * count), min(_BURST, count // 3))
    open_owners = np.ones(count, dtype=bool)
    for distance, largest in ((DISTANCE, chain), (DISTANCE // 2, chain), (0, max(chain, count // 2))):
        rows = telling & open_owners[owners]
        tried = _joined(unit, owners[rows], clusters(hashes[rows], distance=distance))
        open_owners &= np.bincount(tried, minlength=count)[tried] > largest
        unit = np.where(open_owners, unit, tried)
    return np.unique(unit, return_inverse=True)[1].astype(np.int64)


def is_telling(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether a hash has enough detail to tell its picture from others, (n,); see `TELLING`."""
    across = np.uint64(0x7F7F_7F7F_7F7F_7F7F)
    beside = np.bitwise_count((hashes ^ (hashes >> np.uint64(1))) & across)
    below = np.bitwise_count((hashes ^ (hashes >> np.uint64(8))) & np.uint64(0x00FF_FFFF_FFFF_FFFF))
    told: NDArray[np.bool_] = beside.astype(np.int64) + below >= TELLING
    return told


def _joined(unit: NDArray[np.int64], owners: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Units joined further where owners of theirs are in one group; the smallest number of a unit stands for it."""
    parent = unit.copy()
    first: dict[int, int] = {}
    several = np.bincount(groups, minlength=1)[groups] > 1  # most pictures are like no other
    for owner, group in zip(owners[several].tolist(), groups[several].tolist(), strict=True):
        a, b = _root(parent, owner), _root(parent, first.setdefault(group, owner))
        parent[max(a, b)] = min(a, b)
    while (parent[parent] != parent).any():
        parent = parent[parent]
    return parent


def clusters(hashes: NDArray[np.uint64], *, distance: int = DISTANCE) -> NDArray[np.int64]:
    """Cluster number of each picture, (n,): chains of pictures whose neighbours differ in at most `distance` bits."""
    work = clustering(hashes, distance=distance)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: NDArray[np.int64] = end.value
            return found


def clustering(hashes: NDArray[np.uint64], *, distance: int = DISTANCE) -> Generator[None, None, NDArray[np.int64]]:
    """As `clusters`, yielding now and then.

    Of five bands of bits that two hashes four bits apart have, one at least is equal (pigeonhole), so only pictures
    that share a band are compared: all 127,655 of a large collection in a second instead of eight thousand million
    comparisons.
    """
    distinct, member = np.unique(hashes, return_inverse=True)
    parent = np.arange(len(distinct))
    for band in np.array_split(np.arange(64, dtype=np.uint64), distance + 1):
        mask = np.bitwise_or.reduce(np.uint64(1) << band)
        keys = distinct & mask
        order = np.argsort(keys, kind="stable")
        ends = np.flatnonzero(np.r_[True, keys[order][1:] != keys[order][:-1], True])
        done = 0
        for first, end in pairwise(ends.tolist() if len(order) else []):
            if end - first > 1:
                _join(order[first:end], distinct, parent, distance=distance)
            done += (end - first) ** 2 + _GROUP
            if done > _PIECE:
                yield None
                done = 0
    roots = np.empty(len(distinct), np.int64)
    for start in range(0, len(distinct), _ROOTS):
        yield None
        part = range(start, min(start + _ROOTS, len(distinct)))
        roots[part.start : part.stop] = [_root(parent, i) for i in part]
    _, numbers = np.unique(roots, return_inverse=True)
    return numbers.astype(np.int64)[member] if len(member) else np.zeros(0, np.int64)


def around(hashes: NDArray[np.uint64], place: int, *, distance: int = DISTANCE) -> NDArray[np.int64]:
    """Places of the cluster (see `clusters`) that the picture at `place` lies in, itself among them; ascending."""
    found = np.zeros(len(hashes), np.bool_)
    found[place] = True
    edge, seen = [int(hashes[place])], {int(hashes[place])}
    while edge:
        near = np.bitwise_count(hashes ^ np.uint64(edge.pop())) <= distance
        new = set(hashes[near & ~found].tolist()) - seen
        found |= near
        seen |= new
        edge += new
    return np.flatnonzero(found)


def nearest(hashes: NDArray[np.uint64], place: int, count: int) -> NDArray[np.int64]:
    """Places of the `count` pictures most like the one at `place`, which is left out; the most alike first."""
    apart = np.bitwise_count(hashes ^ hashes[place]).astype(np.int64)
    # Ties go by place, so that the same is shown each time.
    order = np.argsort(apart, kind="stable")
    return order[order != place][:count]


def _join(group: NDArray[np.int64], hashes: NDArray[np.uint64], parent: NDArray[np.int64], *, distance: int) -> None:
    """Joins those of a group that are near to each other."""
    rows = max(1, _PAIRS // len(group))
    for start in range(0, len(group), rows):
        part = group[start : start + rows]
        near = np.bitwise_count(hashes[part][:, None] ^ hashes[group][None, :]) <= distance
        near &= part[:, None] < group[None, :]
        for a, b in zip(*np.nonzero(near), strict=True):
            first, second = _root(parent, part[a]), _root(parent, group[b])
            if first != second:
                parent[max(first, second)] = min(first, second)


def _root(parent: NDArray[np.int64], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = int(parent[index])
    return int(index)
