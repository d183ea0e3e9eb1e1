"""Every network of the table is what the table says, cut by the one rule."""

import importlib.util

import pytest
import torch
import torchvision

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.networks import NETWORKS
from weldstudio.ml import architectures
from weldstudio.ml.averaging import cloned

QUICK = (
    *("mobilenet_v2", "mobilenet_v3_small", "squeezenet1_0", "squeezenet1_1", "resnet18", "shufflenet_v2_x0_5"),
    *(
        "lenet5",
        "basic_cnn",
        "mnasnet0_5",
        "efficientnet_b0",
        "densenet121",
        "regnet_x_400mf",
        "googlenet",
        "inception_v3",
        "weldnet",
    ),
)
HEAVY = tuple(name for name in NETWORKS if name not in QUICK)


def _check(name: str) -> None:
    row = NETWORKS[name]
    if row.extra and importlib.util.find_spec(row.extra) is None:
        with pytest.raises(RecipeError, match=row.extra):
            architectures.build(name, 3)
        return
    torch.manual_seed(0)
    with torch.device("cpu"):
        network = architectures.build(name, 3).eval()
    assert network.stage_names == row.stages
    assert architectures.parameters(network) == row.parameters
    assert network.overlay == row.overlay
    network.load_state_dict(cloned(network.state_dict()))  # as what is kept of a training, or read from a file
    with torch.inference_mode():
        maps = network.feature_map(torch.zeros(1, 3, row.least_size, row.least_size))
        assert maps.shape[1] == row.feature_width
        assert maps.shape[2] >= 1
        assert network.head(network.neck(maps)).shape == (1, 3)


@pytest.mark.parametrize("name", QUICK)
def test_small_networks_are_what_the_table_says(name: str) -> None:
    _check(name)


def test_every_network_is_what_the_table_says(trials) -> None:
    """In the run of every day one of the large ones, in the long run all."""
    for name in HEAVY[: trials(0, len(HEAVY))] or ("alexnet", "inception_v4"):
        _check(name)


@pytest.mark.parametrize(
    "name", ["mobilenet_v2", "resnet18", "densenet121", "googlenet", "shufflenet_v2_x0_5", "squeezenet1_0"]
)
def test_the_trunk_computes_what_torchvision_computes(name: str) -> None:
    """With torchvision's own classifier put back, the logits are torchvision's."""
    torch.manual_seed(0)
    options = {"init_weights": False, "aux_logits": False} if name == "googlenet" else {}
    theirs = getattr(torchvision.models, name)(weights=None, **options).eval()
    ours = architectures.build(name, 1000).eval()
    trunk = {k: v for k, v in theirs.state_dict().items() if not k.startswith(("classifier", "fc"))}
    ours.body.load_state_dict(trunk)
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        if name == "squeezenet1_0":
            expected = theirs.features(x).mean((2, 3))
            assert torch.allclose(ours.features(x), expected, atol=1e-5)
            return
        last = theirs.fc if hasattr(theirs, "fc") else theirs.classifier
        last = last if isinstance(last, torch.nn.Linear) else last[-1]
        ours.head.load_state_dict(last.state_dict())
        assert torch.allclose(ours(x), theirs(x), atol=1e-4)


def test_a_head_of_two_layers_is_that_of_its_source() -> None:
    network = architectures.build("lenet5", 3, head="two_layers", hidden=16)
    kinds = [type(module).__name__ for module in network.hidden]
    assert kinds == ["BatchNorm1d", "Linear", "ReLU", "BatchNorm1d"]
    assert network.head.in_features == 16
    assert network.overlay == "head gradient"
    assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 3)


def test_groups_of_parameters_run_from_the_head_to_the_photo() -> None:
    network = architectures.build("weldnet", 2)
    groups = network.groups()
    assert len(groups) == 1 + len(network.stages)
    assert groups[0][0] is network.head.weight
    assert groups[-1][0] is next(network.body.parameters())
    assert sum(len(group) for group in groups) == len(list(network.parameters()))


def test_a_logit_is_rescaled_in_the_weights() -> None:
    network = architectures.build("lenet5", 2).eval()
    torch.nn.init.normal_(network.head.weight)
    x = torch.randn(3, 3, 32, 32)
    with torch.inference_mode():
        before = network(x)
    network.rescale(torch.tensor([2.0, -1.0]), torch.tensor([0.5, 0.0]))
    with torch.inference_mode():
        assert torch.allclose(network(x), before * torch.tensor([2.0, -1.0]) + torch.tensor([0.5, 0.0]), atol=1e-5)


def test_frozen_stages_stand_still_and_the_rest_moves() -> None:
    torch.manual_seed(0)
    network = architectures.build("resnet18", 2)
    network.freeze(3)
    network.train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1)
    torch.nn.init.normal_(network.head.weight)
    for _ in range(2):
        network(torch.randn(4, 3, 64, 64)).pow(2).sum().backward()
        optimiser.step()
    moved = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])}
    stages = {"body.conv1", "body.bn1", "body.layer1", "body.layer2"}
    assert not {name for name in moved if any(name.startswith(f"{stage}.") for stage in stages)}
    assert {"body.layer3.0.conv1.weight", "body.layer4.1.bn2.running_mean", "head.weight"} <= moved


def test_held_statistics_stay_while_scale_and_shift_are_trained() -> None:
    network = architectures.build("resnet18", 2)
    network.freeze(0, hold=5)
    network.train()
    before = cloned(network.state_dict())
    torch.nn.init.normal_(network.head.weight)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    network(torch.randn(4, 3, 64, 64)).pow(2).sum().backward()
    optimiser.step()
    after = network.state_dict()
    assert torch.equal(after["body.bn1.running_mean"], before["body.bn1.running_mean"])
    assert not torch.equal(after["body.bn1.bias"], before["body.bn1.bias"])


def test_an_unknown_network_is_no_network() -> None:
    with pytest.raises(KeyError):
        architectures.build("weldnet9000", 2)
