"""What the labels of all other photos say of a photo, in closed form: ridge regression with each photo left out once.

With the labels of a flag as 0 and 1, e_i / (1 - h_ii) is the residual of photo i under the fit without it (Allen
1974, PRESS); h is the diagonal of the hat matrix. One eigendecomposition serves all strengths of the ridge, so the
strength is the one with the least such error, per flag. Flags that are known of the same photos share it.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.calibration import platt
from weldstudio.domain.labelling import State
from weldstudio.domain.refit import Floats, Space, States, sigmoid

RIDGES = tuple(10.0**power for power in (-4.5, -4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5))
_CHUNK = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Alone:
    """What all other labels say."""

    probabilities: Floats
    """(n, classes) of raised, by the fit without the photo, calibrated (Platt); NaN where the label is not known."""
    ridges: Floats
    """(classes,) the strength with the least error, beside features of mean squared length one."""


def leave_one_out(space: Space, states: States) -> Iterator[Alone | None]:
    """Yields None after each piece of work (a pause to look round), and last the answer."""
    known = (states == State.RAISED) | (states == State.CLEAR)
    found = np.full(states.shape, np.nan, np.float32)
    ridges = np.full(states.shape[1], 1e-2, np.float32)
    for columns in _alike(known):
        rows = np.flatnonzero(known[:, columns[0]])
        raised = states[rows][:, columns] == State.RAISED
        if len(rows) < 4:
            continue
        turned, spread = yield from _turned(space, rows)
        errors, scores = yield from _left_out(turned, spread, len(rows), raised.astype(np.float32))
        for place, column in enumerate(columns):
            best = int(np.argmin(errors[:, place]))
            ridges[column] = RIDGES[best]
            said = scores[:, best, place].astype(np.float64)
            slope, offset = platt(said, raised[:, place])
            if slope > 0:
                found[rows, column] = sigmoid((slope * said + offset).astype(np.float32))
            else:  # the others do worse than chance, so they say nothing but how frequent the flag is
                found[rows, column] = raised[:, place].mean()
            yield None
    yield Alone(found, ridges)


def _alike(known: NDArray[np.bool_]) -> list[list[int]]:
    """Classes grouped by the photos they are known of; those known nowhere are left out."""
    groups: dict[bytes, list[int]] = {}
    for column in np.flatnonzero(known.any(axis=0)).tolist():
        groups.setdefault(np.packbits(known[:, column]).tobytes(), []).append(column)
    return list(groups.values())


_Turned = Callable[[slice], NDArray[np.floating[Any]]]


def _turned(space: Space, rows: NDArray[np.int64]) -> Generator[None, None, tuple[_Turned, NDArray[np.float64]]]:
    """Returns (points of a slice of the rows, in the directions in which these vary; variance along each)."""
    points, width = space.points, space.points.shape[1]
    whole = len(rows) == len(points)
    if whole and len(rows) > width:
        return lambda part: points[part] @ space.axes, space.spread.astype(np.float64)
    mean = points[rows].mean(axis=0) if not whole else np.zeros(width, np.float32)
    if len(rows) <= width:
        centred = points[rows] - mean
        values, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
        yield None
        # In double precision: with more directions than photos a fit all but repeats its labels.
        turned = vectors * np.sqrt(np.maximum(values, 0))
        return lambda part: turned[part], np.maximum(values, 0) / len(rows)
    gram = np.zeros((width, width), np.float32)
    for start in range(0, len(rows), _CHUNK):
        centred = points[rows[start : start + _CHUNK]] - mean
        gram += centred.T @ centred
        yield None
    values, vectors = np.linalg.eigh((gram / len(rows)).astype(np.float64))
    axes = vectors.astype(np.float32)
    yield None
    return lambda part: (points[rows[part]] - mean) @ axes, np.maximum(values, 0)


def _left_out(
    turned: _Turned, spread: NDArray[np.float64], count: int, targets: Floats
) -> Generator[None, None, tuple[NDArray[np.float64], NDArray[np.float16]]]:
    """Returns the squared errors (ridges, classes) and the predictions (rows, ridges, classes), each left out."""
    classes, mean = targets.shape[1], targets.mean(axis=0)
    along = np.zeros((len(spread), classes), turned(slice(0, 1)).dtype)
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        along += turned(part).T @ (targets[part] - mean)
        yield None
    inverse = (1 / (count * (spread[:, None] + np.array(RIDGES)))).astype(along.dtype)
    coefficients = (along[:, None, :] * inverse[:, :, None]).reshape(len(spread), -1)
    errors = np.zeros((len(RIDGES), classes))
    scores = np.empty((count, len(RIDGES), classes), np.float16)
    for start in range(0, count, _CHUNK):
        part = slice(start, min(start + _CHUNK, count))
        points = turned(part)
        lever = 1 / count + (points * points) @ inverse
        fitted = (points @ coefficients).reshape(len(points), len(RIDGES), classes) + mean
        residual = (targets[part][:, None, :] - fitted) / np.maximum(1 - lever, 1e-5)[:, :, None]
        errors += (residual.astype(np.float64) ** 2).sum(axis=0)
        scores[part] = targets[part][:, None, :] - residual
        yield None
    return errors, scores
