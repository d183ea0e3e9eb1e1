"""Losses, all in one form: a loss per (photo, class) that counts known labels alone.

Labels are states (n, classes) uint8 (`labelling.State`): 1 raised, 2 clear; unsure and unseen are left out of the
loss of that class alone. In exclusive tasks a photo counts when exactly one class is raised.

| name | loss of one entry, p = sigmoid(z) for flags, softmax(z) for exclusive classes | source |
| --- | --- | --- |
| bce, cross_entropy | -log p of what is labelled | |
| focal | (1 - p)^gamma * -log p | Lin et al., ICCV 2017, eq. 5 |
| asl | raised: (1 - p)^g+ * -log p; clear: q^g- * -log(1 - q), q = max(p - margin, 0) | Ridnik et al., ICCV 2021 |
| logit_adjusted | cross entropy of z + tau * logit or log of the prior; prediction uses z | Menon et al., ICLR 2021 |
| bayesian | N / (K n_c) * -log p, n_c counted in the training set | Dalyac 2014, 8.3.5, our reconstruction |
| bayesian_batch | the same with n_c, N counted in the batch, K the classes present in it | Dalyac 2014, 8.3.5 |
| hinge | max(0, 1 - z) raised, max(0, 1 + z) clear, each class against the rest | Dalyac 2014, 7.3.4 |
"""

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from weldstudio.domain.recipe import LossChoice

CORNER = 0.1
"""Where a smooth hinge is asked for, its corner is a parabola so wide to both sides (Chapelle, 2007, eq. 4)."""


