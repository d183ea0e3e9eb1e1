"""Networks: torchvision's classifiers and our own weldnet, all cut by one rule into stages, features and a linear head.

    photo -> stage 1 -> ... -> stage n -> last feature map -> neck -> features -> linear head -> logits

The stages are what a recipe freezes from the front. The neck is the global average wherever a network allows it: then
the head's weights on the feature map *are* the activation map (Zhou et al., CVPR 2016, eq. 2). AlexNet and VGG keep
their fully connected layers as the neck, which is their last stage. The original classifier is thrown away.

Weights keep torchvision's names below `body.`, so that any torchvision file fits; the head is `head.weight` and
`head.bias`.
"""

import importlib
from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from typing import Any

import torch
import torchvision
from torch import Tensor, nn

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.networks import NETWORKS
from weldstudio.ml.classics import CLASSICS
from weldstudio.ml.weldnet import WeldNet

_CONNECTED = ("alexnet", "vgg", *CLASSICS)
"""Families that end in fully connected layers over places."""
_WITHOUT_AUXILIARY = ("googlenet", "inception")
_AFTER_FEATURES = (
    *("avgpool", "dropout", "classifier", "fc", "AuxLogits", "aux1", "aux2"),
    *("global_pool", "head_drop", "classif", "last_linear"),
)
"""Children of a network that come after its last feature map."""


