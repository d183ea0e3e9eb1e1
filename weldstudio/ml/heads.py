"""The linear head fitted to convergence on frozen features.

Independent classes are independent problems, solved side by side by one L-BFGS (Nocedal & Wright 2006, algorithm 7.4)
whose starting metric is the inverse of the expected second derivative, (prior (1 - prior) X'X / n + l2)^-1. One
eigendecomposition of X'X makes that metric diagonal for all classes and all strengths of the ridge: about twenty
passes in place of hundreds. No number of one class enters another's solution.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from weldstudio.ml.losses import Loss

RIDGES = tuple(10.0**power for power in (-5, -4.5, -4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0))
"""Strengths tried when the recipe leaves the choice to validation: penalty l2 / 2 |w|^2 beside the mean loss."""
MEMORY = 10
TOLERANCE = 1e-4
"""Largest change of a gradient in the units of the metric at which a problem counts as solved."""


@dataclass(frozen=True, slots=True)
class FittedHead:
    """Weight (classes, width) and bias (classes,) of a linear head, and how it was found."""

    weight: Tensor
    bias: Tensor
    ridge: tuple[float, ...]
    """One per problem."""


@dataclass(frozen=True, slots=True)
class _Space:
    """Features turned into the coordinates in which X'X / n is diagonal: x -> ((x - mean) / scale) @ axes."""

    mean: Tensor
    scale: float
    axes: Tensor
    spread: Tensor
    """Diagonal of X'X / n."""
    points: Tensor
    """The training features in these coordinates, with a column of ones."""

    @staticmethod
    def of(features: Tensor) -> "_Space":
        mean = features.mean(0)
        centred = features - mean
        # One scale for all: features of one network are of one kind, and rare ones shall stay small.
        scale = float(centred.pow(2).sum(1).mean().sqrt().clamp(min=1e-12))
        centred = centred / scale
        values, vectors = torch.linalg.eigh((centred.T @ centred / len(centred)).double())
        keep = values > values[-1] * 1e-7
        axes = vectors[:, keep].to(features)
        return _Space(mean, scale, axes, values[keep].to(features), _with_ones(centred @ axes))

    def of_others(self, features: Tensor) -> Tensor:
        return _with_ones(((features - self.mean) / self.scale) @ self.axes)

    def solution(self, weight: Tensor, bias: Tensor) -> Tensor:
        """(classes, width + 1) in these coordinates, of weight and bias for raw features."""
        return torch.cat([weight @ self.axes * self.scale, (bias + weight @ self.mean)[:, None]], 1)

    def back(self, solution: Tensor) -> tuple[Tensor, Tensor]:
        """Weight and bias for raw features, of a solution (classes, width + 1) in these coordinates."""
        weight = solution[:, :-1] @ self.axes.T / self.scale
        return weight, solution[:, -1] - weight @ self.mean


def fit_head(
    features: Tensor,
    states: Tensor,
    loss: Loss,
    *,
    held_out: tuple[Tensor, Tensor],
    ridge: float = 0.0,
    start: tuple[Tensor, Tensor] | None = None,
) -> Iterator[tuple[int, float, FittedHead]]:
    """Fits a head, yielding (pass, mean training loss, head so far) after each pass; the last one is the solution.

    `features` (n, width) float32 and `states` (n, classes) uint8 are those of the training photos, `held_out` the same
    of the validation photos, on which the ridge is chosen, per class, by the mean loss. `ridge` over 0 fixes it.
    `start` is a weight (classes, width) and bias (classes,) to begin at; where it ends does not depend on it.
    """
    labelled = loss.known(states).any(1)
    features, states = features[labelled], states[labelled]
    loss = loss.smoothed()
    space = _Space.of(features)
    problem = _Problem(space, states, loss)
    others = space.of_others(held_out[0])
    if ridge > 0 or not loss.known(held_out[1]).any():
        ridges = torch.full((problem.count,), ridge or 1e-2)
    else:
        best = torch.full((problem.count,), torch.inf)
        ridges = torch.full((problem.count,), 1e-2)
        path = problem.zeros()
        for candidate in reversed(RIDGES):  # from strong to weak, each starting from the one before
            strength = torch.full((problem.count,), candidate)
            for _, _, solution in problem.solve(strength, path):
                path = solution
            judged = problem.losses(problem.logits(path, others), held_out[1])
            better = judged < best - 1e-6
            best, ridges = torch.where(better, judged, best), torch.where(better, strength, ridges)
    begin = problem.zeros() if start is None else space.solution(*start).reshape(problem.zeros().shape)
    for number, value, solution in problem.solve(ridges, begin):
        weight, bias = space.back(problem.rows(solution))
        yield number, value, FittedHead(weight, bias, tuple(ridges.tolist()))


