"""How far a model's probabilities can be trusted: reliability, and what validation photos can promise of new ones.

Whatever is fitted here is fitted on validation photos and tried on others. `probabilities` (n,) are of photos whose
label is known, `raised` (n,) bool.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from weldstudio.domain.calibration import platt
from weldstudio.domain.scores import Bools, Floats, confusion, logit, wilson
from weldstudio.domain.thresholds import conformal_threshold

BINS = 10
MISS_RATE = 0.05
"""The miss rate that is asked for where nobody names another."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Photos to which a model gives about the same probability."""

    n: int
    said: float
    """Mean probability."""
    true: float
    """Share of them that is raised."""
    interval: tuple[float, float]
    """95 % (Wilson) of that share."""


def reliability(probabilities: Floats, raised: Bools, *, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of equal width that hold a photo, from the lowest probability to the highest."""
    place = np.clip((probabilities * bins).astype(np.int64), 0, bins - 1)
    found = []
    for number in np.unique(place):
        here = place == number
        n, up = int(here.sum()), int(raised[here].sum())
        found.append(Bin(n, float(probabilities[here].mean()), up / n, wilson(up, n)))
    return tuple(found)


def calibration_error(probabilities: Floats, raised: Bools) -> float | None:
    """Expected calibration error over ten bins of equal width (Naeini 2015; Guo 2017, eq. 3); None without photos."""
    n = len(probabilities)
    return sum(b.n * abs(b.said - b.true) for b in reliability(probabilities, raised)) / n if n else None


@dataclass(frozen=True, slots=True)
class Promise:
    """What validation photos say of one class: Platt's sigmoid, and from where a miss rate is guaranteed."""

    slope: float
    offset: float
    miss_rate: float
    threshold: float | None
    """P(miss) of a new raised photo is at most `miss_rate` at this threshold; None where that cannot be promised."""
    needed: int
    """How many more raised validation photos a promise needs."""
    raised: int
    """Raised validation photos."""

    def calibrated(self, probabilities: Floats) -> Floats:
        """The probabilities as Platt's sigmoid corrects them."""
        result: Floats = 1 / (1 + np.exp(-np.clip(self.slope * logit(probabilities) + self.offset, -500, 500)))
        return result

    def tried(self, probabilities: Floats, raised: Bools) -> dict[str, Any]:
        """How it does on other photos, as values for JSON."""
        result = asdict(self) | {"calibrated_error": calibration_error(self.calibrated(probabilities), raised)}
        if self.threshold is not None:
            found = confusion(probabilities, raised, self.threshold)
            result |= {
                "missed": found.misses,
                "missed_interval": wilson(found.misses, found.raised),
                "false_alarms": found.false_alarms,
            }
        return result


def told(one: Mapping[str, Any]) -> str:
    """What came of a promise, in words: everywhere the same. `one` are the scores of a class with its `promise`."""
    found = one["promise"]
    if found["threshold"] is None:
        return f"not attainable: {found['needed']:,} more raised validation photographs needed"
    if "missed" not in found:
        return "chosen on these photographs"
    alarms = found["false_alarms"]
    return f"missed {found['missed']:,} of {one['raised']:,}, {alarms:,} false {'alarm' if alarms == 1 else 'alarms'}"


def promise(probabilities: Floats, raised: Bools, *, miss_rate: float = MISS_RATE) -> Promise:
    """What these validation photos of one class can promise."""
    slope, offset = platt(logit(probabilities), raised)
    threshold, needed = conformal_threshold(probabilities, raised, miss_rate=miss_rate)
    return Promise(slope, offset, miss_rate, threshold, needed, int(raised.sum()))
