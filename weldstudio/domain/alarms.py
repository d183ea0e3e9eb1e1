"""What is watched while a network trains: runs that go wrong are told in words, with what would mend them.

constant     nearly the same is said of every validation photo, or the ranking is chance and the cross entropy that of
             the class shares or worse: at two evaluations in a row, or of the model that is kept [Dalyac 2014, 6.3.4]
stuck        over an epoch the batches are wrong exactly where they hold the rarer kind (correlation 0.95), or the loss
             of each photo repeats itself, and the network knows no more than the class shares [Dalyac 2014, 6.3.4]
rising       the loss is five times that of knowing nothing, or rises from epoch to epoch above it
overfitting  validation has fallen for three evaluations while the training loss falls
rare         a batch is likelier than not to hold no raised photo of a flag [Dalyac 2014, 8.3]

None of them counts how often a flag is raised: 'clear' is the right answer where nobody shows a flag.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, isfinite, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.messages import Alarm, Evaluated
from weldstudio.domain.scores import mean_interval

SAME = 1e-3
"""Standard deviation of logits below which the same is said of every photo."""
ALIKE = 0.05
"""The same, where the ranking is chance as well."""
NO_GAIN = 0.98
"""Share of the prior's entropy from which a cross entropy is none the wiser."""
SEEN, SURE = 0.8, 3.24
"""Area under the ROC curve that must lie so many standard errors above chance on as many validation photos, else a
ranking says nothing: nine in ten networks that see so much are then not taken for blind (1.96 + 1.28)."""
CORRELATED = 0.95
REPEATED = 0.02
"""Mean change of a photo's loss from epoch to epoch, as a share of the mean loss, below which it repeats itself."""
LEAST_BATCHES = 8
WINDOW = 5
"""Steps of which the middle loss is taken."""
SHOT_UP, GREW = 5.0, 1.2
EARLY, FEW_STEPS = 0.2, 20
"""Share of the planned steps, and steps, before which a network may still know nothing."""
FALLS = 3
"""Evaluations in a row."""
MOST_NAMES = 4

Array = NDArray[np.float64]


