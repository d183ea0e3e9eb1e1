"""The scheme: flags, groups and merges, and the rules that keep them consistent.

Each flag and merge owns a *slot* for ever: its place in label blobs, prediction blobs and matrices. A slot is
never given to another class, so that nothing stored has to be rewritten when the scheme changes.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import State, merged_states, states
from weldstudio.domain.slips import did_you_mean


class JointRule(StrEnum):
    """How the photos of a joint decide a flag of the joint."""

    ANY = "any photo"
    """Raised for the joint as soon as one photo shows it (soil, a misaligned joint)."""
    ALL = "no photo shows it"
    """A flag of absence: raised only if raised on every photo that is not unsure (no clamp on any of them)."""


class Level(StrEnum):
    """What stands for the flags of a merge (`levels`)."""

    MERGES = "merges"
    FLAGS = "flags"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Example:
    """A photo that shows what a flag means, or what it is not: known by its content, wherever the file lies."""

    content_hash: str
    """SHA-256 of the file, in hex, as of a photo."""
    look_alike: bool = False
    """It looks like the flag but is not; else it is typical of it."""
    path: str = ""
    """Where it lay when it was picked, for people."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.content_hash):
            raise SchemeError(f"'{self.content_hash}' names no photo; an example is known by its SHA-256.")


@dataclass(frozen=True, slots=True)
class Flag:
    """One adverse characteristic with its penalty points."""

    slot: int
    name: str
    points: int = 0
    key: str = ""
    """The key that raises it ('1', 'Alt+Q'); '' = one is given to it (`studio.flag_keys`)."""
    colour: str = ""
    """'#rrggbb', or empty for the theme's."""
    description: str = ""
    joint_rule: JointRule = JointRule.ANY
    retired: bool = False
    examples: tuple[Example, ...] = ()
    """In the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Group:
    """Flags of which at most one holds. `default` names "none of them"; empty where every photo has one of them.

    Where one of them is raised the others are clear, though nobody has said so of each: a flag that joins the group
    later need not be looked at again there (`Scheme.states_of`).
    """

    name: str
    members: tuple[int, ...]
    """Slots of flags."""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """A named union of flags. It owns a slot, for it can be labelled directly; the labels below it stay as they are."""

    slot: int
    name: str
    members: tuple[int, ...]
    """Slots of flags."""
    key: str = ""
    colour: str = ""
    description: str = ""
    undone: bool = False
    """An undone merge keeps its slot and the labels given at its level."""
    penalty: str = "maximum"
    """Its points: 'maximum', 'minimum' or 'sum' of its members', or a number."""


SchemeClass = Flag | Merge
PENALTIES: Mapping[str, Callable[[Iterable[int]], int]] = {"maximum": max, "minimum": min, "sum": sum}
"""Rules for the points of a merge."""


