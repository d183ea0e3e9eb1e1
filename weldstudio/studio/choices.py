"""What one can filter by, fact by fact, and how many photographs each choice would show beside what is filtered."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.store.mirror import Mirror
from weldstudio.studio import completing
from weldstudio.studio.filters import CLASS_KEYS, WORD_VALUES, Filter, Term, flag_term
from weldstudio.studio.queues import Sort
from weldstudio.studio.reviewing import matching

Rows = NDArray[np.int64]
MOST: Final = 40
"""So many choices are shown of one fact; the text of the filter reaches all."""
FACTS: Final = {
    "equipment": "Equipment",
    "collection": "Collection",
    "contractor": "Contractor",
    "taken": "Capture time",
    "type": "Joint type",
    "medium": "Medium",
    "verdict": "Verdict",
    "predicted": "Predicted verdict",
    "points": "Points",
    "decision": "Decision",
    "review": "Review",
    "reviewer": "Reviewer",
    "split": "Split",
    "run": "Training run",
    "state": "More",
}
"""By the filter's key, in the order of the panel."""
_POINTS: Final = {"0 points": "0", "5 to 45 points": "5..45", "50 points or more": "50.."}
_MORE: Final = {
    "Not labelled": "unseen",
    "Labelled": "labelled",
    "Nothing applies": "nothing",
    "A flag is raised": "raised",
    "A flag is unsure": "unsure",
    "Label and model disagree": "disagrees",
    "With a note": "noted",
    "Scored by the model": "scored",
    "Cannot be shown": "problem",
}

WORDS_OF_STATE: Final = {word: text for text, word in _MORE.items()}
"""Terms of one word among the choices, in words."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One term to filter by, in words."""

    text: str
    term: Term


def facts(mirror: Mirror) -> list[str]:
    """Keys of `FACTS` that tell photographs of this project apart."""
    points = mirror.scheme.has_points
    of_points = ("verdict", "predicted", "points", "decision")
    return [key for key in FACTS if (points if key in of_points else bool(of_fact(mirror, key)))]


def of_fact(mirror: Mirror, key: str) -> list[Choice]:
    """What one can choose of a fact."""
    if key == "points":
        return [Choice(text, Term("points", value)) for text, value in _POINTS.items()]
    if key == "state":
        return [Choice(text, Term(word)) for text, word in _MORE.items()]
    found = [value for value, _ in completing.values(mirror, key)]
    if key == "run":
        ways = (("", False), ("Not in ", True))
        return [Choice(way + run, Term(key, run, negated=out)) for run in found[: MOST // 2] for way, out in ways]
    if key in WORD_VALUES:
        return [Choice(value[:1].upper() + value[1:].replace("-", " "), Term(key, value)) for value in found]
    return [Choice(value, Term(key, value)) for value in found[:MOST]]


def of_class(name: str) -> list[Choice]:
    """What one can choose of a flag or merge: its labels, and what the model says."""
    found = [
        Choice(f"Labelled {state.word}" if state != State.UNSEEN else "Not labelled", flag_term(name, state))
        for state in (*list(State)[1:], State.UNSEEN)
    ]
    found += [
        Choice(f"The model raises it{words}", Term("model", name, (state,)))
        for words, state in (("", State.RAISED), (" not", State.CLEAR))
    ]
    found += [
        Choice(f"Probability {text}", Term("model", name, (), low, high))
        for text, low, high in (("0.8 or more", 0.8, None), ("0.2 to 0.8", 0.2, 0.8), ("0.2 or less", None, 0.2))
    ]
    return [*found, Choice("Label and model disagree", Term("disagrees", name))]


def of_joint(mirror: Mirror, photo_id: int) -> Term:
    """The photographs of the joint that one shows."""
    return Term("joint", mirror.joint_name(photo_id))


def without_rivals(wanted: Filter, term: Term) -> Filter:
    """The filter without the terms in whose place a choice would come: of the same fact, or class."""
    return Filter(tuple(t for t in wanted.terms if not _gives_way(t, term)))


def counts(
    mirror: Mirror,
    wanted: Filter,
    terms: Sequence[Term],
    *,
    unveiled: Callable[[Rows, Filter, Sort], Rows] | None = None,
) -> Iterator[int]:
    """How many photographs each of these terms would show, term by term, so that others have their turn between.

    `unveiled` leaves out rows that the filter may not show.
    """
    bases: dict[Filter, NDArray[np.bool_]] = {}
    for term in terms:
        others = without_rivals(wanted, term)
        if others not in bases:
            bases[others] = matching(mirror, others)
        found = bases[others] & matching(mirror, Filter((term,)))
        if unveiled is None:
            yield int(np.count_nonzero(found))
        else:
            yield len(unveiled(np.flatnonzero(found), others & Filter((term,)), Sort.ADDED))


def _gives_way(one: Term, other: Term) -> bool:
    """Whether a term goes as another one comes: one that is turned round only if that says the same or the opposite."""
    if one.negated or other.negated:
        return replace(one, negated=other.negated) == other
    return _same(one, other)


def _same(one: Term, other: Term) -> bool:
    if not other.value:
        return one == other
    return one.key == other.key and (one.key not in CLASS_KEYS or one.value == other.value)
