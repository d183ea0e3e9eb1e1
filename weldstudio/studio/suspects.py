"""Suspects: labels that all other labels contradict, to be looked at again one by one.

What the others say of a label is the leave-one-out prediction of the last refit, which has not seen the label, joined
with what trainings said of it on their way (`domain.doubt`). Before all others come labels that contradict those of
near-duplicates (`twins`): one of them is wrong for certain. A label whose photo was answered for is proposed again only
once its score has risen by `RISE`. Nothing is corrected by itself: an answer is an action of its author, beside the
label's history and beside what other experts answered.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.doubt import contradicted
from weldstudio.domain.labelling import State
from weldstudio.domain.learner import Refit
from weldstudio.domain.scheme import SchemeClass
from weldstudio.imaging import side_file
from weldstudio.store.mirror import Mirror
from weldstudio.studio import twins
from weldstudio.studio.kept import kept, patched

LEAST: Final = 0.5
"""From this score on a label is a suspect."""
RISE: Final = 0.1
TWIN: Final = 1.0
"""What the score of a label is raised by that near-duplicates contradict."""
Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
RIGHT, WRONG, UNSURE = "right", "wrong", "unsure"
MISSING, TOO_MUCH = "missing", "wrong"
"""Kinds of suspects: a clear label where the flag seems to be raised, and the reverse."""
STATE: Final = {MISSING: State.CLEAR, TOO_MUCH: State.RAISED}
"""The label of each kind."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One label."""

    photo_id: int
    slot: int
    flag: str
    kind: str
    """`MISSING` or `TOO_MUCH`."""
    score: float
    """How much all others contradict it, 0 to 1."""
    twin: bool
    """Whether near-duplicates are labelled otherwise."""


def alone(mirror: Mirror) -> NDArray[np.float16] | None:
    """(n, classes of the scheme) probability of raised by all other labels; None where nothing was learned yet."""
    refit = mirror.refit
    if refit is None or refit.model_id != mirror.model_id or not len(mirror):
        return None
    return kept(mirror, "alone", (refit, mirror.ids, mirror.scheme), lambda: _aligned(mirror, refit))


def scores(mirror: Mirror, slot: int, rows: Rows | None = None) -> Floats:
    """(n,) how much the present label is contradicted, 0 to 1, of these rows or of all; 0 where nothing is known."""
    count = len(mirror) if rows is None else len(rows)
    said, column = alone(mirror), _column(mirror, slot)
    if said is None or column is None:
        return np.zeros(count, np.float32)
    spoken = kept(
        mirror, "contradicted", (mirror.refit, mirror.ids, mirror.scheme), lambda: _contradicted(mirror, said)
    )
    every = slice(None) if rows is None else rows
    raised = spoken[every, column].astype(np.float32)
    states = mirror.scheme.states_of(slot, mirror.labels[every])
    found = np.where(states == State.RAISED, 1 - raised, np.where(states == State.CLEAR, raised, 0))
    return np.nan_to_num(found).astype(np.float32)


def proposed(mirror: Mirror, slot: int, rows: Rows | None = None) -> Floats:
    """(n,) as `scores`, of the labels that are proposed to be looked at; 0 elsewhere. `rows` are ascending.

    Above `TWIN` it is a label that near-duplicates contradict.
    """
    found = scores(mirror, slot, rows)
    found[found < LEAST] = 0
    places = _among(rows, twins.doubted(mirror, slot, lambda some: scores(mirror, slot, some)))
    found[places] = TWIN + scores(mirror, slot, places if rows is None else rows[places])
    for photo_id, answers in mirror.reviews.suspects.items():
        answer = answers.get(slot)
        if answer is None:
            continue
        row = mirror.row(photo_id)
        for place in _among(rows, np.array([row])).tolist():
            state = int(mirror.scheme.states_of(slot, mirror.labels[[row]])[0])
            if any(one.holds == state for one in answer.opinions) and found[place] < answer.score + RISE:
                found[place] = 0
    return found


def highest(mirror: Mirror, slot: int | None = None, kind: str | None = None) -> Floats:
    """(n,) the highest score of what is proposed of each photo, of one class or of any, of one kind or of both."""
    if slot is not None:
        return _of_kind(mirror, slot, kind, None)
    return kept(
        mirror,
        ("suspects", kind),
        (mirror.refit, mirror.scheme, mirror.ids, mirror.model_id),
        lambda: _highest(mirror, kind, None),
        of=("labels", "reviews"),
        mend=lambda known, rows: _mended(mirror, kind, known, twins.mates(mirror, rows)),
    )


