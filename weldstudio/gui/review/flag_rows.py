"""What the inspector's rows show of one photo or of several: values computed from the mirror, without Qt."""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State, count_words, source_of
from weldstudio.domain.scheme import Merge, Scheme, all_states
from weldstudio.store.mirror import Mirror
from weldstudio.studio.flag_keys import choosing_key, unsure_key
from weldstudio.studio.part import all_probabilities


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One class of the scheme; a merge stands in place of its members."""

    slot: int
    name: str
    points: int
    key: str = ""
    choosing_key: str = ""
    """What chooses the class without labelling it; '' where no key does."""
    colour: str = ""
    """'#rrggbb' that a person gave it."""
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    """How many of the photos have which state, indexed by `State`."""
    probability: float | None = None
    """Of the one photo; None where the model says nothing or there are several photos."""
    before: float | None = None
    """In teach mode, of the one photo before the last label."""
    stale: str = ""
    """Name and date of the earlier model that said so, where the one in use has not looked yet."""
    threshold: float = 0.5
    source: str = ""
    """Where the one photo's label came from, in a word."""
    members: tuple[str, ...] = ()
    """Names of what a merge holds."""
    group: str = ""
    """The group of flags of which at most one holds."""
    none_of_group: str = ""
    """What that group calls "none of them"."""
    demonstration: bool = False
    """Whether the model that says so is a demonstration and none for this job."""
    read_only: bool = False
    """Whether this window only looks on, so that neither key nor click labels anything."""

    @property
    def photos(self) -> int:
        return sum(self.counts)

    @property
    def state(self) -> State | None:
        """The state that all photos share; None where they differ."""
        shared = [State(n) for n, count in enumerate(self.counts) if count]
        return shared[0] if len(shared) == 1 else (State.UNSEEN if not shared else None)

    @property
    def predicted(self) -> bool | None:
        """Whether the model raises it."""
        return None if self.probability is None else self.probability >= self.threshold

    @property
    def disagrees(self) -> bool:
        """Whether label and model say different things of the one photo."""
        return (
            self.photos == 1
            and not self.stale
            and (
                (self.state == State.RAISED and self.predicted is False)
                or (self.state == State.CLEAR and self.predicted is True)
            )
        )

    @property
    def words(self) -> str:
        """State in words: 'raised', or '3 raised, 2 clear' where photos differ."""
        if self.state is not None:
            return self.state.word
        return count_words({state: self.counts[state] for state in _TELLING})

    def tooltip(self) -> str:
        """Everything the row says, in full."""
        lines = [self.name + (f"  ({self.points} points)" if self.points else "")]
        label = f"Label: {self.words}"
        lines.append(f"{label} ({self.source})" if self.source else label)
        if self.probability is not None:
            side = "raises it" if self.predicted else "does not raise it"
            model = self.stale or ("Demonstration model" if self.demonstration else "Model")
            lines.append(f"{model}: {self.probability:.2f}, threshold {self.threshold:.2f}: {side}")
            if self.stale:
                lines.append("The model in use has not looked at this photograph yet")
            if self.before is not None:
                lines.append(f"Before the last label: {self.before:.2f}")
        if self.members:
            lines.append(f"Merged from: {', '.join(self.members)}")
        if self.group:
            none = f"; none of them is '{self.none_of_group}'" if self.none_of_group else ""
            lines.append(f"At most one of the group '{self.group}' holds{none}")
        if self.read_only:
            lines.append("This window only looks on: nothing can be labelled here")
        elif self.key:
            choose = f"; {self.choosing_key}: choose" if self.choosing_key else ""
            lines.append(f"{self.key}: raise, again: clear; {unsure_key(self.key)}: unsure{choose}")
        return "\n".join(lines)


def class_rows(
    mirror: Mirror,
    photo_rows: NDArray[np.int64],
    keys: Mapping[int, str],
    *,
    answer: Mapping[int, float] | None = None,
    demonstration: bool = False,
) -> list[FlagRow]:
    """A row for each class of the scheme, in its order, with what the model says of these photos (rows of the mirror).

    Labels are put in by `with_labels`. `keys` and `answer` by slot: what the engine has just said of the one photo
    goes before what was stored.
    """
    classes = mirror.scheme.classes
    said = [math.nan] * len(classes)
    if len(photo_rows) == 1:
        stored = all_probabilities(mirror, photo_rows)[0].tolist()
        said = [(answer or {}).get(item.slot, known) for item, known in zip(classes, stored, strict=True)]
    rows: list[FlagRow] = []
    for item, probability in zip(classes, said, strict=True):
        group = mirror.scheme.group_of(item.slot)
        rows.append(
            FlagRow(
                slot=item.slot,
                name=item.name,
                points=mirror.scheme.points_of(item.slot),
                key=keys.get(item.slot, ""),
                choosing_key=choosing_key(keys, item.slot),
                colour=item.colour,
                probability=None if math.isnan(probability) else probability,
                threshold=mirror.threshold(item.slot),
                members=tuple(mirror.scheme.by_slot(m).name for m in item.members) if isinstance(item, Merge) else (),
                group=group.name if group is not None else "",
                none_of_group=group.default if group is not None else "",
                demonstration=demonstration,
            )
        )
    return rows


def with_labels(rows: Sequence[FlagRow], scheme: Scheme, labels: NDArray[np.uint8]) -> list[FlagRow]:
    """The rows with these labels of their photos, (photos, slots); one that says the same stays the very same."""
    counts = _counts(all_states(scheme, labels))
    bytes_of = labels[0].tolist() if len(labels) == 1 else []
    shown: list[FlagRow] = []
    for row, four in zip(rows, counts, strict=True):
        byte = bytes_of[row.slot] if row.slot < len(bytes_of) else 0
        source = _source_words(byte) if byte else ""
        same = row.counts == four and row.source == source
        shown.append(row if same else replace(row, counts=four, source=source))
    return shown


_TELLING = (State.RAISED, State.UNSURE, State.CLEAR, State.UNSEEN)
"""States in the order of what one wants to know; the row may cut off the last."""
_SOURCES = {
    "hand": "by hand",
    "bulk": "with other photographs",
    "copied": "copied",
    "import": "imported",
    "assumed": "assumed at import",
    "accepted": "accepted from the model",
}


@functools.cache
def _source_words(byte: int) -> str:
    """Where a label came from, by its byte."""
    return _SOURCES.get(source_of(byte).word, "")


def _counts(states: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """Class by class, how many photos, (photos, classes), have which state."""
    classes = states.shape[1]
    found = np.bincount((states + 4 * np.arange(classes)).ravel(), minlength=4 * classes).reshape(classes, 4)
    return [(unseen, raised, clear, unsure) for unseen, raised, clear, unsure in found.tolist()]
