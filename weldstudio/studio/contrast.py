"""The photos most like one that carry the same label of a class, and those that carry the opposite one.

Side by side they show what the label hangs on. Reads the feature file, so it may run in any thread but the window's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.domain.similar import lengths
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import features
from weldstudio.studio.refitting import records_of

Near = tuple[tuple[int, float], ...]
"""Photo ids with the cosine of their features, the most alike first."""
_CHUNK = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Photos that have features; read once, it serves until photos come or the model is another one."""

    file: FeatureFile
    ids: NDArray[np.int64]
    """(n,) photo ids, ascending."""
    records: NDArray[np.int64]
    """(n,)"""
    mean: NDArray[np.float32]
    """Of all features: cosines are about it."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What lies nearest on both sides."""

    same: Near
    opposite: Near


def ground(store: Store) -> Ground:
    """Raises JobFailed without features."""
    place = features.active_place(store)
    file = FeatureFile.open(place.folder)
    ids = np.array(sorted(place.contents), np.int64)
    records = records_of(place, ids)
    there = records >= 0
    if file is None or not there.any():
        raise JobFailed("No photo has features yet; make them with `weldstudio features`.")
    some = np.random.default_rng(0).permutation(records[there])[:_CHUNK]
    return Ground(file, ids[there], records[there], file.read(np.sort(some)).mean(axis=0))


def nearest(mirror: Mirror, on: Ground, photo_id: int, slot: int, *, count: int) -> Contrast:
    """As many of each side. Raises JobFailed without features, or for a label that is neither raised nor clear."""
    place = int(on.ids.searchsorted(photo_id))
    if place == len(on.ids) or on.ids[place] != photo_id:
        raise JobFailed("This photo has no features yet; they are made while the collection is predicted.")
    states = mirror.scheme.states_of(slot, mirror.labels[mirror.rows(on.ids)])
    own = State(int(states[place]))
    if own not in (State.RAISED, State.CLEAR):
        raise JobFailed("The label is neither raised nor clear, so there is no opposite.")
    other = State.CLEAR if own == State.RAISED else State.RAISED
    point = on.file.read(on.records[[place]])[0] - on.mean
    found = []
    for state in (own, other):
        places = np.flatnonzero(states == state)
        places = places[places != place]
        cosine = _cosines(on, places, point)
        best = np.argsort(-cosine, kind="stable")[:count]
        pairs = zip(on.ids[places[best]].tolist(), cosine[best].tolist(), strict=True)
        found.append(tuple((photo, min(1.0, value)) for photo, value in pairs))
    return Contrast(*found)


def _cosines(on: Ground, places: NDArray[np.int64], point: NDArray[np.float32]) -> NDArray[np.float32]:
    cosine = np.empty(len(places), np.float32)
    for start in range(0, len(places), _CHUNK):
        part = slice(start, start + _CHUNK)
        points = on.file.read(on.records[places[part]]) - on.mean
        cosine[part] = points @ point / (lengths(points) * max(float(np.linalg.norm(point)), 1e-12))
    return cosine
