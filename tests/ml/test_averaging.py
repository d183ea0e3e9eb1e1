"""Averages follow the weights, longer in longer runs."""

import pytest
import torch

from weldstudio.ml.averaging import averaging_decay, cloned, follow


def test_averages_remember_longer_in_longer_runs() -> None:
    assert 0 <= averaging_decay(1) <= averaging_decay(100) < averaging_decay(10**6) == 0.999


def test_an_average_is_that_of_all_steps_with_fading_weight() -> None:
    state = {"w": torch.tensor([1.0]), "n": torch.tensor(3)}
    average = cloned(state)
    state["w"].fill_(2.0)
    assert float(average["w"]) == 1
    follow(average, state, 0.75)
    follow(average, {"w": torch.tensor([5.0]), "n": torch.tensor(5)}, 0.75)
    assert float(average["w"]) == pytest.approx(0.75 * (0.75 * 1 + 0.25 * 2) + 0.25 * 5)
    assert int(average["n"]) == 5
