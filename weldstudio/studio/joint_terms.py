"""Terms and orders of a filter that are about joints, for `reviewing`: each photo has what its joint has."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.decision import TOLD, Told
from weldstudio.domain.verdict import Outcome
from weldstudio.store.decided import NOTHING_TOLD
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import Named
from weldstudio.studio import chances, deciding, joints
from weldstudio.studio.deciding import SAID_OF
from weldstudio.studio.filters import Term, chance, points

Bools = NDArray[np.bool_]
Rows = NDArray[np.int64]


def _contractor(mirror: Mirror, term: Term) -> Bools:
    wanted = [c.id for c in mirror.joints.contractors.values() if _same(c.name, term.value)]
    return np.isin(mirror.joints.contractor_ids(mirror.joint), wanted)


def _joint(mirror: Mirror, term: Term) -> Bools:
    named = joints.named(mirror, [term.value])[term.value]
    return np.isin(mirror.joint, named)


def _split(mirror: Mirror, term: Term) -> Bools:
    splits = mirror.joints.splits
    if term.value == "none":
        return ~np.isin(mirror.joint, np.fromiter(splits, np.int64, len(splits)))
    return np.isin(mirror.joint, [joint for joint, split in splits.items() if split == term.value])


def _verdict(mirror: Mirror, term: Term) -> Bools:
    chosen = deciding.holding(mirror, deciding.tally(mirror)) == SAID_OF[Outcome(term.value)]
    return joints.of_rows(mirror, chosen)


def _predicted(mirror: Mirror, term: Term) -> Bools:
    chosen = deciding.tally(mirror, predicted=True).outcomes == SAID_OF[Outcome(term.value)]
    return joints.of_rows(mirror, chosen)


def _points(mirror: Mirror, term: Term) -> Bools:
    least, most = points(term.value)
    low = deciding.tally(mirror).low
    return joints.of_rows(mirror, (low >= least) & (low <= (np.iinfo(np.int32).max if most is None else most)))


def _decision(mirror: Mirror, term: Term) -> Bools:
    code = NOTHING_TOLD if term.value == "none" else TOLD.index(Told.of_word(term.value))
    return mirror.decided.said(mirror.joint) == code


def _safe(mirror: Mirror, term: Term) -> Bools:
    return joints.of_rows(mirror, chances.safe(mirror, chance(term.value)))


def _kind(mirror: Mirror, term: Term) -> Bools:
    return _named(mirror.joints.kinds, mirror, term)


def _medium(mirror: Mirror, term: Term) -> Bools:
    return _named(mirror.joints.mediums, mirror, term)


def _inbox(mirror: Mirror) -> Bools:
    return joints.of_rows(mirror, joints.undecided(mirror))


def _decisive(mirror: Mirror) -> Bools:
    return joints.of_rows(mirror, np.isfinite(joints.decisive(mirror)))


def _changed(mirror: Mirror) -> Bools:
    if not len(mirror.decided.rows):
        return np.zeros(len(mirror), np.bool_)
    return joints.of_rows(mirror, joints.changed(mirror, deciding.tally(mirror)))


def _overridden(mirror: Mirror) -> Bools:
    return np.isin(mirror.joint, np.fromiter(mirror.decided.overrides, np.int64, len(mirror.decided.overrides)))


WORDS: Mapping[str, Callable[[Mirror], Bools]] = {
    "inbox": _inbox,
    "decisive": _decisive,
    "changed": _changed,
    "overridden": _overridden,
}

KEYS: Mapping[str, Callable[[Mirror, Term], Bools]] = {
    "contractor": _contractor,
    "joint": _joint,
    "split": _split,
    "verdict": _verdict,
    "predicted": _predicted,
    "points": _points,
    "decision": _decision,
    "type": _kind,
    "medium": _medium,
    "safe": _safe,
}


def least_likely(mirror: Mirror, rows: Rows) -> Rows:
    """Rows by the chance of their joint to reach its reject limit, the least likely first."""
    return _by_joint(mirror, rows, chances.reaching(mirror))


def longest_waiting(mirror: Mirror, rows: Rows) -> Rows:
    """Rows by how long their joint has waited, the longest first."""
    return _by_joint(mirror, rows, joints.waiting_since(mirror))


def nearest(mirror: Mirror, rows: Rows) -> Rows:
    """Rows by how many points their joint is from its reject limit, the nearest first."""
    above = joints.over_limit(deciding.tally(mirror))
    return _by_joint(mirror, rows, np.where(above >= 0, above + 1, -above))


def most_points(mirror: Mirror, rows: Rows) -> Rows:
    """Rows by the points of their joint's labels, the most first; of as many, those that may become more first."""
    counted = deciding.tally(mirror)
    return _by_joint(mirror, rows, -(counted.low + counted.high / 1e6))


def farthest_over(mirror: Mirror, rows: Rows) -> Rows:
    """Rows by how far their joint's points are above its reject limit, the worst first."""
    return _by_joint(mirror, rows, -joints.over_limit(deciding.tally(mirror)))


def _by_joint(mirror: Mirror, rows: Rows, key: NDArray[np.floating]) -> Rows:
    return rows[np.lexsort((mirror.joint[rows], joints.of_rows(mirror, key)[rows]))]


def _named(facts: Named, mirror: Mirror, term: Term) -> Bools:
    codes = [code for code, name in enumerate(facts.names) if name and _same(name, term.value)]
    return np.isin(facts.codes_of(mirror.joint), codes)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
