"""What can be counted of the labels and photographs: pure arithmetic on the mirror's arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from weldstudio.domain.labelling import Source, State, looked_at, sources, states
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
    return Overview(
        len(mirror),
        len(np.unique(mirror.joint)),
        int(looked_at(labels).sum()),
        int((states(labels) != State.UNSEEN).any(axis=1).sum()),
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
        own = mirror.labels[:, item.slot]
        by_source = np.bincount(sources(own[states(own) != State.UNSEEN]), minlength=len(Source)).tolist()
        found.append(
            ClassCounts(
                item.name, (unseen, raised, clear, unsure), {Source(i): n for i, n in enumerate(by_source) if n}
            )
        )
    return tuple(found)


def equipment_counts(mirror: "Mirror") -> tuple[EquipmentCounts, ...]:
    """Count the photographs by equipment, the most frequent first."""
    seen = looked_at(mirror.labels)
    class_states = [mirror.states(item.slot) for item in mirror.scheme.classes]
    found = []
    for code in np.unique(mirror.equipment).tolist():
        here = mirror.equipment == code
        raised = []
        for column in class_states:
            n_raised = int((column[here] == State.RAISED).sum())
            raised.append((n_raised, n_raised + int((column[here] == State.CLEAR).sum())))
        found.append(
            EquipmentCounts(
                mirror.equipments[code] or NO_EQUIPMENT,
                int(here.sum()),
                int(seen[here].sum()),
                int(mirror.problem[here].sum()),
                tuple(raised),
            )
        )
    return tuple(sorted(found, key=lambda e: -e.photos))
