"""How differently kinds of equipment see: the distance of their photographs by features, and how well heads do on each.

The distance is between the photographs of one equipment and those of the one that is trusted, along the direction in
which the two differ most, in standard deviations; direction and distance are from different photographs. So many photos
are drawn by chance that it is as quick at any size. The scores are by fits that did not see a photo's joint.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.domain.scores import auc, mean_interval
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import NOT_TAKEN
from weldstudio.studio.features import Place
from weldstudio.studio.refitting import records_of

DRAWN: Final = 1500
"""Photos of each equipment."""
FEWEST: Final = 20
"""Photos of an equipment below which nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One kind of equipment beside the trusted one."""

    equipment: str
    photos: int
    """That have features."""
    distance: float | None
    """In standard deviations; None for the trusted one itself, or where there are too few photos."""
    told_apart: float | None
    """Share of pairs, one photo of each, that the features tell apart: 0.5 as by chance, 1 always."""
    score: float | None
    """Mean per-class accuracy over the flags."""
    interval: tuple[float, float]
    flags: int
    """Flags over which the score is."""

    def to_json(self) -> dict[str, Any]:
        return {
            "equipment": self.equipment,
            "photos": self.photos,
            "distance": self.distance,
            "told_apart": self.told_apart,
            "mean_per_class_accuracy": self.score,
            "interval": list(self.interval) if self.score is not None else None,
            "flags": self.flags,
        }


def trusted_equipment(mirror: Mirror, wanted: str = "") -> str:
    """The equipment whose labels are taken as the measure: the one named, else the newest, else the most frequent.

    Raises JobFailed for one that is not there, or where there are not two kinds.
    """
    counts = np.bincount(mirror.equipment, minlength=len(mirror.equipments))
    names = {name.casefold(): code for code, name in enumerate(mirror.equipments) if name and counts[code]}
    if not names or (counts > 0).sum() < 2:
        raise JobFailed(
            "All photographs are of one kind of equipment, or it is not known: say with which they were taken."
        )
    if wanted:
        if wanted.casefold() not in names:
            known = ", ".join(mirror.equipments[code] for code in names.values())
            raise JobFailed(f"No photograph was taken with '{wanted}'; there is {known}.")
        return mirror.equipments[names[wanted.casefold()]]
    dated = mirror.taken != NOT_TAKEN

    def newness(code: int) -> tuple[float, int]:
        taken = mirror.taken[(mirror.equipment == code) & dated]
        return (float(np.median(taken)) if len(taken) else -1.0, int(counts[code]))

    return mirror.equipments[max(names.values(), key=newness)]


def drift(mirror: Mirror, place: Place, trusted: str) -> Generator[Progress, None, list[Drift]]:
    """Every kind of equipment that is named, the trusted one first. Raises JobFailed without features."""
    file = FeatureFile.open(place.folder)
    records = records_of(place, mirror.ids)
    if file is None or not (records >= 0).any():
        raise JobFailed("No photo has features yet; they are made while the collection is predicted.")
    counts = np.bincount(mirror.equipment[records >= 0], minlength=len(mirror.equipments))
    codes = [code for code, name in enumerate(mirror.equipments) if name and counts[code]]
    codes.sort(key=lambda code: (mirror.equipments[code] != trusted, -counts[code]))
    drawn: dict[int, NDArray[np.float32]] = {}
    for number, code in enumerate(codes):
        yield Progress(number, len(codes), "comparing equipments")
        rows = np.flatnonzero((mirror.equipment == code) & (records >= 0))
        drawn[code] = file.read(records[np.random.default_rng(code).permutation(rows)[:DRAWN]])
    found = []
    for code in codes:
        name = mirror.equipments[code]
        own = name == trusted or mirror.equipments[codes[0]] != trusted
        apart = (None, None) if own else _apart(drawn[codes[0]], drawn[code])
        score, interval, flags = _score(mirror, mirror.equipment == code)
        found.append(Drift(name, int(counts[code]), *apart, score, interval, flags))
    return found


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[float | None, float | None]:
    if min(len(one), len(other)) < FEWEST:
        return None, None
    here, there = len(one) // 2, len(other) // 2
    spread = np.sqrt((one[:here].var(axis=0) + other[:there].var(axis=0)) / 2) + 1e-6
    direction = (other[:there].mean(axis=0) - one[:here].mean(axis=0)) / spread**2
    first, second = (one[here:] @ direction).astype(np.float64), (other[there:] @ direction).astype(np.float64)
    width = float(np.sqrt((first.var() + second.var()) / 2))
    distance = float(second.mean() - first.mean()) / max(width, 1e-12)
    is_other = np.r_[np.zeros(len(first), np.bool_), np.ones(len(second), np.bool_)]
    area = auc(np.r_[first, second], is_other)
    return max(0.0, distance), area


def _score(mirror: Mirror, some: NDArray[np.bool_]) -> tuple[float | None, tuple[float, float], int]:
    """Mean per-class accuracy of the heads on some photos (n,), its interval, and over how many flags it is."""
    refit = mirror.refit
    if refit is None or refit.model_id != mirror.model_id:
        return None, (0.0, 1.0), 0
    places = np.minimum(mirror.ids.searchsorted(refit.ids), max(0, len(mirror) - 1))
    there = (mirror.ids[places] == refit.ids) & some[places]
    rows, live = places[there], {item.slot for item in mirror.scheme.classes}
    shares: list[tuple[int, int]] = []
    for column, slot in enumerate(refit.slots.tolist()):
        if slot not in live:
            continue
        said = refit.unseen[there, column].astype(np.float32)
        states = mirror.scheme.states_of(slot, mirror.labels[rows])
        shares += right(said, states, float(refit.thresholds[column]))
    return (*mean_of(shares), len(shares) // 2)


def right(said: NDArray[np.floating[Any]], states: NDArray[np.uint8], threshold: float) -> list[tuple[int, int]]:
    """(right, of) on raised and on clear photos; nothing where one of the two kinds is not there."""
    known = ~np.isnan(said)
    raised, clear = known & (states == State.RAISED), known & (states == State.CLEAR)
    if not raised.any() or not clear.any():
        return []
    up = said >= threshold
    return [(int((up & raised).sum()), int(raised.sum())), (int((~up & clear).sum()), int(clear.sum()))]


def mean_of(shares: list[tuple[int, int]]) -> tuple[float | None, tuple[float, float]]:
    """The mean of shares (found, of) and its interval."""
    if not shares:
        return None, (0.0, 1.0)
    return sum(found / of for found, of in shares) / len(shares), mean_interval(tuple(shares))
