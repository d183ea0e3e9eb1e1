"""What an action noted of joints and photos beside their labels, and taking it back, field by field.

A note is {"before": rows, "after": rows} of `store.joint_facts` (type, medium, contractor of joints), of
`store.photos.said` (equipment, capture time of photos), of `store.views`, of `store.run_marks`, or of the joints that
photos show: the id first, then the fields.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.store import joint_facts, photos, run_marks, views
from weldstudio.store.store import Store

Row = Sequence[Any]


class _Kind(NamedTuple):
    """How rows of one kind are read and written."""

    read: Callable[[Store, Sequence[Any]], Sequence[Row]]
    write: Callable[[Store, Sequence[Any]], Changes]


KINDS: Final[Mapping[str, _Kind]] = {
    "views": _Kind(views.read, views.write),
    "run_marks": _Kind(run_marks.read, run_marks.write),
    "joint_facts": _Kind(joint_facts.read, joint_facts.write),
    "photo_facts": _Kind(photos.said, photos.write_said),
    "photo_joints": _Kind(photos.joints_of_photos, photos.write_joints_of_photos),
}


def note(before: Sequence[Row], after: Sequence[Row]) -> dict[str, Any]:
    """What was changed of rows of the same ids; empty where nothing was."""
    changed = [(was, now) for was, now in zip(before, after, strict=True) if tuple(was) != tuple(now)]
    return {"before": [was for was, _ in changed], "after": [now for _, now in changed]} if changed else {}


def payload_of_revert(store: Store, payload: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The notes of an action the other way round, and of how many joints and photos something was changed since.

    A field that is another one now stays as it is, and so does everything that the action has not changed.
    """
    back: dict[str, Any] = {}
    kept = 0
    for kind in KINDS.keys() & payload.keys():
        change = payload[kind]
        present = {row[0]: row for row in KINDS[kind].read(store, [row[0] for row in change["after"]])}
        now: list[Row] = []
        then: list[Row] = []
        for was, made in zip(change["before"], change["after"], strict=True):
            there = present.get(made[0])
            fields = list(zip(was[1:], made[1:], there[1:], strict=True)) if there is not None else []
            kept += there is None or any(old != new and held != new for old, new, held in fields)
            if there is not None:
                now.append(there)
                then.append((there[0], *(old if held == new else held for old, new, held in fields)))
        found = note(now, then)
        if found:
            back[kind] = found
    return back, kept


def restore(store: Store, payload: Mapping[str, Any]) -> Changes:
    """Bring about what an action noted under 'after'. Only inside `atomic`."""
    changes = NO_CHANGES
    for kind in KINDS.keys() & payload.keys():
        changes |= KINDS[kind].write(store, payload[kind]["after"])
    return changes
