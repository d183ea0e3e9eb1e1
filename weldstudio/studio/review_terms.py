"""What is said of photographs beyond labels, as terms of a filter and for queues: pure functions of the mirror."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import Source, State, looked_at, sources
from weldstudio.domain.review import Look, Review, Standing, states_of
from weldstudio.domain.scheme import Scheme
from weldstudio.store.mirror import Mirror
from weldstudio.store.reviewed import Reviews
from weldstudio.store.reviews import AUDIT, REVIEW, SECOND, SETTLED
from weldstudio.studio.filters import Term
from weldstudio.studio.kept import by_photo

Bools = NDArray[np.bool_]
_CODES = {Standing.REVIEWED: 1, Standing.RETURNED: 2}


def returned_to(review: Review, who: str) -> bool:
    """Whether a photo has come back to this expert; one that nobody labelled by hand comes back to everybody."""
    return review.said == Standing.RETURNED and review.to.casefold() in ("", who.casefold())


def in_force(mirror: Mirror) -> Iterator[tuple[int, Review]]:
    """Photos with what was said of them, as far as their labels are still those it was said of."""
    for photo, review in mirror.reviews.states.items():
        if holds(mirror, photo):
            yield photo, review


def holds(mirror: Mirror, photo: int) -> bool:
    """Whether the labels of a photo are those of which somebody said something."""
    review = mirror.reviews.states.get(photo)
    return review is not None and states_of(mirror.labels[mirror.row(photo)].tobytes()) == review.labels


def with_standing(mirror: Mirror, standing: Standing | None) -> Bools:
    """(n,) whether photos are labelled and not yet reviewed, reviewed, or returned; None: not even labelled."""
    codes, _ = _said(mirror)
    if standing in _CODES:
        return codes == _CODES[standing]
    seen = looked_at(mirror.labels)
    return (codes == 0) & (seen if standing == Standing.LABELLED else ~seen)


def spoken_of(mirror: Mirror) -> Bools:
    """(n,) whether a reviewer has said something of the labels as they are."""
    return _said(mirror)[0] > 0


def _said(mirror: Mirror) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """(n,) 1 for reviewed photos, 2 for returned ones; (n,) when that was said."""
    codes, clocks = by_photo(mirror, "said", (mirror.labels, mirror.ids), _said_now, of=("labels", "reviews"))
    return codes, clocks


def _said_now(mirror: Mirror) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    states, known, slots = mirror.reviews.states, mirror.reviews.known, mirror.labels.shape[1]
    codes, clocks = np.zeros(len(mirror), np.uint8), np.zeros(len(mirror), np.int64)
    if not states:
        return codes, clocks
    if (REVIEW, slots) not in known:
        known[REVIEW, slots] = (
            np.fromiter(states, np.int64, len(states)),
            np.fromiter((_CODES[review.said] for review in states.values()), np.uint8, len(states)),
            np.fromiter((review.clock for review in states.values()), np.int64, len(states)),
            np.asfortranarray(matrix([review.labels for review in states.values()], slots)),
        )
    ids, said, at, labels = known[REVIEW, slots]
    rows = mirror.rows(ids)
    same = np.ones(len(rows), np.bool_)
    for slot in range(slots):  # column by column, as the labels lie
        same &= (mirror.labels[:, slot][rows] & 3) == labels[:, slot]
    codes[rows[same]], clocks[rows[same]] = said[same], at[same]
    return codes, clocks


def waiting(mirror: Mirror) -> Bools:
    """(n,) drawn for an audit, and not reviewed since."""
    drawn, done = _drawn(mirror)
    return drawn & ~done


def audited(mirror: Mirror) -> Bools:
    """(n,) drawn for an audit, and reviewed since the last draw."""
    return _drawn(mirror)[1]


def reviewed_since(mirror: Mirror, rows: NDArray[np.int64], clocks: NDArray[np.int64] | int) -> Bools:
    """(k,) whether the labels of these rows were reviewed after these hybrid times, and have not changed since."""
    codes, at = _said(mirror)
    return (codes[rows] == _CODES[Standing.REVIEWED]) & (at[rows] > clocks)


def _drawn(mirror: Mirror) -> tuple[Bools, Bools]:
    """(n,) drawn for an audit; (n,) and reviewed since the last draw."""
    audits, known = mirror.reviews.audits, mirror.reviews.known
    drawn, done = np.zeros(len(mirror), np.bool_), np.zeros(len(mirror), np.bool_)
    if not audits:
        return drawn, done
    if AUDIT not in known:
        newest = (max(one.clock for one in of_photo.values()) for of_photo in audits.values())
        known[AUDIT] = np.fromiter(audits, np.int64, len(audits)), np.fromiter(newest, np.int64, len(audits))
    ids, clocks = known[AUDIT]
    rows = mirror.rows(ids)
    drawn[rows], done[rows] = True, reviewed_since(mirror, rows, clocks)
    return drawn, done


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
    """Slots, by photo, of the classes on which two experts differ and that nobody has settled."""
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
    slots = {item.slot for item in scheme.classes}
    for photo, answers in known.suspects.items():
        for slot, answer in answers.items():
            open_ = slot in slots and slot not in known.settled.get(photo, {})
            if open_ and len({one.holds for one in answer.opinions}) > 1:
                found.setdefault(photo, {})[slot] = None
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
    key = Standing.RETURNED, term.value.casefold()
    known = mirror.reviews.known
    if key not in known:
        known[key] = [photo for photo, one in mirror.reviews.states.items() if returned_to(one, term.value)]
    return _of_ids(mirror, known[key]) & with_standing(mirror, Standing.RETURNED)


def _reviewer(mirror: Mirror, term: Term) -> Bools:
    """(n,) what this expert reviewed or returned, as far as the labels are still those, or looked at a second time."""
    who, known = term.value.casefold(), mirror.reviews.known
    key = "reviewer", who
    if key not in known:
        said = [photo for photo, one in mirror.reviews.states.items() if one.who.casefold() == who]
        looks = [
            photo
            for photo, looks in mirror.reviews.looks.items()
            if any(name.casefold() == who and look.given for name, look in looks.items())
        ]
        known[key] = said, looks
    said, looks = known[key]
    return (_of_ids(mirror, said) & spoken_of(mirror)) | _of_ids(mirror, looks)


def _standing(mirror: Mirror, term: Term) -> Bools:
    return with_standing(mirror, None if term.value == "none" else Standing(term.value))


WORDS: Mapping[str, Callable[[Mirror], Bools]] = {
    "audit": lambda m: waiting(m),
    "audited": lambda m: audited(m),
}

KEYS: Mapping[str, Callable[[Mirror, Term], Bools]] = {
    "review": _standing,
    "reviewer": _reviewer,
    "returned": _returned,
    "second": lambda m, term: _of_ids(m, pending(m.reviews, term.value)),
}
