"""Alarms on seeded runs: every one that is built to go wrong is caught, and nearly none of those that learn.

The runs are real: logistic regressions trained by gradient steps on drawn features, whose labels hang on the features
or do not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.alarms import Watch, auc_interval, entropy, is_constant, rare_in_batches
from weldstudio.domain.evaluation import evaluate
from weldstudio.domain.labelling import State
from weldstudio.domain.messages import Alarm, Evaluated
from weldstudio.domain.scores import score_class


@dataclass(frozen=True)
class Plan:
    """A training of a logistic regression; the defaults learn."""

    photos: int = 240
    judged: int = 120
    width: int = 8
    shares: tuple[float, ...] = (0.5, 0.3, 0.15)
    signal: float = 1.6
    """How far raised photos lie from clear ones in the features."""
    wrong: float = 0.0
    """Share of training labels that are wrong."""
    rate: float = 0.3
    epochs: int = 10
    batch: int = 16
    slow: float = 0.0
    """Share of the run in which the features say next to nothing, as those of an untrained network do."""


def drawn(plan: Plan, draw: np.random.Generator, count: int, axes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    raised = draw.uniform(size=(count, len(plan.shares))) < plan.shares
    features = draw.normal(size=(count, plan.width)) + (raised - np.array(plan.shares)) @ axes * plan.signal
    return features, raised


def ran(plan: Plan, seed: int) -> list[Alarm]:
    """Everything the watch says of a run."""
    draw = np.random.default_rng(seed)
    axes = draw.normal(size=(len(plan.shares), plan.width))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    x, y = drawn(plan, draw, plan.photos, axes)
    held_x, held_y = drawn(plan, draw, plan.judged, axes)
    y ^= draw.uniform(size=y.shape) < plan.wrong
    states, held = (np.where(some, State.RAISED, State.CLEAR).astype(np.uint8) for some in (y, held_y))
    weight, bias = np.zeros((plan.width, len(plan.shares))), np.zeros(len(plan.shares))
    names = [f"flag {n}" for n in range(len(plan.shares))]
    per_epoch = -(-plan.photos // plan.batch)
    nothing = float(np.mean([entropy(float(share)) for share in y.mean(axis=0)]))
    watch = Watch(names, per_epoch * plan.epochs, plan.rate, ignorance=nothing)
    told: list[Alarm] = []
    step = 0
    figures = {}
    for _ in range(plan.epochs):
        for rows in np.array_split(draw.permutation(plan.photos), per_epoch):
            sees = 1.0 if step >= plan.slow * watch.planned else 0.05
            logits = sees * x[rows] @ weight + bias
            error = 1 / (1 + np.exp(-np.clip(logits, -500, 500))) - y[rows]
            loss = float(np.logaddexp(0, np.where(y[rows], -logits, logits)).mean())
            told += watch.stepped(loss, logits, states[rows], rows)
            weight -= plan.rate * sees * x[rows].T @ error / len(rows)
            bias -= plan.rate * error.mean(axis=0)
            step += 1
        told += watch.epoch_ended()
        logits = sees * held_x @ weight + bias
        found = evaluate(1 / (1 + np.exp(-np.clip(logits, -500, 500))), held, names)
        figures = found.per_class_json()
        loss = float(np.logaddexp(0, np.where(held_y, -logits, logits)).mean())
        told += watch.evaluated(Evaluated(step, 0.0, loss, found.mean_per_class_accuracy, None, figures))
    return told + list(watch.ended(figures))


DEAD = {"signal": 0.0, "width": 1}
BAD = {
    "constant": [
        Plan(**DEAD, rate=0.02),
        Plan(**DEAD, rate=0.3),
        Plan(signal=0.0, width=4, rate=0.05),
        Plan(**DEAD, shares=(0.02,), photos=1000, judged=500, rate=0.1, epochs=5),
        Plan(**DEAD, shares=(0.005,), photos=2000, judged=1000, rate=0.1, epochs=4),
    ],
    "rising": [Plan(rate=90.0), Plan(rate=3000.0), Plan(rate=20.0, width=32)],
    "overfitting": [
        Plan(photos=80, width=40, signal=2.5, wrong=0.3, rate=0.2, epochs=60, judged=400),
        Plan(photos=120, width=80, signal=3.0, wrong=0.3, rate=0.3, epochs=60, judged=400),
    ],
    "stuck": [Plan(**DEAD, shares=(0.3, 0.2)), Plan(**DEAD, shares=(0.1,), photos=400)],
}
GOOD = [
    Plan(),
    Plan(signal=2.5, rate=0.1),
    Plan(shares=(0.08,) * 17, photos=600, judged=300, signal=2.2, epochs=6),
    Plan(shares=(0.5,), photos=60, judged=40, signal=2.0),
    Plan(shares=(0.02, 0.4), photos=1000, judged=400, signal=3.0),
    Plan(rate=0.02, signal=2.5, epochs=20),
    Plan(slow=0.15, signal=2.0, epochs=20),
    Plan(width=40, signal=2.5, photos=300),
    Plan(rate=1.5, signal=1.8),
    Plan(wrong=0.05, epochs=30),
    Plan(shares=(0.2,) * 6, photos=80, judged=20, signal=2.5, rate=0.5, epochs=5),  # of which 4 are raised
]


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_run_is_caught(kind: str, trials: Callable[[int, int], int]) -> None:
    plans = BAD[kind]
    for seed in range(trials(len(plans), 50)):
        told = {alarm.kind: alarm for alarm in ran(plans[seed % len(plans)], seed)}
        # A dead network is both; which is told first hangs on how many raised photos validation happens to hold.
        caught = told.keys() & ({"constant", "stuck"} if kind == "constant" else {kind})
        assert caught, (seed, told)
        assert all(told[one].sentence.count(". ") for one in caught)  # what it is, and what mends it


def test_hardly_a_good_run_is_given_an_alarm(trials: Callable[[int, int], int]) -> None:
    count = trials(len(GOOD), 200)
    false = [(seed, alarm) for seed in range(count) for alarm in ran(GOOD[seed % len(GOOD)], 1000 + seed)]
    assert len({seed for seed, _ in false}) <= count / 100, false


def figures(scores: np.ndarray, raised: np.ndarray) -> dict[str, object]:
    return score_class(scores, raised, 0.5).to_json()


@pytest.mark.parametrize("share", [0.5, 0.02, 0.005])
def test_a_constant_answer_is_one_at_any_prevalence_and_at_any_level(share: float) -> None:
    draw = np.random.default_rng(1)
    raised = np.arange(2000) < 2000 * share
    for level in (share, 0.5, 0.999):
        assert is_constant(figures(np.full(2000, level), raised))
        jitter = draw.normal(0, 0.01, 2000)
        assert is_constant(figures(1 / (1 + np.exp(-np.log(level / (1 - level)) - jitter)), raised))
    odds = draw.normal(-4, 1, 2000) + 2.5 * raised
    seen = figures(1 / (1 + np.exp(-odds)), raised)
    assert seen["hits"] == 0 or share == 0.5 or seen["sensitivity"] < 0.5  # it hardly ever raises the flag, and yet
    assert not is_constant(seen)


def test_a_flag_that_nobody_shows_is_no_constant_answer() -> None:
    assert not is_constant(figures(np.full(50, 0.01), np.zeros(50, bool)))
    assert not is_constant({})


@given(st.integers(0, 10_000))
def test_an_area_interval_holds_chance_where_there_is_nothing_but_chance(seed: int) -> None:
    # 19 in 20 at least; a single draw far out is what a wider interval allows.
    draw = np.random.default_rng(seed)
    raised = np.arange(200) < 40
    area = score_class(draw.uniform(size=200), raised, 0.5).auc
    assert area is not None
    low, high = auc_interval(area, 40, 160, z=4.5)
    assert low <= 0.5 <= high
    assert auc_interval(0.9, 20, 180)[0] > 0.75


def test_a_batch_that_likely_holds_none_is_told_with_a_size_that_does() -> None:
    (alarm,) = rare_in_batches({"soil": (10, 990), "water": (400, 600)}, 32, proportional_possible=False)
    assert "'soil'" in alarm.sentence
    assert "'water'" not in alarm.sentence
    wanted = int(alarm.remedy["schedule.batch_size"])
    assert not list(rare_in_batches({"soil": (10, 990)}, wanted, proportional_possible=False))
    (one,) = rare_in_batches({"soil": (10, 990)}, 32, proportional_possible=True)
    assert one.remedy == {"sampling.method": "proportional"}


def test_each_alarm_is_told_once() -> None:
    kinds = [alarm.kind for seed in range(2) for alarm in ran(BAD["rising"][0], seed) if alarm.kind == "rising"]
    assert kinds == ["rising"] * 2
