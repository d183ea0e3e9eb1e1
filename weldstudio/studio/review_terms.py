"""What is said of photographs beyond labels, as terms of a filter and for queues: pure functions of the mirror."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import Source, State, looked_at, sources
from weldstudio.domain.review import Look, Review, Standing
from weldstudio.domain.scheme import Scheme
from weldstudio.store.mirror import Mirror
from weldstudio.store.reviewed import Reviews
from weldstudio.store.reviews import REVIEW, SECOND, SETTLED
from weldstudio.studio.filters import Term

Bools = NDArray[np.bool_]
_CODES = {Standing.REVIEWED: 1, Standing.RETURNED: 2}


def returned_to(review: Review, who: str) -> bool:
    """Whether a photo has come back to this expert; one that nobody labelled by hand comes back to everybody."""
    return review.said == Standing.RETURNED and review.to.casefold() in ("", who.casefold())


def with_standing(mirror: Mirror, standing: Standing | None) -> NDArray[np.bool_]:
    """(n,) whether photos are labelled and not yet reviewed, reviewed, or returned; None: not even labelled."""
    codes = _codes(mirror)
    if standing in _CODES:
        return codes == _CODES[standing]
    seen = looked_at(mirror.labels)
    return (codes == 0) & (seen if standing == Standing.LABELLED else ~seen)


def _codes(mirror: Mirror) -> NDArray[np.uint8]:
    """(n,) 1 for reviewed photos, 2 for returned ones."""
    states = mirror.reviews.states
    result = np.zeros(len(mirror), np.uint8)
    if states:
        known = mirror.reviews.known
        if REVIEW not in known:
            codes = (_CODES[review.said] for review in states.values())
            known[REVIEW] = np.fromiter(states, np.int64, len(states)), np.fromiter(codes, np.uint8, len(states))
        ids, said = known[REVIEW]
        at = np.minimum(np.searchsorted(mirror.ids, ids), len(mirror) - 1)
        there = mirror.ids[at] == ids
        result[at[there]] = said[there]
    return result


def waiting(mirror: Mirror) -> NDArray[np.bool_]:
    """(n,) drawn for an audit, and not reviewed since."""
    return _drawn(mirror, done=False)


def audited(mirror: Mirror) -> NDArray[np.bool_]:
    """(n,) drawn for an audit, and reviewed since the last draw."""
    return _drawn(mirror, done=True) & ~waiting(mirror)


def _drawn(mirror: Mirror, *, done: bool) -> NDArray[np.bool_]:
    found = [
        photo
        for photo, of_photo in mirror.reviews.audits.items()
        if any(is_done(mirror, photo, seq) == done for seq in of_photo)
    ]
    return np.isin(mirror.ids, np.array(found, np.int64))


def is_done(mirror: Mirror, photo: int, draw: int) -> bool:
    """Whether a photo was reviewed since this draw."""
    review = mirror.reviews.states.get(photo)
    return review is not None and review.said == Standing.REVIEWED and review.seq > draw


def pending(known: Reviews, who: str) -> frozenset[int]:
    """Photos that this expert still owes a second look, blind."""
    key = SECOND, who
    if key not in known.known:
        known.known[key] = frozenset(
            photo for photo, looks in known.looks.items() if who in looks and not looks[who].given
        )
    found: frozenset[int] = known.known[key]
    return found


def differing(mirror: Mirror) -> Mapping[int, tuple[int, ...]]:
    """Slots, by photo, of the classes on which first and second reviewer differ and nobody has settled it."""
    known = mirror.reviews.known
    key = SETTLED, mirror.scheme
    if key not in known:
        known[key] = differing_in(mirror.reviews, mirror.scheme)
    found: Mapping[int, tuple[int, ...]] = known[key]
    return found


def differing_in(known: Reviews, scheme: Scheme) -> dict[int, tuple[int, ...]]:
    """As `differing`, of what was read."""
    given = [(photo, look) for photo, looks in known.looks.items() for look in looks.values() if look.given]
    looks = [look for _, look in given]
    first, second = first_labels(looks, scheme), matrix([look.labels for look in looks], scheme.slots)
    found: dict[int, dict[int, None]] = {}
    for item in scheme.classes:
        one, other = (scheme.states_of(item.slot, labels) for labels in (first, second))
        for place in np.flatnonzero((one != other) & (one != State.UNSEEN) & (other != State.UNSEEN)).tolist():
            photo = given[place][0]
            if item.slot not in known.settled.get(photo, {}):
                found.setdefault(photo, {})[item.slot] = None
    return {photo: tuple(slots) for photo, slots in found.items()}


def first_labels(looks: Sequence[Look], scheme: Scheme) -> NDArray[np.uint8]:
    """The first labels, (n, slots), without those that are a model's words, accepted: no reviewer gave them."""
    labels = matrix([look.first for look in looks], scheme.slots).copy()
    labels[sources(labels) == Source.ACCEPTED] = 0
    return labels


def in_conflict(mirror: Mirror) -> Bools:
    """(n,) two experts gave different answers, at their desks or in a second look, and nobody has settled it."""
    found = _of_ids(mirror, [*mirror.conflicts, *differing(mirror)])
    joints = mirror.decided.conflicts
    return found | np.isin(mirror.joint, np.fromiter(joints, np.int64, len(joints))) if joints else found


def matrix(blobs: Sequence[bytes], slots: int) -> NDArray[np.uint8]:
    """Label bytes by slot as (n, slots); what a shorter one lacks is unseen."""
    joined = b"".join(blob[:slots].ljust(slots, b"\0") for blob in blobs)
    return np.frombuffer(joined, np.uint8).reshape(len(blobs), slots)


def _of_ids(mirror: Mirror, photo_ids: Sequence[int] | frozenset[int]) -> Bools:
    return np.isin(mirror.ids, np.fromiter(photo_ids, np.int64, len(photo_ids)))


def _returned(mirror: Mirror, term: Term) -> Bools:
    states = mirror.reviews.states
    return _of_ids(mirror, [photo for photo, review in states.items() if returned_to(review, term.value)])


def _standing(mirror: Mirror, term: Term) -> Bools:
    return with_standing(mirror, None if term.value == "none" else Standing(term.value))


WORDS: Mapping[str, Callable[[Mirror], Bools]] = {
    "audit": lambda m: waiting(m),
    "audited": lambda m: audited(m),
}

KEYS: Mapping[str, Callable[[Mirror, Term], Bools]] = {
    "review": _standing,
    "returned": _returned,
    "second": lambda m, term: _of_ids(m, pending(m.reviews, term.value)),
}
