"""A fitted head is the minimum it claims to be, and no class enters another's solution."""

from functools import partial
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from weldstudio.domain.recipe import LossChoice
from weldstudio.ml.heads import FittedHead, fit_head, minimise
from weldstudio.ml.losses import Loss


def _data(n: int = 200, width: int = 20, classes: int = 3, seed: int = 0) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    features = torch.rand(n, width, generator=draw) * 2 + 1
    truth = torch.randn(width, classes, generator=torch.Generator().manual_seed(99))
    logits = (features - 2) @ truth + 0.5 * torch.randn(n, classes, generator=draw)
    return features, torch.where(logits > 0.5, 1, 2).to(torch.uint8)


def _fit(
    features: Tensor, states: Tensor, choice: LossChoice | None = None, *, task: str = "multilabel", ridge: float = 0.0
) -> FittedHead:
    loss = Loss(choice or LossChoice(), task, states)
    *_, (_, _, head) = fit_head(features, states, loss, held_out=_data(seed=5), ridge=ridge)
    return head


@pytest.mark.parametrize("task", ["multilabel", "exclusive"])
def test_it_starts_where_it_is_told_and_ends_where_it_would_have_ended(task: str) -> None:
    features, states = _data()
    if task == "exclusive":
        states = torch.where(torch.arange(3) == states.long().argmin(1)[:, None], 1, 2).to(torch.uint8)
    loss = Loss(LossChoice(), task, states)
    more, labels = _data(n=260)  # the refit has seen photos that the training must not learn from
    *_, (_, _, refitted) = fit_head(more, labels, Loss(LossChoice(), "multilabel", labels), held_out=_data(seed=5))
    held_out = features, states
    begun, *_, (_, _, head) = fit_head(
        features, states, loss, held_out=held_out, ridge=1e-2, start=(refitted.weight, refitted.bias)
    )
    scores = [torch.sigmoid(features @ one.weight.T + one.bias) for one in (begun[2], refitted)]
    assert (scores[0] - scores[1]).abs().max() < 1e-4
    *_, (_, _, plain) = fit_head(features, states, loss, held_out=held_out, ridge=1e-2)
    said = torch.sigmoid if task == "multilabel" else partial(torch.softmax, dim=1)
    scores = [said(features @ one.weight.T + one.bias) for one in (head, plain)]
    assert (scores[0] - scores[1]).abs().max() < 1e-3


@pytest.mark.parametrize("name", ["bce", "bayesian", "logit_adjusted"])
def test_the_gradient_is_zero_at_the_fitted_head(name: str) -> None:
    features, states = _data()
    head = _fit(features, states, LossChoice(name=name), ridge=0.01)
    loss = Loss(LossChoice(name=name), "multilabel", states)
    centred = features - features.mean(0)
    scale = centred.pow(2).sum(1).mean().sqrt()
    weight, bias = (
        (head.weight * scale).double().requires_grad_(True),
        (head.weight @ features.mean(0) + head.bias).double().requires_grad_(True),
    )
    logits = (centred / scale).double() @ weight.T + bias
    value = (loss.entries(logits, states).sum(0) / loss.known(states).sum(0)).sum() + 0.005 * weight.pow(2).sum()
    value.backward()
    assert weight.grad is not None
    assert bias.grad is not None
    assert weight.grad.abs().max() < 1e-3
    assert bias.grad.abs().max() < 1e-3


def test_a_softmax_head_beats_any_nudge_of_it() -> None:
    features, states = _data(classes=4)
    winner = torch.randint(0, 4, (len(features),), generator=torch.Generator().manual_seed(3))
    states = torch.where(torch.arange(4) == winner[:, None], 1, 2).to(torch.uint8)
    features[:, :4] += torch.nn.functional.one_hot(winner, 4)
    loss = Loss(LossChoice(), "exclusive", states)
    *_, (_, _, head) = fit_head(features, states, loss, held_out=(features, states), ridge=1e-3)
    scale = (features - features.mean(0)).pow(2).sum(1).mean()

    def value(weight: Tensor, bias: Tensor) -> float:
        return float(loss(features @ weight.T + bias, states) + 0.5e-3 * scale * weight.pow(2).sum())

    best = value(head.weight, head.bias)
    for seed in range(20):
        nudge = 0.05 * torch.randn(head.weight.shape, generator=torch.Generator().manual_seed(seed))
        assert value(head.weight + nudge, head.bias) > best - 1e-5


def test_labels_of_one_class_leave_the_others_bit_for_bit() -> None:
    features, states = _data()
    changed = states.clone()
    changed[:, 1] = torch.where(torch.arange(len(states)) % 3 == 0, 1, 2)
    first, second = _fit(features, states), _fit(features, changed)
    for index in (0, 2):
        assert torch.equal(first.weight[index], second.weight[index])
        assert torch.equal(first.bias[index], second.bias[index])
    assert not torch.equal(first.weight[1], second.weight[1])


def test_unknown_labels_change_nothing() -> None:
    features, states = _data()
    more = torch.cat([features, 100 + torch.rand(30, features.shape[1])])
    unknown = torch.cat([states, torch.tensor([[0, 3, 0]] * 30, dtype=torch.uint8)])
    assert torch.equal(_fit(features, states).weight, _fit(more, unknown).weight)


def test_fewer_photos_than_features_and_a_class_with_one_answer_are_solved() -> None:
    features, states = _data(n=12, width=60)
    states[:, 2] = 2
    loss = Loss(LossChoice(), "multilabel", states)
    *_, (_, _, head) = fit_head(features, states, loss, held_out=(features[:0], states[:0]))
    assert torch.isfinite(head.weight).all()
    assert ((features @ head.weight.T + head.bias)[:, 2] < 0).all()


def test_the_ridge_is_chosen_where_the_held_out_loss_is_least() -> None:
    features, states = _data(n=60, width=50)
    held_out = _data(n=400, width=50, seed=8)
    loss = Loss(LossChoice(), "multilabel", states)

    def judged(ridge: float) -> Tensor:
        *_, (_, _, head) = fit_head(features, states, loss, held_out=held_out, ridge=ridge)
        logits = held_out[0] @ head.weight.T + head.bias
        return loss.entries(logits, held_out[1]).mean(0)

    chosen = judged(0.0)
    assert (chosen <= judged(1e-5) + 1e-4).all()
    assert (chosen <= judged(1.0) + 1e-4).all()


def test_each_pass_is_no_worse_than_the_one_before() -> None:
    curvature = torch.tensor([[1.0, 100.0], [3.0, 0.01]])
    target = torch.tensor([[1.0, -2.0], [0.5, 4.0]])

    def value(x: Tensor) -> tuple[Tensor, Tensor]:
        gap = x - target
        return (curvature * gap * gap).sum(1) / 2 + gap.pow(4).sum(1), curvature * gap + 4 * gap.pow(3)

    found = list(minimise(value, torch.zeros(2, 2), torch.ones(2, 2)))
    for (before, _), (after, _) in pairwise(found):
        assert (after <= before + 1e-6).all()
    assert torch.allclose(found[-1][1], target, atol=1e-2)