class Network(nn.Module):
    """A network cut into stages, neck and head. Input (n, 3, s, s) float, output (n, classes) logits.

    The head is one linear layer, or two: batch norm, `hidden` features, batch norm, classes [Soper 2019]. With two
    looks the input is (n, 3, s, 2 s), the whole photo beside a part of it; one trunk sees both, the head their features
    side by side [Dalyac 2014, 9.1].
    """

    def __init__(
        self,
        name: str,
        classes: int,
        *,
        dropout: float = 0.0,
        head: str = "linear",
        hidden: int = 256,
        looks: int = 1,
    ) -> None:
        super().__init__()
        self.name = name
        self.body: Any = _body(name)
        self.stages: OrderedDict[str, list[nn.Module]] = _stages(name, self.body)
        self.neck_is_stage = name.startswith(_CONNECTED)
        self.dropout = nn.Dropout(dropout)
        self.looks = looks
        self.feature_width = width = looks * _feature_width(self)
        self.hidden: nn.Module = nn.Identity()
        if head == "two_layers":
            self.hidden = nn.Sequential(
                nn.BatchNorm1d(width), nn.Linear(width, hidden), nn.ReLU(), nn.BatchNorm1d(hidden)
            )
            width = hidden
        self.head = nn.Linear(width, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    @property
    def overlay(self) -> str:
        """As in `networks.Network.overlay`."""
        linear = isinstance(self.hidden, nn.Identity) and not self.neck_is_stage
        return "closed form" if linear else "head gradient"

    @property
    def stage_names(self) -> tuple[str, ...]:
        return tuple(self.stages)

    def feature_map(self, x: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """The last feature map, (n, channels, h, w); or what stages from `start` to before `stop` make of `x`.

        With two looks (2 n, channels, h, w): the whole photos first, then their parts.
        """
        if self.looks > 1 and x.shape[3] == self.looks * x.shape[2]:
            x = torch.cat(x.chunk(self.looks, dim=3))
        for name, modules in list(self.stages.items())[start:stop]:
            if name != "classifier":
                for module in modules:
                    x = module(x)
        return x

    def neck(self, maps: Tensor) -> Tensor:
        """Features (n, width) of the last feature map."""
        if not self.neck_is_stage:
            maps = maps.mean(dim=(2, 3))
        else:
            for module in self.stages["classifier"]:
                maps = module(maps)
        return torch.cat(maps.chunk(self.looks), dim=1) if self.looks > 1 else maps

    def features(self, x: Tensor, start: int = 0) -> Tensor:
        """What the head sees, (n, width); of `x` as stage `start` sees it."""
        return self.neck(self.feature_map(x, start))

    def classify(self, features: Tensor) -> Tensor:
        """Logits (n, classes) of features (n, width)."""
        logits: Tensor = self.head(self.dropout(self.hidden(features)))
        return logits

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        return self.classify(self.features(x, start))

    def rescale(self, slope: Tensor, offset: Tensor) -> None:
        """Turns every logit z_c into slope_c * z_c + offset_c."""
        with torch.no_grad():
            self.head.weight *= slope[:, None]
            self.head.bias.copy_(slope * self.head.bias + offset)

    def groups(self) -> list[list[nn.Parameter]]:
        """Parameters by their distance from the head: the head's own first, then those of each stage backwards."""
        head = [*self.hidden.parameters(), *self.head.parameters()]
        return [head, *([p for m in part for p in m.parameters()] for part in reversed(self.stages.values()))]

    def freeze(self, stages: int, *, hold: int = 0) -> None:
        """Freezes the first `stages` stages: their weights take no gradient and their batch norm stands still.

        The batch norm of the first `hold` stages keeps normalising by the statistics it came with, while its scale and
        shift are trained. A fine-tuning begins with a head that was fitted under those: measured by its own batches,
        the features would move away from under the head before the first step is done.
        """
        parts = list(self.stages.values())
        frozen = [module for part in parts[:stages] for module in part]
        for module in frozen:
            module.requires_grad_(False)
        held = [m for part in parts[:hold] for child in part for m in child.modules() if isinstance(m, nn.BatchNorm2d)]
        self._still = [*frozen, *held]
        self.train(self.training)

    def train(self, mode: bool = True) -> "Network":
        """Training mode for all that does not stand still."""
        super().train(mode)
        for module in getattr(self, "_still", ()):
            module.eval()
        return self


def build(name: str, classes: int, **options: Any) -> Network:
    """A network with random trunk and a head of zeros, channels last; `options` are those of `Network`.

    Raises KeyError for an unknown name.
    """
    if name not in NETWORKS:
        raise KeyError(name)
    network: Network = Network(name, classes, **options).to(memory_format=torch.channels_last)
    return network


def _body(name: str) -> Any:
    """The network with random weights and without its classifier: torchvision's, or our own."""
    if name == "weldnet":
        return WeldNet()
    if name in CLASSICS:
        return CLASSICS[name]()
    if NETWORKS[name].extra:
        return _of_timm(name)
    options: dict[str, Any] = {"weights": None}
    if name.startswith(_WITHOUT_AUXILIARY):
        options |= {"aux_logits": False, "init_weights": True, "transform_input": False}
    body: Any = getattr(torchvision.models, name)(**options)
    if name.startswith("mnasnet"):
        # Its own way of loading asks for a version that tensors alone, as they are kept and read here, do not carry.
        body._load_from_state_dict = partial(nn.Module._load_from_state_dict, body)
    if name.startswith(_CONNECTED):
        body.classifier = body.classifier[:-1]  # the hidden layers stay, the last linear one is ours
    else:
        for child in ("classifier", "fc"):
            if hasattr(body, child):
                delattr(body, child)
    return body


def _of_timm(name: str) -> Any:
    try:
        timm = importlib.import_module("timm")
    except ModuleNotFoundError as error:
        raise RecipeError(
            f"{NETWORKS[name].title} needs the package timm; install weldstudio with its extra: weldstudio[timm]."
        ) from error
    return timm.create_model(name, pretrained=False, num_classes=0, global_pool="")


def _stages(name: str, body: Any) -> OrderedDict[str, list[nn.Module]]:
    """Name -> modules, from the photo to the last feature map (and the neck where it has layers of its own).

    The one rule: what a network calls its features, or else its children up to its pooling; everything before the
    first numbered layer is the stem.
    """
    stages: OrderedDict[str, list[nn.Module]] = OrderedDict()
    if hasattr(body, "features") or hasattr(body, "layers"):
        prefix, sequence = ("features", body.features) if hasattr(body, "features") else ("layers", body.layers)
        for key, module in sequence.named_children():
            stages[f"{prefix}.{key}"] = [module]
        if name.startswith("densenet"):
            last = next(reversed(stages))
            stages[last] = [*stages[last], nn.ReLU()]  # its forward applies it outside of the features
        if name.startswith(_CONNECTED):
            stages["classifier"] = [body.avgpool, nn.Flatten(1), body.classifier]
        return stages
    children = [(key, child) for key, child in _opened(body) if key not in _AFTER_FEATURES]
    numbered = [i for i, (key, _) in enumerate(children) if key in ("layer1", "block1", "stage2")]
    stem = numbered[0] if numbered else 0
    if stem:
        stages["stem"] = [child for _, child in children[:stem]]
    for key, child in children[stem:]:
        stages[key] = [child]
    return stages


def _opened(body: Any) -> Iterable[tuple[str, nn.Module]]:
    """A network's children; RegNet's trunk is one child that holds its blocks."""
    for key, child in body.named_children():
        if key == "trunk_output":
            yield from child.named_children()
        else:
            yield key, child


def _feature_width(network: Network) -> int:
    if network.neck_is_stage:
        linear = [m for m in network.body.classifier.modules() if isinstance(m, nn.Linear)]
        return linear[-1].out_features
    return NETWORKS[network.name].feature_width


def parameters(network: Network) -> int:
    """Of the trunk, without a head."""
    return sum(p.numel() for p in network.body.parameters())
