"""How good a model is on a set of labelled photos: one pure function for validation, test and every later figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.scores import ClassScores, mean_interval, mean_of_known, score_class, wilson
from weldstudio.domain.thresholds import best_threshold


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of all classes on one set of photos.

    `mean_per_class_accuracy` is at the given thresholds; for exclusive classes it is the mean recall of the likeliest
    class, which needs no threshold, and the classes one against the rest stand beside it.
    """

    task: str
    classes: Mapping[str, ClassScores]
    recalls: Mapping[str, tuple[int, int]]
    """Exclusive tasks only: class -> (photos got right, photos of the class)."""
    photos: int
    """With at least one known label."""

    @property
    def one_vs_rest(self) -> tuple[float | None, int]:
        """Mean per-class accuracy at the thresholds over classes one by one, and over how many."""
        return mean_of_known([scores.mean_per_class_accuracy for scores in self.classes.values()])

    @property
    def one_vs_rest_at_half(self) -> float | None:
        return mean_of_known([scores.at_half for scores in self.classes.values()])[0]

    @property
    def mean_per_class_accuracy(self) -> float | None:
        if self.task == "exclusive":
            return mean_of_known([right / n if n else None for right, n in self.recalls.values()])[0]
        return self.one_vs_rest[0]

    @property
    def mean_per_class_accuracy_at_half(self) -> float | None:
        """For exclusive tasks the same as `mean_per_class_accuracy`."""
        return self.mean_per_class_accuracy if self.task == "exclusive" else self.one_vs_rest_at_half

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean per-class accuracy."""
        if self.task == "exclusive":
            return mean_interval(tuple(self.recalls.values()))
        shares: list[tuple[int, int]] = []
        for scores in self.classes.values():
            c = scores.confusion
            if c.raised and c.clear:
                shares += [(c.hits, c.raised), (c.passes, c.clear)]
        return mean_interval(tuple(shares))

    def per_class_json(self) -> dict[str, dict[str, Any]]:
        """Class -> its figures; those of exclusive classes have their recall first."""
        result: dict[str, dict[str, Any]] = {}
        for name, scores in self.classes.items():
            figures = scores.to_json() | {"n": scores.confusion.raised + scores.confusion.clear}
            if self.task == "exclusive":
                right, n = self.recalls[name]
                figures |= {
                    "one_vs_rest": scores.mean_per_class_accuracy,
                    "mean_per_class_accuracy": right / n if n else None,
                    "recall": right / n if n else None,
                    "interval": wilson(right, n),
                }
            result[name] = figures
        return result

    def to_json(self) -> dict[str, Any]:
        return {
            "task": self.task,
            "photos": self.photos,
            "mean_per_class_accuracy": self.mean_per_class_accuracy,
            "interval": self.interval,
            "mean_per_class_accuracy_at_half": self.mean_per_class_accuracy_at_half,
            "one_vs_rest": self.one_vs_rest[0],
            "one_vs_rest_at_half": self.one_vs_rest_at_half,
            "classes_with_a_value": self.one_vs_rest[1],
            "classes": len(self.classes),
            "per_class": self.per_class_json(),
        }


def evaluate(
    probabilities: NDArray[np.floating[Any]],
    states: NDArray[np.uint8],
    names: Sequence[str],
    *,
    task: str = "multilabel",
    thresholds: Sequence[float] | None = None,
) -> Evaluation:
    """Scores from probabilities (n, classes) and label states (n, classes); unsure and unseen labels are left out.

    Without `thresholds` those best on these very photos are taken, which is right for validation photos alone. In an
    exclusive task a photo counts when exactly one class is raised, and is clear for all others.
    """
    if task == "exclusive":
        states = _exclusive(states)
    found: dict[str, ClassScores] = {}
    for index, name in enumerate(names):
        known = (states[:, index] == State.RAISED) | (states[:, index] == State.CLEAR)
        values, raised = probabilities[known, index].astype(np.float64), states[known, index] == State.RAISED
        threshold = best_threshold(values, raised) if thresholds is None else thresholds[index]
        found[name] = score_class(values, raised, threshold)
    recalls: dict[str, tuple[int, int]] = {}
    if task == "exclusive":
        counts = states.any(axis=1)
        truth, predicted = (states[counts] == State.RAISED).argmax(1), probabilities[counts].argmax(1)
        for index, name in enumerate(names):
            recalls[name] = int((predicted[truth == index] == index).sum()), int((truth == index).sum())
    known_photos = int(np.isin(states, (State.RAISED, State.CLEAR)).any(axis=1).sum())
    return Evaluation(task, found, recalls, known_photos)


def _exclusive(states: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """States with the raised class of each photo raised and the others clear; unseen where not exactly one is."""
    raised = states == State.RAISED
    one = raised.sum(axis=1, keepdims=True) == 1
    result = np.where(raised, State.RAISED, State.CLEAR)
    return np.where(one, result, State.UNSEEN).astype(np.uint8)
