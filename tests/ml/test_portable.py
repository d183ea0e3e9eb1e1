"""A model as one file says what the model says, and carries all that is needed to use it."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from weldstudio.domain.chores import ExportModel
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import Member, ModelCard, ModelClass, Preprocessing
from weldstudio.ml import portable
from weldstudio.ml.combined import from_card
from weldstudio.ml.scorer import Scorer
from weldstudio.ml.weights import save

CLASSES = (ModelClass(0, "No Clamps", 0.3), ModelClass(3, "Soil", 0.9))
CARD = ModelCard(
    "m",
    "Clamps",
    "squeezenet1_1",
    CLASSES,
    preprocessing=Preprocessing(64),
    snapshot_sha256="ab12",
    limits="Not water.",
)


def model(folder: Path, card: ModelCard = CARD) -> Path:
    """A model of random weights that says something of each class."""
    torch.manual_seed(0)
    network = from_card(card)
    for parameter in network.parameters():
        if parameter.ndim == 2:
            torch.nn.init.normal_(parameter, std=0.5)
    folder.mkdir()
    (folder / "card.json").write_text(json.dumps(card.to_json()), "utf-8")
    save(network, folder / "weights.safetensors")
    return folder


@pytest.mark.filterwarnings("ignore:.*torch.jit.load:FutureWarning")
@pytest.mark.parametrize(
    "card",
    [
        CARD,
        replace(CARD, task="exclusive"),
        replace(CARD, preprocessing=Preprocessing(64, second=(0.2, 0.2, 0.6, 0.6))),
        replace(CARD, members=(Member("squeezenet1_1", (0,)), Member("squeezenet1_1", (1,))), shared_stages=3),
    ],
    ids=["multilabel", "exclusive", "two looks", "independent flags"],
)
def test_a_torchscript_file_says_what_the_model_says(tmp_path: Path, card: ModelCard) -> None:
    folder, file = model(tmp_path / "m", card), tmp_path / "clamps.pt"
    told = portable.export(ExportModel(1, str(folder), str(file), "torchscript", ()))
    assert told.difference <= 1e-4
    assert told.size == file.stat().st_size
    extra = {portable.EXTRA: ""}
    loaded = torch.jit.load(str(file), _extra_files=extra)
    inside = json.loads(extra[portable.EXTRA])
    assert (inside["classes"], inside["thresholds"]) == (["No Clamps", "Soil"], [0.3, 0.9])
    assert (inside["snapshot_sha256"], inside["limits"]) == ("ab12", "Not water.")
    shape = inside["input"]["shape"][1:]
    pixels = np.random.default_rng(1).integers(0, 256, (5, *shape)).astype(np.uint8)
    probabilities, raised = loaded(torch.from_numpy(pixels))
    assert np.abs(probabilities.numpy() - Scorer(folder).score(list(pixels))).max() <= 1e-4
    if card.task == "exclusive":
        assert raised.sum(dim=1).tolist() == [1] * 5
    else:
        assert torch.equal(raised, probabilities >= torch.tensor([0.3, 0.9]))


def test_a_file_that_says_something_else_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, file = model(tmp_path / "m"), tmp_path / "clamps.pt"
    file.write_bytes(b"the one before")
    monkeypatch.setattr(portable, "_run_torchscript", lambda _file, pixels: np.ones((len(pixels), 2), np.float32))
    with pytest.raises(JobFailed, match="does not agree"):
        portable.export(ExportModel(1, str(folder), str(file), "torchscript", ()))
    assert file.read_bytes() == b"the one before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clamps.pt", "m"]


def test_without_the_package_onnx_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    folder = model(tmp_path / "m")
    with pytest.raises(JobFailed, match=r"weldstudio\[onnx\]"):
        portable.export(ExportModel(1, str(folder), str(tmp_path / "clamps.onnx"), "onnx", ()))


def test_an_onnx_file_says_what_the_model_says(tmp_path: Path) -> None:
    folder, file = model(tmp_path / "m"), tmp_path / "clamps.onnx"
    assert portable.export(ExportModel(1, str(folder), str(file), "onnx", ())).difference <= 1e-4
    inside = {entry.key: entry.value for entry in onnx.load(str(file)).metadata_props}
    assert json.loads(inside[portable.KEY])["classes"] == ["No Clamps", "Soil"]
    pixels = np.random.default_rng(1).integers(0, 256, (5, 64, 64, 3)).astype(np.uint8)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    probabilities, raised = session.run(None, {"photos": pixels})
    assert np.abs(probabilities - Scorer(folder).score(list(pixels))).max() <= 1e-4
    assert np.array_equal(raised, probabilities >= np.array([0.3, 0.9], np.float32))
