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


PRIOR = (2 / 5, 1 / 3)
"""Raised of known."""


COUNTS = ((2, 3), (1, 2))
"""(raised, clear) of each class."""
NAMES = ["auto", "bce", "focal", "logit_adjusted", "bayesian", "bayesian_batch", "asl", "hinge"]


@pytest.mark.parametrize("name", NAMES)
def test_a_loss_is_its_formula(name: str) -> None:
    choice = LossChoice(name=name, tau=0.7, gamma=1.5, gamma_raised=0.5, gamma_clear=3.0, margin=0.1)
    loss = Loss(choice, "multilabel", STATES)
    total = 0.0
    for c, z, raised in _entries():
        if name == "logit_adjusted":
            z += 0.7 * math.log(PRIOR[c] / (1 - PRIOR[c]))
        p = _sigmoid(z) if raised else 1 - _sigmoid(z)
        entry = -math.log(p)
        if name == "focal":
            entry *= (1 - p) ** 1.5
        if name.startswith("bayesian"):
            entry *= sum(COUNTS[c]) / (2 * COUNTS[c][0 if raised else 1])
        if name == "asl":
            q = max(_sigmoid(z) - 0.1, 0)
            entry = (1 - p) ** 0.5 * -math.log(p) if raised else q**3 * -math.log(1 - q)
        if name == "hinge":
            entry = max(0.0, 1 - (z if raised else -z))
        total += entry
    assert float(loss(LOGITS, STATES)) == pytest.approx(total / len(_entries()), rel=1e-5)


def test_every_class_contributes_equally_to_the_bayesian_loss_of_an_epoch() -> None:
    """The mean over an epoch of batches is L = (1/K) sum_c (1/n_c) sum_{i in c} -log p, for a single flag."""
    states = torch.tensor([[1], [1], *[[2]] * 6], dtype=torch.uint8)
    logits = torch.linspace(-1.5, 2.0, 8)[:, None]
    loss = Loss(LossChoice(name="bayesian"), "multilabel", states)
    order = torch.tensor([3, 0, 7, 5, 1, 2, 4, 6])
    epoch = sum(float(loss(logits[part], states[part])) for part in order.split(2)) / 4
    entry = torch.nn.functional.softplus(torch.where(states == 1, -logits, logits))
    assert epoch == pytest.approx(float((entry[:2].mean() + entry[2:].mean()) / 2), rel=1e-5)


def test_the_prior_of_a_batch_without_a_class_is_finite() -> None:
    """The thesis got an infinite loss there; divided by the classes that are present it is a plain mean."""
    loss = Loss(LossChoice(name="bayesian_batch"), "multilabel", STATES)
    batch = torch.tensor([[2, 2], [2, 2]], dtype=torch.uint8)
    logits = torch.tensor([[0.5, -1.0], [1.0, 2.0]])
    expected = torch.nn.functional.softplus(logits).mean()
    assert float(loss(logits, batch)) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("task", ["multilabel", "exclusive"])
@pytest.mark.parametrize("name", NAMES)
def test_parts_of_a_batch_add_up_to_it(name: str, task: str) -> None:
    states = EXCLUSIVE if task == "exclusive" else STATES
    logits = torch.linspace(-2, 2, states.numel()).reshape(states.shape)
    loss = Loss(LossChoice(name=name), task, states)
    parts = [loss.entries(logits[part], states[part], states) for part in torch.arange(len(states)).split(2)]
    assert torch.allclose(torch.cat(parts), loss.entries(logits, states))


@pytest.mark.parametrize("task", ["multilabel", "exclusive"])
@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_the_formula(name: str, task: str) -> None:
    """By differences, in double precision."""
    states = EXCLUSIVE if task == "exclusive" else STATES
    generator = torch.Generator().manual_seed(4)
    logits = torch.randn(*states.shape, generator=generator, dtype=torch.float64).requires_grad_(True)
    choice = LossChoice(name=name, tau=0.7, gamma_raised=1.0, label_smoothing=0.1, pos_weight_cap=3.0)
    loss = Loss(choice, task, states)
    assert torch.autograd.gradcheck(lambda z: loss(z, states), (logits,), atol=1e-5)


def test_a_smooth_hinge_is_a_hinge_but_for_its_corner() -> None:
    loss = Loss(LossChoice(name="hinge"), "multilabel", STATES)
    far = torch.tensor([[-3.0, 0.5], [0.85, 1.2], [3.0, 9.0], [0.0, 0.0], [1.15, -2.0]])
    assert torch.allclose(loss(far, STATES), loss.smoothed()(far, STATES))
    corner = torch.tensor([[1.0]])
    raised = torch.ones(1, 1, dtype=torch.uint8)
    assert 0 < float(loss.smoothed()(corner, raised)) <= 0.05


def test_smoothing_and_weights() -> None:
    smooth = Loss(LossChoice(label_smoothing=0.2), "multilabel", STATES)
    expected = [
        -(0.9 if raised else 0.1) * math.log(_sigmoid(z)) - (0.1 if raised else 0.9) * math.log(1 - _sigmoid(z))
        for _, z, raised in _entries()
    ]
    assert float(smooth(LOGITS, STATES)) == pytest.approx(sum(expected) / len(expected), rel=1e-5)
    weighted = Loss(LossChoice(pos_weight_cap=1.2), "multilabel", STATES)
    expected = [
        min(1.2, COUNTS[c][1] / COUNTS[c][0]) * -math.log(_sigmoid(z)) if raised else -math.log(1 - _sigmoid(z))
        for c, z, raised in _entries()
    ]
    assert float(weighted(LOGITS, STATES)) == pytest.approx(sum(expected) / len(expected), rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
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


@pytest.mark.parametrize("name", ["cross_entropy", *NAMES])
def test_an_exclusive_loss_is_its_formula(name: str) -> None:
    torch.manual_seed(0)
    logits = torch.randn(6, 3)
    loss = Loss(LossChoice(name=name, tau=0.5, gamma=2.0), "exclusive", EXCLUSIVE)
    prior = [1 / 4, 2 / 4, 1 / 4]
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
        if name.startswith("bayesian"):
            entry *= 4 / (3 * (1, 2, 1)[k])
        if name == "asl":
            rest = [max(math.exp(v) / sum(math.exp(u) for u in z) - 0.05, 0) for v in z]
            entry += sum(q**4 * -math.log(1 - q) for j, q in enumerate(rest) if j != k)
        if name == "hinge":
            entry = sum(max(0.0, 1 - (v if j == k else -v)) for j, v in enumerate(z))
        total += entry
    assert float(loss(logits, EXCLUSIVE)) == pytest.approx(total / 4, rel=1e-5)


def test_a_class_nobody_raised_gives_a_finite_loss() -> None:
    states = torch.full((4, 1), 2, dtype=torch.uint8)
    for name in NAMES:
        assert torch.isfinite(Loss(LossChoice(name=name), "multilabel", states)(torch.zeros(4, 1), states))


def test_probabilities_of_exclusive_classes_sum_to_one() -> None:
    assert probabilities(LOGITS, "exclusive").sum(1).allclose(torch.ones(5))
    assert float(probabilities(LOGITS, "multilabel")[0, 0]) == pytest.approx(_sigmoid(0.5))
