"""Suspects: labels that all other labels contradict, to be looked at again one by one.

What the others say of a label is the leave-one-out prediction of the last refit, which has not seen the label
(`domain.leave_one_out`). A label whose photo was answered for is proposed again only once its score has risen by
`RISE`. Nothing is corrected by itself: an answer is an action of its author, beside the label's history.
"""

import time
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.learner import Refit
from weldstudio.domain.review import Answer
from weldstudio.domain.scheme import SchemeClass
from weldstudio.domain.scores import wilson
from weldstudio.store import actions, events, reviews
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.reviews import SUSPECT
from weldstudio.store.store import Store
from weldstudio.studio.entailing import Entailment
from weldstudio.studio.kept import kept, patched

LEAST: Final = 0.5
"""From this score on a label is a suspect: the others find the opposite likelier."""
RISE: Final = 0.1
Rows = NDArray[np.int64]
RIGHT, WRONG, UNSURE = "right", "wrong", "unsure"
MISSING, TOO_MUCH = "missing", "wrong"
"""Kinds of suspects: a clear label where the flag seems to be raised, and the reverse."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One label."""

    photo_id: int
    slot: int
    flag: str
    kind: str
    """`MISSING` or `TOO_MUCH`."""
    score: float
    """Probability, by all other labels, that it is wrong."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Suspects of one flag and kind: how many wait, and what became of those that were answered for."""

    flag: str
    kind: str
    waiting: int
    right: int
    wrong: int
    unsure: int
    expected: float
    """Wrong labels of this kind in all, by the probabilities of all labels together."""
    labels: int
    """Labels that could be wrong in this way."""

    @property
    def precision(self) -> float | None:
        """Of the answered ones, how many were wrong indeed."""
        answered = self.right + self.wrong
        return self.wrong / answered if answered else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the precision."""
        return wilson(self.wrong, self.right + self.wrong)

    def to_json(self) -> dict[str, Any]:
        return {
            "flag": self.flag,
            "kind": self.kind,
            "waiting": self.waiting,
            "right": self.right,
            "wrong": self.wrong,
            "unsure": self.unsure,
            "precision": self.precision,
            "precision_interval": list(self.interval),
            "expected_wrong": self.expected,
            "labels": self.labels,
        }


def scores(mirror: Mirror, slot: int, rows: Rows | None = None) -> NDArray[np.float32]:
    """(n,) probability that the present label is wrong, of these rows or of all; 0 where nothing is known."""
    rows = np.arange(len(mirror)) if rows is None else rows
    refit = mirror.refit
    if refit is None or refit.model_id != mirror.model_id or slot not in refit.slots or not len(mirror):
        return np.zeros(len(rows), np.float32)
    said = kept(mirror, "alone", (refit, mirror.ids), lambda: _aligned(mirror, refit))
    raised = said[rows, int(np.flatnonzero(refit.slots == slot)[0])].astype(np.float32)
    states = mirror.scheme.states_of(slot, mirror.labels[rows])
    found = np.where(states == State.RAISED, 1 - raised, np.where(states == State.CLEAR, raised, 0))
    return np.nan_to_num(found).astype(np.float32)


def proposed(mirror: Mirror, slot: int, rows: Rows | None = None) -> NDArray[np.float32]:
    """(n,) as `scores`, of the labels that are proposed to be looked at; 0 elsewhere. `rows` are ascending."""
    found = scores(mirror, slot, rows)
    found[found < LEAST] = 0
    for photo_id, answers in mirror.reviews.suspects.items():
        answer = answers.get(slot)
        if answer is None:
            continue
        row = place = mirror.row(photo_id)
        if rows is not None:
            place = int(np.searchsorted(rows, row))
            if place == len(rows) or rows[place] != row:
                continue
        state = int(mirror.scheme.states_of(slot, mirror.labels[[row]])[0])
        if state == answer.state and found[place] < answer.score + RISE:
            found[place] = 0
    return found


def highest(mirror: Mirror, slot: int | None = None) -> NDArray[np.float32]:
    """(n,) the highest score of what is proposed of each photo, of one class or of any."""
    if slot is not None:
        return proposed(mirror, slot)
    made_of = (mirror.refit, mirror.scheme, mirror.ids, mirror.model_id)
    return kept(
        mirror,
        "suspects",
        made_of,
        lambda: _highest(mirror, None),
        of=("labels", "reviews"),
        mend=lambda known, rows: patched(known, rows, _highest(mirror, rows)),
    )


def _highest(mirror: Mirror, rows: Rows | None) -> NDArray[np.float32]:
    found = np.zeros(len(mirror) if rows is None else len(rows), np.float32)
    for item in mirror.scheme.classes:
        np.maximum(found, proposed(mirror, item.slot, rows), out=found)
    return found


def _aligned(mirror: Mirror, refit: Refit) -> NDArray[np.float16]:
    """(n, classes) what all others say, in the order of the mirror; NaN where nothing is known."""
    found = np.full((len(mirror), len(refit.slots)), np.nan, np.float16, order="F")
    places = np.minimum(mirror.ids.searchsorted(refit.ids), len(mirror) - 1)
    there = mirror.ids[places] == refit.ids
    found[places[there]] = refit.alone[there]
    return found


def listed(
    mirror: Mirror, *, slot: int | None = None, kind: str | None = None, most: int | None = None
) -> list[Suspect]:
    """What is proposed, the likeliest to be wrong first."""
    found = []
    for item in mirror.scheme.classes:
        if slot not in (None, item.slot):
            continue
        score, states = proposed(mirror, item.slot), mirror.states(item.slot)
        for row in np.flatnonzero(score > 0).tolist():
            which = MISSING if states[row] == State.CLEAR else TOO_MUCH
            if kind in (None, which):
                found.append(Suspect(int(mirror.ids[row]), item.slot, item.name, which, float(score[row])))
    found.sort(key=lambda one: (-one.score, one.photo_id, one.slot))
    return found


def of_photo(mirror: Mirror, photo_id: int) -> list[Suspect]:
    """As `listed`, of one photo."""
    row = mirror.row(photo_id)
    found = []
    for item in mirror.scheme.classes:
        score = float(proposed(mirror, item.slot, np.array([row]))[0])
        if score:
            kind = MISSING if mirror.states(item.slot)[row] == State.CLEAR else TOO_MUCH
            found.append(Suspect(photo_id, item.slot, item.name, kind, score))
    return sorted(found, key=lambda one: -one.score)


def standings(mirror: Mirror) -> list[Standing]:
    """Of each flag and kind, what waits, what was answered, and how many labels are wrong by estimate."""
    found = []
    for item in mirror.scheme.classes:
        score, states, waits = scores(mirror, item.slot), mirror.states(item.slot), proposed(mirror, item.slot) > 0
        for kind, state in ((MISSING, State.CLEAR), (TOO_MUCH, State.RAISED)):
            said = [
                answers[item.slot].said
                for answers in mirror.reviews.suspects.values()
                if item.slot in answers and answers[item.slot].state == state
            ]
            those = states == state
            found.append(
                Standing(
                    item.name,
                    kind,
                    int((waits & those).sum()),
                    said.count(RIGHT),
                    said.count(WRONG),
                    said.count(UNSURE),
                    float(score[those].sum()),
                    int(those.sum()),
                )
            )
    return found


def answer(store: Store, photo_id: int, slot: int, said: str, *, who: str) -> Done:
    """Say of a suspect that the label is right, wrong (it is turned round) or that one cannot say (unsure).

    One action, which can be taken back. Raises EditRefused for a label that is neither raised nor clear.
    """
    mirror = mirrors.read(store)
    item: SchemeClass = mirror.scheme.by_slot(slot)
    row = mirror.row(photo_id)
    state = State(int(mirror.states(slot)[row]))
    if state not in (State.RAISED, State.CLEAR):
        raise EditRefused(f"{item.name} is neither raised nor clear on this photo, so there is nothing to doubt.")
    before = mirror.reviews.suspects.get(photo_id, {}).get(slot)
    new = Answer(said, state, float(scores(mirror, slot)[row]), who, int(time.time()))
    becomes = {WRONG: State.CLEAR if state == State.RAISED else State.RAISED, UNSURE: State.UNSURE}.get(said)
    text = f"{item.name}: {state.word} is right" if becomes is None else f"{item.name}: {becomes.word} in doubt of it"
    with store.atomic(durable=True):
        written = actions.begin(store, who=who, kind="review" if becomes is None else "label", text=text)
        changes = reviews.append(
            store, written, [(SUSPECT, photo_id, str(slot), before.text if before else "", new.text)]
        )
        if becomes is not None:
            present = events.present(store, [photo_id])
            held = present.get(photo_id, b"").ljust(mirror.scheme.slots, b"\0")
            rows = [
                (photo_id, *edit) for edit in Entailment(mirror.scheme, ((slot, becomes),), Source.HAND).edits(held)
            ]
            if all(changed != slot for _, changed, _, _ in rows):
                rows.append((photo_id, slot, held[slot], label_byte(becomes, Source.HAND)))
            changes |= events.append(store, written, rows, source=Source.HAND, present=present)
    return Done(written.action.id, changes, text)
