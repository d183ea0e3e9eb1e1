"""What the inspector's rows show of one photo or of several: values computed from the mirror, without Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State, count_words, source_of
from weldstudio.domain.scheme import Merge
from weldstudio.gui.review.part import part
from weldstudio.store.mirror import Mirror
from weldstudio.studio.flag_keys import choosing_key, unsure_key


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One class of the scheme; a merge stands in place of its members."""

    slot: int
    name: str
    points: int
    key: str = ""
    choosing_key: str = ""
    """What chooses the class without labelling it; '' where no key does."""
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    """How many of the photos have which state, indexed by `State`."""
    probability: float | None = None
    """Of the one photo; None where the model says nothing or there are several photos."""
    threshold: float = 0.5
    source: str = ""
    """Where the one photo's label came from, in a word."""
    members: tuple[str, ...] = ()
    """Names of what a merge holds."""
    group: str = ""
    """The group of flags of which at most one holds."""
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
        return self.photos == 1 and (
            (self.state == State.RAISED and self.predicted is False)
            or (self.state == State.CLEAR and self.predicted is True)
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
            model = "Demonstration model" if self.demonstration else "Model"
            lines.append(f"{model}: {self.probability:.2f}, threshold {self.threshold:.2f}: {side}")
        if self.members:
            lines.append(f"Merged from: {', '.join(self.members)}")
        if self.group:
            lines.append(f"At most one of the group '{self.group}' holds")
        if self.read_only:
            lines.append("This window only looks on: nothing can be labelled here")
        elif self.key:
            choose = f"; {self.choosing_key}: choose" if self.choosing_key else ""
            lines.append(f"{self.key}: raise, again: clear; {unsure_key(self.key)}: unsure{choose}")
        return "\n".join(lines)


def flag_rows(mirror: Mirror, photo_ids: Sequence[int], keys: Mapping[int, str]) -> list[FlagRow]:
    """A row for each class of the scheme, in its order. `keys` by slot."""
    some = part(mirror, mirror.rows(photo_ids))
    one = len(some) == 1
    rows: list[FlagRow] = []
    for item in mirror.scheme.classes:
        group = mirror.scheme.group_of(item.slot)
        said = float(some.probability(item.slot)[0]) if one else np.nan
        byte = int(some.labels[0, item.slot]) if one and item.slot < some.labels.shape[1] else 0
        rows.append(
            FlagRow(
                slot=item.slot,
                name=item.name,
                points=mirror.scheme.points_of(item.slot),
                key=keys.get(item.slot, ""),
                choosing_key=choosing_key(keys, item.slot),
                counts=_four(np.bincount(some.states(item.slot), minlength=4)),
                probability=None if np.isnan(said) else said,
                threshold=mirror.threshold(item.slot),
                source=_SOURCES.get(source_of(byte).word, "") if byte else "",
                members=tuple(mirror.scheme.by_slot(m).name for m in item.members) if isinstance(item, Merge) else (),
                group=group.name if group is not None else "",
            )
        )
    return rows


def with_answer(rows: list[FlagRow], probabilities: Mapping[int, float]) -> list[FlagRow]:
    """The rows with what the engine has just said, by slot."""
    return [
        replace(row, probability=probabilities[row.slot]) if row.slot in probabilities and row.photos == 1 else row
        for row in rows
    ]


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


def _four(counted: NDArray[np.int64]) -> tuple[int, int, int, int]:
    unseen, raised, clear, unsure = counted.tolist()
    return unseen, raised, clear, unsure