def listed(
    mirror: Mirror, *, slot: int | None = None, kind: str | None = None, rows: Rows | None = None
) -> list[Suspect]:
    """What is proposed, the likeliest to be wrong first; of all photos, or of these rows, ascending."""
    found = []
    ids = mirror.ids if rows is None else mirror.ids[rows]
    for item in mirror.scheme.classes:
        if slot not in (None, item.slot):
            continue
        score = proposed(mirror, item.slot, rows)
        states = mirror.scheme.states_of(item.slot, mirror.labels if rows is None else mirror.labels[rows])
        for place in np.flatnonzero(score > 0).tolist():
            which = MISSING if states[place] == State.CLEAR else TOO_MUCH
            if kind in (None, which):
                found.append(_suspect(int(ids[place]), item, which, float(score[place])))
    found.sort(key=lambda one: (not one.twin, -one.score, one.photo_id, one.slot))
    return found


def of_photo(mirror: Mirror, photo_id: int) -> list[Suspect]:
    """As `listed`, of one photo."""
    return listed(mirror, rows=np.array([mirror.row(photo_id)]))


def _suspect(photo_id: int, item: SchemeClass, kind: str, score: float) -> Suspect:
    twin = score >= TWIN
    return Suspect(photo_id, item.slot, item.name, kind, score - TWIN if twin else score, twin)


def _column(mirror: Mirror, slot: int) -> int | None:
    slots = [item.slot for item in mirror.scheme.classes]
    return slots.index(slot) if slot in slots else None


def _among(rows: Rows | None, wanted: Rows) -> Rows:
    """Places in `rows` of those wanted that are there; without rows, their own places."""
    if rows is None or not len(rows):
        return wanted if rows is None else rows
    places = np.minimum(rows.searchsorted(wanted), len(rows) - 1)
    return places[rows[places] == wanted].astype(np.int64)


def _of_kind(mirror: Mirror, slot: int, kind: str | None, rows: Rows | None) -> Floats:
    found = proposed(mirror, slot, rows)
    if kind is not None:
        states = mirror.scheme.states_of(slot, mirror.labels if rows is None else mirror.labels[rows])
        found[states != STATE[kind]] = 0
    return found


def _highest(mirror: Mirror, kind: str | None, rows: Rows | None) -> Floats:
    found = np.zeros(len(mirror) if rows is None else len(rows), np.float32)
    for item in mirror.scheme.classes:
        np.maximum(found, _of_kind(mirror, item.slot, kind, rows), out=found)
    return found


def _mended(mirror: Mirror, kind: str | None, known: Floats, rows: Rows) -> Floats:
    return patched(known, rows, _highest(mirror, kind, rows))


def _aligned(mirror: Mirror, refit: Refit) -> NDArray[np.float16]:
    """(n, classes of the scheme) in the order of the mirror; NaN where nothing is known."""
    slots = [item.slot for item in mirror.scheme.classes]
    found = np.full((len(mirror), len(slots)), np.nan, np.float16, order="F")
    places = np.minimum(mirror.ids.searchsorted(refit.ids), len(mirror) - 1)
    there = mirror.ids[places] == refit.ids
    for column, slot in enumerate(refit.slots.tolist()):
        if slot in slots:
            found[places[there], slots.index(slot)] = refit.alone[there, column]
    return found


def _contradicted(mirror: Mirror, said: NDArray[np.float16]) -> NDArray[np.float16]:
    scheme = mirror.scheme
    groups = [[_column(mirror, slot) for slot in group.members] for group in scheme.groups if not group.default]
    whole = [[column for column in columns if column is not None] for columns in groups]
    states = np.stack([mirror.states(item.slot) for item in scheme.classes], axis=1)
    return contradicted(said, states, [columns for columns in whole if len(columns) > 1], margins=_margins(mirror))


def _margins(mirror: Mirror) -> NDArray[np.float16] | None:
    """(n, classes of the scheme) mean of what trainings said of labels that are still those they were told."""
    slots = [item.slot for item in mirror.scheme.classes]
    total = np.zeros((len(mirror), len(slots)), np.float32)
    count = np.zeros_like(total)
    for run in side_file.margins(mirror.folder):
        places = np.minimum(mirror.ids.searchsorted(run.ids), len(mirror) - 1)
        there = mirror.ids[places] == run.ids
        rows = places[there]
        for column, slot in enumerate(run.slots.tolist()):
            if slot not in slots:
                continue
            said = run.said[there, column].astype(np.float32)
            holds = mirror.scheme.states_of(slot, mirror.labels[rows]) == run.states[there, column]
            holds &= ~np.isnan(said)
            total[rows[holds], slots.index(slot)] += said[holds]
            count[rows[holds], slots.index(slot)] += 1
    if not count.any():
        return None
    with np.errstate(invalid="ignore"):
        return (total / count).astype(np.float16)
