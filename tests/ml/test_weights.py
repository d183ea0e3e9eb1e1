"""Weights go in whole or not at all; what does not fit is named; nothing in a file is ever run."""

import pickle
from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file

from weldstudio.domain.errors import RecipeError
from weldstudio.ml import architectures, weights

NAME = "shufflenet_v2_x0_5"


@pytest.fixture
def theirs() -> dict[str, torch.Tensor]:
    torch.manual_seed(7)
    state: dict[str, torch.Tensor] = torchvision.models.shufflenet_v2_x0_5(weights=None).state_dict()
    return state


@pytest.fixture
def network() -> architectures.Network:
    return architectures.build(NAME, 2)


@pytest.mark.parametrize("form", ["plain", "wrapped", "parallel", "within another", "safetensors"])
def test_a_torchvision_file_fits_in_whatever_wrapping(
    form: str, theirs: dict[str, torch.Tensor], network: architectures.Network, tmp_path: Path
) -> None:
    file = tmp_path / ("w.safetensors" if form == "safetensors" else "w.pth")
    if form == "safetensors":
        save_file(theirs, file)
    elif form == "wrapped":
        torch.save({"epoch": 3, "state_dict": theirs}, file)
    elif form == "parallel":
        torch.save({f"module.{k}": v for k, v in theirs.items()}, file)
    elif form == "within another":  # as training frameworks save: by a name of their own, other things beside it
        within = {f"net.backbone.{k}": v.half() for k, v in theirs.items()} | {"criterion.weight": torch.ones(4)}
        torch.save({"epoch": 3, "weights": within, "optimizer": {"lr": 0.1}}, file)
        theirs = {k: v.half().to(v.dtype) for k, v in theirs.items()}
    else:
        torch.save(theirs, file)
    head = network.head.weight.clone()
    weights.load_trunk(network, file)
    assert torch.equal(network.body.conv1[0].weight, theirs["conv1.0.weight"])
    assert torch.equal(network.body.conv5[1].running_mean, theirs["conv5.1.running_mean"])
    assert torch.equal(network.head.weight, head)


def test_our_own_file_fits_and_comes_back_whole(network: architectures.Network, tmp_path: Path) -> None:
    torch.nn.init.normal_(network.head.weight)
    weights.save(network, tmp_path / "m.safetensors")
    other = architectures.build(NAME, 2)
    weights.load_model(other, tmp_path / "m.safetensors")
    for name, tensor in network.state_dict().items():
        assert torch.equal(other.state_dict()[name], tensor)
    weights.load_trunk(architectures.build(NAME, 9), tmp_path / "m.safetensors")
    with pytest.raises(RecipeError, match="damaged"):
        weights.load_model(architectures.build(NAME, 9), tmp_path / "m.safetensors")


def test_every_layer_that_does_not_fit_is_named(
    theirs: dict[str, torch.Tensor], network: architectures.Network, tmp_path: Path
) -> None:
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    del theirs["conv1.0.weight"]
    theirs["stage2.0.branch1.0.weight"] = torch.zeros(1, 2)
    theirs["layer9.weight"] = torch.zeros(3)
    theirs["conv5.1.running_var"] = torch.full_like(theirs["conv5.1.running_var"], float("nan"))
    torch.save(theirs, tmp_path / "w.pth")
    with pytest.raises(RecipeError) as caught:
        weights.load_trunk(network, tmp_path / "w.pth")
    sentence = str(caught.value)
    assert "conv1.0.weight is missing" in sentence
    assert "stage2.0.branch1.0.weight is 1x2 in place of 24x1x3x3" in sentence
    assert "layer9.weight is unknown" in sentence
    assert "no numbers" in sentence
    assert all(torch.equal(network.state_dict()[name], tensor) for name, tensor in before.items())


def test_weights_of_another_network_are_refused_with_a_count(network: architectures.Network, tmp_path: Path) -> None:
    torch.save(torchvision.models.squeezenet1_1(weights=None).state_dict(), tmp_path / "w.pth")
    with pytest.raises(RecipeError, match=r"does not fit shufflenet_v2_x0_5: .* and \d+ more"):
        weights.load_trunk(network, tmp_path / "w.pth")


class _Bomb:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("form", ["torch", "bare pickle"])
def test_a_hostile_pickle_is_never_run(form: str, network: architectures.Network, tmp_path: Path) -> None:
    victim = tmp_path / "it ran"
    if form == "torch":
        torch.save({"conv1.0.weight": _Bomb(victim)}, tmp_path / "w.pth")
    else:
        (tmp_path / "w.pth").write_bytes(pickle.dumps({"w": _Bomb(victim)}))
    with pytest.raises(RecipeError, match="not opened"):
        weights.load_trunk(network, tmp_path / "w.pth")
    assert not victim.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("w.pth", b""),
        ("w.pth", b"rubbish" * 100),
        ("w.safetensors", b""),
        ("w.safetensors", b"\xff" * 64),
        ("w.pth", None),
    ],
)
def test_a_file_that_is_none_is_said_in_a_sentence(
    name: str, content: bytes | None, network: architectures.Network, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(RecipeError, match=name):
        weights.load_trunk(network, tmp_path / name)


def test_what_is_no_dictionary_of_tensors_is_refused(network: architectures.Network, tmp_path: Path) -> None:
    endless: dict[str, object] = {"epoch": 3}
    endless["model"] = endless
    for content in ([torch.zeros(1)], {"epoch": 3}, torch.zeros(2), {}, endless):
        torch.save(content, tmp_path / "w.pth")
        with pytest.raises(RecipeError, match="no dictionary of tensors"):
            weights.load_trunk(network, tmp_path / "w.pth")


def test_a_file_that_was_cut_off_is_said_so_without_the_reader_s_own_words(
    theirs: dict[str, torch.Tensor], network: architectures.Network, tmp_path: Path
) -> None:
    file = tmp_path / "half.pth"
    torch.save(theirs, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(RecipeError, match=r"^half\.pth is cut off or damaged\. Fetch or export it again\.$"):
        weights.load_trunk(network, file)
