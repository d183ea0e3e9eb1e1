"""The scheme and its labels as the lines of a table: plain values, made anew whenever either changes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State, looked_at
from weldstudio.domain.scheme import Flag, JointRule, Merge, Scheme, SchemeClass

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror


class Kind(StrEnum):
    """What a line of the table stands for."""

    FLAG = "flag"
    MERGE = "merge"
    MEMBER = "member"
    """A flag that is part of the merge above it."""
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Row:
    """One flag or merge with its label counts, indexed by `State`."""

    slot: int
    kind: Kind
    name: str
    points: int
    key: str
    colour: str
    joint_rule: JointRule
    group: str
    counts: tuple[int, int, int, int]
    description: str = ""
    unreviewed: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Of these, on photographs that no person has looked at."""

    def count(self, state: State) -> int:
        return self.counts[state]

    @property
    def is_flag(self) -> bool:
        return self.kind != Kind.MERGE

    @property
    def labelled(self) -> int:
        """Photographs with any label of this class."""
        return sum(self.counts) - self.counts[State.UNSEEN]


Counts = dict[int, tuple[int, int, int, int]]
"""Photographs by slot and `State`."""


def scheme_rows(scheme: Scheme, counts: Counts, unreviewed: Counts | None = None) -> tuple[Row, ...]:
    """Lines in the order of the scheme: a merge, its members below it, the other flags, retired flags last.

    `unreviewed` are the counts of photographs that no person has looked at.
    """
    rows: list[Row] = []

    def add(item: SchemeClass, kind: Kind) -> None:
        group = scheme.group_of(item.slot) if isinstance(item, Flag) else None
        rows.append(
            Row(
                item.slot,
                kind,
                item.name,
                scheme.points_of(item.slot),
                item.key,
                item.colour,
                scheme.joint_rule_of(item.slot),
                group.name if group else "",
                counts.get(item.slot, (0, 0, 0, 0)),
                item.description,
                (unreviewed or {}).get(item.slot, (0, 0, 0, 0)),
            )
        )

    for item in scheme.classes:
        if isinstance(item, Merge):
            add(item, Kind.MERGE)
            for flag in scheme.flags:
                if flag.slot in item.members:
                    add(flag, Kind.MEMBER)
        else:
            add(item, Kind.FLAG)
    shown = {row.slot for row in rows}
    for flag in scheme.flags:
        if flag.retired and flag.slot not in shown:
            add(flag, Kind.RETIRED)
    return tuple(rows)


def count_states(states: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """How many of (n,) uint8 are unseen, raised, clear, unsure: indexed by `State`."""
    unseen, raised, clear, unsure = np.bincount(states, minlength=4)[:4].tolist()
    return unseen, raised, clear, unsure


def label_counts(mirror: "Mirror") -> tuple[Counts, Counts]:
    """Counts of every flag and live merge: of all photographs, and of those that no person has looked at."""
    scheme = mirror.scheme
    unreviewed = ~looked_at(mirror.labels)
    every: Counts = {}
    apart: Counts = {}
    classes: tuple[SchemeClass, ...] = (*scheme.flags, *scheme.live_merges)
    for item in classes:
        states = mirror.states(item.slot)
        every[item.slot], apart[item.slot] = count_states(states), count_states(states[unreviewed])
    return every, apart