class _Problem:
    """The fit of a head as independent minimisations: one per class, or a single one for a softmax."""

    def __init__(self, space: _Space, states: Tensor, loss: Loss) -> None:
        self.space, self.states, self.loss = space, states, loss
        self.classes = states.shape[1]
        self.count = 1 if loss.exclusive else self.classes
        self.width = space.points.shape[1]

    def zeros(self) -> Tensor:
        return torch.zeros(self.count, self.classes // self.count * self.width)

    def rows(self, solution: Tensor) -> Tensor:
        """(problems, parameters) as (classes, width + 1)."""
        return solution.reshape(self.classes, self.width)

    def logits(self, solution: Tensor, points: Tensor) -> Tensor:
        return points @ self.rows(solution).T

    def losses(self, logits: Tensor, states: Tensor) -> Tensor:
        """Mean loss of each problem over the entries that count, (problems,)."""
        return self.loss.entries(logits, states).sum(0) / self.loss.known(states).sum(0).clamp(min=1)

    def solve(self, ridges: Tensor, start: Tensor) -> Iterator[tuple[int, float, Tensor]]:
        """Yields (pass, mean loss, solution) until every problem is solved."""
        penalty = ridges[:, None] * torch.ones(self.width)
        penalty[:, -1] = 0  # the bias is free
        penalty = penalty.repeat(1, self.classes // self.count)

        def value(solution: Tensor) -> tuple[Tensor, Tensor]:
            logits = self.logits(solution, self.space.points).requires_grad_(True)
            losses = self.losses(logits, self.states)
            (gradient,) = torch.autograd.grad(losses.sum(), logits)
            slope = (gradient.T @ self.space.points).reshape(solution.shape)
            total = losses.detach() + (penalty * solution * solution).sum(1) / 2
            return total, slope + penalty * solution

        prior = self.loss.prior[:, None]
        curvature = prior * (1 - prior) * torch.cat([self.space.spread, torch.ones(1)])
        metric = 1 / (curvature.reshape(self.count, -1) + penalty).clamp(min=1e-8)
        for number, (values, solution) in enumerate(minimise(value, start, metric)):
            yield number, float(values.mean()), solution


def minimise(
    value: Callable[[Tensor], tuple[Tensor, Tensor]], start: Tensor, metric: Tensor, *, passes: int = 200
) -> Iterator[tuple[Tensor, Tensor]]:
    """L-BFGS on independent problems at once, (problems, parameters); yields (values, solutions) after each pass.

    `value` returns the values (problems,) and gradients of all; `metric` is the starting inverse second derivative,
    diagonal. A solved problem stands still, so that when it ends depends on itself alone.
    """
    x = start.clone()
    f, g = value(x)
    steps: list[tuple[Tensor, Tensor, Tensor]] = []
    going = torch.ones(len(x), dtype=torch.bool)
    yield f, x
    for _ in range(passes):
        going = going & ((g * g * metric).sum(1).sqrt() > TOLERANCE * (1 + f.abs()))
        if not going.any():
            return
        direction = -_inverse_times(g, steps, metric) * going[:, None]
        slope = (direction * g).sum(1)
        length = torch.ones(len(x))
        new_x, new_f, new_g = x, f, g
        waiting = going.clone()
        for _ in range(25):  # halve until the value falls enough (Armijo)
            trial = torch.where(waiting[:, None], x + length[:, None] * direction, new_x)
            trial_f, trial_g = value(trial)
            enough = waiting & (trial_f <= f + 1e-4 * length * slope)
            new_x = torch.where(enough[:, None], trial, new_x)
            new_f, new_g = torch.where(enough, trial_f, new_f), torch.where(enough[:, None], trial_g, new_g)
            waiting = waiting & ~enough
            if not waiting.any():
                break
            length = torch.where(waiting, length / 2, length)
        going = going & ~waiting  # no better point along the way: as good as it gets in these digits
        s, y = new_x - x, new_g - g
        product = (s * y).sum(1)
        bends = product > 1e-6 * (s * s).sum(1).sqrt() * (y * y).sum(1).sqrt()
        steps = [*steps[-MEMORY + 1 :], (s, y, torch.where(bends, 1 / product, torch.zeros(())))]
        x, f, g = new_x, new_f, new_g
        yield f, x


def _inverse_times(g: Tensor, steps: list[tuple[Tensor, Tensor, Tensor]], metric: Tensor) -> Tensor:
    """The two loops of L-BFGS; a step without curvature (factor 0) is left out by itself."""
    q = g
    alphas = []
    for s, y, factor in reversed(steps):
        alpha = factor * (s * q).sum(1)
        q = q - alpha[:, None] * y
        alphas.append(alpha)
    q = q * metric
    if steps:  # the metric in the scale of the newest curvature (Nocedal & Wright, equation 7.20)
        _, y, factor = steps[-1]
        q = q * torch.where(factor > 0, 1 / (factor * (y * y * metric).sum(1)), torch.ones(()))[:, None]
    for (s, y, factor), alpha in zip(steps, reversed(alphas), strict=True):
        q = q + s * (alpha - factor * (y * q).sum(1))[:, None]
    return q


def _with_ones(points: Tensor) -> Tensor:
    return torch.cat([points, torch.ones(len(points), 1, dtype=points.dtype)], 1)