@dataclass(slots=True)
class Watch:
    """One network under way. Whatever it says goes past here; each alarm is told once, and for each flag once."""

    names: Sequence[str]
    planned: int
    """Steps; 0 where only a head is fitted."""
    rate: float
    """Learning rate."""
    ignorance: float = float("inf")
    """The training loss of the best answer that is the same for every photo."""
    exclusive: bool = False
    _told: set[str] = field(default_factory=set)
    _constant: set[str] = field(default_factory=set)
    _suspects: set[str] = field(default_factory=set)
    """Flags that looked constant at the last evaluation."""
    _evaluations: list[Evaluated] = field(default_factory=list)
    _steps: int = 0
    _recent: list[float] = field(default_factory=list)
    """Losses of the last steps."""
    _since: list[float] = field(default_factory=list)
    """Losses since the last evaluation."""
    _training: list[float] = field(default_factory=list)
    """Mean training loss before each evaluation."""
    _first: float | None = None
    _epochs: list["Epoch"] = field(default_factory=list)
    _now: "Epoch" = field(default_factory=lambda: Epoch())

    # --- steps --------------------------------------------------------------------------------------------------

    def stepped(
        self, loss: float, logits: Array, states: NDArray[np.uint8], rows: NDArray[np.int64]
    ) -> Iterator[Alarm]:
        """A step on these rows: `logits` and `states` (b, classes) as they were before it."""
        self._first = loss if self._first is None else self._first
        self._steps += 1
        self._since.append(loss)
        self._recent = [*self._recent, loss][-WINDOW:]
        self._now.add(loss, logits, states, rows, exclusive=self.exclusive)
        known_nothing = max(self.ignorance if isfinite(self.ignorance) else 0.0, self._first)
        if len(self._recent) == WINDOW and sorted(self._recent)[WINDOW // 2] > SHOT_UP * known_nothing:
            yield from self._rises(self._recent[-1])

    def epoch_ended(self) -> Iterator[Alarm]:
        """All rows were seen once more."""
        self._epochs, self._now = [*self._epochs, self._now][-3:], Epoch()
        losses = [epoch.loss for epoch in self._epochs]
        if len(losses) == 3:
            before, middle, last = losses
            if before < middle < last and last > max(GREW * before, self.ignorance):
                yield from self._rises(last)
            known = self._epochs[-1].entropies() if all(e.no_gain.any() for e in self._epochs) else ()
            stuck = [self.names[c] for c in known if self._is_stuck(c)]
            if stuck and "stuck" not in self._told and self._steps >= EARLY * self.planned:
                self._told.add("stuck")
                yield Alarm(
                    "stuck",
                    f"The training is stuck for {named(stuck)}: it is wrong just where a batch holds the rarer "
                    "kind of photo, or the same photos cost the same epoch after epoch, and it knows no more than how "
                    f"common each flag is. {self._another_rate}.",
                    self._remedy,
                )

    def _is_stuck(self, c: int) -> bool:
        """Whether class c knew no more than the class shares for three epochs, and shows it."""
        before, last = self._epochs[-2:]
        if not all(epoch.no_gain[c] for epoch in self._epochs):
            return False
        return (before.mirrors(c) and last.mirrors(c)) or last.repeats(before, c)

    def _rises(self, loss: float) -> Iterator[Alarm]:
        if "rising" in self._told:
            return
        self._told.add("rising")
        nothing = f" (knowing nothing costs {self.ignorance:.2g})" if isfinite(self.ignorance) else ""
        yield Alarm(
            "rising",
            f"The training loss rises: {loss:.2g} now, {self._first:.2g} at the first step{nothing}. The steps are too "
            "large; the best state so far is kept. Try a learning rate ten times smaller.",
            self._remedy,
        )

    # --- evaluations --------------------------------------------------------------------------------------------

    def evaluated(self, message: Evaluated) -> Iterator[Alarm]:
        """The whole validation set was judged."""
        if message.step == 0:
            return  # the fitted head: nothing has been trained yet
        self._evaluations.append(message)
        self._training.append(float(np.mean(self._since)) if self._since else float("nan"))
        self._since = []
        if self.planned:
            now = {name for name in self.names if is_constant(message.per_class.get(name, {}))}
            if message.step >= max(EARLY * self.planned, FEW_STEPS):
                yield from self._tell_constant(now & self._suspects)
            self._suspects = now
            yield from self._overfits()  # the passes that fit a head are no training

    def ended(self, kept: Mapping[str, Mapping[str, Any]]) -> Iterator[Alarm]:
        """The run is over; `kept` are the validation figures, by class, of the weights that it returns."""
        yield from self._tell_constant({name for name in self.names if is_constant(kept.get(name, {}))})

    def _tell_constant(self, names: set[str]) -> Iterator[Alarm]:
        new = [name for name in self.names if name in names - self._constant]
        if not new:
            return
        self._constant |= set(new)
        said = "what it says is nearly the same for every validation photo, or no better than chance"
        nothing = len(new) == len(self.names)
        first = (
            f"The network has learned nothing: {said}." if nothing else f"Of {named(new)} nothing is learned: {said}."
        )
        yield Alarm("constant", f"{first} {self._another_rate}, or more labels.", self._remedy if self.planned else {})

    @property
    def _another_rate(self) -> str:
        """What to try, in words: whether the rate is too large or too small shows in the loss alone."""
        rate = "a learning rate ten times smaller" if "rising" in self._told else "another learning rate (range test)"
        return f"Try {rate}, pretrained weights, a balanced training"

    @property
    def _remedy(self) -> dict[str, str]:
        smaller = {"schedule.learning_rate": f"{self.rate / 10:g}"}
        return smaller if "rising" in self._told else {"schedule.range_test": "use"}

    def _overfits(self) -> Iterator[Alarm]:
        if "overfitting" in self._told or len(self._evaluations) <= FALLS:
            return
        means = [-1.0 if e.mean_per_class_accuracy is None else e.mean_per_class_accuracy for e in self._evaluations]
        if min(means) < 0:
            return
        best = int(np.argmax(means))
        least = min(e.loss for e in self._evaluations)
        if len(means) - 1 - best < FALLS:
            return
        top = means[best]
        noise = _noise(self._evaluations[best])
        last = range(len(means) - FALLS, len(means))
        fallen = all(means[n] < top - max(0.02, noise) and self._evaluations[n].loss > 1.1 * least for n in last)
        learning = self._training[-1] < self._training[best] or not isfinite(self._training[best])
        if fallen and learning:
            self._told.add("overfitting")
            yield Alarm(
                "overfitting",
                f"The network learns its photos by heart: validation has fallen from {100 * top:.1f} % at step "
                f"{self._evaluations[best].step:,} to {100 * means[-1]:.1f} %, while the training loss falls. The best "
                "state is kept. End such a run early, vary the photos more, or train fewer stages.",
                {"schedule.patience": str(FALLS)},
            )


@dataclass(slots=True)
class Epoch:
    """What was seen of the training photos in one epoch."""

    _losses: list[float] = field(default_factory=list)
    _wrong: list[Array] = field(default_factory=list)
    """Of each batch, the wrong answers of each class."""
    _raised: list[Array] = field(default_factory=list)
    _known: list[Array] = field(default_factory=list)
    _rows: list[NDArray[np.int64]] = field(default_factory=list)
    _entropy: list[Array] = field(default_factory=list)
    """Cross entropy of each row and class, 0 where the label is not known."""

    def add(
        self, loss: float, logits: Array, states: NDArray[np.uint8], rows: NDArray[np.int64], *, exclusive: bool
    ) -> None:
        """One more batch."""
        raised, known = states == State.RAISED, (states == State.RAISED) | (states == State.CLEAR)
        if exclusive:
            shifted = logits - logits.max(axis=1, keepdims=True)
            odds = shifted - np.log(np.maximum(np.exp(shifted).sum(axis=1, keepdims=True) - np.exp(shifted), 1e-30))
        else:
            odds = logits
        self._losses.append(loss)
        self._wrong.append((((odds > 0) != raised) & known).sum(axis=0).astype(float))
        self._raised.append((raised & known).sum(axis=0).astype(float))
        self._known.append(known.sum(axis=0).astype(float))
        self._rows.append(rows)
        self._entropy.append(np.logaddexp(0, np.where(raised, -odds, odds)) * known)

    @property
    def loss(self) -> float:
        """Mean over the batches."""
        return float(np.mean(self._losses)) if self._losses else float("nan")

    def entropies(self) -> range:
        """The classes."""
        return range(len(self._known[0]) if self._known else 0)

    @property
    def no_gain(self) -> NDArray[np.bool_]:
        """(classes,) whether the cross entropy is that of the class shares, or worse."""
        if not self._known:
            return np.zeros(0, np.bool_)
        known, raised = np.sum(self._known, axis=0), np.sum(self._raised, axis=0)
        spent = sum(part.sum(axis=0) for part in self._entropy) / np.maximum(known, 1)
        least = np.array([entropy(float(share)) for share in raised / np.maximum(known, 1)])
        result: NDArray[np.bool_] = (least > 0) & (spent >= NO_GAIN * least)
        return result

    def mirrors(self, c: int) -> bool:
        """Whether each batch is wrong just where it holds one of the two kinds of photos of class c."""
        if len(self._wrong) < LEAST_BATCHES:
            return False
        wrong, raised = (np.array([part[c] for part in parts]) for parts in (self._wrong, self._raised))
        known = np.array([part[c] for part in self._known])
        for kind in (raised, known - raised):
            if np.std(wrong) > 0 and np.std(kind) > 0 and np.corrcoef(wrong, kind)[0, 1] >= CORRELATED:
                return True
        return False

    def repeats(self, before: "Epoch", c: int) -> bool:
        """Whether the cross entropy of each photo is what it was an epoch before."""
        (old_rows, old), (new_rows, new) = before.by_row(c), self.by_row(c)
        if len(old_rows) != len(new_rows) or (old_rows != new_rows).any() or not new.mean():
            return False
        return float(np.abs(new - old).mean() / new.mean()) < REPEATED

    def by_row(self, c: int) -> tuple[NDArray[np.int64], Array]:
        """Rows, ascending, and the cross entropy of class c of each."""
        rows, values = np.concatenate(self._rows), np.concatenate([part[:, c] for part in self._entropy])
        order = np.argsort(rows, kind="stable")
        return rows[order], values[order]


def is_constant(figures: Mapping[str, Any]) -> bool:
    """Whether a class's validation figures (`scores.ClassScores.to_json`) are those of one answer for every photo.

    At any prevalence: from the spread and the ranking of the scores, never from how often they are raised.
    """
    raised, clear, spread = (figures.get(key) for key in ("raised", "clear", "spread"))
    if raised is None or clear is None or spread is None or not raised or not clear:
        return False
    if not isfinite(spread) or spread < SAME:
        return True
    area, spent = figures.get("auc"), figures.get("cross_entropy")
    if area is None or spent is None:
        return False
    no_gain = spent >= NO_GAIN * entropy(raised / (raised + clear))
    low, high = auc_interval(area, raised, clear)
    if not low <= 0.5 <= high:
        return False
    enough = auc_interval(SEEN, raised, clear, z=SURE)[0] > 0.5
    return bool((spread < ALIKE or no_gain) if enough else (spread < ALIKE and no_gain))


def auc_interval(area: float, raised: int, clear: int, z: float = 1.959964) -> tuple[float, float]:
    """95 % interval of an area under the ROC curve (Hanley & McNeil, Radiology 143, 1982, eq. 1 and 2)."""
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (raised - 1) * (q1 - area * area) + (clear - 1) * (q2 - area * area)
    reach = z * sqrt(max(0.0, spread) / (raised * clear))
    return area - reach, area + reach


def entropy(share: float) -> float:
    """Cross entropy of always saying this share, in nats."""
    if not 0 < share < 1:
        return 0.0
    return -share * log(share) - (1 - share) * log(1 - share)


def rare_in_batches(
    raised: Mapping[str, tuple[int, int]], batch: int, *, proportional_possible: bool
) -> Iterator[Alarm]:
    """Flags of which a batch likely holds no raised photo; `raised`: class -> (raised, clear) training photos."""
    found = {}
    for name, (up, down) in raised.items():
        if up and up < down:
            chance = exp(batch * log(1 - up / (up + down)))
            if chance > 0.5:
                found[name] = chance
    if not found:
        return
    rarest = max(found, key=lambda name: found[name])
    up, down = raised[rarest]
    wanted = min(256, int(log(0.5) / log(1 - up / (up + down))) + 1)
    remedy = {"sampling.method": "proportional"} if proportional_possible else {"schedule.batch_size": str(wanted)}
    yield Alarm(
        "rare in batches",
        f"A batch of {batch} photos is likely to hold none on which {named(list(found))} is raised "
        f"({100 * found[rarest]:.0f} % of the batches for '{rarest}'): what it learns of that in one step it forgets "
        "in the next. Use larger batches, or batches with a share of each class.",
        remedy,
    )


def named(names: Sequence[str]) -> str:
    """Names in quotes, the first few of them."""
    shown = ", ".join(f"'{name}'" for name in names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"


def _noise(message: Evaluated) -> float:
    """Standard error of the mean per-class accuracy of an evaluation."""
    shares: list[tuple[int, int]] = []
    for one in message.per_class.values():
        if one.get("raised") and one.get("clear"):
            shares += [(one["hits"], one["raised"]), (one["passes"], one["clear"])]
    low, high = mean_interval(tuple(shares))
    return (high - low) / (2 * 1.959964) if shares else 0.0
