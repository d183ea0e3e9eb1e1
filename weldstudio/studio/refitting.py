"""Refitting: every flag's head fitted to all labels on features that are there, and all photos scored anew.

The command line does it here, the window has a child of its own do the same (`jobs.learner`); both by `domain.learner`.
Labels accepted from a model teach nothing, as in a training.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.domain.learner import Learner, Refit, enough
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.refit import Space
from weldstudio.domain.scores import FEW, ClassScores, score_class
from weldstudio.imaging import refit_file
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import deciding, features
from weldstudio.studio.snapshots import known_labels


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What a refit stands on: the photos that have features, with their labels."""

    model_id: str
    ids: NDArray[np.int64]
    records: NDArray[np.int64]
    """(n,) records of the feature file."""
    units: NDArray[np.int64]
    """(n,) joints."""
    slots: NDArray[np.int64]
    """(classes,)"""
    states: NDArray[np.uint8]
    """(n, classes)"""
    said: NDArray[np.float16]
    """(n, classes) what the model says, of classes with too few labels for a head; NaN elsewhere."""


@dataclass(frozen=True, slots=True)
class RefitReport:
    """What a refit did."""

    photos: int
    out_of: int
    """Photos of the project."""
    flags: dict[str, ClassScores]
    """By what fits say of each photo that did not see its joint."""
    raised: dict[str, int]
    clear: dict[str, int]
    too_few: tuple[str, ...]
    """Classes with too few raised or clear photos to learn from."""
    moved: int
    """Joints whose verdict by predictions is another one now."""
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {
            "photos": self.photos,
            "out_of": self.out_of,
            "too_few": list(self.too_few),
            "verdicts_moved": self.moved,
            "seconds": self.seconds,
            "flags": {
                name: found.to_json() | {"labelled_raised": self.raised[name], "labelled_clear": self.clear[name]}
                for name, found in self.flags.items()
            },
        }


def records_of(place: features.Place, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) record of each photo in the feature file, -1 where there is none."""
    file = FeatureFile.open(place.folder)
    if file is None:
        return np.full(len(ids), -1, np.int64)
    return file.find([place.contents.get(photo_id) for photo_id in ids.tolist()])


def ground_of(mirror: Mirror, ids: NDArray[np.int64], records: NDArray[np.int64]) -> Ground:
    """The photos (ids, ascending, with their records or -1) that can be learned from. Raises JobFailed if none can."""
    places = np.minimum(mirror.ids.searchsorted(ids), max(0, len(mirror) - 1))
    there = (records >= 0) & (mirror.ids[places] == ids) if len(mirror) else np.zeros(len(ids), np.bool_)
    rows = places[there]
    if not len(rows) or mirror.model_id is None:
        raise JobFailed("No photo has features yet; `weldstudio features` makes them, or the window while it predicts.")
    slots = np.array([item.slot for item in mirror.scheme.classes], np.int64)
    known = states(mirror, rows)
    said = np.full(known.shape, np.nan, np.float16)
    for column in np.flatnonzero(~enough(known)).tolist():
        said[:, column] = mirror.probability(int(slots[column]), rows)
    return Ground(mirror.model_id, ids[there], records[there], mirror.joint[rows], slots, known, said)


def ground(mirror: Mirror, place: features.Place) -> Ground:
    """As `ground_of`, of all photos."""
    return ground_of(mirror, mirror.ids, records_of(place, mirror.ids))


def write_ground(on: Ground, file: Path) -> None:
    """Writes the ground for a learner."""
    file.parent.mkdir(parents=True, exist_ok=True)
    values: dict[str, Any] = {each.name: np.asarray(getattr(on, each.name)) for each in fields(Ground)}
    np.savez(file, **values)


def states(mirror: Mirror, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """(k, classes) what may be learned from: labels that a person or a file gave."""
    labels = known_labels(mirror, Recipe(), accepted=False) if len(rows) == len(mirror) else None
    if labels is None:
        part = Mirror(labels=mirror.labels[rows], scheme=mirror.scheme)
        labels = known_labels(part, Recipe(), accepted=False)
    columns = [mirror.scheme.states_of(item.slot, labels) for item in mirror.scheme.classes]
    return np.stack(columns, axis=1).astype(np.uint8) if columns else np.zeros((len(rows), 0), np.uint8)


def learner(on: Ground, file: FeatureFile) -> Learner:
    """The heads on this ground, not fitted yet. Reads and turns all features."""
    return Learner(Space.of(file.read(on.records)), on.states, units=on.units)


def refit(store: Store) -> Generator[Progress, None, RefitReport]:
    """Fits all heads to all labels and keeps what they say. Closing it leaves what was there. Raises JobFailed."""
    began = time.monotonic()
    mirror = mirrors.read(store)
    on = ground(mirror, place := features.active_place(store))
    file = FeatureFile.open(place.folder)
    if file is None:
        raise JobFailed("The features are gone; make them again with `weldstudio features`.")
    before = deciding.tally(mirror, predicted=True).outcomes.copy()
    yield Progress(0, None, "reading features")
    heads = learner(on, file)
    for number, _ in enumerate(heads.fit()):
        yield Progress(number, None, "fitting")
    for number, _ in enumerate(heads.judge()):
        yield Progress(number, None, "judging")
    said = heads.answer(on.model_id, on.ids, on.slots)
    try:
        refit_file.write(store.folder, said)
    except OSError as error:
        raise JobFailed(f"What was learned cannot be kept ({error.strerror or error}). Make room first.") from error
    after = deciding.tally(mirrors.read(store), predicted=True).outcomes
    return _report(mirror, on, said, moved=int((before != after).sum()), seconds=time.monotonic() - began)


def forget(store: Store) -> bool:
    """Back to what the model itself says; whether there was anything to forget."""
    return refit_file.remove(store.folder)


def _report(mirror: Mirror, on: Ground, said: Refit, *, moved: int, seconds: float) -> RefitReport:
    flags, raised, clear, few = {}, {}, {}, []
    for column, item in enumerate(mirror.scheme.classes):
        is_raised, is_clear = on.states[:, column] == State.RAISED, on.states[:, column] == State.CLEAR
        raised[item.name], clear[item.name] = int(is_raised.sum()), int(is_clear.sum())
        if min(raised[item.name], clear[item.name]) < FEW:
            few.append(item.name)
        known = ~np.isnan(said.unseen[:, column])
        probabilities = said.unseen[known, column].astype(np.float64)
        flags[item.name] = score_class(probabilities, is_raised[known], float(said.thresholds[column]))
    return RefitReport(len(on.ids), len(mirror), flags, raised, clear, tuple(few), moved, seconds)
