"""Every flag's linear head fitted anew to all labels, on features that are there already: a second in place of hours.

The heads are independent logistic regressions with a ridge, (1/n) sum loss + l2/2 |w|^2, bias free, over the photos
whose label of the flag is known. All are solved side by side by L-BFGS (Nocedal & Wright 2006, algorithm 7.4) whose
starting metric is the inverse of the expected second derivative, (pi (1 - pi) X'X / n + l2)^-1, for every flag from one
eigendecomposition. The first pass after a label has changed is the closed form of a ridge regression with that
metric, w -= (pi (1 - pi) X'X / n + l2)^-1 x dy / n: so one changed label costs one look at the photos.

Arrays of all photos are (n, classes); a state is that of `labelling.State`, whatever is neither raised nor clear is
not known. Nothing here knows the store; for one thread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State

Floats = NDArray[np.float32]
States = NDArray[np.uint8]

MEMORY = 10
TOLERANCE = 3e-5
"""Length of a gradient in the metric at which a head counts as fitted; probabilities are then right to 1e-3."""
MOST_PASSES = 200
_PART = 0.6
"""Where fewer photos than this share are labelled, these alone are looked at while fitting."""


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """Features of all photos, centred and brought to a mean squared length of one, and the directions they vary in."""

    points: Floats
    """(n, width)"""
    axes: Floats
    """(width, width), orthogonal columns."""
    spread: Floats
    """(width,) variance of the points along each."""

    @staticmethod
    def of(features: Floats) -> "Space":
        """Of features (n, width), which are changed where they lie: there may be a gigabyte of them."""
        features -= features.mean(axis=0)
        scale = float(np.sqrt(np.einsum("ij,ij->", features, features, dtype=np.float64) / max(1, len(features))))
        features /= max(scale, 1e-12)
        values, vectors = np.linalg.eigh((features.T @ features / max(1, len(features))).astype(np.float64))
        return Space(features, vectors.astype(np.float32), np.maximum(values, 0).astype(np.float32))


class Heads:
    """The heads of all classes over one space, and what they say of all photos."""

    def __init__(self, space: Space, states: States, l2: Floats) -> None:
        classes, width = states.shape[1], space.points.shape[1]
        self.space, self.l2 = space, l2
        """(classes,) strengths of the ridge."""
        self.states = states.copy()
        self.weight = np.zeros((classes, width), np.float32)
        self.bias = np.zeros(classes, np.float32)
        self.logits = np.zeros(states.shape, np.float32)
        """(n, classes) as the heads are now."""
        raised, clear = self.counts
        known = np.maximum(raised + clear, 1)
        self.bias[:] = np.log((raised + 0.5) / (clear + 0.5))
        self.logits += self.bias
        self._share = np.clip(raised / known, 0.5 / known, 1 - 0.5 / known).astype(np.float32)

    @property
    def counts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(classes,) photos that are raised, and clear."""
        return (self.states == State.RAISED).sum(axis=0), (self.states == State.CLEAR).sum(axis=0)

    @property
    def fitted(self) -> NDArray[np.bool_]:
        """(classes,) whether there is anything to tell apart."""
        raised, clear = self.counts
        return (raised > 0) & (clear > 0)

    def copy(self) -> "Heads":
        """Heads of their own over the same photos, beginning where these are."""
        other = Heads(self.space, self.states, self.l2)
        other.weight, other.bias = self.weight.copy(), self.bias.copy()
        return other

    def relabel(self, changes: Sequence[tuple[int, int, int]]) -> tuple[int, ...]:
        """Takes in changed labels, (row, class, state); returns the classes of which one is different now."""
        touched = set()
        for row, column, state in changes:
            if self.states[row, column] != state:
                self.states[row, column] = state
                touched.add(column)
        return tuple(sorted(touched))

    def step(self, columns: Sequence[int]) -> None:
        """The closed-form answer of these classes to labels that have changed since they were fitted."""
        for column in columns:
            states = self.states[:, column]
            raised, known = (states == State.RAISED), (states == State.RAISED) | (states == State.CLEAR)
            count = int(known.sum())
            if not 0 < int(raised.sum()) < count:
                continue
            residual = np.where(known, sigmoid(self.logits[:, column]) - raised, 0).astype(np.float32) / count
            rows = np.flatnonzero(np.abs(residual) > 0)
            gradient = (
                residual[rows] @ self.space.points[rows]
                if len(rows) < 0.3 * len(states)
                else (residual @ self.space.points)
            )
            direction = self._metric([column], (gradient + self.l2[column] * self.weight[column])[None])[0]
            share = self._share[column]
            shift = float(residual.sum()) / (share * (1 - share))
            self.weight[column] -= direction
            self.bias[column] -= shift
            self.logits[:, column] -= self.space.points @ direction + np.float32(shift)

    def converge(
        self,
        columns: Sequence[int] | None = None,
        *,
        known: NDArray[np.bool_] | None = None,
        tolerance: float = TOLERANCE,
    ) -> Iterator[int]:
        """Fits these classes, or all, to convergence, from where they are; yields the pass after each.

        `known` (n,) leaves out the other photos. Closing it keeps what is reached; `logits` are then those of before.
        """
        raised, clear = self.counts
        self._share = np.clip(raised / np.maximum(raised + clear, 1), 1e-4, 1 - 1e-4).astype(np.float32)
        wanted = np.flatnonzero(self.fitted) if columns is None else np.array(columns, np.int64)
        wanted = wanted[self.fitted[wanted]]
        fit = _Fit(self, wanted, known)
        yield from fit.run(tolerance)
        if len(wanted):
            self.logits[:, wanted] = self.space.points @ self.weight[wanted].T + self.bias[wanted]

    def _metric(self, columns: Sequence[int] | NDArray[np.int64], vectors: Floats) -> Floats:
        """(k, width) times the inverse of the expected second derivative of each class."""
        share = self._share[columns]
        diagonal = (share * (1 - share))[:, None] * self.space.spread + self.l2[columns][:, None]
        found: Floats = ((vectors @ self.space.axes) / diagonal) @ self.space.axes.T
        return found


