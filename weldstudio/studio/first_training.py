"""How many labels are still wanted before a first quick training is worth its minutes."""

from dataclasses import dataclass

import numpy as np

from weldstudio.domain.labelling import State
from weldstudio.domain.recipe import Data
from weldstudio.domain.scores import FEW
from weldstudio.store.mirror import Mirror

ENOUGH = round(FEW / Data().train_share)
"""Photos of either kind: so many that `FEW` of them are trained on, the rest being kept to judge by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of the flag that is nearest to being learned: how many labels it still needs."""

    flag: str = ""
    """'' where the scheme has no flags yet."""
    raised: int = ENOUGH
    clear: int = ENOUGH
    ready: int = 0
    """How many flags have enough of both."""

    @property
    def labels(self) -> int:
        """How many labels are still needed for a first training; 0 when one can begin."""
        return 0 if self.ready else self.raised + self.clear

    @property
    def short(self) -> str:
        """What is wanted, where there is little room."""
        beginning, example, _ = self.sentence.partition(", for instance")
        return beginning + "." if example else beginning

    @property
    def sentence(self) -> str:
        """What is wanted, for a person."""
        if not self.flag:
            return "No model yet. Add the flags that you look for, then label some photographs."
        if self.ready:
            flags = "1 flag has" if self.ready == 1 else f"{self.ready} flags have"
            return f"No model yet: {flags} enough labels for a first quick training."
        counts = [(self.raised, "raised"), (self.clear, "clear")]
        parts = [f"{count} with it {word}" for count, word in counts if count]
        first = self.raised or self.clear
        parts[0] = parts[0].replace(f"{first} ", f"{first} photograph{'' if first == 1 else 's'} ", 1)
        labels = "1 more label" if self.labels == 1 else f"{self.labels} more labels"
        return (
            f"No model yet: {labels} will do for a first quick training, for instance of “{self.flag}”: "
            f"{' and '.join(parts)}."
        )


def wanted(mirror: Mirror) -> Wanted:
    """What the project still needs, by its labels now. Any thread; some milliseconds for 100,000 photos."""
    found: list[Wanted] = []
    ready = 0
    for item in mirror.scheme.classes:
        counts = np.bincount(mirror.states(item.slot), minlength=4)
        raised = max(0, ENOUGH - int(counts[State.RAISED]))
        clear = max(0, ENOUGH - int(counts[State.CLEAR]))
        ready += not raised and not clear
        found.append(Wanted(item.name, raised, clear))
    if not found:
        return Wanted()
    nearest = min(found, key=lambda one: one.raised + one.clear)
    return Wanted(nearest.flag, nearest.raised, nearest.clear, ready)
