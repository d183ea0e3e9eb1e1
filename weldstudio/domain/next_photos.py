"""What to label next: near each flag's threshold, rare flags with their share, unlike each other, and some by chance.

Under imbalance and label noise the photos around a class's best threshold teach most (DIRECT: Nuggehalli et al., ICML
2025, arXiv 2312.09196). The flags take turns in proportion to how little is known of their recall, so a flag with few
raised photos is asked about often. Within a flag the batch is thinned by k-means++ on the features. A part of every
batch is drawn by chance, for only that part can say how good the model is.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.refit import Floats
from weldstudio.domain.scores import wilson

BATCH = 50
AUDIT_SHARE = 0.16
SCARCE = 30
"""With fewer raised photos known than this, a flag's likeliest photos are asked about."""
CHANCE = -1
"""In place of a class: drawn at random."""
_POOL, _NARROW = 6, 2
"""Candidates of a flag for every photo that is taken; of one of which few raised photos are known."""

Rows = NDArray[np.int64]
_NONE: Rows = np.zeros(0, np.int64)


def widths(hits: Rows, raised: Rows) -> NDArray[np.float64]:
    """(classes,) how wide the interval of each flag's recall is; 1 where it has no raised photo."""
    ranges = [wilson(int(hit), int(known)) if known else (0.0, 1.0) for hit, known in zip(hits, raised, strict=True)]
    return np.array([high - low for low, high in ranges])


def next_photos(
    points: Callable[[Rows], Floats],
    logits: Floats,
    cuts: Floats,
    *,
    waiting: NDArray[np.bool_],
    width: NDArray[np.float64],
    scarce: NDArray[np.bool_] | None = None,
    count: int = BATCH,
    seed: int = 0,
) -> tuple[Rows, Rows]:
    """(k,) rows to label next, in order, and the class each is asked about (`CHANCE` = by chance).

    `logits` (n, classes) are NaN for a class without a head; `cuts` (classes,) its threshold as a logit. `waiting`
    (n, classes): the label is not known yet. `scarce` (classes,): so few raised photos are known that the likeliest are
    asked about, for only more of them will tell where the threshold lies. A photo is taken once. `points` answers with
    the features of some rows; those of photos far from every threshold are not asked for.
    """
    rng = np.random.default_rng(seed)
    free: NDArray[np.bool_] = np.asarray(waiting.any(axis=1), np.bool_)
    count = min(count, int(free.sum()))
    by_chance = rng.choice(np.flatnonzero(free), round(AUDIT_SHARE * count), replace=False) if count else _NONE
    free[by_chance] = False
    asked: list[tuple[int, int]] = []
    wanted = count - len(by_chance)
    while wanted > len(asked) and free.any():
        open_ = waiting & free[:, None]
        share = np.where(open_.any(axis=0), width, 0)
        if not share.sum():
            break
        turns = _dealt(share, wanted - len(asked), rng)
        for column in np.argsort(-share):
            cut = np.inf if scarce is not None and scarce[column] else cuts[column]
            rows = _of_class(points, logits[:, column], cut, open_[:, column] & free, turns[column], rng=rng)
            free[rows] = False
            asked += [(int(row), int(column)) for row in rows]
    order = rng.permutation(len(asked))
    found = [asked[place] for place in order]
    # The ones by chance are spread over the batch, so that whoever stops early has judged some of them.
    for number, row in enumerate(by_chance.tolist()):
        found.insert(round((number + 0.5) * count / max(1, len(by_chance))), (row, CHANCE))
    return np.array([row for row, _ in found], np.int64), np.array([column for _, column in found], np.int64)


def _dealt(share: NDArray[np.float64], count: int, rng: np.random.Generator) -> Rows:
    """(classes,) whole numbers that add up to `count`, in proportion; what is left over goes by chance."""
    exact = share / share.sum() * count
    dealt = np.floor(exact).astype(np.int64)
    rest = exact - dealt
    if left := count - int(dealt.sum()):
        chosen = rng.choice(len(share), left, replace=False, p=rest / rest.sum())
        dealt[chosen] += 1
    return dealt


def _of_class(
    points: Callable[[Rows], Floats],
    logits: Floats,
    cut: float,
    free: NDArray[np.bool_],
    count: int,
    *,
    rng: np.random.Generator,
) -> Rows:
    """Rows of one flag's turn: those nearest to its threshold, of which unlike ones are kept; without a head any."""
    rows = np.flatnonzero(free)
    count = min(int(count), len(rows))
    if not count:
        return _NONE
    if np.isnan(logits[rows[0]]):
        pool = rng.choice(rows, min(len(rows), 20 * _POOL * count), replace=False)
    else:
        # Distance in units of the flag's spread is the same order within one flag.
        far = np.abs(logits[rows] - cut) if np.isfinite(cut) else -logits[rows]
        wanted = min(len(far), (_POOL if np.isfinite(cut) else _NARROW) * count)
        near = np.argpartition(far, wanted - 1)[:wanted]
        pool = rows[near[np.argsort(far[near], kind="stable")]]
    return _unlike(points(pool), pool, count, rng=rng)


def _unlike(points: Floats, pool: Rows, count: int, *, rng: np.random.Generator) -> Rows:
    """k-means++ (Arthur & Vassilvitskii 2007): each next one with a chance as its squared distance from those taken.

    The first is the pool's first.
    """
    taken = [0]
    apart = ((points - points[0]) ** 2).sum(axis=1)
    apart[0] = 0
    while len(taken) < count:
        total = float(apart.sum())
        if total <= 0:  # the rest are copies of what is taken
            rest = [place for place in range(len(pool)) if place not in set(taken)]
            taken += rest[: count - len(taken)]
            break
        place = int(rng.choice(len(pool), p=apart / total))
        taken.append(place)
        apart = np.minimum(apart, ((points - points[place]) ** 2).sum(axis=1))
        apart[taken] = 0
    return pool[taken[:count]]
