"""Whether what an action did still holds: the replay of one field, by which actions are taken back.

A field is the label of one class on one photo, the note on a joint, the points of a flag. Whoever gave the present
value owns the field. Taking an action back hands the field to whoever owned it before that action, so that a value
which was given, taken back and given anew by somebody else is not mistaken for the first one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Standing(Generic[Value]):
    """How a field stands towards one action."""

    ours: bool
    """The present value is the one that the action gave."""
    changed_since: bool
    """It was given by a later action (False as well where the action was taken back)."""
    present: Value
    before: Value
    """What held before the action."""


def standing(history: Iterable[tuple[str, str | None, Value]], action: str, nothing: Value) -> Standing[Value]:
    """How a field stands towards `action`, from its events in the order of the fold: (action, what it reverts, value).

    `nothing` is the value before all of them.
    """
    owner, present, held = "", nothing, nothing
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for event, reverted, value in history:
        if event == action and event not in before:
            held = present
        before.setdefault(event, owner)
        owner = event if reverted is None else before.get(reverted, event)
        after[event] = owner
        present = value
    ours = owner == after[action]
    return Standing(ours, not ours and owner != before[action], present, held)
