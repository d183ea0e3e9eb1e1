"""Merging: a named union of flags, looked at before, made, undone; the labels below it are never touched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Flag, Level, Scheme
from weldstudio.store import events
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio.deciding import Moves, moves, outcomes, tally
from weldstudio.studio.reviewing import count_states
from weldstudio.studio.scheme import edit_scheme


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would mean, before it is made. Counts are photos unless said."""

    members: tuple[int, ...]
    """Slots."""
    together: tuple[int, int, int, int]
    """The states that the merge would have, by `State`, with what is said of a flag or an undone merge of its name."""
    raised_by_member: tuple[int, ...]
    overlap: int
    """Raised by two members or more."""
    disagreements: int
    """Raised by one member and clear by another: told apart so far."""
    labelled: int
    """With a label of any member."""
    joints_changed: int
    """Joints whose verdict would change."""
    confused: int
    """Labelled with one member while the model raises another one instead."""
    problem: str = ""
    """Why the merge cannot be made, as a sentence; empty when it can."""

    @property
    def raised(self) -> int:
        """What the merge would raise."""
        return self.together[State.RAISED]


def preview(mirror: Mirror, members: Iterable[int | str], *, name: str = "", penalty: str = "maximum") -> MergePreview:
    """What merging these flags (slots or names) under a name would mean. Nothing is changed."""
    members = tuple(members)
    name = name.strip() or _free_name(mirror.scheme)
    together = count_states(np.full(len(mirror), State.UNSEEN, np.uint8))
    try:
        slots = _slots(mirror.scheme, members)
        merged = mirror.scheme.with_merge(name, slots, penalty=penalty)
        together = count_states(merged.states_of(merged.by_name(name).slot, mirror.labels))
        problem = ""
    except SchemeError as error:
        slots = tuple(member for member in members if isinstance(member, int))
        merged, problem = mirror.scheme, str(error)
    raised, clear, unseen = (
        _columns([mirror.states(slot) == state for slot in slots], len(mirror))
        for state in (State.RAISED, State.CLEAR, State.UNSEEN)
    )
    predicted = _columns([mirror.predicted(slot) for slot in slots], len(mirror))
    confused = (raised & ~predicted).any(axis=1) & (predicted & ~raised).any(axis=1)
    return MergePreview(
        members=slots,
        together=together,
        raised_by_member=tuple(raised.sum(axis=0).tolist()),
        overlap=int((raised.sum(axis=1) > 1).sum()),
        disagreements=int((raised.any(axis=1) & clear.any(axis=1)).sum()),
        labelled=int((~unseen).any(axis=1).sum()),
        joints_changed=0 if problem else int((outcomes(mirror) != outcomes(mirror, scheme=merged)).sum()),
        confused=int(confused.sum()),
        problem=problem,
    )


def confused_by_experts(store: Store, slots: Iterable[int]) -> int:
    """On how many photos experts took one of these flags for another.

    One of them was raised by a person at some time and another at another, in place of it or by somebody else.
    """
    return events.raised_in_turn(store, tuple(slots))


def merge(store: Store, name: str, members: Iterable[int | str], *, who: str, penalty: str = "maximum") -> Done:
    """Make a merge of flags (slots or names), as one action. Raises SchemeError where the scheme forbids it.

    `penalty` is the rule for its points: maximum, minimum, sum, or a number.
    """
    wanted = tuple(dict.fromkeys(members))
    name = name.strip()
    return edit_scheme(
        store,
        lambda scheme: scheme.with_merge(name, _slots(scheme, wanted), penalty=penalty),
        who=who,
        kind="merge",
        text=f"Merged {len(wanted)} flags into '{name}'",
    )


def unmerge(store: Store, name: str, *, who: str) -> Done:
    """Undo a merge; its slot and the labels given at its level are kept."""
    return edit_scheme(
        store, lambda scheme: scheme.without_merge(name), who=who, kind="merge", text=f"Undid the merge '{name}'"
    )


def change_penalty(store: Store, name: str, penalty: str, *, who: str) -> Done:
    """Another rule for the points of a merge."""

    def change(scheme: Scheme) -> Scheme:
        item = scheme.by_name(name)
        if isinstance(item, Flag):
            raise SchemeError(f"'{item.name}' is a flag; change its points instead.")
        changed = replace(item, penalty=penalty)
        return replace(scheme, merges=tuple(changed if m.slot == item.slot else m for m in scheme.merges))

    return edit_scheme(
        store,
        change,
        who=who,
        text=f"{name}: {penalty} of points" if penalty.isalpha() else f"{name}: {penalty} points",
    )


def _slots(scheme: Scheme, members: Iterable[int | str]) -> tuple[int, ...]:
    """Slots of flags given by slot or name. Raises SchemeError for what is no flag in use."""
    found = []
    for member in members:
        item = scheme.by_slot(member) if isinstance(member, int) else scheme.by_name(member)
        if not isinstance(item, Flag):
            raise SchemeError(f"'{item.name}' is a merge already; undo it and merge its flags with the others.")
        if item.retired:
            raise SchemeError(f"'{item.name}' is retired; bring it back before merging it.")
        found.append(item.slot)
    return tuple(dict.fromkeys(found))


def _free_name(scheme: Scheme) -> str:
    """A name that no class has, for a merge that is only tried."""
    name = "merge"
    while scheme.has_name(name):
        name += "'"
    return name


def _columns(columns: Sequence[NDArray[np.bool_]], count: int) -> NDArray[np.bool_]:
    return np.stack(columns, axis=1) if columns else np.zeros((count, 0), np.bool_)


def preview_verdicts(mirror: Mirror, level: Level) -> Moves:
    """Which verdicts would move if they counted merges, their flags, or both. Nothing is changed."""
    return moves(mirror, tally(mirror, scheme=replace(mirror.scheme, verdict_level=level)))


def count_verdicts_by(store: Store, level: Level, *, who: str) -> Done:
    """Have verdicts count merges in place of their flags, the flags, or both, as one action."""
    return edit_scheme(
        store,
        lambda scheme: replace(scheme, verdict_level=level),
        who=who,
        text=f"Verdicts count {'flags and merges' if level == Level.BOTH else level}",
    )