@dataclass(frozen=True)
class Scheme:
    """A project's flags, groups and merges. An inconsistent one cannot be made.

    What follows from these is worked out once, for a label key asks for it hundreds of times.
    """

    flags: tuple[Flag, ...] = ()
    groups: tuple[Group, ...] = ()
    merges: tuple[Merge, ...] = ()
    name: str = ""
    verdict_level: Level = Level.MERGES

    def __post_init__(self) -> None:
        self._refuse_bad_names()
        self._refuse_shared_slots()
        flag_slots = {flag.slot for flag in self.flags}
        _refuse_bad_groups(self.groups, flag_slots)
        merged: dict[int, str] = {}
        for merge in self.live_merges:
            if len(set(merge.members)) < 2 or not set(merge.members) <= flag_slots:
                raise SchemeError(f"The merge '{merge.name}' needs at least two flags that exist.")
            for slot in merge.members:
                if slot in merged:
                    raise SchemeError(
                        f"'{self.by_slot(slot).name}' is in the merge '{merged[slot]}' already; undo that first."
                    )
                merged[slot] = merge.name

    def _refuse_bad_names(self) -> None:
        seen: set[str] = set()
        level_flags = {level_of(self, merge) for merge in self.live_merges}
        for item in self.flags + self.live_merges:
            if item.slot in level_flags:
                continue  # called like the merge that it is part of
            _refuse_bad_name(item.name, "A flag or merge")
            if item.name in seen:
                raise SchemeError(f"'{item.name}' is there already; choose another name.")
            seen.add(item.name)
        for merge in self.merges:
            if merge.penalty not in PENALTIES and not merge.penalty.isdecimal():
                raise SchemeError(
                    f"'{merge.penalty}' is no rule for the points of '{merge.name}'; write maximum, minimum, sum or a "
                    "number of points."
                )
        for flag in self.flags:
            if flag.points < 0:
                raise SchemeError(f"'{flag.name}' cannot have {flag.points} penalty points; use 0 or more.")
        for item in self._all:
            if item.colour and not re.fullmatch(r"#[0-9a-fA-F]{6}", item.colour):
                raise SchemeError(f"'{item.colour}' is no colour for '{item.name}'; write it as #rrggbb.")

    def _refuse_shared_slots(self) -> None:
        slots = [item.slot for item in self._all]
        if len(set(slots)) != len(slots) or any(slot < 0 for slot in slots):
            raise SchemeError("Two classes of the scheme share a slot; the scheme file is damaged.")
        live: tuple[SchemeClass, ...] = self.live_flags + self.live_merges
        keys = [item.key.casefold() for item in live if item.key]
        for key in keys:
            if keys.count(key) > 1:
                names = [i.name for i in live if i.key.casefold() == key]
                raise SchemeError(
                    f"The key '{key}' is used by '{names[0]}' and '{names[1]}'; give one of them another key."
                )

    def __hash__(self) -> int:
        kept = vars(self)  # where `cached_property` keeps what was worked out
        if "_hash" not in kept:
            kept["_hash"] = hash((self.flags, self.groups, self.merges, self.name, self.verdict_level))
        return int(kept["_hash"])

    @cached_property
    def slots(self) -> int:
        """How many slots have ever been handed out: the width of label and prediction matrices."""
        return 1 + max((item.slot for item in self._all), default=-1)

    @property
    def _all(self) -> tuple[SchemeClass, ...]:
        """Everything that owns a slot, undone merges and retired flags included."""
        return self.flags + self.merges

    @cached_property
    def live_flags(self) -> tuple[Flag, ...]:
        """Flags that are not retired, in the order of the scheme."""
        return tuple(flag for flag in self.flags if not flag.retired)

    @cached_property
    def live_merges(self) -> tuple[Merge, ...]:
        return tuple(merge for merge in self.merges if not merge.undone)

    @cached_property
    def classes(self) -> tuple[SchemeClass, ...]:
        """What people label and networks learn: each merge in place of its first member, then the flags not merged."""
        merge_of = {slot: merge for merge in self.live_merges for slot in merge.members}
        shown: dict[int, SchemeClass] = {}
        for flag in self.live_flags:
            item: SchemeClass = merge_of.get(flag.slot, flag)
            shown.setdefault(item.slot, item)
        return tuple(shown.values())

    def by_slot(self, slot: int) -> SchemeClass:
        """The flag or merge that owns a slot. Raises SchemeError when none does."""
        found = self._known[0].get(slot)
        if found is None:
            raise SchemeError(f"No flag or merge owns slot {slot}.")
        return found

    @cached_property
    def _known(self) -> tuple[dict[int, SchemeClass], dict[int, Group]]:
        """What owns each slot, and the group that each flag is in."""
        return {item.slot: item for item in self._all}, {slot: group for group in self.groups for slot in group.members}

    def by_name(self, name: str) -> SchemeClass:
        """The flag or live merge of that name. Raises SchemeError naming the nearest one."""
        named = self.live_merges + self.flags
        for item in named:
            if item.name == name:
                return item
        folded = [item for item in named if item.name.strip().casefold() == name.strip().casefold()]
        if len(folded) == 1:
            return folded[0]
        raise SchemeError(f"There is no flag or merge '{name}'.{did_you_mean(name, (i.name for i in self.flags))}")

    def has_name(self, name: str) -> bool:
        return any(item.name == name for item in self.flags + self.live_merges)

    def merge_of(self, slot: int) -> Merge | None:
        """The live merge that a flag is part of."""
        return next((merge for merge in self.live_merges if slot in merge.members), None)

    def group_of(self, slot: int) -> Group | None:
        return self._known[1].get(slot)

    def points_of(self, slot: int) -> int:
        """Penalty points of a class; of a merge by its rule."""
        item = self.by_slot(slot)
        if isinstance(item, Flag):
            return item.points
        rule = PENALTIES.get(item.penalty)
        return rule(self.points_of(member) for member in telling(self, item)) if rule else int(item.penalty)

    @cached_property
    def has_points(self) -> bool:
        """Whether any flag in use costs points; without, joints have no verdicts."""
        return any(flag.points for flag in self.live_flags)

    def joint_rule_of(self, slot: int) -> JointRule:
        """A merge is a flag of absence only if all its members are."""
        item = self.by_slot(slot)
        if isinstance(item, Flag):
            return item.joint_rule
        rules = {self.joint_rule_of(member) for member in telling(self, item)}
        return JointRule.ALL if rules == {JointRule.ALL} else JointRule.ANY

    def states_of(self, slot: int, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """States of one class for all photos: `labels` is (n, slots) of label bytes, the result (n,) uint8.

        Columns that `labels` does not have yet (a flag added since) read as unseen; a flag of a group is clear where
        another one of it is raised.
        """
        item = self.by_slot(slot)
        if isinstance(item, Flag):
            return _flag_states(self, slot, labels)
        own, level = _states_in(slot, labels), level_of(self, item)
        members = np.stack([_flag_states(self, member, labels) for member in telling(self, item)], axis=1)
        if level is not None:
            given = _states_in(level, labels)  # what was said of the flag of that name was said of the merge
            own = np.where(own == State.UNSEEN, given, own)
            members = np.column_stack([members, np.where(given == State.RAISED, given, State.CLEAR).astype(np.uint8)])
        return merged_states(members, own)

    # Changes: each returns a new scheme, which refuses itself when it would be inconsistent.

    def with_flag(self, name: str, points: int = 0, *, key: str = "", description: str = "") -> "Scheme":
        flag = Flag(self.slots, name, points, key=key, description=description)
        return replace(self, flags=(*self.flags, flag))

    def with_changed_flag(self, flag: Flag) -> "Scheme":
        """The scheme with the flag of the same slot replaced."""
        if flag.slot not in {f.slot for f in self.flags}:
            raise SchemeError(f"There is no flag in slot {flag.slot}.")
        return replace(self, flags=tuple(flag if f.slot == flag.slot else f for f in self.flags))

    def with_order(self, slots: Iterable[int]) -> "Scheme":
        by_slot = {flag.slot: flag for flag in self.flags}
        order = list(slots)
        if sorted(order) != sorted(by_slot):
            raise SchemeError("A new order must name each flag exactly once.")
        return replace(self, flags=tuple(by_slot[slot] for slot in order))

    def with_group(self, group: Group) -> "Scheme":
        return replace(self, groups=(*self.groups, group))

    def with_merge(self, name: str, members: Iterable[int], *, penalty: str = "maximum") -> "Scheme":
        """A new merge; one of the same name and members that was undone comes back with its slot.

        A flag that is called so already becomes a member: what was said of it counts for the merge as a whole.
        """
        called_so = [flag.slot for flag in self.live_flags if flag.name == name and not self.merge_of(flag.slot)]
        members = tuple(dict.fromkeys((*members, *called_so)))
        for merge in self.merges:
            if merge.undone and merge.name == name and set(merge.members) == set(members):
                back = replace(merge, undone=False, penalty=penalty)
                return replace(self, merges=tuple(back if m.slot == back.slot else m for m in self.merges))
        return replace(self, merges=(*self.merges, Merge(self.slots, name, members, penalty=penalty)))

    def without_merge(self, name: str) -> "Scheme":
        if name not in {merge.name for merge in self.live_merges}:
            raise SchemeError(f"There is no merge '{name}'.{did_you_mean(name, (m.name for m in self.live_merges))}")
        return replace(
            self,
            merges=tuple(replace(m, undone=True) if m.name == name and not m.undone else m for m in self.merges),
        )


def all_states(
    scheme: Scheme, labels: NDArray[np.uint8], *, classes: Sequence[SchemeClass] | None = None
) -> NDArray[np.uint8]:
    """States of all classes, or of these, (n, classes) uint8: for a few photos far quicker than class by class."""
    classes = scheme.classes if classes is None else classes
    slots = np.array([item.slot for item in classes], np.int64)
    there = slots < labels.shape[1]
    result = np.zeros((len(labels), len(slots)), np.uint8)
    result[:, there] = states(labels[:, slots[there]])
    for place, item in enumerate(classes) if scheme.live_merges or scheme.groups else ():
        if isinstance(item, Merge) or scheme.group_of(item.slot) is not None:
            result[:, place] = scheme.states_of(item.slot, labels)
    return result


def _refuse_bad_name(name: str, what: str) -> None:
    if not name.strip():
        raise SchemeError(f"{what} needs a name.")
    if any(ord(c) < 32 or ord(c) == 127 or "\ud800" <= c <= "\udfff" for c in name):
        raise SchemeError(f"The name {name!r} holds a line break or control character; leave it out.")


def _refuse_bad_groups(groups: tuple[Group, ...], flag_slots: set[int]) -> None:
    names: set[str] = set()
    in_groups: set[int] = set()
    for group in groups:
        _refuse_bad_name(group.name, "A group")
        if group.name in names:
            raise SchemeError(f"There is a group '{group.name}' already; choose another name.")
        names.add(group.name)
        if not set(group.members) <= flag_slots:
            raise SchemeError(f"The group '{group.name}' names a flag that does not exist. Add the flag first.")
        if in_groups & set(group.members):
            raise SchemeError(f"A flag of '{group.name}' is in another group already; a flag belongs to one group.")
        in_groups |= set(group.members)


def _flag_states(scheme: Scheme, slot: int, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """States of a flag: what stands in its slot, and clear for unseen where another one of its group is raised."""
    own = _states_in(slot, labels)
    group = scheme.group_of(slot)
    if group is None or own.all():
        return own
    others = set(group.members) - {slot}
    rivals = [flag.slot for flag in scheme.live_flags if flag.slot in others]
    rivals += [merge.slot for merge in scheme.live_merges if set(merge.members) <= others]
    for other in rivals:
        own[(own == State.UNSEEN) & (_states_in(other, labels) == State.RAISED)] = State.CLEAR
    return own


def level_of(scheme: Scheme, merge: Merge) -> int | None:
    """The member that is called like its merge, if there is one: the merged level as a flag of its own.

    Collections name it where nobody knew which of the others it is. It takes no part in "clear if all members are".
    """
    called_so = (flag.slot for flag in scheme.flags if flag.slot in merge.members and flag.name == merge.name)
    return next(called_so, None) if len(merge.members) > 1 else None


def telling(scheme: Scheme, merge: Merge) -> tuple[int, ...]:
    """The members of a merge that say which of them it is: all but the one that stands for the merged level."""
    level = level_of(scheme, merge)
    return tuple(slot for slot in merge.members if slot != level)


def _states_in(slot: int, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What stands in one slot, (n,) uint8."""
    return states(labels[:, slot]) if slot < labels.shape[1] else np.zeros(len(labels), np.uint8)
