"""What a contact sheet says: photos in order, and the words under each. Painting it is for whoever has a brush."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Scheme, all_states
from weldstudio.store.mirror import Mirror

COLUMNS = 4
"""Photos side by side, unless said."""


class Captions(StrEnum):
    """What stands under each photo."""

    LABELS = "labels"
    """File name, joint, and what is labelled."""
    NAME = "name"
    NONE = "none"

    @property
    def lines(self) -> int:
        return {Captions.LABELS: 3, Captions.NAME: 1, Captions.NONE: 0}[self]


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo."""

    file: Path
    lines: tuple[str, ...]
    """Words under it, at most as many as the captions have."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it."""

    title: str
    entries: tuple[Entry, ...]
    columns: int = COLUMNS
    captions: Captions = Captions.LABELS


def sheet(
    mirror: Mirror,
    rows: NDArray[np.int64],
    *,
    title: str,
    columns: int = COLUMNS,
    captions: Captions = Captions.LABELS,
    bare: NDArray[np.bool_] | None = None,
) -> Sheet:
    """The sheet of these rows of the mirror; of `bare` ones (k,) no label is told. Raises EditRefused without rows."""
    if not len(rows):
        raise EditRefused("There is no photograph to print; let the filter show some.")
    lines = list(_lines(mirror, rows, captions, bare))
    files = (mirror.roots[int(mirror.collection[row])] / mirror.paths[row] for row in rows.tolist())
    entries = tuple(Entry(file, said) for file, said in zip(files, lines, strict=True))
    return Sheet(title, entries, columns, captions)


def _lines(
    mirror: Mirror, rows: NDArray[np.int64], captions: Captions, bare: NDArray[np.bool_] | None
) -> Iterator[tuple[str, ...]]:
    states = all_states(mirror.scheme, mirror.labels[rows]) if captions == Captions.LABELS else None
    names, worst_first = _names(mirror.scheme), _worst_first(mirror.scheme)
    if states is not None:
        states = states[:, worst_first]
    for number, row in enumerate(rows.tolist()):
        name = mirror.paths[row].rpartition("/")[2]
        if states is None:
            yield (name,)[: captions.lines]
            continue
        joint = mirror.joints.references.get(int(mirror.joint[row]), "")
        told = "" if bare is not None and bare[number] else _labelled(names, states[number])
        yield tuple(line for line in (name, joint, told) if line)


def _labelled(names: Sequence[str], states: NDArray[np.uint8]) -> str:
    """What is labelled of one photo, raised flags before unsure ones; `states` (classes,) in the order of the names."""
    raised = [names[place] for place in np.flatnonzero(states == State.RAISED).tolist()]
    unsure = [f"{names[place]}?" for place in np.flatnonzero(states == State.UNSURE).tolist()]
    if raised or unsure:
        return ", ".join((*raised, *unsure))
    return "clear" if len(states) and (states == State.CLEAR).all() else ""


def _worst_first(scheme: Scheme) -> list[int]:
    """Places of the classes in the scheme, those with the most points first."""
    return sorted(range(len(scheme.classes)), key=lambda place: -scheme.points_of(scheme.classes[place].slot))


def _names(scheme: Scheme) -> list[str]:
    """Classes with their points in front, where there are points; those with the most first."""
    found = []
    for item in (scheme.classes[place] for place in _worst_first(scheme)):
        points = scheme.points_of(item.slot)
        found.append(f"{points} {item.name}" if points else item.name)
    return found
