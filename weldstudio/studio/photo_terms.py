"""What a photograph itself is, as terms of a filter: its file, camera, dates, notes; pure functions of the mirror."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from weldstudio.store.mirror import Mirror
from weldstudio.studio.filters import Term, numbers, period

Bools = NDArray[np.bool_]


def _equipment(mirror: Mirror, term: Term) -> Bools:
    codes = [n for n, name in enumerate(mirror.equipments) if n and name.casefold() == term.value.casefold()]
    return np.isin(mirror.equipment, codes)


def _collection(mirror: Mirror, term: Term) -> Bools:
    return np.isin(
        mirror.collection, [i for i, name in mirror.collections.items() if name.casefold() == term.value.casefold()]
    )


def _within(seconds: NDArray[np.int64], term: Term) -> Bools:
    first, after = period(term.value)
    return (seconds >= max(_seconds(first), 0)) & (seconds < _seconds(after))


def _noted(mirror: Mirror, word: str) -> Bools:
    """Whether the note on a photo or on its joint contains a word, in upper or lower case."""
    wanted = word.casefold()
    photos, joints = (
        np.array([i for i, text in texts.items() if wanted in text.casefold()], np.int64)
        for texts in (mirror.notes.photos, mirror.notes.joints)
    )
    return np.isin(mirror.ids, photos) | np.isin(mirror.joint, joints)


def _name(mirror: Mirror, term: Term) -> Bools:
    part = term.value.casefold()
    named = np.fromiter((part in path for path in mirror.folded_paths), np.bool_, len(mirror))
    return named | _noted(mirror, part) if mirror.notes.photos or mirror.notes.joints else named


def _seconds(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


KEYS: Mapping[str, Callable[[Mirror, Term], Bools]] = {
    "equipment": _equipment,
    "collection": _collection,
    "taken": lambda m, term: _within(m.taken, term),
    "added": lambda m, term: _within(m.added, term),
    "name": _name,
    "note": lambda m, term: _noted(m, term.value),
    "id": lambda m, term: np.isin(m.ids, numbers(term.value)),
}
WORDS: Mapping[str, Callable[[Mirror], Bools]] = {
    "altered": lambda m: np.isin(m.ids, np.fromiter(m.altered, np.int64, len(m.altered))),
    "noted": lambda m: _noted(m, ""),
    "problem": lambda m: m.problem,
}
