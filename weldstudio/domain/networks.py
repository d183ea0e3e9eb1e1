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
    parameters: int
    """Of the trunk, without a head."""
    input_size: int = 224
    least_size: int = 32
    """Smallest input (pixels) from which the last feature map has at least one cell."""
    extra: str = ""
    """The optional package it comes from, where it is not torchvision's or ours."""
    overlay: str = "closed form"
    """'closed form': global average and one linear layer; 'head gradient': a backward pass through the head alone."""


def _numbered(name: str, count: int, *last: str) -> tuple[str, ...]:
    return (*(f"{name}.{i}" for i in range(count)), *last)


_RESNET = ("stem", "layer1", "layer2", "layer3", "layer4")
_REGNET = ("stem", "block1", "block2", "block3", "block4")
_SHUFFLENET = ("stem", "stage2", "stage3", "stage4", "conv5")
_DENSENET = tuple(
    f"features.{part}"
    for part in (
        *("conv0", "norm0", "relu0", "pool0", "denseblock1", "transition1", "denseblock2", "transition2"),
        *("denseblock3", "transition3", "denseblock4", "norm5"),
    )
)
_GOOGLENET = (
    *("conv1", "maxpool1", "conv2", "conv3", "maxpool2", "inception3a", "inception3b", "maxpool3"),
    *("inception4a", "inception4b", "inception4c", "inception4d", "inception4e", "maxpool4"),
    *("inception5a", "inception5b"),
)
_INCEPTION = (
    *("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "maxpool1", "Conv2d_3b_1x1", "Conv2d_4a_3x3", "maxpool2"),
    *(f"Mixed_{part}" for part in ("5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c")),
)

_ROWS = (
    Network(
        "alexnet",
        "AlexNet",
        _numbered("features", 13, "classifier"),
        256,
        parameters=57_003_840,
        least_size=63,
        overlay="head gradient",
    ),
    Network(
        "vgg11", "VGG-11", _numbered("features", 21, "classifier"), 512, parameters=128_766_336, overlay="head gradient"
    ),
    Network(
        "vgg11_bn",
        "VGG-11 with batch norm",
        _numbered("features", 29, "classifier"),
        512,
        parameters=128_771_840,
        overlay="head gradient",
    ),
    Network(
        "vgg13", "VGG-13", _numbered("features", 25, "classifier"), 512, parameters=128_950_848, overlay="head gradient"
    ),
    Network(
        "vgg13_bn",
        "VGG-13 with batch norm",
        _numbered("features", 35, "classifier"),
        512,
        parameters=128_956_736,
        overlay="head gradient",
    ),
    Network(
        "vgg16", "VGG-16", _numbered("features", 31, "classifier"), 512, parameters=134_260_544, overlay="head gradient"
    ),
    Network(
        "vgg16_bn",
        "VGG-16 with batch norm",
        _numbered("features", 44, "classifier"),
        512,
        parameters=134_268_992,
        overlay="head gradient",
    ),
    Network(
        "vgg19", "VGG-19", _numbered("features", 37, "classifier"), 512, parameters=139_570_240, overlay="head gradient"
    ),
    Network(
        "vgg19_bn",
        "VGG-19 with batch norm",
        _numbered("features", 53, "classifier"),
        512,
        parameters=139_581_248,
        overlay="head gradient",
    ),
    Network("googlenet", "GoogLeNet", _GOOGLENET, 1024, parameters=5_599_904),
    Network("inception_v3", "Inception v3", _INCEPTION, 2048, parameters=21_785_568, input_size=299, least_size=75),
    Network("resnet18", "ResNet-18", _RESNET, 512, parameters=11_176_512),
    Network("resnet34", "ResNet-34", _RESNET, 512, parameters=21_284_672),
    Network("resnet50", "ResNet-50", _RESNET, 2048, parameters=23_508_032),
    Network("resnet101", "ResNet-101", _RESNET, 2048, parameters=42_500_160),
    Network("resnet152", "ResNet-152", _RESNET, 2048, parameters=58_143_808),
    Network("resnext50_32x4d", "ResNeXt-50 32x4d", _RESNET, 2048, parameters=22_979_904),
    Network("resnext101_32x8d", "ResNeXt-101 32x8d", _RESNET, 2048, parameters=86_742_336),
    Network("resnext101_64x4d", "ResNeXt-101 64x4d", _RESNET, 2048, parameters=81_406_272),
    Network("wide_resnet50_2", "Wide ResNet-50 x2", _RESNET, 2048, parameters=66_834_240),
    Network("wide_resnet101_2", "Wide ResNet-101 x2", _RESNET, 2048, parameters=124_837_696),
    Network("densenet121", "DenseNet-121", _DENSENET, 1024, parameters=6_953_856),
    Network("densenet161", "DenseNet-161", _DENSENET, 2208, parameters=26_472_000),
    Network("densenet169", "DenseNet-169", _DENSENET, 1664, parameters=12_484_480),
    Network("densenet201", "DenseNet-201", _DENSENET, 1920, parameters=18_092_928),
    Network("squeezenet1_0", "SqueezeNet 1.0", _numbered("features", 13), 512, parameters=735_424),
    Network("squeezenet1_1", "SqueezeNet 1.1", _numbered("features", 13), 512, parameters=722_496),
    Network("mobilenet_v2", "MobileNetV2", _numbered("features", 19), 1280, parameters=2_223_872),
    Network("mobilenet_v3_small", "MobileNetV3 small", _numbered("features", 13), 576, parameters=927_008),
    Network("mobilenet_v3_large", "MobileNetV3 large", _numbered("features", 17), 960, parameters=2_971_952),
    Network("shufflenet_v2_x0_5", "ShuffleNetV2 x0.5", _SHUFFLENET, 1024, parameters=341_792),
    Network("shufflenet_v2_x1_0", "ShuffleNetV2 x1.0", _SHUFFLENET, 1024, parameters=1_253_604),
    Network("shufflenet_v2_x1_5", "ShuffleNetV2 x1.5", _SHUFFLENET, 1024, parameters=2_478_624),
    Network("shufflenet_v2_x2_0", "ShuffleNetV2 x2.0", _SHUFFLENET, 2048, parameters=5_344_996),
    Network("mnasnet0_5", "MNASNet 0.5", _numbered("layers", 17), 1280, parameters=937_512),
    Network("mnasnet0_75", "MNASNet .75", _numbered("layers", 17), 1280, parameters=1_889_208),
    Network("mnasnet1_0", "MNASNet 1.0", _numbered("layers", 17), 1280, parameters=3_102_312),
    Network("mnasnet1_3", "MNASNet 1.3", _numbered("layers", 17), 1280, parameters=5_001_256),
    Network("efficientnet_b0", "EfficientNet-B0", _numbered("features", 9), 1280, parameters=4_007_548),
    Network("efficientnet_b1", "EfficientNet-B1", _numbered("features", 9), 1280, parameters=6_513_184, input_size=240),
    Network("efficientnet_b2", "EfficientNet-B2", _numbered("features", 9), 1408, parameters=7_700_994, input_size=288),
    Network(
        "efficientnet_b3", "EfficientNet-B3", _numbered("features", 9), 1536, parameters=10_696_232, input_size=300
    ),
    Network(
        "efficientnet_b4", "EfficientNet-B4", _numbered("features", 9), 1792, parameters=17_548_616, input_size=380
    ),
    Network(
        "efficientnet_b5", "EfficientNet-B5", _numbered("features", 9), 2048, parameters=28_340_784, input_size=456
    ),
    Network(
        "efficientnet_b6", "EfficientNet-B6", _numbered("features", 9), 2304, parameters=40_735_704, input_size=528
    ),
    Network(
        "efficientnet_b7", "EfficientNet-B7", _numbered("features", 9), 2560, parameters=63_786_960, input_size=600
    ),
    Network(
        "efficientnet_v2_s", "EfficientNetV2-S", _numbered("features", 8), 1280, parameters=20_177_488, input_size=384
    ),
    Network(
        "efficientnet_v2_m", "EfficientNetV2-M", _numbered("features", 9), 1280, parameters=52_858_356, input_size=480
    ),
    Network(
        "efficientnet_v2_l", "EfficientNetV2-L", _numbered("features", 9), 1280, parameters=117_234_272, input_size=480
    ),
    Network("convnext_tiny", "ConvNeXt tiny", _numbered("features", 8), 768, parameters=27_818_592),
    Network("convnext_small", "ConvNeXt small", _numbered("features", 8), 768, parameters=49_453_152),
    Network("convnext_base", "ConvNeXt base", _numbered("features", 8), 1024, parameters=87_564_416),
    Network("convnext_large", "ConvNeXt large", _numbered("features", 8), 1536, parameters=196_227_264),
    Network("regnet_y_400mf", "RegNetY 400 MF", _REGNET, 440, parameters=3_903_144),
    Network("regnet_y_800mf", "RegNetY 800 MF", _REGNET, 784, parameters=5_647_512),
    Network("regnet_y_1_6gf", "RegNetY 1.6 GF", _REGNET, 888, parameters=10_313_430),
    Network("regnet_y_3_2gf", "RegNetY 3.2 GF", _REGNET, 1512, parameters=17_923_338),
    Network("regnet_y_8gf", "RegNetY 8 GF", _REGNET, 2016, parameters=37_364_472),
    Network("regnet_y_16gf", "RegNetY 16 GF", _REGNET, 3024, parameters=80_565_140),
    Network("regnet_x_400mf", "RegNetX 400 MF", _REGNET, 400, parameters=5_094_976),
    Network("regnet_x_800mf", "RegNetX 800 MF", _REGNET, 672, parameters=6_586_656),
    Network("regnet_x_1_6gf", "RegNetX 1.6 GF", _REGNET, 912, parameters=8_277_136),
    Network("regnet_x_3_2gf", "RegNetX 3.2 GF", _REGNET, 1008, parameters=14_287_552),
    Network("regnet_x_8gf", "RegNetX 8 GF", _REGNET, 1920, parameters=37_651_648),
    Network(
        "lenet5",
        "LeNet-5",
        ("features.c1", "features.s2", "features.c3", "features.s4", "features.c5", "classifier"),
        120,
        parameters=61_156,
        input_size=32,
        overlay="head gradient",
    ),
    Network(
        "zfnet",
        "ZFNet",
        _numbered("features", 13, "classifier"),
        512,
        parameters=103_530_624,
        least_size=63,
        overlay="head gradient",
    ),
    Network(
        "alexnet_spatial",
        "AlexNet, spatial",
        _numbered("features", 12, "classifier"),
        256,
        parameters=179_683_136,
        least_size=63,
        overlay="head gradient",
    ),
    Network(
        "basic_cnn",
        "Basic CNN",
        _numbered("features", 5, "classifier"),
        128,
        parameters=913_472,
        input_size=128,
        overlay="head gradient",
    ),
    Network(
        "inception_v4",
        "Inception v4",
        _numbered("features", 22),
        1536,
        parameters=41_142_816,
        input_size=299,
        least_size=75,
        extra="timm",
    ),
    Network(
        "inception_resnet_v2",
        "Inception-ResNet v2",
        (
            *("conv2d_1a", "conv2d_2a", "conv2d_2b", "maxpool_3a", "conv2d_3b", "conv2d_4a", "maxpool_5a", "mixed_5b"),
            *("repeat", "mixed_6a", "repeat_1", "mixed_7a", "repeat_2", "block8", "conv2d_7b"),
        ),
        1536,
        parameters=54_306_464,
        input_size=299,
        least_size=75,
        extra="timm",
    ),
    Network("weldnet", "weldnet (ours, small)", _numbered("features", 5), 192, parameters=1_352_976),
)

NETWORKS: dict[str, Network] = {row.name: row for row in _ROWS}
"""By name."""
