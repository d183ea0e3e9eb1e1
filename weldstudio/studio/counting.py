"""What can be counted of the labels and photographs: pure arithmetic on the mirror's arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import Source, State, looked_at, states
from weldstudio.domain.scheme import SchemeClass
from weldstudio.studio import reviewing

if TYPE_CHECKING:
    from weldstudio.store.mirror import Mirror

NO_EQUIPMENT = "not known"


@dataclass(frozen=True, slots=True)
class Overview:
    """The collection in a few numbers, all of photographs unless said otherwise."""

    photos: int
    joints: int
    looked_at: int
    """A person gave at least one label."""
    labelled: int
    """At least one label of any source."""
    conflicts: int
    """Two flags of one group raised."""
    problems: int
    undated: int
    """Capture time not known."""


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """Labels of one flag or merge, by state and by source."""

    name: str
    states: tuple[int, int, int, int]
    """Indexed by `State`."""
    sources: Mapping[Source, int]
    """Labels that are not unseen, by where they came from; of a merge those given to it directly."""


@dataclass(frozen=True, slots=True)
class EquipmentCounts:
    """Photographs of one kind of equipment."""

    name: str
    photos: int
    looked_at: int
    problems: int
    raised: tuple[tuple[int, int], ...]
    """Of each class, in the scheme's order: (raised, raised or clear)."""


def overview(mirror: "Mirror") -> Overview:
    """Count the collection."""
    labels = mirror.labels
    any_state = np.zeros(len(mirror), np.uint8)
    for column in labels.T:  # class by class, as labels lie in memory
        any_state |= states(column)
    return Overview(
        len(mirror),
        len(mirror.joint_order[0]),
        int(looked_at(labels).sum()),
        int((any_state != State.UNSEEN).sum()),
        int(reviewing.contradicting(mirror, mirror.scheme.groups).sum()),
        int(mirror.problem.sum()),
        int((mirror.taken < 0).sum()),
    )


def class_counts(mirror: "Mirror") -> tuple[ClassCounts, ...]:
    """Count the labels of every class that people label now, and of the members of merges."""
    scheme = mirror.scheme
    found = []
    items: tuple[SchemeClass, ...] = (*scheme.live_merges, *scheme.live_flags)
    for item in items:
        unseen, raised, clear, unsure = np.bincount(mirror.states(item.slot), minlength=4)[:4].tolist()
        by_byte = np.bincount(mirror.labels[:, item.slot], minlength=256).reshape(-1, len(State))
        by_source = by_byte[:, [state for state in State if state != State.UNSEEN]].sum(axis=1).tolist()
        found.append(
            ClassCounts(
                item.name, (unseen, raised, clear, unsure), {Source(i): n for i, n in enumerate(by_source) if n}
            )
        )
    return tuple(found)


def equipment_counts(mirror: "Mirror") -> tuple[EquipmentCounts, ...]:
    """Count the photographs by equipment, the most frequent first."""
    place, most = mirror.equipment.astype(np.int64), len(mirror.equipments)

    def by_equipment(values: NDArray[np.bool_ | np.uint8]) -> NDArray[np.int64]:
        """(equipment, state): how many photos of each have which of the four values."""
        return np.bincount(place * len(State) + values, minlength=most * len(State)).reshape(-1, len(State))

    seen, problems = by_equipment(looked_at(mirror.labels))[:, 1], by_equipment(mirror.problem)[:, 1]
    photos = np.bincount(place, minlength=most).tolist()
    classes = [by_equipment(mirror.states(item.slot)) for item in mirror.scheme.classes]
    found = [
        EquipmentCounts(
            name or NO_EQUIPMENT,
            *(photos[n], int(seen[n]), int(problems[n])),
            tuple((int(c[n, State.RAISED]), int(c[n, State.RAISED] + c[n, State.CLEAR])) for c in classes),
        )
        for n, name in enumerate(mirror.equipments)
        if photos[n]
    ]
    return tuple(sorted(found, key=lambda e: -e.photos))
