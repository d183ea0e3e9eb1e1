"""How good a model is on a set of labelled photos: one pure function for validation, test and every later figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.scores import ClassScores, logit, mean_interval, mean_of_known, score_class, wilson, worth
from weldstudio.domain.thresholds import best_threshold

MANY_CLASSES = 10
"""From so many exclusive classes on, the five likeliest are looked at beside the first; below, the two likeliest."""


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
    taken_for: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Class that was missed -> class raised there in its place, wrongly -> photos."""
    top: tuple[int, int, int] | None = None
    """Exclusive tasks only: (k, photos whose class is among the k likeliest, photos); k = 5, or 2 below ten classes."""
    worths: Mapping[str, float] = field(default_factory=dict)
    """Exclusive tasks with known joints only: what the photos of each class count (`scores.worth`)."""
    wider: float = 1.0
    """By how much the interval of the mean widens, since flags of a joint go right and wrong together."""

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
    def top_1(self) -> tuple[int, int] | None:
        """(photos whose likeliest class is right, photos); exclusive tasks only."""
        counts = self.recalls.values()
        return (sum(right for right, _ in counts), sum(n for _, n in counts)) if self.top else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean per-class accuracy; by joint where joints are known."""
        if self.task == "exclusive":
            return mean_interval(tuple(self._recalled(name) for name in self.recalls))
        known = [scores for scores in self.classes.values() if scores.mean_per_class_accuracy is not None]
        low, high = mean_interval(tuple(share for scores in known for share in scores.trials[:2]))
        mean = self.mean_per_class_accuracy
        if mean is None:
            return low, high
        return max(0.0, mean - self.wider * (mean - low)), min(1.0, mean + self.wider * (high - mean))

    def _recalled(self, name: str) -> tuple[float, float]:
        """(photos got right, photos) of an exclusive class, as many as they are worth."""
        right, n = self.recalls[name]
        counts = self.worths.get(name, n)
        return (right * counts / n, counts) if n else (0, 0)

    def per_class_json(self) -> dict[str, dict[str, Any]]:
        """Class -> its figures; those of exclusive classes have their recall first."""
        result: dict[str, dict[str, Any]] = {}
        for name, scores in self.classes.items():
            figures = scores.to_json() | {
                "n": scores.confusion.raised + scores.confusion.clear,
                "taken_for": dict(self.taken_for.get(name, {})),
            }
            if self.task == "exclusive":
                right, n = self.recalls[name]
                figures |= {
                    "one_vs_rest": scores.mean_per_class_accuracy,
                    "mean_per_class_accuracy": right / n if n else None,
                    "recall": right / n if n else None,
                    "interval": wilson(*self._recalled(name)),
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
            **({} if self.top is None or self.top_1 is None else _top_json(self.top_1, self.top)),
            "per_class": self.per_class_json(),
        }


def evaluate(
    probabilities: NDArray[np.floating[Any]],
    states: NDArray[np.uint8],
    names: Sequence[str],
    *,
    task: str = "multilabel",
    thresholds: Sequence[float] | None = None,
    units: NDArray[np.int64] | None = None,
) -> Evaluation:
    """Scores from probabilities (n, classes) and label states (n, classes); unsure and unseen labels are left out.

    Without `thresholds` those best on these very photos are taken, which is right for validation photos alone. With
    `units` (n,), the joints of the photos, the intervals are by joint. In an
    exclusive task a photo counts when exactly one class is raised, and is clear for all others.
    """
    if task == "exclusive":
        states = one_of_a_group(states)
    found: dict[str, ClassScores] = {}
    for index, name in enumerate(names):
        known = (states[:, index] == State.RAISED) | (states[:, index] == State.CLEAR)
        values, raised = probabilities[known, index].astype(np.float64), states[known, index] == State.RAISED
        threshold = best_threshold(values, raised) if thresholds is None else thresholds[index]
        found[name] = score_class(values, raised, threshold, units=None if units is None else units[known])
    said = decided(probabilities, [found[name].threshold for name in names], task=task)
    recalls: dict[str, tuple[int, int]] = {}
    worths: dict[str, float] = {}
    top = None
    if task == "exclusive":
        counts = states.any(axis=1)
        truth, right = (states[counts] == State.RAISED).argmax(1), (said & (states == State.RAISED))[counts].any(axis=1)
        for index, name in enumerate(names):
            recalls[name] = int(right[truth == index].sum()), int((truth == index).sum())
            if units is not None:
                worths[name] = worth(right[truth == index], units[counts][truth == index])
        k = 5 if len(names) >= MANY_CLASSES else 2
        # Of classes that are equally likely the true one comes last: a network that tells nothing apart gets nothing.
        places = (probabilities[counts] >= probabilities[counts][np.arange(len(truth)), truth][:, None]).sum(axis=1)
        top = k, int((places <= k).sum()), len(truth)
    known_photos = int(np.isin(states, (State.RAISED, State.CLEAR)).any(axis=1).sum())
    wider = _wider(said, states, units) if units is not None and task != "exclusive" else 1.0
    return Evaluation(task, found, recalls, known_photos, _taken_for(said, states, names), top, worths, wider)


def _wider(said: NDArray[np.bool_], states: NDArray[np.uint8], units: NDArray[np.int64]) -> float:
    """How much further the mean over flags goes astray than if flags went right and wrong independently."""
    _, place = np.unique(units, return_inverse=True)
    joints = int(place.max(initial=-1)) + 1
    together, apart = np.zeros(joints), 0.0
    for column in range(states.shape[1]):
        kinds = [states[:, column] == state for state in (State.RAISED, State.CLEAR)]
        if not all(kind.any() for kind in kinds):
            continue
        for kind, state in zip(kinds, (State.RAISED, State.CLEAR), strict=True):
            right = said[kind, column] == (state == State.RAISED)
            off = np.bincount(place[kind], (right - right.mean()) / len(right), joints)
            together += off
            apart += float((off**2).sum())
    return float(np.sqrt(max(1.0, float((together**2).sum()) / apart))) if apart else 1.0


def decided(
    probabilities: NDArray[np.floating[Any]], thresholds: Sequence[float], *, task: str = "multilabel"
) -> NDArray[np.bool_]:
    """What a model raises, (n, classes): what reaches its threshold, or of exclusive classes the likeliest."""
    if task == "exclusive":
        result: NDArray[np.bool_] = np.arange(probabilities.shape[1]) == probabilities.argmax(axis=1)[:, None]
        return result
    reaches: NDArray[np.bool_] = probabilities >= np.asarray(thresholds)
    return reaches


def costs(
    probabilities: NDArray[np.floating[Any]], states: NDArray[np.uint8], said: NDArray[np.bool_], points: Sequence[int]
) -> NDArray[np.float64]:
    """What each answer costs, (n, classes): penalty points times -log p of what is labelled where it is wrong, else 0.

    So the dearest error is a flag of many points of which the model was sure, and wrong. No points count as one.
    """
    raised, known = states == State.RAISED, np.isin(states, (State.RAISED, State.CLEAR))
    odds = logit(probabilities)
    surprise = np.logaddexp(0, np.where(raised, -odds, odds))
    result: NDArray[np.float64] = np.where(known & (said != raised), surprise * np.maximum(points, 1), 0.0)
    return result


def _taken_for(said: NDArray[np.bool_], states: NDArray[np.uint8], names: Sequence[str]) -> dict[str, dict[str, int]]:
    return {
        name: {names[i]: int(row[i]) for i in np.argsort(-row, kind="stable") if row[i]}
        for name, row in zip(names, mixed_up(said, states), strict=True)
        if row.any()
    }


def mixed_up(said: NDArray[np.bool_], states: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(classes, classes): photos on which the class of the row was missed and that of the column raised wrongly."""
    missed = (states == State.RAISED) & ~said
    wrong = (states == State.CLEAR) & said
    # Integers are multiplied one by one, floats at once; they are exact far beyond any number of photos.
    counts: NDArray[np.int64] = (missed.T.astype(np.float64) @ wrong.astype(np.float64)).astype(np.int64)
    return counts


def _top_json(top_1: tuple[int, int], top: tuple[int, int, int]) -> dict[str, Any]:
    (first, n), (k, right, _) = top_1, top
    return {
        "top_1": first / n if n else None,
        "top_1_interval": wilson(first, n),
        f"top_{k}": right / n if n else None,
        f"top_{k}_interval": wilson(right, n),
    }


def one_of_a_group(states: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """States with the raised class of each photo raised and the others clear; unseen where not exactly one is."""
    raised = states == State.RAISED
    one = raised.sum(axis=1, keepdims=True) == 1
    result = np.where(raised, State.RAISED, State.CLEAR)
    return np.where(one, result, State.UNSEEN).astype(np.uint8)
