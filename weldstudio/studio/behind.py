"""The photographs behind a number of a model's evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from weldstudio.studio.judging import Ids, Judging

CELLS: Final = {
    "raised": ("hits", "misses"),
    "clear": ("false_alarms", "passes"),
    "wrong": ("misses", "false_alarms"),
    "misses": ("misses",),
    "false_alarms": ("false_alarms",),
    "judged": ("hits", "misses", "false_alarms", "passes"),
}
"""What can be asked for, as cells of a class's confusion."""
JOINT_CELLS: Final = {
    "agreeing": ("hits", "passes"),
    "judged": ("hits", "misses", "false_alarms", "passes"),
    "accepted": ("misses", "passes"),
    "right": ("false_alarms", "passes"),
}
"""What can be asked for of joints; rejected stands for raised."""
WORDS: Final = {
    "raised": "labelled raised",
    "clear": "labelled clear",
    "wrong": "errors",
    "wrong_at_half": "errors at a threshold of 0.5",
    "misses": "missed",
    "false_alarms": "false alarms",
    "judged": "judged",
    "near": "nearest to the threshold",
    "above": "raised from the promised threshold",
    "below": "missed at the promised threshold",
    "joints_agreeing": "joints with the verdict of the labels",
    "joints_judged": "joints that labels and model decide",
    "joints_accepted": "joints that it accepts",
    "joints_right": "joints that the labels accept",
    "joints_misses": "joints wrongly accepted",
    "joints_false_alarms": "joints rejected for nothing",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number: on which split, what of it, of which class ('' = all), in which part, at which probability."""

    split: str
    what: str
    name: str = ""
    part: tuple[str, str] | None = None
    """What parts the photos (`evaluating.PARTED_BY`), and the name of the part."""
    at: float = 0.5
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Those that the number was made with, by class."""

    def words(self, model: str) -> str:
        """The photographs in words."""
        of = ", ".join(word for word in (self.name, self.part[1] if self.part else "") if word)
        return f"{of + ': ' if of else ''}{WORDS[self.what]}, {self.split} photographs, by {model}"


def photos(judging: "Judging", wanted: Wanted) -> "Ids":
    """Their ids, ascending; `judging` is of the same split. No class of that name has none."""
    from weldstudio.studio.evaluating import parted

    names = judging.found.names
    own = judging.found.thresholds
    thresholds = [wanted.thresholds.get(name, threshold) for name, threshold in zip(names, own, strict=True)]
    places = [place for place, name in enumerate(names) if wanted.name in ("", name)]
    match wanted.what.partition("_"):
        case ("joints", _, cells):
            figures = judging.at(thresholds)
            found = [judging.joint_photos(cell, figures) for cell in JOINT_CELLS.get(cells, (cells,))]
        case ("wrong", _, "at_half"):
            half = [0.5] * len(names)
            found = [judging.photos(place, cell, half) for place in places for cell in CELLS["wrong"]]
        case ("near", *_):
            found = [judging.nearest(place, wanted.at) for place in places]
        case ("above", *_):
            found = [judging.between(place, wanted.at, 2.0) for place in places]
        case ("below", *_):
            raised = [np.union1d(*(judging.photos(p, cell, thresholds) for cell in CELLS["raised"])) for p in places]
            low = [judging.between(place, -1.0, wanted.at) for place in places]
            found = [np.intersect1d(one, other) for one, other in zip(raised, low, strict=True)]
        case _:
            found = [judging.photos(place, cell, thresholds) for place in places for cell in CELLS[wanted.what]]
    ids: Ids = np.unique(np.concatenate([np.zeros(0, np.int64), *found]))
    if wanted.part is not None:
        by, name = wanted.part
        rows = judging.found.rows
        inside = [rows[which] for part, which in parted(judging.mirror, rows).get(by, []) if part == name]
        ids = np.intersect1d(ids, judging.mirror.ids[np.concatenate([np.zeros(0, np.int64), *inside])])
    return ids
