"""How much of a doubt there is about each label, by what all other labels say of its photo (`domain.leave_one_out`).

Of a rare flag nearly every label would be in doubt where it is raised, and none where it is missing, so half of what
its frequency alone says is taken off: all of that half where it seems that as many labels are wrong one way as the
other, none where each label seems as likely to be wrong. Which it is, the labels tell that look like the surest quarter
of the other kind, over all flags.

In a group of which every photo shows one flag the flags compete, half as much as probabilities that must add up to one.
Flags of no group do so half as strongly as one turns out to crowd the others out: where every photo shows one of them
the sum of their probabilities hardly varies. Where a training has noted what it said of the photo on its way
(`imaging.margin_file`), both count the same. What this gains is measured by `tests/experiments/planted.py`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State

Floats = NDArray[np.floating[Any]]
FREQUENCY = 0.5
COMPETING, CROWDING = 0.5, 0.25
"""How strongly flags of a group compete, and those of none that crowd each other out entirely."""
SUREST = 0.75
"""From this quantile on the labels of a kind are its surest."""
_LEAST, _FEW = 1e-4, 10


def contradicted(
    alone: Floats, states: NDArray[np.uint8], groups: Sequence[Sequence[int]], *, margins: Floats | None = None
) -> NDArray[np.float16]:
    """(n, classes) how much speaks for raised, 0 to 1, from the probabilities (n, classes) that the others give.

    `states` (n, classes) are the labels; `groups` are columns of flags of which every photo shows one; `margins`
    (n, classes) are the probabilities that trainings gave on their way. NaN where nothing is known: a label without a
    margin is doubted by the others alone. All of it is done in odds, for it is done after every label.
    """
    odds = _odds(alone)
    usual = np.array([_usual(column) for column in alone.T])
    taken_off = usual ** (FREQUENCY * _evenness(alone, states, usual))
    if margins is not None:
        known = ~np.isnan(margins)
        odds[known] = np.sqrt(odds[known] * _odds(margins[known]))
    against = {}
    for columns, strength in _competitors(alone, groups):
        group = odds[:, columns]
        total = group.sum(axis=1)  # NaN where one of them is not known: then nothing competes
        for column, own in zip(columns, group.T, strict=True):
            against[column] = np.nan_to_num(np.maximum(total - own, 1e-6) ** np.float32(strength), nan=1.0)
    found = np.empty(odds.shape, np.float16, order="F")
    for column, common in enumerate(taken_off.tolist()):
        now = odds[:, column] / np.float32(common)
        now = now / against[column] if column in against else now
        found[:, column] = now / (1 + now)
    return found


def _competitors(alone: Floats, groups: Sequence[Sequence[int]]) -> list[tuple[list[int], float]]:
    """Columns that compete and how strongly."""
    learned = set(np.flatnonzero(~np.isnan(alone).all(axis=0)).tolist())
    found = [([column for column in columns if column in learned], COMPETING) for columns in groups]
    free = sorted(learned.difference(*groups))
    if len(free) > 1:
        said = alone[:, free].astype(np.float32)
        said = said[~np.isnan(said).any(axis=1)]
        apart = float(said.var(axis=0).sum()) if len(said) >= _FEW else 0.0
        crowded = 1 - float(said.sum(axis=1).var()) / apart if apart > 0 else 0.0
        if crowded > 0:
            found.append((free, CROWDING * crowded))
    return [(columns, strength) for columns, strength in found if len(columns) > 1]


def _evenness(alone: Floats, states: NDArray[np.uint8], usual: Floats) -> float:
    """1 where as many labels seem wrong one way as the other, 0 where each label seems as likely to be wrong."""
    more = most = 0.0
    for column, common in enumerate(np.log(usual).tolist()):
        said = alone[:, column].astype(np.float32)
        known = ~np.isnan(said)
        up, down = said[known & (states[:, column] == State.RAISED)], said[known & (states[:, column] == State.CLEAR)]
        if min(len(up), len(down)) < _FEW:
            continue
        missing = float((down >= np.quantile(up, SUREST)).sum()) / (1 - SUREST)
        wrong = float((up <= np.quantile(down, 1 - SUREST)).sum()) / (1 - SUREST)
        # How many should be raised, and clear, if so many are wrong: never so few that the estimate runs away.
        raised, clear = max(len(up) + missing - wrong, 0.3 * len(up)), max(len(down) + wrong - missing, 0.3 * len(down))
        told = np.log((missing + 1) / raised) - np.log((wrong + 1) / clear)
        more -= float(told) * float(np.sign(common))
        most += abs(common)
    return min(1.0, max(0.0, more / most)) if most else 1.0


def _usual(said: Floats) -> float:
    """Odds of raised over all photos."""
    known = said[~np.isnan(said)]
    return float(_odds(known.mean(dtype=np.float64)[None])[0]) if len(known) else 1.0


def _odds(probabilities: Floats) -> NDArray[np.float32]:
    p = np.clip(probabilities.astype(np.float32), _LEAST, 1 - _LEAST)
    result: NDArray[np.float32] = p / (1 - p)
    return result
