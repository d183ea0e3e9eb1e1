"""The mean of a map plus the bias is the logit; and where the network cannot see, the map is empty."""

import pytest
import torch

from weldstudio.ml import architectures, overlays


def _network(name: str) -> architectures.Network:
    torch.manual_seed(1)
    network = architectures.build(name, 3).eval()
    torch.nn.init.normal_(network.head.weight, std=0.1)
    torch.nn.init.normal_(network.head.bias)
    return network


@pytest.mark.parametrize(
    "name", ["mobilenet_v2", "resnet18", "squeezenet1_1", "mobilenet_v3_small", "densenet121", "weldnet"]
)
def test_closed_form_mean_of_the_map_plus_bias_is_the_logit(name: str) -> None:
    network = _network(name)
    x = torch.randn(2, 3, 96, 96)
    logits, maps = overlays.explain(network, x)
    assert maps.shape[:2] == (2, 3)
    assert torch.allclose(maps.mean((2, 3)) + network.head.bias, logits, atol=1e-4)
    with torch.inference_mode():
        assert torch.allclose(logits, network(x), atol=1e-5)


def test_head_gradient_equals_the_closed_form_where_both_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _network("resnet18")
    x = torch.randn(1, 3, 96, 96)
    _, closed = overlays.explain(network, x)
    monkeypatch.setattr(architectures.Network, "overlay", property(lambda self: "head gradient"))
    _, gradient = overlays.explain(network, x)
    assert torch.allclose(closed, gradient, atol=1e-4)


def test_head_gradient_is_taken_at_the_last_feature_map() -> None:
    network = _network("alexnet")
    logits, maps = overlays.explain(network, torch.randn(1, 3, 95, 95))
    assert logits.shape == (1, 3)
    assert maps.shape == (1, 3, 2, 2)
    assert maps.abs().sum() > 0
    assert not maps.requires_grad


@pytest.mark.parametrize("head", ["linear", "two_layers"])
def test_evidence_of_a_second_look_lies_where_it_was_cut_from(head: str) -> None:
    torch.manual_seed(2)
    network = architectures.build("weldnet", 2, looks=2, head=head).eval()
    torch.nn.init.normal_(network.head.weight, std=0.1)
    x = torch.randn(3, 3, 64, 128)
    with torch.inference_mode():
        logits = network(x)
    found, maps = overlays.explain(network, x, (0.5, 0.25, 1.0, 0.75))
    assert torch.allclose(found, logits, atol=1e-5)
    assert maps.shape == (3, 2, 16, 16)
    if head == "linear":
        assert torch.allclose(maps.mean((2, 3)) + network.head.bias, logits, atol=1e-4)
    other = x.clone()
    other[..., 64:] += torch.randn(3, 3, 64, 64)
    moved = (overlays.explain(network, other, (0.5, 0.25, 1.0, 0.75))[1] - maps).abs() > 1e-6
    if head == "linear":
        assert not moved[..., :8].any()
        assert not moved[:, :, :4].any()
    assert moved[:, :, 4:12, 8:].any()
