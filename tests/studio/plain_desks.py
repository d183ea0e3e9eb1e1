"""What desks hold by the laws alone, in plain dictionaries: the model that the property test compares the store with.

A field is a label (photo, class name), a note, a decision, or what reviewers said of a photo. An event gives a field a
value. What a desk holds of a field is its event that is last in time; who gave it owns the field; taking an action back
hands its fields to whoever owned them before. Nothing of the program is used but label bytes.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from weldstudio.domain.labelling import Source, State, label_byte

Field = tuple[str, int, str]
"""('label', photo, class), ('note', photo, ''), ('said', photo, ''), ('review', photo, ''), ('second', photo, who),
('audit', photo, draw)."""

FLAGS = ("soil", "no clamp", "few clamps", "water")
GROUP = ("no clamp", "few clamps")
MERGES = {"dirt": ("soil", "water"), "clamping": ("no clamp", "few clamps")}
_WEIGHTS = {Source.ASSUMED: 1, Source.IMPORT: 2, Source.ACCEPTED: 3}
NOTHING: dict[str, Any] = {"label": 0, "note": "", "said": None, "review": "", "second": "", "audit": ""}
OF_REVIEWS = ("review", "second", "audit")


def classes_in(text: str) -> set[str]:
    """The classes that are named in what a reviewer said, as it travels."""
    values = json.loads(text) if text else []
    return {name for value in values if isinstance(value, dict) for labels in value.values() for name in labels}


@dataclass(frozen=True)
class Event:
    action: str
    clock: int
    reverts: str | None
    field: Field
    value: Any
    needs: frozenset[str]
    """The classes without which it cannot be taken in."""
    who: str
    source: Source | None
    """Of a label: how it was given, also where it was taken away."""


@dataclass
class Desk:
    events: dict[tuple[str, Field], Event] = field(default_factory=dict)
    waiting: dict[tuple[str, Field], Event] = field(default_factory=dict)
    merges: dict[str, bool] = field(default_factory=dict)
    """Every merge that was ever made here: whether it is in use."""
    done: list[str] = field(default_factory=list)
    """What undo would take back, the last first to go; each is the id of the last action of its chain."""
    undone: list[str] = field(default_factory=list)
    scheme_actions: dict[str, tuple[str, bool, str | None]] = field(default_factory=dict)
    """Of merges: (name, in use afterwards, what it reverts), in their order."""

    # What is held

    def history(self, of: Field) -> list[Event]:
        return sorted((e for e in self.events.values() if e.field == of), key=lambda e: (e.clock, e.action))

    def value(self, of: Field) -> Any:
        found = self.history(of)
        return found[-1].value if found else NOTHING[of[0]]

    def state(self, photo: int, name: str) -> State:
        return State(self.value(("label", photo, name)) & 3)

    def labeller(self, photo: int) -> str:
        """Who gave the last label of a photo as a person."""
        people = (Source.HAND, Source.BULK, Source.COPIED, Source.ACCEPTED)
        given = [
            event for event in self.events.values() if event.field[:2] == ("label", photo) and event.source in people
        ]
        return max(given, key=lambda event: (event.clock, event.action)).who if given else ""

    def weight(self, photo: int, name: str) -> int:
        """How much whoever labelled it last says."""
        before = self.value(("label", photo, name))
        return _WEIGHTS.get(Source(before >> 2), 4) if before else 0

    def class_state(self, photo: int, name: str) -> State:
        """Of a merge: raised if a member or it is; clear if it is or all members are; else unsure if anything is.

        Of a flag of the group: clear where nobody said anything of it and another one is raised.
        """
        own = self.state(photo, name)
        if name in FLAGS:
            raised = name in GROUP and any(self.state(photo, other) == State.RAISED for other in GROUP)
            return State.CLEAR if own == State.UNSEEN and raised else own
        below = [self.state(photo, member) for member in MERGES[name]]
        if State.RAISED in (own, *below):
            return State.RAISED
        if own == State.CLEAR or all(state == State.CLEAR for state in below):
            return State.CLEAR
        return State.UNSURE if State.UNSURE in (own, *below) else State.UNSEEN

    # What is done

    def labels_for(self, photo: int, name: str, state: State, source: Source) -> dict[Field, int]:
        """The labels that change when a class is given a state."""
        now = {each: self.state(photo, each) for each in (*FLAGS, *MERGES)}
        new = {name: state}
        if name in MERGES:
            members = MERGES[name]
            outvoting = {
                State.RAISED: (),
                State.CLEAR: (State.RAISED, State.UNSURE, State.UNSEEN),
                State.UNSURE: (State.RAISED,),
                State.UNSEEN: (State.RAISED, State.UNSURE),
            }[state]
            all_clear = state != State.CLEAR and all(now[m] == State.CLEAR for m in members)
            changed = [m for m in members if now[m] in outvoting or all_clear]
            # Which flag of a raised merge it is, nobody said; only that none is cannot be true any more.
            below = State.UNSEEN if state == State.RAISED else state
            # What a person has said of a flag stands against a file that speaks of the merge.
            new |= {m: below for m in changed if self.weight(photo, m) <= _WEIGHTS.get(source, 4)}
        if state == State.RAISED and name in GROUP:
            new |= {other: State.CLEAR for other in GROUP if other != name and now[other] != State.CLEAR}
        confirmed = state != State.UNSEEN and _WEIGHTS.get(source, 4) > self.weight(photo, name)
        return {
            ("label", photo, each): label_byte(given, source)
            for each, given in new.items()
            if given != now[each] or (each == name and confirmed)
        }

    def wrote(
        self,
        action: str,
        clock: int,
        values: dict[Field, Any],
        *,
        who: str,
        reverts: str | None = None,
        source: Source | None = None,
    ) -> None:
        for of, value in values.items():
            needs = {of[2]} if of[0] == "label" else set()
            if of[0] in OF_REVIEWS:
                needs = classes_in(value) | classes_in(self.value(of))
            self.events[action, of] = Event(action, clock, reverts, of, value, frozenset(needs), who, source)

    def taken_back(self, action: str) -> dict[Field, Any]:
        """The values that taking an action back gives: of the fields that it still owns."""
        found = {}
        for of in {event.field for event in self.events.values() if event.action == action}:
            owner: str | None = None
            held = NOTHING[of[0]]
            owners: dict[str, str | None] = {}
            values: dict[str, Any] = {}
            after: dict[str, str | None] = {}
            for event in self.history(of):
                owners[event.action], values[event.action] = owner, held
                owner = event.action if event.reverts is None else owners.get(event.reverts, event.action)
                after[event.action], held = owner, event.value
            if owner == after[action] and held != values[action]:
                found[of] = values[action]
        return found

    def merge_taken_back(self, action: str) -> tuple[str, bool] | None:
        """(merge, in use) that taking back a change of a merge brings about; None where it is not the last of it."""
        name = self.scheme_actions[action][0]
        owner: str | None = None
        in_use: bool | None = None
        owners: dict[str, tuple[str | None, bool | None]] = {}
        after: dict[str, str | None] = {}
        for other, (merge, now, reverts) in self.scheme_actions.items():
            if merge == name:
                owners[other] = owner, in_use
                owner = other if reverts is None else owners[reverts][0]
                after[other], in_use = owner, now
        before = bool(owners[action][1])
        return (name, before) if owner == after[action] and before != in_use else None

    def did(self, action: str, *, reverts: str | None = None) -> None:
        """Move this desk's cursor of undo and redo."""
        if reverts is not None and self.done and reverts == self.done[-1]:
            self.done.pop()
            self.undone.append(action)
        elif reverts is not None and self.undone and reverts == self.undone[-1]:
            self.undone.pop()
            self.done.append(action)
        else:
            self.done.append(action)
            self.undone.clear()

    # Bundles

    def bundle(self) -> list[Event]:
        return [*self.events.values(), *self.waiting.values()]

    def take(self, bundle: Iterable[Event]) -> None:
        for event in [*self.waiting.values(), *bundle]:
            where = event.action, event.field
            if where in self.events:
                continue
            if event.needs <= {*FLAGS, *self.merges}:
                self.events[where] = event
                self.waiting.pop(where, None)
            else:
                self.waiting[where] = event
