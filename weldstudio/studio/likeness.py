"""Photos like one another: neighbours of one by what the trunk sees, and clusters of near-duplicates with conflicts.

Near-duplicates are candidates by their perceptual hashes, where these tell enough of them, confirmed by the cosine of
their features where they have some; of pictures too plain to be told apart, equal files alone. A cluster whose photos
carry different labels of a flag holds a wrong label for certain.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.domain.near_duplicates import around, clustering, is_telling
from weldstudio.domain.refit import Floats
from weldstudio.domain.similar import DUPLICATE, lengths, nearest
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store import mirror as mirrors
from weldstudio.store import models, perceptual
from weldstudio.store import photos as photo_rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import features, twins
from weldstudio.studio.refitting import records_of

LOOKING = "looking for near-duplicates"
_STEP, _FOUND, _READ = 50, 20_000, 2048
"""Groups judged, photos looked up and features read in one piece."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A photo beside another one."""

    photo_id: int
    path: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Near-duplicates, two at least."""

    photo_ids: tuple[int, ...]
    paths: tuple[str, ...]
    conflicts: tuple[str, ...]
    """Classes that are raised on one of the photos and clear on another."""


def similar(store: Store, photo_id: int, count: int = 12) -> list[Neighbour]:
    """The photos most like one by the active model's trunk, the nearest first. Raises JobFailed without features."""
    ids, points = _points(store)
    place = int(ids.searchsorted(photo_id))
    if place == len(ids) or ids[place] != photo_id:
        raise JobFailed("This photo has no features yet; make them with `weldstudio features`.")
    rows, cosines = nearest(points, place, count)
    paths = {photo.id: photo.path for photo in photo_rows.every(store, ids[rows].tolist())}
    return [
        Neighbour(photo, paths[photo], float(cosine))
        for photo, cosine in zip(ids[rows].tolist(), cosines.tolist(), strict=True)
    ]


def duplicates(store: Store) -> Generator[Progress, None, list[Cluster]]:
    """All clusters of near-duplicates, those with a conflict first, then the largest; in pieces of some milliseconds.

    Whoever writes waits for one piece only. Closing it leaves nothing behind.
    """
    yield Progress(0, None, LOOKING)
    mirror = mirrors.read(store)
    yield Progress(0, None, LOOKING)
    ids, hashes = perceptual.hashes(store)
    telling = is_telling(hashes)
    work = clustering(hashes[telling])
    while True:
        yield Progress(0, None, LOOKING)
        try:
            next(work)
        except StopIteration as end:
            numbers: NDArray[np.int64] = end.value
            break
    groups = [*_groups(ids[telling], numbers), *_groups(ids[~telling], perceptual.equal_files(store, ids[~telling]))]
    members = np.sort(np.concatenate(groups)) if groups else ids[:0]
    known, points = yield from _points_of(store, members)
    found = []
    for number, group in enumerate(groups):
        if number % _STEP == 0:
            yield Progress(number, len(groups), LOOKING)
        for part in _confirmed(group, known, points):
            if part is None:
                yield Progress(number, len(groups), LOOKING)
                continue
            rows = mirror.rows(part.tolist())
            paths = tuple(mirror.paths[row] for row in rows.tolist())
            found.append(Cluster(tuple(part.tolist()), paths, _conflicts(mirror, rows)))
    return sorted(found, key=lambda one: (not one.conflicts, -len(one.photo_ids), one.photo_ids))


def mark(store: Store, mirror: Mirror | None = None) -> Generator[Progress, None, list[Cluster]]:
    """As `duplicates`, and has the project and a mirror know them: labels that they contradict come first then."""
    found = yield from duplicates(store)
    twins.keep(store, mirrors.read(store) if mirror is None else mirror, found)
    return found


