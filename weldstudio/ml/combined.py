"""Several networks that answer as one: copies of the trained stages for each flag, or an ensemble.

    logit_c = bias_c + sum over members m of weight[m, c] * z[m, c]

Independent flags [Dalyac 2014, 10.2]: each member answers for its own class alone, weight 1; stages that stay frozen
are one and the same for all members and are computed once. Ensemble [Soper 2019]: every member answers for every class,
weight 1 / members, or fitted (stacking, Wolpert 1992).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from weldstudio.domain.model import ModelCard
from weldstudio.ml.architectures import Network, build


class Combined(nn.Module):
    """Input (n, 3, s, s) float, output (n, classes) logits. `outputs` are the classes of each member's outputs."""

    weight: Tensor
    """(members, classes)"""
    bias: Tensor
    """(classes,)"""

    def __init__(
        self, networks: Sequence[Network], outputs: Sequence[Sequence[int]], classes: int, *, shared_stages: int = 0
    ) -> None:
        super().__init__()
        self.members = nn.ModuleList(networks)
        self.outputs = [list(columns) for columns in outputs]
        self.shared_stages = shared_stages
        """Stages from the front that are the first member's for all."""
        weight = torch.zeros(len(networks), classes)
        for row, columns in zip(weight, self.outputs, strict=True):
            row[columns] = 1
        self.register_buffer("weight", weight / weight.sum(0).clamp(min=1))
        self.register_buffer("bias", torch.zeros(classes))
        self.unused = frozenset(
            f"members.{number}.{name}"
            for number, network in enumerate(networks[1:], 1)
            for name in _tensors_of(network, shared_stages)
        )
        """Names of the tensors of stages for which the first member's stand in; no file holds them."""
        for network in networks[1:]:
            network.stages.update(list(networks[0].stages.items())[:shared_stages])

    @property
    def networks(self) -> list[Network]:
        return [member for member in self.members if isinstance(member, Network)]

    @property
    def overlay(self) -> str:
        """As in `networks.Network.overlay`."""
        closed = all(network.overlay == "closed form" for network in self.networks)
        return "closed form" if closed else "head gradient"

    def begun(self, x: Tensor) -> Tensor:
        """What the shared stages make of the input."""
        return self.networks[0].feature_map(x, 0, self.shared_stages)

    def spread(self, member: int, found: Tensor) -> Tensor:
        """A member's part of the answer, weighted: (n, its outputs, ...) as (n, classes, ...)."""
        weight = self.weight[member, self.outputs[member]]
        whole = found.new_zeros(found.shape[0], len(self.bias), *found.shape[2:])
        whole[:, self.outputs[member]] = found * weight.reshape(1, -1, *([1] * (found.ndim - 2)))
        return whole

    def forward(self, x: Tensor) -> Tensor:
        begun = self.begun(x)
        parts = [
            self.spread(m, network.classify(network.neck(network.feature_map(begun, self.shared_stages))))
            for m, network in enumerate(self.networks)
        ]
        return torch.stack(parts).sum(0) + self.bias

    def rescale(self, slope: Tensor, offset: Tensor) -> None:
        """Turns every logit z_c into slope_c * z_c + offset_c."""
        self.weight *= slope
        self.bias.copy_(slope * self.bias + offset)


def _tensors_of(network: Network, stages: int) -> list[str]:
    """Names of the tensors of the first so many stages."""
    modules = [module for part in list(network.stages.values())[:stages] for module in part]
    own = {id(tensor) for module in modules for tensor in module.state_dict(keep_vars=True).values()}
    return [name for name, tensor in network.state_dict(keep_vars=True).items() if id(tensor) in own]


def from_card(card: ModelCard) -> Network | Combined:
    """The network a card describes, with random weights."""
    looks = card.preprocessing.looks
    if not card.members:
        return build(card.network, len(card.classes), head=card.head, hidden=card.hidden, looks=looks)
    networks = [build(m.network, len(m.outputs), head=m.head, hidden=m.hidden, looks=looks) for m in card.members]
    return Combined(networks, [m.outputs for m in card.members], len(card.classes), shared_stages=card.shared_stages)
