"""Judging a model by hand: what it says of labelled photos, held so that other thresholds are tried in a moment.

Thresholds are chosen on validation photos alone; what they do is shown on the photos of another split.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain import evaluation as scoring
from weldstudio.domain.changes import Progress
from weldstudio.domain.choices import Thresholds
from weldstudio.domain.labelling import State
from weldstudio.domain.model import ModelCard
from weldstudio.domain.scores import Confusion, wilson, worth_by_place
from weldstudio.domain.split import Split
from weldstudio.domain.thresholds import Chosen, Ranked, choose
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import evaluating, mistakes, registry
from weldstudio.studio.evaluating import Heard
from weldstudio.studio.joint_verdicts import Trial, Verdicts

Ids = NDArray[np.int64]
Range = tuple[float, float]

CELLS: Final = ("hits", "misses", "false_alarms", "passes")
"""Of a confusion, as the fields of `scores.Confusion`."""
NEAREST: Final = 50
"""So many photos are near a threshold."""
UP: Final = (True, False)
SECONDS_A_PHOTO: Final = 10.0
"""What a look at a photo takes, where nobody says otherwise: 500 to 3,000 photos are labelled a day."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What the expert need not look at, if joints that the model accepts are passed unseen."""

    joints: int
    of_joints: int
    """That labels and model decide."""
    photos: int
    of_photos: int
    wrong: int
    """Of these joints, those that the labels reject."""

    def hours(self, photos: int, seconds: float = SECONDS_A_PHOTO) -> float:
        """Saved on so many photos like these, at so many seconds a photo."""
        return photos * seconds / 3600 * self.photos / self.of_photos if self.of_photos else 0.0

    @property
    def wrong_interval(self) -> tuple[float, float]:
        """95 % (Wilson) of the share of passed joints that should have been rejected."""
        return wilson(self.wrong, self.joints)

    def to_json(self) -> dict[str, Any]:
        return {
            "joints_passed": self.joints,
            "joints": self.of_joints,
            "photos_passed": self.photos,
            "photos": self.of_photos,
            "wrongly_accepted": self.wrong,
            "wrongly_accepted_interval": self.wrong_interval,
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """What one set of thresholds does."""

    thresholds: tuple[float, ...]
    confusions: tuple[Confusion, ...]
    verdicts: Verdicts
    passed: Passed


class Judging:
    """One model on the labelled photos of one split. `at` and `choose` take milliseconds at 127,655 photos."""

    def __init__(self, mirror: Mirror, found: Heard, validation: Heard, *, split: str) -> None:
        self.mirror, self.split = mirror, split
        self.found = found
        self.validation = validation
        self._trial = Trial(mirror, found.card, found.rows, probabilities=found.probabilities)
        joints, counts = np.unique(mirror.joint[found.rows], return_counts=True)
        self._photos_of = joints, counts

    @property
    def card(self) -> ModelCard:
        return self.found.card

    @property
    def exclusive(self) -> bool:
        """Whether the likeliest class is taken, and no threshold asked."""
        return self.card.task == "exclusive"

    @property
    def points(self) -> bool:
        """Whether any flag that it judges carries points; else no joint can be rejected."""
        return any(self.mirror.scheme.points_of(slot) for slot in self.card.slots)

    @cached_property
    def known(self) -> tuple[Ranked, ...]:
        """By class, the shown photos whose label is known."""
        return tuple(Ranked(*self.found.of_class(place)) for place in range(len(self.card.classes)))

    @cached_property
    def validated(self) -> tuple[Ranked, ...]:
        """The same of the validation photos, from which thresholds are chosen."""
        if self.split == Split.VALIDATION:
            return self.known
        return tuple(Ranked(*self.validation.of_class(place)) for place in range(len(self.card.classes)))

    def at(self, thresholds: Sequence[float]) -> Figures:
        """What these thresholds, in the order of the card's classes, do to the shown photos and their joints."""
        verdicts = self._trial.at(thresholds)
        joints, counts = self._photos_of
        photos = counts[np.searchsorted(joints, verdicts.joints)]
        accepted, c = ~verdicts.said, verdicts.confusion
        passed = Passed(c.misses + c.passes, len(accepted), int(photos[accepted].sum()), int(photos.sum()), c.misses)
        if self.exclusive:
            confusions = tuple(self._counted(place) for place in range(len(self.card.classes)))
        else:
            confusions = tuple(one.confusion(t) for one, t in zip(self.known, thresholds, strict=True))
        return Figures(tuple(thresholds), confusions, verdicts, passed)

    def choose(self, choice: Thresholds, place: int, *, prior: float = 0.5, balanced: bool = False) -> Chosen:
        """The threshold of one class by a rule, from validation photos alone; `prior` as `thresholds.choose` has it."""
        item = self.card.classes[place]
        points = self.mirror.scheme.points_of(item.slot)
        return choose(choice, self.validated[place], prior=prior, balanced=balanced, points=points, name=item.name)

    def photos(self, place: int, cell: str, thresholds: Sequence[float]) -> Ids:
        """Ids of the photos in one cell (`CELLS`) of a class's confusion."""
        states, said = self._states[:, place], self._said(thresholds)[:, place]
        labelled = State.RAISED if cell in ("hits", "misses") else State.CLEAR
        return self._ids((states == labelled) & (said == (cell in ("hits", "false_alarms"))))

    def between(self, place: int, low: float, high: float) -> Ids:
        """Ids of the photos whose label of a class is known and whose probability is `low` or more and below `high`.

        A probability of 1 is below 1 as well.
        """
        values, states = self.found.probabilities[:, place], self._states[:, place]
        inside = (values >= low) & ((values < high) | (high >= 1))
        return self._ids(np.isin(states, (State.RAISED, State.CLEAR)) & inside)

    def nearest(self, place: int, threshold: float) -> Ids:
        """Ids of the `NEAREST` photos whose label of a class is known and whose probability is nearest to this one."""
        rows = np.concatenate(self._kinds[place])
        away = np.abs(self.found.probabilities[rows, place] - threshold)
        found: Ids = self.mirror.ids[self.found.rows[rows[np.argsort(away, kind="stable")[:NEAREST]]]]
        return found

    def joint_photos(self, cell: str, figures: Figures) -> Ids:
        """Ids of the photos of the joints in one cell of the verdicts' confusion; rejected stands for raised."""
        verdicts = figures.verdicts
        chosen = verdicts.rejected == (cell in ("hits", "misses"))
        chosen &= verdicts.said == (cell in ("hits", "false_alarms"))
        return self._ids(np.isin(self.mirror.joint[self.found.rows], verdicts.joints[chosen]))

    def mixed_up(self, thresholds: Sequence[float]) -> NDArray[np.int64]:
        """(classes, classes): photos on which the class of the row was missed and that of the column raised wrongly."""
        return scoring.mixed_up(self._said(thresholds), self._states)

    def mixed_up_photos(self, missed: int, raised: int, thresholds: Sequence[float]) -> Ids:
        """Ids of the photos of one cell of `mixed_up`."""
        states, said = self._states, self._said(thresholds)
        wrong = (states[:, raised] == State.CLEAR) & said[:, raised]
        return self._ids((states[:, missed] == State.RAISED) & ~said[:, missed] & wrong)

    def mistakes(self, thresholds: Sequence[float], *, most: int, place: int | None = None) -> list[mistakes.Mistake]:
        """The costliest errors at these thresholds, of one class or of all."""
        found = replace(self.found, card=self.card.with_thresholds(thresholds))
        return mistakes.costliest(self.mirror, found, most=most, place=place)

    @cached_property
    def _states(self) -> NDArray[np.uint8]:
        states = self.found.states
        return np.asfortranarray(scoring.one_of_a_group(states) if self.exclusive else states)

    def _said(self, thresholds: Sequence[float]) -> NDArray[np.bool_]:
        return scoring.decided(self.found.probabilities, thresholds, task=self.card.task)

    def _counted(self, place: int) -> Confusion:
        """Of a class of a group, of which the likeliest is taken."""
        said, states = self._likeliest[:, place], self._states[:, place]
        up, clear = states == State.RAISED, states == State.CLEAR
        return Confusion(*(int(x.sum()) for x in (up & said, up & ~said, clear & said, clear & ~said)))

    def intervals(self, place: int, threshold: float) -> tuple[Range, Range]:
        """95 %, by joint, of the share of the raised photos that is found, and of the clear ones that pass."""
        said = self._likeliest[:, place] if self.exclusive else self.found.probabilities[:, place] >= threshold
        one, two = (self._interval(said[rows] == up, rows) for rows, up in zip(self._kinds[place], UP, strict=True))
        return one, two

    def _interval(self, right: NDArray[np.bool_], rows: Ids) -> Range:
        n = worth_by_place(right, self._place_of_joint[rows])
        return wilson(float(right.mean()) * n if n else 0, n)

    @cached_property
    def _kinds(self) -> list[tuple[Ids, Ids]]:
        """By class, which photos are labelled raised, and which clear."""
        raised, clear = (self._states == state for state in (State.RAISED, State.CLEAR))
        places = range(len(self.card.classes))
        return [(np.flatnonzero(raised[:, place]), np.flatnonzero(clear[:, place])) for place in places]

    @cached_property
    def _place_of_joint(self) -> NDArray[np.int64]:
        return np.searchsorted(np.unique(self.found.joints), self.found.joints)

    @cached_property
    def _likeliest(self) -> NDArray[np.bool_]:
        return self._said(self.found.thresholds)

    def _ids(self, chosen: NDArray[np.bool_]) -> Ids:
        found: Ids = self.mirror.ids[self.found.rows[chosen]]
        return found


def judge(
    store: Store, *, model_id: str | None = None, split: str = "test", newest: bool = True
) -> Generator[Progress, None, Judging]:
    """Takes in what a model says of the photos of a split: by default the one adopted last, or the active one.

    Photos not yet scored are scored first. Raises JobFailed with a sentence.
    """
    card = registry.chosen(store, model_id, newest=newest)
    mirror = mirrors.read(store)
    found = yield from evaluating.heard(store, card, mirror, splits=(split, Split.VALIDATION))
    yield Progress(0, 1, f"judging {card.name}")
    judging = Judging(mirror, found[split], found[Split.VALIDATION], split=split)
    # What is sorted and counted once is so before somebody drags a handle.
    judging.at([judging.choose(Thresholds(), place).threshold for place in range(len(card.classes))])
    judging.at(found[split].thresholds)
    return judging