class Loss:
    """What is minimised. Made from the labels of the whole training set, whose class shares some losses need."""

    def __init__(self, choice: LossChoice, task: str, states: Tensor, *, smooth: bool = False) -> None:
        self.exclusive = task == "exclusive"
        if choice.name == "auto":
            choice = replace(choice, name="logit_adjusted" if self.exclusive else "bce")
        self.choice = choice
        self.classes = states.shape[1]
        self.task = task
        self.smooth = smooth
        """Whether the corner of the hinge is rounded, for a solver that needs second derivatives."""
        if self.exclusive:
            target = exclusive_target(states)
            self.raised = torch.bincount(target[target >= 0], minlength=self.classes).float()
            self.clear = self.raised.sum() - self.raised
            kinds = self.classes
        else:
            self.raised, self.clear = (states == 1).sum(0).float(), (states == 2).sum(0).float()
            kinds = 2
        known = self.raised + self.clear
        share = self.raised / known.clamp(min=1)
        # Where a kind of label is missing, as if each had been seen once more: no share is 0 or 1.
        self.prior = torch.where((share > 0) & (share < 1), share, (self.raised + 1) / (known + kinds))

    @property
    def balances(self) -> bool:
        """Whether it makes up for unequal classes by itself."""
        return self.choice.balances

    def smoothed(self) -> "Loss":
        """The same for a solver that needs second derivatives everywhere."""
        made = Loss.__new__(Loss)
        made.__dict__.update(self.__dict__ | {"smooth": True})
        return made

    def known(self, states: Tensor) -> Tensor:
        """Which entries count: (n, classes) float, or (n, 1) for exclusive tasks."""
        if self.exclusive:
            return (exclusive_target(states) >= 0).float()[:, None]
        return ((states == 1) | (states == 2)).float()

    def entries(self, logits: Tensor, states: Tensor, batch: Tensor | None = None) -> Tensor:
        """The loss of each entry, 0 where it does not count; shape as `known`.

        `batch`: the labels of the whole batch, where these rows are but a part of it.
        """
        batch = states if batch is None else batch
        if self.exclusive:
            return self._softmax_entries(logits, states, batch)
        return self._sigmoid_entries(logits, states, batch)

    def __call__(self, logits: Tensor, states: Tensor) -> Tensor:
        """Mean over the entries that count, never over the sum of weights: that would bring the batch's prior back."""
        return self.entries(logits, states).sum() / self.known(states).sum().clamp(min=1)

    def _sigmoid_entries(self, logits: Tensor, states: Tensor, batch: Tensor) -> Tensor:
        choice, prior = self.choice, self.prior.to(logits)
        raised, known = (states == 1).to(logits), self.known(states)
        if choice.name == "hinge":
            loss = self._hinge(torch.where(raised > 0, logits, -logits))
        else:
            if choice.name == "logit_adjusted":
                logits = logits + choice.tau * torch.logit(prior)
            target = raised * (1 - choice.label_smoothing) + choice.label_smoothing / 2
            loss = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        if choice.name == "focal":
            right = torch.sigmoid(torch.where(raised > 0, logits, -logits))
            loss = loss * (1 - right) ** choice.gamma
        if choice.name == "asl":
            loss = self._asymmetric(logits, raised, loss)
        if choice.name == "bayesian":
            n, total = torch.where(raised > 0, self.raised, self.clear).to(logits), self.raised + self.clear
            loss = loss * total / (2 * n.clamp(min=1))
        if choice.name == "bayesian_batch":
            ups, downs = (batch == 1).sum(0).to(logits), (batch == 2).sum(0).to(logits)
            present = ((ups > 0).to(logits) + (downs > 0).to(logits)).clamp(min=1)
            loss = loss * (ups + downs) / (present * torch.where(raised > 0, ups, downs).clamp(min=1))
        if choice.pos_weight_cap:
            weight = (self.clear / self.raised.clamp(min=1)).to(logits).clamp(max=choice.pos_weight_cap)
            loss = loss * torch.where(raised > 0, weight.clamp(min=1), torch.ones_like(weight))
        return loss * known

    def _asymmetric(self, logits: Tensor, raised: Tensor, loss: Tensor) -> Tensor:
        choice = self.choice
        p = torch.sigmoid(logits)
        found = (1 - p) ** choice.gamma_raised * loss
        shifted = (p - choice.margin).clamp(min=0)
        passed = shifted**choice.gamma_clear * -torch.log((1 - shifted).clamp(min=1e-8))
        return torch.where(raised > 0, found, passed)

    def _softmax_entries(self, logits: Tensor, states: Tensor, batch: Tensor) -> Tensor:
        choice, prior = self.choice, self.prior.to(logits)
        target = exclusive_target(states)
        counts = target >= 0
        index = target.clamp(min=0)
        if choice.name == "hinge":
            sign = 2 * functional.one_hot(index, self.classes).to(logits) - 1
            return (self._hinge(sign * logits).sum(1) * counts)[:, None]
        if choice.name == "logit_adjusted":
            logits = logits + choice.tau * torch.log(prior)
        loss = functional.cross_entropy(logits, index, reduction="none", label_smoothing=choice.label_smoothing)
        right = torch.softmax(logits, 1).gather(1, index[:, None])[:, 0]
        if choice.name == "focal":
            loss = loss * (1 - right) ** choice.gamma
        if choice.name == "asl":
            others = (torch.softmax(logits, 1) - choice.margin).clamp(min=0)
            wrong = others**choice.gamma_clear * -torch.log((1 - others).clamp(min=1e-8))
            wrong = wrong.scatter(1, index[:, None], 0.0)
            loss = loss * (1 - right) ** choice.gamma_raised + wrong.sum(1)
        if choice.name == "bayesian":
            loss = loss * self.raised.sum().to(logits) / (self.classes * self.raised.to(logits)[index].clamp(min=1))
        if choice.name == "bayesian_batch":
            others = exclusive_target(batch)
            n = torch.bincount(others[others >= 0], minlength=self.classes).to(logits)
            loss = loss * n.sum() / ((n > 0).sum().clamp(min=1) * n[index].clamp(min=1))
        return (loss * counts)[:, None]

    def _hinge(self, margin: Tensor) -> Tensor:
        """max(0, 1 - margin), with a rounded corner where `smooth`."""
        plain = (1 - margin).clamp(min=0)
        if not self.smooth:
            return plain
        rounded = (1 + CORNER - margin) ** 2 / (4 * CORNER)
        return torch.where((1 - margin).abs() < CORNER, rounded, plain)


def ignorance(loss: Loss, states: Tensor) -> float:
    """What it costs, on these labels (n, classes), to know nothing: to say one half of all, or the class shares."""
    prior = loss.prior.log() if loss.exclusive else torch.logit(loss.prior)
    return min(float(loss(said.expand(len(states), -1), states)) for said in (torch.zeros_like(prior), prior))


def exclusive_target(states: Tensor) -> Tensor:
    """The one raised class of each photo, (n,) int64; -1 where none or several are raised."""
    raised = states == 1
    return raised.float().argmax(1).masked_fill(raised.sum(1) != 1, -1)


def probabilities(logits: Tensor, task: str) -> Tensor:
    """What logits mean: a sigmoid per class, or a softmax over exclusive ones."""
    return torch.softmax(logits, 1) if task == "exclusive" else torch.sigmoid(logits)
