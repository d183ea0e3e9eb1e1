"""What a label file would do, counted before anything is written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from weldstudio.domain.labelling import LOOKED_AT, Source, State, source_of, state_of
from weldstudio.domain.scheme import Scheme
from weldstudio.store.events import Row
from weldstudio.studio.describing import FACTS
from weldstudio.studio.label_report import problems_json
from weldstudio.studio.label_table import LabelRow, LabelTable, Problem

_BY_HAND = {int(source) for source in LOOKED_AT}


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Labels that one class would get."""

    name: str
    raised: int
    clear: int
    unsure: int
    unseen: int = 0
    """Labels taken away, because another label contradicts them."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a label file would do."""

    rows: int
    """Photos that it speaks of."""
    photos: int
    """Of these, photos of which a label would change."""
    labels: int
    """Labels that would change."""
    replaced: int
    """Of these, labels that say something else now."""
    by_hand: int
    """Of these, labels that a person gave."""
    assumed: int
    """Labels that would be clear because the file does not list them."""
    classes: tuple[ClassCount, ...]
    new_flags: tuple[str, ...]
    facts: tuple[tuple[str, int], ...]
    """(column, photos of which it says something)."""
    problems: tuple[Problem, ...]
    refusal: str = ""
    """Why nothing would be written; empty where something would."""
    photos_found: int | None = None
    """Of an import of photos: files found, and how many of them are new."""
    photos_new: int = 0

    @property
    def left_out(self) -> int:
        """Lines of which something could not be used."""
        return sum(problem.left_out for problem in self.problems)

    def lines(self) -> tuple[str, ...]:
        """The forecast in words, for people."""
        said = []
        if self.photos_found is not None:
            said.append(f"{_counted(self.photos_found, 'photo')} found, {self.photos_new:,} of them new.")
        if self.classes or (self.rows and not self.facts):
            said.append(f"{_counted(self.labels, 'label')} on {_counted(self.photos, 'photo')} would change.")
        if self.replaced:
            by_hand = f", {self.by_hand:,} of them given by a person" if self.by_hand else ""
            said.append(f"{_counted(self.replaced, 'label')} would be another one than now{by_hand}.")
        if self.assumed:
            said.append(f"{_counted(self.assumed, 'label')} would be clear because the file does not list them.")
        if self.new_flags:
            said.append(f"New flags: {', '.join(self.new_flags)}.")
        if self.facts:
            said.append("Also said: " + ", ".join(f"{name} of {count:,}" for name, count in self.facts) + ".")
        if self.left_out:
            said.append(f"{_counted(self.left_out, 'line')} cannot be used.")
        return (*said, self.refusal) if self.refusal else tuple(said)

    def to_json(self) -> dict[str, Any]:
        return {
            "dry_run": True,
            "rows": self.rows,
            "photos": self.photos,
            "labels": self.labels,
            "replaced": self.replaced,
            "replaced_by_hand": self.by_hand,
            "assumed": self.assumed,
            "flags": [
                {"name": c.name, "raised": c.raised, "clear": c.clear, "unsure": c.unsure, "unseen": c.unseen}
                for c in self.classes
            ],
            "new_flags": list(self.new_flags),
            "facts": dict(self.facts),
            "refusal": self.refusal,
            **({} if self.photos_found is None else {"found": self.photos_found, "new": self.photos_new}),
            **problems_json(self.problems),
        }


class ForecastCount:
    """Counts events without writing them."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._states: Counter[tuple[int, int]] = Counter()
        self._photos: set[int] = set()
        self._labels = self._replaced = self._by_hand = self._assumed = 0

    def add(self, rows: Iterable[Row], source: Source) -> None:
        """Take in events of one source."""
        for photo, slot, old, new in rows:
            self._states[slot, new & 3] += 1
            self._photos.add(photo)
            self._labels += 1
            if old & 3 and state_of(old) != state_of(new):
                self._replaced += 1
                self._by_hand += int(source_of(old)) in _BY_HAND
            self._assumed += source == Source.ASSUMED

    def forecast(
        self,
        table: LabelTable | None,
        *,
        rows: Sequence[LabelRow],
        problems: tuple[Problem, ...],
        new_flags: tuple[str, ...],
        refusal: str = "",
        photos: tuple[int, int] | None = None,
    ) -> Forecast:
        """What was counted, with what else is known of the file. `photos`: files found, and how many are new."""
        slots = sorted({slot for slot, _ in self._states})
        columns = [name for name in FACTS if table is not None and name in table.columns and not table.exported]
        return Forecast(
            rows=len(rows),
            photos=len(self._photos),
            labels=self._labels,
            replaced=self._replaced,
            by_hand=self._by_hand,
            assumed=self._assumed,
            classes=tuple(
                ClassCount(
                    self._scheme.by_slot(slot).name,
                    raised=self._states[slot, State.RAISED],
                    clear=self._states[slot, State.CLEAR],
                    unsure=self._states[slot, State.UNSURE],
                    unseen=self._states[slot, State.UNSEEN],
                )
                for slot in slots
            ),
            new_flags=new_flags,
            facts=tuple((name, sum(1 for row in rows if name in row.columns)) for name in columns),
            problems=problems,
            refusal=refusal,
            photos_found=None if photos is None else photos[0],
            photos_new=0 if photos is None else photos[1],
        )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
