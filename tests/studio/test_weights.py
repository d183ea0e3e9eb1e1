"""Weights to begin with: taken in with an account of what matches, checked, and never sold under false colours."""

from collections.abc import Generator
from pathlib import Path

import pytest
import torch

from tests.studio.scored import finished
from weldstudio import paths
from weldstudio.domain.changes import Progress
from weldstudio.domain.chores import ReadWeights, WeightsRead
from weldstudio.domain.errors import JobFailed
from weldstudio.ml import fetching, fitting_weights
from weldstudio.ml.architectures import build
from weldstudio.studio import weights


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELDSTUDIO_HOME", str(tmp_path / "home"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """SqueezeNet as somebody saved it: one layer missing, one of another shape, one too many, a head for 1,000."""
    state = {f"module.{name}": tensor for name, tensor in build("squeezenet1_1", 1).body.state_dict().items()}
    first, second = list(state)[:2]
    del state[first]
    state[second] = torch.zeros(3)
    state["module.extra.weight"] = torch.zeros(2)
    state["classifier.1.weight"], state["classifier.1.bias"] = torch.zeros(1000, 512, 1, 1), torch.zeros(1000)
    torch.save(state, tmp_path / "theirs.pth")
    return tmp_path / "theirs.pth"


def test_the_network_is_recognised_and_every_tensor_accounted_for(file: Path) -> None:
    found = fitting_weights.read(ReadWeights(1, str(file)))
    assert found.network == "squeezenet1_1"
    assert (len(found.missing), len(found.wrong), found.unknown) == (1, 1, ("extra.weight",))
    assert found.outputs == 1000
    assert len(found.matched) == len(build("squeezenet1_1", 1).body.state_dict()) - 2
    nothing = fitting_weights.read(ReadWeights(1, str(file), "alexnet"))
    assert nothing.network == ""


@pytest.mark.parametrize("network", ["weldnet", "shufflenet_v2_x0_5"])
def test_a_whole_file_fits_the_network_it_was_saved_from(tmp_path: Path, network: str) -> None:
    torch.save(build(network, 1).body.state_dict(), tmp_path / "whole.pth")
    found = fitting_weights.read(ReadWeights(1, str(tmp_path / "whole.pth"), network))
    assert (found.network, found.missing, found.wrong, found.unknown) == (network, (), (), ())


def test_a_file_of_ones_own_is_taken_in_checked_and_removed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def here(question: ReadWeights, _kind: object, text: str) -> Generator[Progress, None, WeightsRead]:
        yield Progress(0, None, text)
        return fitting_weights.read(question)

    monkeypatch.setattr(weights, "answered", here)  # a process of its own takes seconds to start
    taken = finished(weights.take_in(file, licence="CC-BY-NC 4.0"))
    said = " ".join(taken.sentences)
    assert "tensors of SqueezeNet 1.1 are in the file" in said
    assert "A training would refuse it." in said
    assert "classifier for 1,000 classes" in said
    kept = weights.named("theirs.pth")
    assert weights.own_file("theirs.pth") == kept.file
    assert weights.own_file("../theirs.pth") is None
    assert weights.commercial_use(kept.licence) == "ask first: made for research"
    assert kept.file is not None
    assert weights.licence_of(kept.file) == "CC-BY-NC 4.0"
    assert finished(weights.check(kept))
    kept.file.write_bytes(b"x")
    assert not finished(weights.check(kept))
    weights.remove(kept)
    with pytest.raises(JobFailed, match="There are no weights"):
        weights.named("theirs.pth")


def test_what_comes_with_the_program_stays() -> None:
    (ours,) = [one for one in weights.known() if one.kind == "shipped"]
    assert weights.commercial_use(ours.licence) == "yes, with its notice"
    with pytest.raises(JobFailed, match="cannot be removed"):
        weights.remove(ours)


def test_the_list_of_what_can_be_fetched_is_torchvisions() -> None:
    for one in weights.known():
        if one.kind == "to fetch":
            assert one.url == fetching.address(one.network)
            assert len(one.sha256) >= 8
            assert weights.commercial_use(one.licence).startswith("ask first")


def test_a_fetched_file_is_here_without_a_connection() -> None:
    name = fetching.address("squeezenet1_1").rsplit("/", 1)[-1]
    folder = paths.user_data() / "weights"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(b"x")
    one = weights.named("squeezenet1_1")
    assert (one.kind, one.size) == ("fetched", 1)
    assert finished(weights.fetch("squeezenet1_1")) == one
    assert not finished(weights.check(one))


@pytest.mark.parametrize(("name", "words"), [("nothing.pth", "no file"), ("card.json", "no weights file")])
def test_what_is_no_weights_file_is_refused(tmp_path: Path, name: str, words: str) -> None:
    if name.endswith("json"):
        (tmp_path / name).write_text("{}", "utf-8")
    with pytest.raises(JobFailed, match=words):
        finished(weights.take_in(tmp_path / name))


@pytest.mark.parametrize(
    ("licence", "word"),
    [
        ("MIT", "yes"),
        ("Apache-2.0", "yes"),
        ("CC-BY-NC 4.0", "ask first"),
        ("GPL-3.0", "only under the same licence"),
        ("", "not known"),
        (weights.IMAGENET, "ask first"),
    ],
)
def test_a_licence_is_said_in_plain_words(licence: str, word: str) -> None:
    assert weights.commercial_use(licence).startswith(word)
