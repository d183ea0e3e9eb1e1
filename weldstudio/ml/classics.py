"""Networks of the sources that torchvision does not have, in torchvision's form: features, avgpool, classifier.

The classifier holds the hidden connected layers alone; the last linear layer is the head of `architectures.Network`.
"""

from collections import OrderedDict
from collections.abc import Callable

import torchvision
from torch import nn


class Classic(nn.Module):
    """Convolutions, a pooling to a fixed grid, connected layers over places."""

    def __init__(self, features: nn.Sequential, grid: int, classifier: nn.Sequential) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((grid, grid))
        self.classifier = classifier
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)


def lenet5() -> Classic:
    """LeCun et al. 1998, figure 2, in colour: input 32 x 32, tanh, average pooling, 120 and 84 features."""
    features = nn.Sequential(
        OrderedDict(
            c1=nn.Sequential(nn.Conv2d(3, 6, 5), nn.Tanh()),
            s2=nn.AvgPool2d(2),
            c3=nn.Sequential(nn.Conv2d(6, 16, 5), nn.Tanh()),
            s4=nn.AvgPool2d(2),
            c5=nn.Sequential(nn.Conv2d(16, 120, 5), nn.Tanh()),
        )
    )
    return Classic(features, 1, nn.Sequential(nn.Linear(120, 84), nn.Tanh()))


def zfnet() -> Classic:
    """Zeiler & Fergus, ECCV 2014: AlexNet with a first layer of 7 x 7, stride 2, and wider middle convolutions."""
    features = nn.Sequential(
        *(nn.Conv2d(3, 96, 7, 2, 1), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)),
        *(nn.Conv2d(96, 256, 5, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)),
        *(nn.Conv2d(256, 512, 3, padding=1), nn.ReLU(inplace=True)),
        *(nn.Conv2d(512, 1024, 3, padding=1), nn.ReLU(inplace=True)),
        *(nn.Conv2d(1024, 512, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)),
    )
    connected = nn.Sequential(
        *(nn.Dropout(), nn.Linear(512 * 6 * 6, 4096), nn.ReLU(inplace=True)),
        *(nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(inplace=True)),
    )
    return Classic(features, 6, connected)


def alexnet_spatial() -> Classic:
    """Dalyac 2014, task 4: AlexNet without its last pooling and one connected layer, to keep where a thing was seen.

    Its convolutions have the names of torchvision's AlexNet, so that its weights fit them.
    """
    features = torchvision.models.alexnet(weights=None).features[:-1]
    connected = nn.Sequential(nn.Dropout(), nn.Linear(256 * 13 * 13, 4096), nn.ReLU(inplace=True))
    return Classic(features, 13, connected)


def basic_cnn() -> Classic:
    """Soper 2019: five 3 x 3 convolutions, each with 2 x 2 pooling, and a batch-normalised connected layer."""
    stages: OrderedDict[str, nn.Module] = OrderedDict()
    given = 3
    for number, width in enumerate((32, 64, 128, 128, 128)):
        stages[str(number)] = nn.Sequential(nn.Conv2d(given, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        given = width
    connected = nn.Sequential(nn.Linear(128 * 4 * 4, 256), nn.BatchNorm1d(256), nn.ReLU())
    return Classic(nn.Sequential(stages), 4, connected)


CLASSICS: dict[str, Callable[[], Classic]] = {
    "lenet5": lenet5,
    "zfnet": zfnet,
    "alexnet_spatial": alexnet_spatial,
    "basic_cnn": basic_cnn,
}
"""By name."""
