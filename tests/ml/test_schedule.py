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


@pytest.mark.parametrize(("name", "cls"), [("sgd", "SGD"), ("adam", "Adam"), ("adamw", "AdamW")])
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
