"""From when labels can be trusted: the cut-off-date curve of [Dalyac 2014, 10.4].

Heads learned from the trusted equipment alone are scored on all other photographs, month by month and cumulatively from
the newest back; where the score falls, the older labels say something else. It takes the features that are there, and
as many photos of each month, drawn by chance, as the intervals need, so it is as quick at any size.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.domain.learner import Learner
from weldstudio.domain.refit import Space
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import NOT_TAKEN
from weldstudio.studio import refitting
from weldstudio.studio.drift import mean_of, right
from weldstudio.studio.features import Place
from weldstudio.studio.months import times

LEARNED: Final = 4000
PER_MONTH: Final = 400
MONTHS: Final = 60

Shares = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Month:
    """One month (or year) of the photographs that are not of the trusted equipment."""

    name: str
    photos: int
    """That were scored."""
    score: float | None
    """Mean per-class accuracy over the flags, of this month alone."""
    interval: tuple[float, float]
    since: float | None
    """The same of this month and all newer ones."""
    since_interval: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        return {
            "month": self.name,
            "photos": self.photos,
            "score": self.score,
            "interval": None if self.score is None else list(self.interval),
            "since": self.since,
            "since_interval": None if self.since is None else list(self.since_interval),
        }


@dataclass(frozen=True, slots=True)
class CutOff:
    """The curve, the newest month first."""

    trusted: str
    learned: int
    """Photos of the trusted equipment that were learned from."""
    own: float | None
    """Score on these, by fits that did not see their joint."""
    months: tuple[Month, ...]
    falls: str
    """The newest month whose score lies below that of all newer ones beyond chance; '' where there is none."""

    @property
    def sentence(self) -> str:
        if self.falls:
            return (
                f"From {self.falls} back the labels differ from what heads learned from {self.trusted} say, by more "
                "than chance: they can be trusted less."
            )
        return f"In no month the labels differ from what heads learned from {self.trusted} say, by more than chance."

    def to_json(self) -> dict[str, Any]:
        return {
            "trusted": self.trusted,
            "learned": self.learned,
            "own": self.own,
            "falls": self.falls,
            "sentence": self.sentence,
            "months": [one.to_json() for one in self.months],
        }


def cut_off(mirror: Mirror, place: Place, trusted: str) -> Generator[Progress, None, CutOff]:
    """The curve. Raises JobFailed with what is missing."""
    yield Progress(0, None, "learning from the trusted equipment")
    file, records = FeatureFile.open(place.folder), refitting.records_of(place, mirror.ids)
    own, others, codes, names = _drawn(mirror, records >= 0, mirror.equipments.index(trusted))
    if file is None or not len(own):
        raise JobFailed(f"No labelled photograph of {trusted} has features yet; they are made while it is predicted.")
    if not len(others):
        raise JobFailed(
            "No labelled photograph of another equipment has both a date and features; dates come from the cameras or "
            "from a table of labels with a column of dates."
        )
    rows = np.r_[own, others]
    states = np.concatenate([refitting.states(mirror, own), refitting.states(mirror, others)])
    told = states.copy()
    told[len(own) :] = State.UNSEEN
    heads = Learner(
        Space.of(file.read(records[rows])), told, units=np.unique(mirror.joint[rows], return_inverse=True)[1]
    )
    for steps in (heads.fit(), heads.judge()):
        for _ in steps:
            yield Progress(0, None, "learning from the trusted equipment")
    if not heads.taught.any():
        raise JobFailed(f"No flag has ten raised and ten clear photographs of {trusted} to learn from.")
    slots = np.array([item.slot for item in mirror.scheme.classes], np.int64)
    said = heads.answer("", mirror.ids[rows], slots).probabilities[len(own) :]
    seen = heads.unseen[: len(own)].copy()
    seen[:, ~heads.taught] = np.nan
    own_score, _ = mean_of(_shares(seen, states[: len(own)], heads.thresholds, np.ones(len(own), np.bool_)))
    months, falls = _months(said, states[len(own) :], heads.thresholds, codes, names)
    return CutOff(trusted, len(own), own_score, months, falls)


def _drawn(
    mirror: Mirror, featured: NDArray[np.bool_], code: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], dict[int, str]]:
    """Rows to learn from, rows to score with the code of each's month, and the months' names."""
    draw = np.random.default_rng(0)
    labelled = featured & np.asarray((mirror.labels & 3).any(axis=1), np.bool_)
    own = np.sort(draw.permutation(np.flatnonzero(labelled & (mirror.equipment == code)))[:LEARNED])
    rows = draw.permutation(np.flatnonzero(labelled & (mirror.equipment != code) & (mirror.taken != NOT_TAKEN)))
    codes, names = times(mirror.taken[rows], most=MONTHS)
    order = np.argsort(codes, kind="stable")
    starts = np.r_[0, np.flatnonzero(np.diff(codes[order])) + 1] if len(order) else np.zeros(0, np.int64)
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    chosen = order[place < PER_MONTH]
    return own, rows[chosen], codes[chosen], names


def _shares(
    said: NDArray[Any], states: NDArray[np.uint8], thresholds: NDArray[np.float32], some: NDArray[np.bool_]
) -> Shares:
    """(right, of) on raised and on clear photos, flag by flag, of some photos (k,)."""
    return [
        share
        for column in range(states.shape[1])
        for share in right(said[some, column], states[some, column], float(thresholds[column]))
    ]


def _months(
    said: NDArray[Any],
    states: NDArray[np.uint8],
    thresholds: NDArray[np.float32],
    codes: NDArray[np.int64],
    names: dict[int, str],
) -> tuple[tuple[Month, ...], str]:
    found: list[Month] = []
    falls = ""
    for code in sorted(set(codes.tolist()), reverse=True):
        score, interval = mean_of(_shares(said, states, thresholds, codes == code))
        since, since_interval = mean_of(_shares(said, states, thresholds, codes >= code))
        if found and not falls and found[-1].since is not None and score is not None:
            falls = names[code] if interval[1] < found[-1].since_interval[0] else ""
        found.append(Month(names[code], int((codes == code).sum()), score, interval, since, since_interval))
    return tuple(found), falls
