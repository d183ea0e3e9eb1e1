"""Every flag's linear head fitted anew to all labels, on features that are there already: a second in place of hours.

The heads are independent logistic regressions with a ridge, (1/n) sum loss + l2/2 |w|^2, bias free, over the photos
whose label of the flag is known. All are solved side by side by L-BFGS (Nocedal & Wright 2006, algorithm 7.4) whose
starting metric is the inverse of the expected second derivative, (pi (1 - pi) X'X / n + l2)^-1, for every flag from one
eigendecomposition. The first pass after a label has changed is the closed form of a ridge regression with that
metric, w -= (pi (1 - pi) X'X / n + l2)^-1 x dy / n: so one changed label costs one look at the photos.

Arrays of all photos are (n, classes); a state is that of `labelling.State`, whatever is neither raised nor clear is
not known. Nothing here knows the store; for one thread, which shares large products out (`blocks`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import blocks
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
    mean: Floats
    """(width,) of the features as they were read."""
    scale: float
    """What their difference from the mean was divided by."""

    @staticmethod
    def of(features: Floats) -> "Space":
        """Of features (n, width), which are changed where they lie: there may be a gigabyte of them."""
        mean = features.mean(axis=0)
        features -= mean
        length = float(np.sqrt(np.einsum("ij,ij->", features, features, dtype=np.float64) / max(1, len(features))))
        scale = max(length, 1e-12)
        features /= scale
        gram = np.zeros((features.shape[1], features.shape[1]), np.float64)
        for part in blocks.each(lambda at: features[at].T @ features[at], *features.shape):
            gram += part
        values, vectors = np.linalg.eigh(gram / max(1, len(features)))
        return Space(features, vectors.astype(np.float32), np.maximum(values, 0).astype(np.float32), mean, scale)


class Heads:
    """The heads of all classes over one space, and what they say of all photos."""

    def __init__(self, space: Space, states: States, l2: Floats) -> None:
        classes, width = states.shape[1], space.points.shape[1]
        self.space, self.l2 = space, l2
        """(classes,) strengths of the ridge."""
        self.states = np.asfortranarray(states.copy())  # looked at class by class, as the logits are
        self.weight = np.zeros((classes, width), np.float32)
        self.bias = np.zeros(classes, np.float32)
        self.logits = np.zeros(states.shape, np.float32, order="F")
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
            residual: Floats = np.where(known, sigmoid(self.logits[:, column]) - raised, 0).astype(np.float32)
            residual /= count
            rows = np.flatnonzero(np.abs(residual) > 0)
            if len(rows) < 0.3 * len(states):
                gradient: Floats = residual[rows] @ self.space.points[rows]
            else:
                gradient = across(residual, self.space.points)
            direction = self._metric([column], (gradient + self.l2[column] * self.weight[column])[None])[0]
            share = self._share[column]
            shift = float(residual.sum()) / (share * (1 - share))
            self.weight[column] -= direction
            self.bias[column] -= shift
            self.logits[:, column] -= along(self.space.points, direction) + np.float32(shift)

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
        if fit.whole:
            self.logits[:, wanted] = fit.logits.T
        elif len(wanted):
            self.logits[:, wanted] = along(self.space.points, self.weight[wanted].T) + self.bias[wanted]

    def _metric(self, columns: Sequence[int] | NDArray[np.int64], vectors: Floats) -> Floats:
        """(k, width) times the inverse of the expected second derivative of each class."""
        share = self._share[columns]
        diagonal = (share * (1 - share))[:, None] * self.space.spread + self.l2[columns][:, None]
        found: Floats = ((vectors @ self.space.axes) / diagonal) @ self.space.axes.T
        return found


class _Fit:
    """One run of the solver: the vectors are (classes, width + 1), the bias last; what is of photos is (classes, n)."""

    def __init__(self, heads: Heads, columns: NDArray[np.int64], known: NDArray[np.bool_] | None) -> None:
        self.heads, self.columns = heads, columns
        states = heads.states[:, columns].T
        told = (states == State.RAISED) | (states == State.CLEAR)
        if known is not None:
            told &= known
        used = told.any(axis=0)
        self.points, self.whole = heads.space.points, bool(used.mean() >= _PART)
        if not self.whole:
            rows = np.flatnonzero(used)
            self.points, states, told = self.points[rows], states[:, rows], told[:, rows]
        self.mass = told / np.maximum(told.sum(axis=1), 1).astype(np.float32)[:, None]
        """What each photo counts; the sum of each class is one."""
        self.target = np.where(states == State.RAISED, self.mass, np.float32(0))
        self.logits: Floats = np.zeros(self.mass.shape, np.float32)

    def run(self, tolerance: float) -> Iterator[int]:
        heads, columns = self.heads, self.columns
        x = np.concatenate([heads.weight[columns], heads.bias[columns][:, None]], axis=1)
        self.logits, loss, gradient = self._look(np.arange(len(columns)), x, x)
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
            before = x, gradient
            x, gradient = x.copy(), gradient.copy()
            open_ &= self._search(x, direction, loss, gradient, np.flatnonzero(open_))
            moved, change = x - before[0], gradient - before[1]
            curved = _dot(moved, change)
            # A class that stands still adds nothing: zero in place of one over its curvature.
            past.append((moved, change, np.where(curved > 1e-12, 1 / np.maximum(curved, 1e-12), 0).astype(np.float32)))
            del past[:-MEMORY]
            heads.weight[columns], heads.bias[columns] = x[:, :-1], x[:, -1]
            yield number + 1

    def _search(
        self, x: Floats, direction: Floats, loss: Floats, gradient: Floats, at: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Goes on along the direction, in all that is handed in, by a step that lowers each loss enough (Armijo).

        It is halved from one, which the metric makes right nearly always. Returns which of all classes have moved.
        """
        step, moved = np.float32(1), np.zeros(len(x), np.bool_)
        for _ in range(20):
            along = step * direction[at]
            there, slope = x[at] + along, _dot(along, gradient[at])
            logits, value, found = self._look(at, there, along)
            # Rounding in single precision must not look like a loss that rises.
            good = value <= loss[at] + 1e-4 * slope + 2e-6 * np.abs(loss[at])
            right = at[good]
            x[right], loss[right], gradient[right], moved[right] = there[good], value[good], found[good], True
            self.logits[right] = logits if good.all() else logits[good]
            at, step = at[~good], step / 2
            if not len(at):
                break
        return moved

    def _look(self, at: NDArray[np.int64], x: Floats, along: Floats) -> tuple[Floats, Floats, Floats]:
        """Logits, losses, gradients of the classes `at` where `along` has led to `x`, from one look at the photos."""
        logits, loss, gradient = self.logits[at], np.zeros(len(at)), np.zeros_like(x)

        def look(part: slice) -> tuple[Floats, Floats, Floats]:
            points, z = self.points[part], logits[:, part]
            z += along[:, :-1] @ points.T
            z += along[:, -1:]
            mass, target = self.mass[at, part], self.target[at, part]
            # log(1 + e^z) - y z, without overflow, and the probability by the same exponential.
            small = np.exp(-np.abs(z))
            one = 1 + small
            lost = ((np.maximum(z, 0) + np.log(one)) * mass - target * z).sum(axis=1)
            residual = (0.5 + np.copysign(0.5 - small / one, z)) * mass - target
            return lost, residual @ points, residual.sum(axis=1)

        for lost, weight, bias in blocks.each(look, *self.points.shape):
            loss += lost
            gradient[:, :-1] += weight
            gradient[:, -1] += bias
        l2 = self.heads.l2[self.columns[at]]
        gradient[:, :-1] += l2[:, None] * x[:, :-1]
        return logits, (loss + l2 / 2 * _dot(x[:, :-1], x[:, :-1])).astype(np.float32), gradient

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


def along(points: Floats, directions: Floats) -> Floats:
    """Points (n, width) @ directions (width, ...)."""
    return np.concatenate(list(blocks.each(lambda at: points[at] @ directions, *points.shape)))


def across(residual: Floats, points: Floats) -> Floats:
    """Residual (n,) @ points (n, width)."""
    found: Floats = np.add.reduce(list(blocks.each(lambda at: residual[at] @ points[at], *points.shape)))
    return found


def _dot(one: Floats, other: Floats) -> Floats:
    """(k,) row by row."""
    found: Floats = np.einsum("ij,ij->i", one, other)
    return found


def sigmoid(z: Floats) -> Floats:
    """Probability of a logit, without overflow."""
    found: Floats = np.reciprocal(1 + np.exp(-np.clip(z, -60, 60)))
    return found
