"""Answering for labels in doubt, and what the answers say of all labels: precision, wrong labels, the lazy answer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.review import Answer
from weldstudio.domain.scheme import SchemeClass
from weldstudio.domain.scores import wilson
from weldstudio.domain.wrong_labels import Answers, Cut, Wrong, estimate
from weldstudio.store import actions, events, reviews
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.reviews import SUSPECT
from weldstudio.store.store import Store
from weldstudio.studio import suspects
from weldstudio.studio.entailing import Entailment
from weldstudio.studio.suspects import MISSING, RIGHT, STATE, TOO_MUCH, UNSURE, WRONG

Bools = NDArray[np.bool_]
KINDS: Final = (MISSING, TOO_MUCH)


@dataclass(frozen=True, slots=True)
class Standing:
    """Suspects of one flag and kind: how many wait, what became of those that were answered for, what is estimated."""

    flag: str
    slot: int
    kind: str
    waiting: int
    twins: int
    """Of these, labels that near-duplicates contradict."""
    right: int
    wrong: int
    unsure: int
    estimate: Wrong | None
    """Wrong labels of this kind among all; None where nothing was learned yet."""

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
            "contradicted_by_duplicates": self.twins,
            "right": self.right,
            "wrong": self.wrong,
            "unsure": self.unsure,
            "precision": self.precision,
            "precision_interval": list(self.interval),
            **({} if self.estimate is None else self.estimate.to_json()),
        }


@dataclass(frozen=True, slots=True)
class Lazy:
    """A flag of which so many labels are wrong that always giving the commoner answer would look better than the truth.

    [Dalyac 2014, 6.3.5]: where the share of wrong labels is above 1 - majority share, the lazy answer beats the right
    one, and a network learns it.
    """

    flag: str
    wrong: float
    """Estimated share of labels that are wrong."""
    interval: tuple[float, float]
    rarer: float
    """Share of the labels that are the rarer kind."""
    common: str
    """'raised' or 'clear'."""

    @property
    def sentence(self) -> str:
        return (
            f"{self.flag}: by estimate {100 * self.wrong:.1f} % of its labels are wrong, and only "
            f"{100 * self.rarer:.1f} % are not {self.common}. Always answering '{self.common}' would agree with the "
            "labels more often than the truth does, so a training may learn just that: look through its suspects first."
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "flag": self.flag,
            "wrong": self.wrong,
            "wrong_interval": list(self.interval),
            "rarer": self.rarer,
            "commoner_answer": self.common,
            "sentence": self.sentence,
        }


def standings(mirror: Mirror) -> list[Standing]:
    """Of each flag and kind, what waits, what was answered, and how many labels are wrong by estimate."""
    found = []
    for item in mirror.scheme.classes:
        doubt = suspects.proposed(mirror, item.slot)
        states = mirror.states(item.slot)
        for kind in KINDS:
            waits = doubt[(states == STATE[kind]) & (doubt > 0)]
            said = [answer.said for answer in _answers(mirror, item.slot, kind)]
            found.append(
                Standing(
                    item.name,
                    item.slot,
                    kind,
                    len(waits),
                    int((waits >= suspects.TWIN).sum()),
                    said.count(RIGHT),
                    said.count(WRONG),
                    said.count(UNSURE),
                    _estimate(mirror, item, kind),
                )
            )
    return found


def _estimate(mirror: Mirror, item: SchemeClass, kind: str) -> Wrong | None:
    if suspects.alone(mirror) is None:
        return None
    estimator = Estimator(mirror, item, kind)
    return estimator.of() if estimator.tells else None


class Estimator:
    """Wrong labels of one class and kind, of all photos or of some; only where something was learned."""

    def __init__(self, mirror: Mirror, item: SchemeClass, kind: str) -> None:
        said = suspects.alone(mirror)
        assert said is not None
        column = next(place for place, one in enumerate(mirror.scheme.classes) if one.slot == item.slot)
        raised = said[:, column].astype(np.float32)
        states = mirror.states(item.slot)
        other = raised if kind == MISSING else 1 - raised
        opposite = State.RAISED if kind == MISSING else State.CLEAR
        self._cut = Cut.of(other[states == opposite])
        known = ~np.isnan(raised)
        self._labels = (states == STATE[kind]) & known
        with np.errstate(invalid="ignore"):
            self._confident = self._labels & (other >= self._cut.at)
        self.tells = bool(self._labels.any()) and 2 * int(self._confident.sum()) <= int(self._labels.sum())
        """Whether the two kinds are told apart: where most labels look like the other kind, as those of a flag with a
        few raised photos may, nothing was learned that could call them wrong."""
        given = _answers(mirror, item.slot, kind)
        self._told = Answers(sum(one.said == WRONG for one in given), sum(one.said == RIGHT for one in given))
        for photo, answers in mirror.reviews.suspects.items():
            answer = answers.get(item.slot)
            if answer is not None and answer.said == RIGHT:
                row = mirror.row(photo)
                self._confident[row] &= states[row] != answer.holds

    def of(self, some: Bools | None = None) -> Wrong:
        """Among all labels, or those of some photos (n,)."""
        labels, confident = self._labels, self._confident
        if some is None:
            return estimate(int(labels.sum()), int(confident.sum()), self._cut, self._told)
        share = (labels & some).sum() / max(1, labels.sum())
        told = Answers(self._told.wrong, self._told.right)
        part = estimate(int((labels & some).sum()), int((confident & some).sum()), self._cut, told)
        # What lies below the cut of the answered ones belongs to all photos alike.
        extra = (1 - share) * self._told.wrong * (1 / self._cut.found - 1)
        return Wrong(part.labels, *(max(0.0, one - extra) for one in (part.expected, part.low, part.high)))


def lazy(mirror: Mirror, known: Sequence[Standing]) -> list[Lazy]:
    """Flags of which the lazy answer would win, by estimate."""
    found = []
    for missing, wrong in zip(known[::2], known[1::2], strict=True):
        if missing.estimate is None or wrong.estimate is None:
            continue
        both = missing.estimate + wrong.estimate
        if not both.labels or both.share is None or both.interval is None:
            continue
        raised, clear = wrong.estimate.labels, missing.estimate.labels
        rarer = min(raised, clear) / both.labels
        if rarer and both.share > rarer:
            common = "raised" if raised > clear else "clear"
            found.append(Lazy(missing.flag, both.share, both.interval, rarer, common))
    return found


def forewarned(mirror: Mirror, flags: Sequence[str]) -> list[str]:
    """What to say before a training of these flags starts; nothing where nothing was learned from the labels yet."""
    if suspects.alone(mirror) is None:
        return []
    return [one.sentence for one in lazy(mirror, standings(mirror)) if one.flag in flags]


def answer(store: Store, photo_id: int, slot: int, said: str, *, who: str) -> Done:
    """Say of a suspect that the label is right, wrong (it is turned round) or that one cannot say (unsure).

    One action, which can be taken back. What another expert has answered stays beside it, and where that is what the
    label says now, the label stays as well, for the two to be settled (`second.settle`). Raises EditRefused for a label
    that is neither raised nor clear.
    """
    mirror = mirrors.read(store)
    item: SchemeClass = mirror.scheme.by_slot(slot)
    row = mirror.row(photo_id)
    state = State(int(mirror.states(slot)[row]))
    if state not in (State.RAISED, State.CLEAR):
        raise EditRefused(f"{item.name} is neither raised nor clear on this photo, so there is nothing to doubt.")
    before = mirror.reviews.suspects.get(photo_id, {}).get(slot)
    others = () if before is None else tuple(one for one in before.opinions if one.who != who)
    score = float(max(suspects.scores(mirror, slot)[row], suspects.proposed(mirror, slot)[row]))
    new = Answer(said, state, score, who, int(time.time()), tuple(_plain(one) for one in others))
    backed = [one.who for one in others if one.holds == state]
    turns = new.holds != state and not backed
    text = (
        f"{item.name}: {state.word} is right" if new.holds == state else f"{item.name}: {new.holds.word} in doubt of it"
    )
    if new.holds != state and backed:
        text = f"{item.name}: {new.holds.word} says {who}, {state.word} says {backed[0]}; to be settled"
    with store.atomic(durable=True):
        written = actions.begin(store, who=who, kind="label" if turns else "review", text=text)
        changes = reviews.append(
            store, written, [(SUSPECT, photo_id, str(slot), before.text if before else "", new.text)]
        )
        if turns:
            present = events.present(store, [photo_id])
            held = present.get(photo_id, b"").ljust(mirror.scheme.slots, b"\0")
            rows = [
                (photo_id, *edit) for edit in Entailment(mirror.scheme, ((slot, new.holds),), Source.HAND).edits(held)
            ]
            if all(changed != slot for _, changed, _, _ in rows):
                rows.append((photo_id, slot, held[slot], label_byte(new.holds, Source.HAND)))
            changes |= events.append(store, written, rows, source=Source.HAND, present=present)
    return Done(written.action.id, changes, text)


def _plain(answer: Answer) -> Answer:
    return Answer(answer.said, answer.state, answer.score, answer.who, answer.at)


def _answers(mirror: Mirror, slot: int, kind: str) -> list[Answer]:
    """The last answers about labels of a kind."""
    given = (answers[slot] for answers in mirror.reviews.suspects.values() if slot in answers)
    return [answer for answer in given if answer.state == STATE[kind]]
