"""What another look at a collection's folder has found, as a value and in words."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weldstudio.domain.photo import Collection
from weldstudio.studio.reading import FactsReport

EXAMPLES = 20
"""So many paths of each kind a report names; the counts are complete."""


@dataclass(frozen=True, slots=True)
class RescanReport:
    """What is different; of a look at a part of the folder, in that part."""

    collection: Collection
    folder: Path
    found: int
    """Photos that the look has met."""
    new: tuple[int, ...] = ()
    """Photo ids."""
    moved: tuple[tuple[str, str], ...] = ()
    """(path before, path now)."""
    changed: tuple[int, ...] = ()
    """Photos with another content than before."""
    second_looks: int = 0
    """Those of them that have labels, and want a second look."""
    back: int = 0
    """Photos that were missing before."""
    missing: int = 0
    """Photos missing since this look."""
    still_missing: int = 0
    """Photos that were missing before already."""
    skipped: tuple[tuple[str, str], ...] = ()
    """(path, reason)."""
    facts: FactsReport = field(default_factory=FactsReport)

    @property
    def to_be_scored(self) -> tuple[int, ...]:
        """Photos of which no model can have said anything yet."""
        return self.new + self.changed

    @property
    def parts(self) -> tuple[str, ...]:
        """What is different, each in a few words."""
        said = (
            (len(self.new), "new"),
            (len(self.moved), "moved or renamed"),
            (len(self.changed), "changed"),
            (self.back, "back"),
            (self.missing, "missing"),
        )
        return tuple(f"{count:,} {word}" for count, word in said if count)

    @property
    def sentence(self) -> str:
        """In one line."""
        what = ", ".join(self.parts) if self.parts else "nothing is different"
        return f"{self.collection.name}: {what}."

    def lines(self) -> tuple[str, ...]:
        """In words, for people."""
        said = [self.sentence.removesuffix(".") + f"; {self.found:,} {_photos(self.found)} in {self.folder}."]
        said += [f"  {old} is {new} now" for old, new in self.moved[:EXAMPLES]]
        if self.second_looks:
            said.append(
                f"  {self.second_looks:,} changed {_photos(self.second_looks)} with labels: look at them again."
            )
        if self.missing or self.still_missing:
            gone = self.missing + self.still_missing
            said.append(f"  {gone:,} {_photos(gone)} cannot be found; labels are kept until they come back.")
        said += [f"  {where} was left out: {reason}" for where, reason in self.skipped[:EXAMPLES]]
        return (*said, *self.facts.lines())

    def to_json(self) -> dict[str, Any]:
        """Counts, and the first paths of each kind."""
        return {
            "collection": self.collection.name,
            "folder": str(self.folder),
            "found": self.found,
            "new": len(self.new),
            "moved": len(self.moved),
            "changed": len(self.changed),
            "second_looks": self.second_looks,
            "back": self.back,
            "missing": self.missing,
            "still_missing": self.still_missing,
            "skipped": len(self.skipped),
            "problems": self.facts.problem_count,
            "moves": [list(pair) for pair in self.moved[:EXAMPLES]],
            "new_photos": list(self.new[:1000]),
        }


def _photos(count: int) -> str:
    return "photo" if count == 1 else "photos"
