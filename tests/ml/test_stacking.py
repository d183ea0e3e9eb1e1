"""Stacking is used where it is better on photos it did not see, and never else."""

import numpy as np

from weldstudio.ml.stacking import stacked


def _states(raised: np.ndarray) -> np.ndarray:
    return np.where(raised, 1, 2).astype(np.uint8)


def test_a_network_that_knows_nothing_is_left_out() -> None:
    draw = np.random.default_rng(0)
    raised = draw.uniform(size=(400, 1)) < 0.4
    good = 3 * (2 * raised - 1) + draw.normal(size=raised.shape)
    weight, bias = stacked(np.stack([good, 4 * draw.normal(size=raised.shape)]), _states(raised))
    assert weight[0, 0] > 5 * abs(weight[1, 0])
    assert np.isfinite(bias).all()


def test_networks_of_one_kind_keep_their_mean() -> None:
    draw = np.random.default_rng(1)
    raised = draw.uniform(size=(60, 3)) < 0.5
    truth = 1.4 * (2 * raised - 1)
    raised = draw.uniform(size=raised.shape) < 1 / (1 + np.exp(-truth))
    logits = np.stack([truth + 0.01 * draw.normal(size=truth.shape) for _ in range(3)])
    weight, bias = stacked(logits, _states(raised))
    assert weight.shape == (3, 3)
    assert (np.abs(weight - 1 / 3) < 0.3).all()
    assert bias.shape == (3,)


def test_too_few_labels_keep_the_mean_and_unknown_ones_take_no_part() -> None:
    logits = np.random.default_rng(2).normal(size=(2, 20, 2))
    states = np.zeros((20, 2), np.uint8)
    states[:3, 0] = 1
    states[3:, 0] = 2
    weight, bias = stacked(logits, states)
    assert (weight == 0.5).all()
    assert (bias == 0).all()
