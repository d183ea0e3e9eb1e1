"""Training, validation and test sets: by joint and near-duplicate cluster, stratified for rare flags, never moved."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


class Split(StrEnum):
    """What a photo may be used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


def assign(
    units: Sequence[int],
    raised: NDArray[np.bool_],
    *,
    seed: int,
    shares: Mapping[Split, float],
    fixed: Mapping[int, Split] | None = None,
) -> dict[int, Split]:
    """Puts every unit (a joint, or a cluster of joints that share near-duplicates) into one split.

    `units` are ids, `raised` is (len(units), classes): whether the unit carries the class. Units in `fixed` stay where
    they are. The rarest class is dealt out first, each unit to the split that lacks most of that class, so that
    rare flags reach every split; the rest follow by the total. The order of `units` does not matter.

    Source: iterative stratification, Sechidis, Tsoumakas & Vlahavas, ECML PKDD 2011, algorithm 1.
    """
    ids = np.asarray(units, dtype=np.int64)
    if len(np.unique(ids)) != len(ids):
        raise ValueError("a unit is named twice")
    fixed = fixed or {}
    splits = [split for split in Split if shares.get(split, 0) > 0]
    weight = np.array([shares[split] for split in splits], dtype=float)
    weight /= weight.sum()

    order = _seeded_order(ids, seed)
    flags = raised[order].astype(bool)
    numbers = ids[order].tolist()

    # What each split still lacks: of every class, and in all. Fixed units have been dealt already.
    lacks = np.outer(weight, flags.sum(axis=0)).astype(float)
    lacks_any = weight * len(ids)
    result = {unit: fixed[unit] for unit in numbers if unit in fixed}
    dealt = np.array([result.get(unit, "") for unit in numbers], dtype=object)
    for place, split in enumerate(splits):
        lacks[place] -= flags[dealt == split].sum(axis=0)
        lacks_any[place] -= (dealt == split).sum()
    for index, choice in _deal(flags, dealt == "", lacks, lacks_any):
        result[numbers[index]] = splits[choice]
    return result


def folds(units: Sequence[int], raised: NDArray[np.bool_], *, count: int, seed: int) -> dict[int, int]:
    """Deals every unit into one of `count` folds of nearly the same size, rare classes first. Arguments as `assign`."""
    order = _seeded_order(np.asarray(units, dtype=np.int64), seed)
    flags = raised[order].astype(bool)
    weight = np.full(count, 1 / count)
    lacks = np.outer(weight, flags.sum(axis=0)).astype(float)
    dealt = _deal(flags, np.ones(len(flags), dtype=bool), lacks, weight * len(flags))
    return {int(units[order[index]]): choice for index, choice in dealt}


def _deal(
    flags: NDArray[np.bool_], free: NDArray[np.bool_], lacks: NDArray[np.floating], lacks_any: NDArray[np.floating]
) -> Iterator[tuple[int, int]]:
    """(row, place) of every free row of `flags` (n, classes); what the places lack is counted down."""
    remaining, free = flags & free[:, None], free.copy()
    # Of a few places only: plain numbers are quicker than arrays.
    lack, total = lacks.T.tolist(), lacks_any.tolist()
    places = range(len(total))
    while True:
        counts = remaining.sum(axis=0)
        if not counts.any():
            break
        rarest = int(np.where(counts > 0, counts, np.iinfo(np.int64).max).argmin())
        needed = lack[rarest]
        rows = np.flatnonzero(remaining[:, rarest])
        ends = np.r_[0, flags[rows].sum(axis=1).cumsum()].tolist()
        columns = np.nonzero(flags[rows])[1].tolist()
        for index, (first, end) in zip(rows.tolist(), pairwise(ends), strict=True):
            least = max(needed) - 1e-9
            neediest = [place for place in places if needed[place] >= least]
            choice = max(neediest, key=total.__getitem__) if len(neediest) > 1 else neediest[0]
            yield index, choice
            for column in columns[first:end]:
                lack[column][choice] -= 1
            total[choice] -= 1
        remaining[rows] = False
        free[rows] = False
    for index in np.flatnonzero(free).tolist():
        choice = max(places, key=total.__getitem__)
        yield index, choice
        total[choice] -= 1


def _seeded_order(ids: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """A shuffle that depends on the set of ids and the seed, not on the order in which they came."""
    ascending = np.argsort(ids, kind="stable")
    return ascending[np.random.default_rng(seed).permutation(len(ids))]
