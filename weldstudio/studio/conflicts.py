"""Where two experts gave different answers without knowing of each other: labels and joints; listed, and settled.

What was decided of a joint is settled by deciding again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from weldstudio.domain.changes import Done
from weldstudio.domain.clock import wall_seconds
from weldstudio.domain.concurrency import Answer
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.store import actions, decision_conflicts, desks, events, named, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.decisions import DECISION
from weldstudio.store.store import Store
from weldstudio.studio import second


@dataclass(frozen=True, slots=True)
class Said:
    """What one expert answered."""

    who: str
    state: State
    at: str
    """Local time, to the minute; '' where that is not known."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One label in conflict. The last answer is the present label."""

    photo_id: int
    path: str
    slot: int
    name: str
    answers: tuple[Said, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "photo": self.path,
            "flag": self.name,
            "answers": [{"who": a.who, "state": a.state.word, "at": a.at} for a in self.answers],
        }


@dataclass(frozen=True, slots=True)
class Differing:
    """One joint of which experts decided differently. The last decision is the one that holds."""

    joint_id: int
    name: str
    kind: str
    """'decision' or 'override'."""
    answers: tuple[tuple[str, str, str], ...]
    """Who, what, when (local time, to the minute)."""

    @property
    def text(self) -> str:
        """In words."""
        said = ", ".join(f"{who} {what or 'took it back'} ({at})" for who, what, at in self.answers)
        return f"{'Decision' if self.kind == DECISION else 'Verdict'} on {self.name}: {said}"

    def to_json(self) -> dict[str, Any]:
        answers = [{"who": who, "said": what, "at": at} for who, what, at in self.answers]
        return {"joint": self.name, "kind": self.kind, "answers": answers}


def listed(store: Store, *, photo_id: int | None = None) -> tuple[Conflict, ...]:
    """The open conflicts, of one photo or of all, by photo and class; those of second looks as well."""
    scheme = scheme_rows.load(store)
    found = {
        field: _said(desks.answers(store, field))
        for field in desks.conflicts(store, None if photo_id is None else frozenset({photo_id}))
    }
    for field, said in second.answers(store, photo_id).items():
        found[field] = tuple(Said(who, state, _minute(at)) for who, state, at in said)
    paths = {photo.id: photo.path for photo in photos.every(store, sorted({photo for photo, _ in found}))}
    return tuple(
        Conflict(photo, paths[photo], slot, scheme.by_slot(slot).name, said)
        for (photo, slot), said in sorted(found.items())
    )


def joints_listed(store: Store, *, joint_id: int | None = None) -> tuple[Differing, ...]:
    """Joints of which experts decided differently, one of them or all."""
    found = sorted(decision_conflicts.listed(store, None if joint_id is None else (joint_id,)))
    return tuple(
        Differing(
            joint,
            named.joint_name(store, joint),
            kind,
            tuple(
                (a.who, a.said, _minute(wall_seconds(a.clock)))
                for a in decision_conflicts.answers(store, (joint, kind))
            ),
        )
        for joint, kind in found
    )


def settle(store: Store, photo_id: int, slot: int, state: State, *, who: str) -> Done:
    """Say which answer holds (or that it cannot be told): an answer that has seen all others. One action.

    Raises EditRefused where there is no such conflict, or for 'unseen', which settles nothing.
    """
    if state == State.UNSEEN:
        raise EditRefused("Say raised, clear or unsure; a conflict is not settled by taking the label away.")
    if (photo_id, slot) in second.answers(store, photo_id):
        return second.settle(store, photo_id, slot, state, who=who)
    name = scheme_rows.load(store).by_slot(slot).name
    with store.atomic(durable=True):
        if (photo_id, slot) not in desks.conflicts(store, frozenset({photo_id})):
            raise EditRefused(f"There is no conflict about {name} on this photo any more.")
        now = events.present(store, [photo_id])
        blob = now.get(photo_id, b"")
        old = blob[slot] if slot < len(blob) else 0
        written = actions.begin(store, who=who, kind="label", text=f"{name}: {state.word}, conflict settled")
        row = (photo_id, slot, old, label_byte(state, Source.HAND))
        changes = events.append(store, written, [row], source=Source.HAND, present=now)
    return Done(written.action.id, changes, written.action.text)


def _said(answers: tuple[Answer, ...]) -> tuple[Said, ...]:
    return tuple(
        Said(answer.who, State.of_word(answer.said), _minute(wall_seconds(answer.clock))) for answer in answers
    )


def _minute(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M}" if seconds else ""
