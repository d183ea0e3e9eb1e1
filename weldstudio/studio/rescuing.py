"""Edits that could not be written, into a file: a bundle that is taken in once the project can be written again."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import UserError
from weldstudio.store.store import Store
from weldstudio.studio import bundling

_OTHERS = "SELECT count(*) FROM actions WHERE seq > ? AND payload IS NOT NULL AND kind <> 'draw'"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rescued:
    """What was put into the file."""

    file: str
    labels: int
    notes: int
    decisions: int
    reviews: int
    others: int
    """Actions that a bundle does not carry: the model in use, reject limits, changes of the scheme."""
    refused: int
    """Edits that broke a rule."""

    @property
    def text(self) -> str:
        """In words, with what to do next."""
        held = f"{bundling.counts(self.labels, self.notes, self.decisions, self.reviews)} saved in {self.file}."
        what_next = " Take it in with “Take a bundle in” once the project can be written again."
        others = f"{self.others:,} {'change' if self.others == 1 else 'changes'}"
        lost = f" Not in it: {others} of scheme, model or limits." if self.others else ""
        return held + what_next + lost

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "labels": self.labels,
            "notes": self.notes,
            "decisions": self.decisions,
            "reviews": self.reviews,
            "others": self.others,
            "refused": self.refused,
        }


def rescue(store: Store, writes: Sequence[Callable[[Store], Done]], file: Path, *, who: str) -> Rescued:
    """Do these edits in a copy of the store in memory and put what they did into a bundle.

    The store itself is only read. Raises StoreError where it cannot be, and ImportRefused where the file cannot be
    written.
    """
    copy = store.in_memory()
    try:
        known = int(copy.value("SELECT coalesce(max(seq), 0) FROM actions"))
        after = int(copy.value("SELECT coalesce(max(clock), 0) FROM actions"))
        refused = 0
        for write in writes:
            try:
                write(copy)
            except UserError as error:
                _logger.info("not rescued: %s", error)
                refused += 1
        making = bundling.make_after(copy, file, after, who=who)
        while True:
            try:
                next(making)
            except StopIteration as end:
                made: bundling.BundleReport = end.value
                break
        others = int(copy.value(_OTHERS, (known,)))
    finally:
        copy.close()
    return Rescued(str(file), made.labels, made.notes, made.decisions, made.reviews, others, refused)
