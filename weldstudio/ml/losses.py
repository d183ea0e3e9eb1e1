"""Losses, all in one form: a loss per (photo, class) that counts known labels alone.

Labels are states (n, classes) uint8 (`labelling.State`): 1 raised, 2 clear; unsure and unseen are left out of the
loss of that class alone. In exclusive tasks a photo counts when exactly one class is raised.

Sources: focal, Lin et al., ICCV 2017, eq. 5; logit adjustment, Menon et al., ICLR 2021, eq. 10 (here with the prior
of the data set, never of the batch); Bayesian cross entropy, Dalyac 2014, 8.3.5 (our reconstruction: every class
contributes equally).
"""

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from weldstudio.domain.recipe import LossChoice


class Loss:
    """What is minimised. Made from the labels of the whole training set, whose class shares some losses need."""

    def __init__(self, choice: LossChoice, task: str, states: Tensor) -> None:
        self.exclusive = task == "exclusive"
        if choice.name == "auto":
            choice = replace(choice, name="logit_adjusted" if self.exclusive else "bce")
        self.choice = choice
        self.classes = states.shape[1]
        # As if every kind of label had been seen once more: no share is 0 or 1, no weight infinite.
        if self.exclusive:
            target = exclusive_target(states)
            counts = torch.bincount(target[target >= 0], minlength=self.classes).float()
            self.prior = (counts + 1) / (counts.sum() + self.classes)
        else:
            raised, clear = (states == 1).sum(0).float(), (states == 2).sum(0).float()
            self.prior = (raised + 1) / (raised + clear + 2)

    def known(self, states: Tensor) -> Tensor:
        """Which entries count: (n, classes) float, or (n, 1) for exclusive tasks."""
        if self.exclusive:
            return (exclusive_target(states) >= 0).float()[:, None]
        return ((states == 1) | (states == 2)).float()

    def entries(self, logits: Tensor, states: Tensor) -> Tensor:
        """The loss of each entry, 0 where it does not count; shape as `known`."""
        if self.exclusive:
            return self._softmax_entries(logits, states)
        return self._sigmoid_entries(logits, states)

    def __call__(self, logits: Tensor, states: Tensor) -> Tensor:
        """Mean over the entries that count, never over the sum of weights: that would bring the batch's prior back."""
        return self.entries(logits, states).sum() / self.known(states).sum().clamp(min=1)

    def _sigmoid_entries(self, logits: Tensor, states: Tensor) -> Tensor:
        choice, prior = self.choice, self.prior.to(logits)
        raised = (states == 1).to(logits)
        if choice.name == "logit_adjusted":
            logits = logits + choice.tau * torch.logit(prior)
        target = raised * (1 - choice.label_smoothing) + choice.label_smoothing / 2
        loss = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        if choice.name == "focal":
            right = torch.sigmoid(torch.where(raised > 0, logits, -logits))
            loss = loss * (1 - right) ** choice.gamma
        if choice.name == "bayesian":
            loss = loss * torch.where(raised > 0, 1 / (2 * prior), 1 / (2 * (1 - prior)))
        if choice.pos_weight_cap:
            weight = ((1 - prior) / prior).clamp(max=choice.pos_weight_cap)
            loss = loss * torch.where(raised > 0, weight.clamp(min=1), torch.ones_like(weight))
        return loss * self.known(states)

    def _softmax_entries(self, logits: Tensor, states: Tensor) -> Tensor:
        choice, prior = self.choice, self.prior.to(logits)
        target = exclusive_target(states)
        counts = target >= 0
        if choice.name == "logit_adjusted":
            logits = logits + choice.tau * torch.log(prior)
        index = target.clamp(min=0)
        loss = functional.cross_entropy(logits, index, reduction="none", label_smoothing=choice.label_smoothing)
        if choice.name == "focal":
            right = torch.softmax(logits, 1).gather(1, index[:, None])[:, 0]
            loss = loss * (1 - right) ** choice.gamma
        if choice.name == "bayesian":
            loss = loss / (self.classes * prior[index])
        return (loss * counts)[:, None]


def exclusive_target(states: Tensor) -> Tensor:
    """The one raised class of each photo, (n,) int64; -1 where none or several are raised."""
    raised = states == 1
    return raised.float().argmax(1).masked_fill(raised.sum(1) != 1, -1)


def probabilities(logits: Tensor, task: str) -> Tensor:
    """What logits mean: a sigmoid per class, or a softmax over exclusive ones."""
    return torch.softmax(logits, 1) if task == "exclusive" else torch.sigmoid(logits)
