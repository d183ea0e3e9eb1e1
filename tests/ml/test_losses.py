"""Each loss is its formula, computed here by hand; labels that are not known never count."""

import math

import pytest
import torch

from weldstudio.domain.recipe import LossChoice
from weldstudio.ml.losses import Loss, exclusive_target, probabilities

STATES = torch.tensor([[1, 2], [2, 2], [2, 0], [2, 3], [1, 1]], dtype=torch.uint8)
LOGITS = torch.tensor([[0.5, -1.0], [-0.3, 0.2], [1.5, 9.0], [-2.0, -9.0], [0.1, 0.7]])


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _entries() -> list[tuple[int, float, bool]]:
    """(class, logit, raised) of the known labels."""
    return [
        (c, float(LOGITS[i, c]), int(STATES[i, c]) == 1)
        for i in range(5)
        for c in range(2)
        if int(STATES[i, c]) in (1, 2)
    ]


PRIOR = (3 / 7, 2 / 5)
"""Raised plus one of known plus two."""


@pytest.mark.parametrize("name", ["auto", "bce", "focal", "logit_adjusted", "bayesian"])
def test_a_loss_is_its_formula(name: str) -> None:
    loss = Loss(LossChoice(name=name, tau=0.7, gamma=1.5), "multilabel", STATES)
    total = 0.0
    for c, z, raised in _entries():
        if name == "logit_adjusted":
            z += 0.7 * math.log(PRIOR[c] / (1 - PRIOR[c]))
        p = _sigmoid(z) if raised else 1 - _sigmoid(z)
        entry = -math.log(p)
        if name == "focal":
            entry *= (1 - p) ** 1.5
        if name == "bayesian":
            entry /= 2 * (PRIOR[c] if raised else 1 - PRIOR[c])
        total += entry
    assert float(loss(LOGITS, STATES)) == pytest.approx(total / len(_entries()), rel=1e-5)


def test_smoothing_and_weights() -> None:
    smooth = Loss(LossChoice(label_smoothing=0.2), "multilabel", STATES)
    expected = [
        -(0.9 if raised else 0.1) * math.log(_sigmoid(z)) - (0.1 if raised else 0.9) * math.log(1 - _sigmoid(z))
        for _, z, raised in _entries()
    ]
    assert float(smooth(LOGITS, STATES)) == pytest.approx(sum(expected) / len(expected), rel=1e-5)
    weighted = Loss(LossChoice(pos_weight_cap=1.2), "multilabel", STATES)
    expected = [
        min(1.2, (1 - PRIOR[c]) / PRIOR[c]) * -math.log(_sigmoid(z)) if raised else -math.log(1 - _sigmoid(z))
        for c, z, raised in _entries()
    ]
    assert float(weighted(LOGITS, STATES)) == pytest.approx(sum(expected) / len(expected), rel=1e-5)


@pytest.mark.parametrize("name", ["bce", "focal", "logit_adjusted", "bayesian"])
def test_unsure_and_unseen_labels_take_no_part(name: str) -> None:
    loss = Loss(LossChoice(name=name), "multilabel", STATES)
    moved = LOGITS.clone()
    moved[2, 1], moved[3, 1] = -50.0, 50.0
    assert torch.equal(loss(LOGITS, STATES), loss(moved, STATES))
    logits = LOGITS.clone().requires_grad_(True)
    loss(logits, STATES).backward()
    assert logits.grad is not None
    assert logits.grad[2, 1] == logits.grad[3, 1] == 0
    assert float(loss(LOGITS, torch.zeros_like(STATES))) == 0


EXCLUSIVE = torch.tensor([[1, 2, 2], [2, 1, 2], [2, 1, 0], [1, 1, 2], [2, 2, 2], [3, 0, 1]], dtype=torch.uint8)


def test_an_exclusive_photo_has_exactly_one_raised_class() -> None:
    assert exclusive_target(EXCLUSIVE).tolist() == [0, 1, 1, -1, -1, 2]


@pytest.mark.parametrize("name", ["auto", "bce", "cross_entropy", "focal", "logit_adjusted", "bayesian"])
def test_an_exclusive_loss_is_its_formula(name: str) -> None:
    torch.manual_seed(0)
    logits = torch.randn(6, 3)
    loss = Loss(LossChoice(name=name, tau=0.5, gamma=2.0), "exclusive", EXCLUSIVE)
    prior = [2 / 7, 3 / 7, 2 / 7]
    total = 0.0
    for i, k in ((0, 0), (1, 1), (2, 1), (5, 2)):
        z = [
            float(v) + (0.5 * math.log(q) if name in ("auto", "logit_adjusted") else 0)
            for v, q in zip(logits[i], prior, strict=True)
        ]
        p = math.exp(z[k]) / sum(math.exp(v) for v in z)
        entry = -math.log(p)
        if name == "focal":
            entry *= (1 - p) ** 2
        if name == "bayesian":
            entry /= 3 * prior[k]
        total += entry
    assert float(loss(logits, EXCLUSIVE)) == pytest.approx(total / 4, rel=1e-5)


def test_a_class_nobody_raised_gives_a_finite_loss() -> None:
    states = torch.full((4, 1), 2, dtype=torch.uint8)
    for name in ("bce", "focal", "logit_adjusted", "bayesian"):
        assert torch.isfinite(Loss(LossChoice(name=name), "multilabel", states)(torch.zeros(4, 1), states))


def test_probabilities_of_exclusive_classes_sum_to_one() -> None:
    assert probabilities(LOGITS, "exclusive").sum(1).allclose(torch.ones(5))
    assert float(probabilities(LOGITS, "multilabel")[0, 0]) == pytest.approx(_sigmoid(0.5))