def _groups(ids: NDArray[np.int64], numbers: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Ids of the same number, two at least."""
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order])) + 1
    return [group for group in np.split(ids[order], starts) if len(group) > 1]


def cluster(store: Store, photo_id: int) -> list[int]:
    """The near-duplicates of one photo and itself, as `duplicates` finds them."""
    ids, hashes = perceptual.hashes(store)
    place = int(ids.searchsorted(photo_id))
    if place == len(ids) or ids[place] != photo_id:
        return [photo_id]
    telling = is_telling(hashes)
    if telling[place]:
        some = np.flatnonzero(telling)
        group = ids[some[around(hashes[some], int(some.searchsorted(place)))]]
    else:
        flat = ids[~telling]
        first = perceptual.equal_files(store, flat)
        group = flat[first == first[flat.searchsorted(photo_id)]]
    if len(group) < 2:
        return [photo_id]
    known, points = _points_or_none(store)
    parts = _confirmed(group, known, points)
    return next((part.tolist() for part in parts if part is not None and photo_id in part), [photo_id])


def _confirmed(
    group: NDArray[np.int64], known: NDArray[np.int64], points: Floats
) -> Iterator[NDArray[np.int64] | None]:
    """A group parted so that every photo is near another of its part; one without features is taken at its word.

    None is a pause.
    """
    places = np.minimum(known.searchsorted(group), max(0, len(known) - 1))
    has = known[places] == group if len(known) else np.zeros(len(group), np.bool_)
    if has.sum() < 2 or not has.all():
        yield group
        return
    own = points[places]
    own = own / lengths(own)[:, None]
    left = np.arange(len(group))
    while len(left):
        part, edge, left = [left[:1]], left[:1], left[1:]
        while len(edge) and len(left):
            if len(group) > _STEP:
                yield None
            some, edge = edge[:_STEP], edge[_STEP:]
            near = (own[left] @ own[some].T >= DUPLICATE).any(axis=1)
            part.append(left[near])
            edge = np.concatenate([edge, left[near]])
            left = left[~near]
        members = np.sort(np.concatenate(part))
        if len(members) > 1:
            yield group[members]


def _conflicts(mirror: Mirror, rows: NDArray[np.int64]) -> tuple[str, ...]:
    found = []
    for item in mirror.scheme.classes:
        states = mirror.states(item.slot)[rows]
        if (states == State.RAISED).any() and (states == State.CLEAR).any():
            found.append(item.name)
    return tuple(found)


def _points(store: Store) -> tuple[NDArray[np.int64], Floats]:
    """Photo ids, ascending, and their features about their mean. Raises JobFailed where there are none."""
    place = features.active_place(store)
    ids = np.array(sorted(place.contents), np.int64)
    records = records_of(place, ids)
    file = FeatureFile.open(place.folder)
    if file is None or not (records >= 0).any():
        raise JobFailed("No photo has features yet; make them with `weldstudio features`.")
    points = file.read(records[records >= 0])
    points -= points.mean(axis=0)
    return ids[records >= 0], points


def _points_or_none(store: Store) -> tuple[NDArray[np.int64], Floats]:
    if models.active_id(store) is not None:
        try:
            return _points(store)
        except JobFailed:
            pass  # hashes alone then
    return np.zeros(0, np.int64), np.zeros((0, 1), np.float32)


def _points_of(store: Store, wanted: NDArray[np.int64]) -> Generator[Progress, None, tuple[NDArray[np.int64], Floats]]:
    """As `_points_or_none`, of some photos (ids, ascending), about the mean of all."""
    nothing = np.zeros(0, np.int64), np.zeros((0, 1), np.float32)
    if not len(wanted) or models.active_id(store) is None:
        return nothing
    try:
        place = features.active_place(store)
    except JobFailed:
        return nothing  # hashes alone then
    yield Progress(0, None, LOOKING)
    file = FeatureFile.open(place.folder)
    if file is None or not len(file):
        return nothing
    ids = np.sort(np.fromiter(place.contents, np.int64, len(place.contents)))
    records = np.empty(len(ids), np.int64)
    for start in range(0, len(ids), _FOUND):
        yield Progress(start, len(ids), LOOKING)
        part = slice(start, start + _FOUND)
        records[part] = file.find([place.contents[photo] for photo in ids[part].tolist()])
    ids, records = ids[records >= 0], records[records >= 0]
    total = np.zeros(file.about.width)
    for start in range(0, len(ids), _READ):
        yield Progress(start, len(ids), LOOKING)
        total += file.read(records[start : start + _READ]).sum(axis=0, dtype=np.float64)
    mean = (total / max(1, len(ids))).astype(np.float32)
    among = np.isin(ids, wanted)
    known, places = ids[among], records[among]
    points = np.empty((len(known), file.about.width), np.float32)
    for start in range(0, len(known), _READ):
        yield Progress(start, len(known), LOOKING)
        points[start : start + _READ] = file.read(places[start : start + _READ]) - mean
    return known, points
