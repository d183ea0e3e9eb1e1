"""Sampling against imbalance: how many photos of each class are left out or repeated, and which.

Sources: Dalyac 2014, 8.3. With K classes of n photos each, N in all, the largest shall have the share t:

    under-sampling removes   k = max(0, (n - t N) / (1 - t))          of the largest class
    over-sampling copies     c = max(0, (s (max + min) - min) / (1 - s))   of the smaller of two, s = 1 - t

(10, 100, 500) with t = 0.8 removes 60; the thesis prints 12, a slip. Where the second class becomes the largest, both
go on being removed together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.choices import LossChoice, Sampling
from weldstudio.domain.labelling import State

Rows = NDArray[np.int64]


def removed(counts: Sequence[int], share: float) -> tuple[int, ...]:
    """How many photos of each class under-sampling leaves out so that the largest has at most `share` of what stays.

    With a share below 1 / classes present all are made as small as the smallest.
    """
    kept = np.array(counts, dtype=np.int64)
    present = kept > 0
    if present.sum() < 2:
        return (0,) * len(counts)
    share = max(share, 1 / int(present.sum()))
    while True:
        largest = int(kept.max())
        top = np.flatnonzero(kept == largest)
        below = kept[kept < largest]
        if not len(below) or largest <= share * kept.sum():
            break
        # All of the largest come down together to the level at which each has the share of the rest.
        rest = int(below.sum())
        level = share * rest / (1 - share * len(top)) if share * len(top) < 1 else float(below.max())
        if level >= largest - 1e-9:
            break
        floor = max(int(np.ceil(level - 1e-9)), int(below.max()))
        kept[top] = floor
        if level >= below.max():
            break
    return tuple(int(n) for n in np.array(counts) - kept)


def copied(counts: tuple[int, int], share: float) -> int:
    """How many copies over-sampling makes of the smaller of two classes, the larger shall have `share`."""
    small, large = min(counts), max(counts)
    s = 1 - share
    return max(0, round((s * (large + small) - small) / (1 - s))) if small else 0


def under_sampled(groups: Sequence[Rows], share: float, *, seed: int) -> list[Rows]:
    """The rows of each class that stay, in order; which are left out hangs on the seed."""
    draw = np.random.default_rng((seed, 83))
    fewer = removed([len(rows) for rows in groups], share)
    return [np.sort(draw.permutation(rows)[: len(rows) - k]) for rows, k in zip(groups, fewer, strict=True)]


def over_sampled(groups: Sequence[Rows], share: float, *, seed: int) -> list[Rows]:
    """The rows of two classes with those of the smaller repeated, as evenly as may be."""
    draw = np.random.default_rng((seed, 83))
    sizes = [len(rows) for rows in groups]
    small = int(np.argmin(sizes))
    copies = copied((sizes[0], sizes[1]), share)
    result = [np.asarray(rows) for rows in groups]
    if copies:
        rows = result[small]
        whole, part = divmod(copies, len(rows))
        result[small] = np.concatenate([np.tile(rows, 1 + whole), draw.permutation(rows)[:part]])
    return result


def proportional_order(groups: Sequence[Rows], *, seed: int, epoch: int) -> Rows:
    """All rows in an order in which every run of consecutive rows holds the classes in nearly the same shares.

    Each class is shuffled and spread evenly over the epoch: its j-th of n rows lies at (j + offset) / n.
    """
    draw = np.random.default_rng((seed, epoch, 84))
    rows, places = [], []
    for group in groups:
        n = len(group)
        rows.append(draw.permutation(group))
        places.append((np.arange(n) + draw.uniform()) / max(1, n))
    return np.concatenate(rows)[np.argsort(np.concatenate(places), kind="stable")]


@dataclass(frozen=True, slots=True)
class ClassBalance:
    """What sampling makes of one class, counted."""

    before: tuple[int, int]
    """(raised, clear); of one of a group (photos of it, photos of the others)."""
    after: tuple[int, int]

    @property
    def left_out(self) -> int:
        return sum(max(0, was - now) for was, now in zip(self.before, self.after, strict=True))

    @property
    def repeated(self) -> int:
        return sum(max(0, now - was) for was, now in zip(self.before, self.after, strict=True))

    @property
    def priors(self) -> tuple[float, float]:
        """Share of the raised before and after: the prior that the network learns."""
        return tuple(one / max(1, one + other) for one, other in (self.before, self.after))  # type: ignore[return-value]


def balanced(counts: Sequence[tuple[int, int]], choice: Sampling, *, task: str) -> tuple[ClassBalance, ...]:
    """What `sampled` makes of classes with these (raised, clear) labels, by the same formulas, without the photos.

    Of one of a group each photo has exactly one class raised.
    """
    if task == "exclusive":
        sizes = [raised for raised, _ in counts]
        kept = _resized(sizes, choice)
        whole, left = sum(sizes), sum(kept)
        pairs = [((n, whole - n), (m, left - m)) for n, m in zip(sizes, kept, strict=True)]
    else:
        pairs = []
        for raised, clear in counts:
            kept = _resized([raised, clear], choice)
            pairs.append(((raised, clear), (kept[0], kept[1])))
    return tuple(ClassBalance(before, after) for before, after in pairs)


def _resized(sizes: list[int], choice: Sampling) -> list[int]:
    if choice.method == "under":
        return [n - k for n, k in zip(sizes, removed(sizes, choice.largest_share), strict=True)]
    if choice.method == "over" and len(sizes) == 2 and all(sizes):
        small = sizes.index(min(sizes))
        return [n + copied((sizes[0], sizes[1]), choice.largest_share) * (i == small) for i, n in enumerate(sizes)]
    return sizes


def stacking(choice: Sampling, loss: LossChoice, priors: Sequence[float]) -> str:
    """What two corrections for rare classes make of each other, as a sentence; '' where there is one at most.

    `priors`: of each class the share of raised labels after sampling.
    """
    if choice.method == "none" or not loss.balances or not priors:
        return ""
    share = sum(priors) / len(priors)
    return (
        f"Sampling and the loss both correct for rare classes: after sampling {100 * share:.0f} % are raised on "
        "average, and the loss then counts these as equal again. One of the two is enough."
    )


@dataclass(frozen=True, slots=True)
class Sampled:
    """The training photos that take part: rows of the given ones, some perhaps repeated, with the labels they have."""

    rows: Rows
    """(m,)"""
    states: NDArray[np.uint8]
    """(m, classes); a label that was sampled out is unseen."""
    realised: tuple[tuple[int, int], ...]
    """(raised, clear) of each class."""
    left_out: tuple[int, ...]
    """Labels of each class left out."""
    repeated: tuple[int, ...]
    """Labels of each class repeated."""


def obstacle(method: str, task: str, classes: int) -> str:
    """Why this way of sampling is not defined for such a training, as a sentence; '' where it is."""
    if method == "proportional" and task != "exclusive" and classes > 1:
        return (
            "Proportional batches are defined for one flag or for one of a group; choose one class, train independent "
            "flags (data.task = independent), or another sampling."
        )
    if method == "over" and task == "exclusive" and classes > 2:
        return "Over-sampling is defined for two classes; use under-sampling or proportional batches for a group."
    return ""


def sampled(states: NDArray[np.uint8], choice: Sampling, *, task: str, seed: int) -> Sampled:
    """Applies a recipe's sampling to the label states (n, classes) of the training photos.

    One of a group: photos are left out or repeated. Flags: the share is reached for each flag by itself; of one flag
    labels that are too many are masked, copies carry the label of their flag alone, and no photo is dropped that
    another flag still needs.
    """
    rows = np.arange(len(states))
    if choice.method in ("none", "proportional") or not len(states):
        return _told(rows, states.copy(), states)
    if task == "exclusive":
        groups = class_rows(states, task)
        pick = under_sampled if choice.method == "under" else over_sampled
        rows = np.sort(np.concatenate([*pick(groups, choice.largest_share, seed=seed)]))
        return _told(rows, states[rows], states)
    kept = states.copy()
    extra_rows, extra_states = [rows[:0]], [states[:0]]
    for column in range(states.shape[1]):
        groups = class_rows(states[:, column : column + 1], task)
        if choice.method == "under":
            stay = np.concatenate(under_sampled(groups, choice.largest_share, seed=seed))
            gone = np.setdiff1d(np.concatenate(groups), stay)
            kept[gone, column] = State.UNSEEN
        elif all(len(group) for group in groups):
            for before, after in zip(groups, over_sampled(groups, choice.largest_share, seed=seed), strict=True):
                copies = after[len(before) :]
                alone = np.zeros((len(copies), states.shape[1]), np.uint8)
                alone[:, column] = states[copies, column]
                extra_rows.append(copies)
                extra_states.append(alone)
    rows = np.concatenate([rows, *extra_rows])
    kept = np.concatenate([kept, *extra_states])
    useful = np.isin(kept, (State.RAISED, State.CLEAR)).any(axis=1)
    return _told(rows[useful], kept[useful], states)


def class_rows(states: NDArray[np.uint8], task: str) -> list[Rows]:
    """The rows of each class: one group a class where exactly one is raised, else raised and clear of one flag."""
    if task == "exclusive":
        single = (states == State.RAISED).sum(axis=1) == 1
        return [np.flatnonzero(single & (states[:, c] == State.RAISED)) for c in range(states.shape[1])]
    return [np.flatnonzero(states[:, 0] == state) for state in (State.RAISED, State.CLEAR)]


def _told(rows: Rows, states: NDArray[np.uint8], before: NDArray[np.uint8]) -> Sampled:
    def counts(of: NDArray[np.uint8]) -> NDArray[np.int64]:
        return np.stack([(of == State.RAISED).sum(0), (of == State.CLEAR).sum(0)], 1)

    now, then = counts(states), counts(before)
    realised = tuple((int(raised), int(clear)) for raised, clear in now)
    gone, more = np.maximum(then - now, 0).sum(1), np.maximum(now - then, 0).sum(1)
    return Sampled(rows, states, realised, tuple(gone.tolist()), tuple(more.tolist()))
