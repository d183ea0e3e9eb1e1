"""Which photographs the inspector speaks of: all about them that no label changes, looked up once. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from weldstudio.gui.words import counted
from weldstudio.store.mirror import Mirror

Numbers = NDArray[np.int64]


def _none() -> Numbers:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The photographs that a key press means, and their joint where it is one."""

    photos: tuple[int, ...] = ()
    rows: Numbers = field(default_factory=_none)
    """Of the photographs, in their order."""
    joints: Numbers = field(default_factory=_none)
    """Their joints' ids, ascending."""
    joint_rows: Numbers = field(default_factory=_none)
    """Of all photographs of the one joint; none where there are several."""
    about: frozenset[int] = frozenset()
    """All photographs of which anything is shown: those of the joint as well."""
    title: str = "No photograph chosen"

    @property
    def joint(self) -> int | None:
        """The one joint that all of them show."""
        return int(self.joints[0]) if len(self.joints) == 1 else None


def subject_of(mirror: Mirror, photos: Sequence[int]) -> Subject:
    """These photographs. Raises KeyError for one that is not there."""
    if not photos:
        return Subject()
    rows = mirror.rows(photos)
    shown = mirror.joint[rows]
    there = np.zeros(int(shown.max()) + 1, np.bool_)  # a tenth of the time of sorting them
    there[shown] = True
    joints = np.flatnonzero(there)
    if len(joints) > 1:
        return Subject(tuple(photos), rows, joints, _none(), frozenset(photos), counted(len(joints), "joint"))
    of_joint = np.flatnonzero(mirror.joint == joints[0])
    title = mirror.joint_name(photos[0])
    if len(of_joint) > 1:
        title = f"Joint {title} · {counted(len(of_joint), 'photograph')}"
    return Subject(tuple(photos), rows, joints, of_joint, frozenset(mirror.ids[of_joint].tolist()), title)