class _Fit:
    """One run of the solver: the vectors are (classes, width + 1), the bias last."""

    def __init__(self, heads: Heads, columns: NDArray[np.int64], known: NDArray[np.bool_] | None) -> None:
        self.heads, self.columns = heads, columns
        states = heads.states[:, columns]
        told = (states == State.RAISED) | (states == State.CLEAR)
        if known is not None:
            told &= known[:, None]
        used = told.any(axis=1)
        self.points = heads.space.points
        if used.mean() < _PART:
            rows = np.flatnonzero(used)
            self.points, states, told = self.points[rows], states[rows], told[rows]
        self.raised = (states == State.RAISED).astype(np.float32)
        self.mass = told / np.maximum(told.sum(axis=0), 1).astype(np.float32)
        """(rows, classes) what each photo counts; the sum of each class is one."""
        self.mass = self.mass.astype(np.float32)

    def run(self, tolerance: float) -> Iterator[int]:
        heads, columns = self.heads, self.columns
        x = np.concatenate([heads.weight[columns], heads.bias[columns][:, None]], axis=1)
        logits = self.points @ x[:, :-1].T + x[:, -1]
        loss, gradient = self._look(x, logits, np.arange(len(columns)))
        past: list[tuple[Floats, Floats, Floats]] = []
        open_ = np.ones(len(columns), np.bool_)
        for number in range(MOST_PASSES):
            first = self._metric(gradient)
            open_ &= np.sqrt(np.maximum(_dot(first, gradient), 0)) > tolerance
            if not open_.any():
                return
            direction = np.where(open_[:, None], -self._two_loops(gradient, first, past), 0).astype(np.float32)
            slope = _dot(direction, gradient)
            direction[slope >= 0] = -first[slope >= 0]
            slope = _dot(direction, gradient)
            at = np.flatnonzero(open_)
            along = self.points @ direction[at, :-1].T + direction[at, -1]
            step = self._search(x, direction, logits, along, loss, slope, at)
            moved = step[:, None] * direction
            x = x + moved
            logits[:, at] += along * step[at]
            before = gradient
            loss, gradient = loss.copy(), gradient.copy()
            loss[at], gradient[at] = self._look(x[at], logits[:, at], at)
            change = gradient - before
            curved = _dot(moved, change)
            # A class that stands still adds nothing: zero in place of one over its curvature.
            past.append((moved, change, np.where(curved > 1e-12, 1 / np.maximum(curved, 1e-12), 0).astype(np.float32)))
            del past[:-MEMORY]
            open_ &= step > 0
            heads.weight[columns], heads.bias[columns] = x[:, :-1], x[:, -1]
            yield number + 1

    def _look(self, x: Floats, logits: Floats, at: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Loss and gradient of the classes `at`, whose logits (rows, k) are given."""
        residual = (sigmoid(logits) - self.raised[:, at]) * self.mass[:, at]
        l2 = self.heads.l2[self.columns[at]]
        gradient = np.empty_like(x)
        gradient[:, :-1] = residual.T @ self.points + l2[:, None] * x[:, :-1]
        gradient[:, -1] = residual.sum(axis=0)
        value = self._loss(logits, at) + l2 / 2 * _dot(x[:, :-1], x[:, :-1])
        return value.astype(np.float32), gradient

    def _loss(self, logits: Floats, at: NDArray[np.int64]) -> Floats:
        # log(1 + e^z) - y z, without overflow.
        softplus = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
        found: Floats = ((softplus - self.raised[:, at] * logits) * self.mass[:, at]).sum(axis=0, dtype=np.float64)
        return found.astype(np.float32)

    def _search(
        self,
        x: Floats,
        direction: Floats,
        logits: Floats,
        along: Floats,
        loss: Floats,
        slope: Floats,
        at: NDArray[np.int64],
    ) -> Floats:
        """(classes,) a step that lowers each loss enough (Armijo), halved from one; a trial costs no look at photos."""
        step = np.zeros(len(x), np.float32)
        step[at] = 1
        trying = np.arange(len(at))
        l2 = self.heads.l2[self.columns]
        for _ in range(20):
            now = at[trying]
            t = step[now]
            moved = x[now, :-1] + t[:, None] * direction[now, :-1]
            value = self._loss(logits[:, now] + t * along[:, trying], now) + l2[now] / 2 * _dot(moved, moved)
            # Rounding in single precision must not look like a loss that rises.
            bad = value > loss[now] + 1e-4 * t * slope[now] + 2e-6 * np.abs(loss[now])
            trying = trying[bad]
            if not len(trying):
                return step
            step[at[trying]] /= 2
        step[at[trying]] = 0
        return step

    def _metric(self, vectors: Floats) -> Floats:
        share = self.heads._share[self.columns]
        bias = vectors[:, -1] / (share * (1 - share))
        return np.concatenate([self.heads._metric(self.columns, vectors[:, :-1]), bias[:, None]], axis=1)

    def _two_loops(self, gradient: Floats, first: Floats, past: list[tuple[Floats, Floats, Floats]]) -> Floats:
        """The metric of the passes so far applied to the gradient."""
        if not past:
            return first
        q, alphas = gradient.copy(), []
        for moved, change, rho in reversed(past):
            alpha = rho * _dot(moved, q)
            q -= alpha[:, None] * change
            alphas.append(alpha)
        r: NDArray[np.floating[Any]] = self._metric(q)
        for (moved, change, rho), alpha in zip(past, reversed(alphas), strict=True):
            r += moved * (alpha - rho * _dot(change, r))[:, None]
        return r.astype(np.float32)


def _dot(one: Floats, other: Floats) -> Floats:
    """(k,) row by row."""
    found: Floats = np.einsum("ij,ij->i", one, other)
    return found


def sigmoid(z: Floats) -> Floats:
    """Probability of a logit, without overflow."""
    found: Floats = np.reciprocal(1 + np.exp(-np.clip(z, -60, 60)))
    return found
