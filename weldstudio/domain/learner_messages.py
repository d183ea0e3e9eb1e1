"""What the learner is asked and what it utters (`jobs.learner`); part of `messages.Message`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Learn:
    """Fit every flag's head to all labels and keep what they say. Answered by `Refitted`, again after each `Relabel`.

    `ground_file` is a .npz with the fields of `studio.refitting.Ground`; the learner deletes it once it is read.
    """

    request: int
    project: str
    """Absolute folder of the project, where the answer is kept (`imaging.refit_file`)."""
    features: str
    """Absolute folder of the feature file."""
    ground_file: str


@dataclass(frozen=True, slots=True)
class Relabel:
    """Labels that have changed since. Answered by `Refitted`: at once, when the fit has converged, when judged."""

    request: int
    changes: tuple[tuple[int, int, int], ...]
    """(photo id, slot, state)."""


@dataclass(frozen=True, slots=True)
class FindSimilar:
    """Photos whose features point the same way. Answered by `SimilarFound` or `Failed`."""

    request: int
    photo_id: int
    count: int


@dataclass(frozen=True, slots=True)
class Suggest:
    """What to label next. Answered by `Suggested` or `Failed`."""

    request: int
    count: int
    seed: int


@dataclass(frozen=True, slots=True)
class Refitted:
    """What the heads say now lies in the project's file; `stage` is 'step', 'fitted' or 'judged'."""

    request: int
    """Of the newest `Learn` or `Relabel` that it takes into account."""
    stage: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SimilarFound:
    """The nearest first; `cosines` are of features about their mean."""

    request: int
    photo_ids: tuple[int, ...]
    cosines: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """Photos to label next, in order, and why: the slot of the class each is asked about, -1 = random audit."""

    request: int
    photo_ids: tuple[int, ...]
    slots: tuple[int, ...]
