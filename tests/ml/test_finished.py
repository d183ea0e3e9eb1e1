"""A model exists only when it is whole and says what the trained network said."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from weldstudio.domain.errors import JobFailed
from weldstudio.domain.evaluation import evaluate
from weldstudio.domain.manifest import Manifest, ManifestClass
from weldstudio.domain.model import ModelCard, Preprocessing
from weldstudio.domain.recipe import Recipe
from weldstudio.ml import finished
from weldstudio.ml.architectures import Network, build
from weldstudio.ml.losses import probabilities
from weldstudio.ml.preprocess import to_input

PREPROCESSING = Preprocessing(input_size=64)
PIXELS = [np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8) for seed in range(5)]


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(0)
    made = build("squeezenet1_1", 2).eval()
    torch.nn.init.normal_(made.head.weight)
    return made


def _card() -> ModelCard:
    manifest = Manifest(
        (ManifestClass(0, "a"), ManifestClass(4, "b")), (), weights_origin="a file", weights_licence="BSD"
    )
    recipe = Recipe(name="Mine").with_values({"network.name": "squeezenet1_1"})
    evaluation = evaluate(np.array([[0.2, 0.9], [0.8, 0.9]]), np.array([[2, 0], [1, 1]], np.uint8), ("a", "b"))
    return finished.make_card(recipe, manifest, PREPROCESSING, evaluation, raised={"a": 40, "b": 3})


def _expected(network: Network) -> np.ndarray:
    with torch.inference_mode():
        logits = network(to_input(torch.from_numpy(np.stack(PIXELS)), PREPROCESSING))
        return probabilities(logits, "multilabel").numpy()


def test_a_model_is_written_whole_under_the_name_of_its_run(network: Network, tmp_path: Path) -> None:
    card = finished.write_model(tmp_path, network, _card(), pixels=PIXELS, expected=_expected(network))
    assert card.id == card.run_id == tmp_path.name
    written = ModelCard.from_json(json.loads((tmp_path / "model" / "card.json").read_text("utf-8")))
    assert written == ModelCard.from_json(json.loads(json.dumps(card.to_json())))
    assert (card.weights_origin, card.weights_licence) == ("a file", "BSD")
    assert card.classes[0].threshold == 0.5
    sha256 = hashlib.sha256((tmp_path / "model" / "weights.safetensors").read_bytes()).hexdigest()
    assert card.weights_sha256 == sha256
    assert not (tmp_path / "model.part").exists()


@pytest.mark.parametrize("wrong", [2e-5, float("nan")])
def test_a_model_that_disagrees_with_the_trained_one_is_not_kept(
    wrong: float, network: Network, tmp_path: Path
) -> None:
    expected = _expected(network)
    expected[3, 1] += wrong
    with pytest.raises(JobFailed, match="does not agree"):
        finished.write_model(tmp_path, network, _card(), pixels=PIXELS, expected=expected)
    assert not (tmp_path / "model").exists()
