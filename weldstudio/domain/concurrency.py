"""Answers that did not know of each other: what happens to one label at several desks before these exchange bundles.

Every event of a label says which events it *saw*: those that nothing known at its desk had replaced when it was
written. An event that none has seen is a head. One head is the usual case. Several heads are answers given without
knowledge of each other; where experts differ in them, that is a conflict, however clear the order in time may be. The
present label is the last event in the order (clock, action id), which is always a head. Taking back an answer that
settled a conflict opens it again. What holds of labels holds of decisions on joints as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Answer:
    """One event of one label or joint, of which only this matters here."""

    action: str
    """Id of its action, which has no other event of the same label."""
    clock: int
    who: str
    said: str
    """What it says, in a word: 'raised', 'accepted'."""
    counts: bool
    """Whether it is an answer that must not be lost: 'unseen' is none."""
    saw: tuple[str, ...] | None = None
    """Ids of the actions whose events it saw as heads; None = all that were in the store before it."""
    reverts: str | None = None
    """Id of the action that its own takes back."""


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
    return _in_time(answer for answer in said if answer.action not in seen)


def conflicting(said: Sequence[Answer]) -> tuple[Answer, ...]:
    """The heads where an expert's answer gave way to another expert's different one unseen; else nothing.

    Where the present answer takes back one that had settled a conflict, these are the answers of that conflict.
    """
    return _conflict(heads(said), {answer.action: answer for answer in said})


def _conflict(found: tuple[Answer, ...], known: Mapping[str, Answer]) -> tuple[Answer, ...]:
    if not found:
        return ()
    present = found[-1]
    for answer in found[:-1]:
        if answer.who != present.who and answer.counts and answer.said != present.said:
            return found
    taken_back = known.get(present.reverts or "")
    if taken_back is None:
        return ()
    return _conflict(_in_time(known[action] for action in taken_back.saw or () if action in known), known)


def _in_time(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    return tuple(sorted(answers, key=lambda answer: (answer.clock, answer.action)))
