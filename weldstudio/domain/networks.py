"""The networks that can be chosen: what a recipe, a form or a card needs to know of them without loading torch.

A test holds this table against the networks that `ml.architectures` really builds.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Network:
    """One row of the table. `stages` run from the photo to the features; freezing counts them from the front."""

    name: str
    title: str
    stages: tuple[str, ...]
    feature_width: int
    """Channels of the last feature map."""
    input_size: int = 224
    least_size: int = 32
    """Smallest input (pixels) from which the last feature map has at least one cell."""
    overlay: str = "closed form"
    """'closed form': global average and one linear layer; 'head gradient': a backward pass through the head alone."""
    parameters: int = 0
    """Of the trunk, without a head."""


_ROWS = (
    Network(
        "mobilenet_v2",
        "MobileNetV2",
        tuple(f"features.{i}" for i in range(19)),
        feature_width=1280,
        parameters=2_223_872,
    ),
    Network(
        "squeezenet1_0",
        "SqueezeNet 1.0",
        tuple(f"features.{i}" for i in range(13)),
        feature_width=512,
        parameters=735_424,
    ),
    Network(
        "resnet18",
        "ResNet-18",
        ("stem", "layer1", "layer2", "layer3", "layer4"),
        feature_width=512,
        parameters=11_176_512,
    ),
)

NETWORKS: dict[str, Network] = {row.name: row for row in _ROWS}
"""By name."""
