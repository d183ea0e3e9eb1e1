"""weldnet: our own small residual network, light enough to be shipped and to be trained without a graphics card.

    photo (224) -> stem /2 -> 32 /4 -> 64 /8 -> 128 /16 -> 192 /16: a map of 14 x 14 places

Residual blocks of two 3x3 convolutions with batch norm (He et al., CVPR 2016), but the last stage keeps the
resolution: what justifies a flag may be as small as a line drawn round a pipe, and an activation map of 7 x 7 could
not point at it. Dense convolutions, since depthwise ones are slower on a processor than their arithmetic promises.
"""

from collections import OrderedDict

from torch import Tensor, nn

_WIDTHS = (16, 32, 64, 128, 192)
_STRIDES = (2, 2, 2, 2, 1)
_RESIDUAL = (0, 0, 1, 1, 1)
"""Residual blocks of each stage; the first two would cost most of the time and see least."""


class WeldNet(nn.Module):
    """The trunk. `features` takes (n, 3, s, s) float to (n, 192, s / 16, s / 16); there is no classifier."""

    def __init__(self) -> None:
        super().__init__()
        stages: OrderedDict[str, nn.Module] = OrderedDict()
        channels = 3
        for number, (width, stride, blocks) in enumerate(zip(_WIDTHS, _STRIDES, _RESIDUAL, strict=True)):
            residual = [Residual(width) for _ in range(blocks)]
            stages[str(number)] = nn.Sequential(*_convolved(channels, width, stride), nn.ReLU(inplace=True), *residual)
            channels = width
        self.features = nn.Sequential(stages)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


class Residual(nn.Module):
    """x + f(x), f being two 3x3 convolutions; begins as the identity: its last scale is zero (Goyal et al., 2017)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.f = nn.Sequential(*_convolved(width, width, 1), nn.ReLU(inplace=True), *_convolved(width, width, 1))
        last = self.f[-1]
        assert isinstance(last, nn.BatchNorm2d)
        nn.init.zeros_(last.weight)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.relu(x + self.f(x))
        return y


def _convolved(given: int, width: int, stride: int) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(given, width, 3, stride, padding=1, bias=False), nn.BatchNorm2d(width)
