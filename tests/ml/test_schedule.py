"""Rates rise and fall as their names say; weight decay leaves biases alone."""

import pytest
import torch

from weldstudio.domain.recipe import Schedule
from weldstudio.ml import schedule


@pytest.mark.parametrize("name", ["fixed", "cosine", "one_cycle"])
def test_rates_stay_between_nothing_and_the_chosen_one(name: str) -> None:
    plan = Schedule(schedule=name, learning_rate=0.1)
    rates = [schedule.learning_rate(plan, step, 100) for step in range(100)]
    assert all(0 < rate <= 0.1 + 1e-9 for rate in rates)
    assert max(rates) == pytest.approx(0.1, rel=0.02)
    if name == "fixed":
        assert set(rates) == {0.1}
    else:
        peak = rates.index(max(rates))
        assert rates[:peak] == sorted(rates[:peak])
        assert rates[peak:] == sorted(rates[peak:], reverse=True)
        assert rates[-1] < 0.001


@pytest.mark.parametrize(
    ("name", "cls"),
    [("sgd", "SGD"), ("adam", "Adam"), ("adamw", "AdamW"), ("rmsprop", "RMSprop"), ("adagrad", "Adagrad")],
)
def test_the_optimiser_is_the_chosen_one_and_decays_matrices_alone(name: str, cls: str) -> None:
    layer = torch.nn.Linear(3, 2)
    frozen = torch.nn.Linear(3, 2).requires_grad_(False)
    plan = Schedule(optimiser=name, weight_decay=0.1, learning_rate=0.3)
    made = schedule.optimiser(plan, [[*layer.parameters(), *frozen.parameters()]])
    assert type(made).__name__ == cls
    decays = {id(p): group["weight_decay"] for group in made.param_groups for p in group["params"]}
    assert decays == {id(layer.weight): 0.1, id(layer.bias): 0.0}
    schedule.set_rate(made, 0.05)
    assert {group["lr"] for group in made.param_groups} == {0.05}


def test_steps_and_exponential_rates_are_their_formulas() -> None:
    step = Schedule(schedule="step", learning_rate=0.2, decay=0.5, decay_every=10)
    assert [schedule.learning_rate(step, n, 99) for n in (0, 9, 10, 25)] == [0.2, 0.2, 0.1, 0.05]
    exp = Schedule(schedule="exp", learning_rate=0.2, decay=0.99, decay_every=1)
    for n in (0, 1, 50):
        assert schedule.learning_rate(exp, n, 99) == pytest.approx(0.2 * 0.99**n)
    third = Schedule(schedule="step", learning_rate=1.0, decay=0.1)
    assert [round(schedule.learning_rate(third, n, 30), 6) for n in (9, 10, 20, 29)] == [1.0, 0.1, 0.01, 0.01]


def test_a_plateau_lowers_the_rate_after_evaluations_that_are_no_better() -> None:
    plateau = schedule.Plateau(Schedule(schedule="plateau", plateau_patience=2, decay=0.5))
    factors = []
    for better in (True, False, True, False, False, False, False):
        plateau.evaluated(better=better)
        factors.append(plateau.factor)
    assert factors == [1, 1, 1, 1, 0.5, 0.5, 0.25]
    still = schedule.Plateau(Schedule(schedule="fixed", plateau_patience=1))
    still.evaluated(better=False)
    assert still.factor == 1


def test_warm_up_is_as_long_as_asked_and_stages_further_off_learn_slower() -> None:
    plan = Schedule(schedule="cosine", warm_up=0.5, learning_rate=1.0, layer_decay=0.5)
    rates = [schedule.learning_rate(plan, n, 100) for n in range(100)]
    assert rates.index(max(rates)) == 50
    layers = [torch.nn.Linear(2, 2) for _ in range(3)]
    made = schedule.optimiser(plan, [list(layer.parameters()) for layer in layers])
    schedule.set_rate(made, 0.8)
    of = {id(p): group["lr"] for group in made.param_groups for p in group["params"]}
    assert [of[id(layer.weight)] for layer in layers] == [0.8, 0.4, 0.2]


def test_an_automatic_batch_is_a_twentieth_of_the_photos_and_at_most_256() -> None:
    automatic = Schedule(batch_size=0)
    assert [schedule.batch_size(automatic, n) for n in (10, 400, 10**6)] == [2, 20, 256]
    assert schedule.batch_size(Schedule(batch_size=7), 10**6) == 7
