"""Answers that did not know of each other: what happens to one label at several desks before these exchange bundles.

Every event of a label says which events it *saw*: those that nothing known at its desk had replaced when it was
written. An event that none has seen is a head. One head is the usual case. Several heads are answers given without
knowledge of each other; where experts differ in them, that is a conflict, however clear the order in time may be. The
present label is the last event in the order (clock, action id), which is always a head.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from weldstudio.domain.labelling import Source, State, source_of, state_of


@dataclass(frozen=True, slots=True)
class Answer:
    """One event of one label, of which only this matters here."""

    action: str
    """Id of its action, which has no other event of the same label."""
    clock: int
    who: str
    byte: int
    """The label byte it gave."""
    saw: tuple[str, ...] | None = None
    """Ids of the actions whose events it saw as heads; None = all that were in the store before it."""


def all_said(arrived: Iterable[Answer]) -> list[Answer]:
    """The same answers, each with what it saw; they come in the order in which they reached the store."""
    said: list[Answer] = []
    heads: list[str] = []
    seen: set[str] = set()
    for answer in arrived:
        if answer.saw is None:
            answer = replace(answer, saw=tuple(sorted(heads)))
        said.append(answer)
        seen.update(answer.saw or ())
        heads = [head for head in heads if head not in seen]
        if answer.action not in seen:
            heads.append(answer.action)
    return said


def heads(said: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers that no other has seen, the present one last. All must say what they saw."""
    seen = {action for answer in said for action in answer.saw or ()}
    left = [answer for answer in said if answer.action not in seen]
    return tuple(sorted(left, key=lambda answer: (answer.clock, answer.action)))


def conflicting(said: Sequence[Answer]) -> tuple[Answer, ...]:
    """The heads where an expert's answer gave way to another expert's different one unseen; else nothing."""
    found = heads(said)
    if len(found) < 2:
        return ()
    present = found[-1]
    overruled = [
        answer
        for answer in found[:-1]
        if answer.who != present.who
        and state_of(answer.byte) not in (State.UNSEEN, state_of(present.byte))
        and source_of(answer.byte) != Source.ASSUMED
    ]
    return found if overruled else ()
