"""What to label next: near each flag's threshold, rare flags with their share, unlike each other, and some by chance.

Under imbalance and label noise the photos around a class's best threshold teach most (DIRECT: Nuggehalli et al., ICML
2025, arXiv 2312.09196). The flags take turns in proportion to how little is known of their recall, the cube of its
interval's width, so a flag with few raised photos is asked about often. Within a flag the batch is thinned by k-means++
on the features. While few raised photos of a flag are known, its likeliest are asked about. While none is, those that
stand out among what is like nothing labelled: clusters of k-means about the labelled photos, all turns of a batch at
once (as TypiClust: Hacohen et al., ICML 2022, arXiv 2202.02794), and of each cluster not its middle but the photo
farthest out its way, from which a linear head learns most. A part of every batch is drawn by chance, for only that part
can say how good the model is.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.refit import Floats
from weldstudio.domain.scores import wilson

BATCH = 50
AUDIT_SHARE = 0.12
SCARCE = 30
"""With fewer raised photos known than this, a flag's likeliest photos are asked about."""
CHANCE = -1
"""In place of a class: drawn at random."""
_LEAST = 0.25
"""However much is known of a flag: it counts as if the interval were so wide, beside the widest."""
_POOL = 6
"""Candidates of a flag for every photo that is taken."""
_COPY = 0.05
"""Two candidates this much nearer (squared) than candidates are on average are copies; the second is passed over."""
_EXPLORED, _KNOWN, _ROUNDS = 4000, 1000, 8
"""Of photos that stand out: those among which they are looked for, labelled ones they shall be unlike, rounds."""

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
    by_chance = rng.choice(np.flatnonzero(free), round(AUDIT_SHARE * count + 0.25), replace=False) if count else _NONE
    free[by_chance] = False
    asked: list[tuple[int, int]] = []
    wanted = count - len(by_chance)
    while wanted > len(asked) and free.any():
        open_ = waiting & free[:, None]
        share = np.where(open_.any(axis=0), np.maximum(width, _LEAST * width.max()) ** 3, 0)
        if not share.sum():
            break
        turns = _dealt(share, wanted - len(asked), rng)
        headless: NDArray[np.bool_] = np.asarray(np.isnan(logits).all(axis=0), np.bool_)
        for column in np.argsort(-share):
            if headless[column]:
                continue
            cut = np.inf if scarce is not None and scarce[column] else cuts[column]
            rows = _of_class(points, logits[:, column], cut, open_[:, column] & free, turns[column], rng=rng)
            free[rows] = False
            asked += [(int(row), int(column)) for row in rows]
        about = rng.permutation(np.repeat(np.flatnonzero(headless), turns[headless]))
        known = np.flatnonzero((~waiting[:, headless]).any(axis=1))
        labelled = np.r_[known, by_chance, np.array([row for row, _ in asked], np.int64)]
        rows = _standing_out(
            points, np.flatnonzero(open_[:, headless].any(axis=1) & free), labelled, len(about), rng=rng
        )
        free[rows] = False
        asked += list(zip(rows.tolist(), about.tolist(), strict=False))
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
    """Rows of one flag's turn: those nearest to its threshold, of which unlike ones are kept; or its likeliest."""
    rows = np.flatnonzero(free)
    count = min(int(count), len(rows))
    if not count:
        return _NONE
    # Distance in units of the flag's spread is the same order within one flag.
    far = np.abs(logits[rows] - cut) if np.isfinite(cut) else -logits[rows]
    wanted = min(len(far), _POOL * count)
    near = np.argpartition(far, wanted - 1)[:wanted]
    pool = rows[near[np.argsort(far[near], kind="stable")]]
    return _unlike(points(pool), pool, count, rng=rng) if np.isfinite(cut) else _no_copies(points(pool), pool, count)


def _no_copies(points: Floats, pool: Rows, count: int) -> Rows:
    """The first of a pool, of those that are all but equal one; the copies only where nothing else is left."""
    apart = _distances(points, points)
    taken: list[int] = []
    left: list[int] = []
    for place in range(len(pool)):
        (left if (apart[place, taken] < _COPY * apart.mean()).any() else taken).append(place)
    return pool[(taken + left)[:count]]


def _standing_out(
    points: Callable[[Rows], Floats], rows: Rows, labelled: Rows, count: int, *, rng: np.random.Generator
) -> Rows:
    """Rows that stand out among those like nothing labelled, one of each cluster; in no order.

    A photo that is nearest to a labelled one moves no centre. A cluster without photos gives its turn to chance.
    """
    count = min(count, len(rows))
    if not count:
        return _NONE
    rows = rows if len(rows) <= _EXPLORED else rng.choice(rows, _EXPLORED, replace=False)
    labelled = labelled if len(labelled) <= _KNOWN else rng.choice(labelled, _KNOWN, replace=False)
    seen, told = points(rows), points(labelled)
    mean = seen.mean(axis=0)
    seen, told = seen - mean, told - mean
    known = _distances(seen, told).min(axis=1, initial=np.inf)
    centres = seen[_spread(seen, known, count, rng=rng)]
    for _ in range(_ROUNDS):
        apart = _distances(seen, centres)
        nearest = np.where(apart.min(axis=1) < known, apart.argmin(axis=1), -1)
        for number in np.unique(nearest[nearest >= 0]).tolist():
            centres[number] = seen[nearest == number].mean(axis=0)
    out = np.where(nearest[:, None] == np.arange(count), seen @ centres.T, -np.inf)
    chosen = np.unique(out.argmax(axis=0)[np.isfinite(out.max(axis=0))])
    rest = np.setdiff1d(np.arange(len(rows)), chosen)
    return rows[np.r_[chosen, rng.choice(rest, count - len(chosen), replace=False)]]


def _distances(points: Floats, others: Floats) -> Floats:
    """(n, m) squared."""
    lengths = (points * points).sum(axis=1)[:, None] + (others * others).sum(axis=1)
    found: Floats = np.maximum(lengths - 2 * points @ others.T, 0)
    return found


def _unlike(points: Floats, pool: Rows, count: int, *, rng: np.random.Generator) -> Rows:
    """The first of a pool, and those unlike it and each other."""
    apart = ((points - points[0]) ** 2).sum(axis=1)
    return pool[np.r_[0, 1 + _spread(points[1:], apart[1:], count - 1, rng=rng)]]


def _spread(points: Floats, apart: Floats, count: int, *, rng: np.random.Generator) -> Rows:
    """k-means++ (Arthur & Vassilvitskii 2007): each next place with a chance as its squared distance from those taken.

    `apart` (n,) is the distance from what is taken already, infinite where nothing is.
    """
    taken: list[int] = []
    while len(taken) < count:
        left = np.where(np.isinf(apart), 1, apart).astype(np.float64)
        left[taken] = 0
        if left.sum() <= 0:  # the rest are copies of what is taken
            left = np.ones(len(points))
            left[taken] = 0
        place = int(rng.choice(len(points), p=left / left.sum()))
        taken.append(place)
        apart = np.minimum(apart, ((points - points[place]) ** 2).sum(axis=1))
    return np.array(taken, np.int64)
