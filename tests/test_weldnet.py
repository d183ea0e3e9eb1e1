"""The network that ships, on photographs drawn anew: what its card promises, and where its overlays point."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from weldstudio import paths
from weldstudio.imaging.drawn.collection import FLAGS, DrawnPhoto, plan, write
from weldstudio.imaging.drawn.flags import ABSENCES
from weldstudio.imaging.fitting import read_input
from weldstudio.ml import demonstration, overlays
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.scorer import Scorer

SEED = 20_240_517
"""Neither the training's nor the card's."""
MOST_BYTES = 10_000_000
WEIGHTS = paths.shipped_models() / demonstration.MODEL_ID / "weights.safetensors"


@dataclass(frozen=True)
class Drawn:
    """Photographs drawn for these tests, and what the network says of them."""

    scorer: Scorer
    photos: list[DrawnPhoto]
    root: Path
    probabilities: NDArray[np.float32]
    whole: bool
    """Whether there are enough of them for every figure of the card."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory, trials: Callable[[int, int], int]) -> Drawn:
    root = tmp_path_factory.mktemp("drawn")
    count = trials(160, 1_200)
    photos = plan(count, seed=SEED, balanced=True, wrong_share=0.0)
    for _ in write(root, photos):
        pass
    scorer = Scorer(WEIGHTS.parent)
    return Drawn(scorer, photos, root, demonstration.scored(scorer, photos, root), count >= 1_200)


def test_the_card_is_honest_and_complete(drawn: Drawn) -> None:
    card = drawn.scorer.card
    assert card.demonstration
    assert "not for real welds" in card.name
    assert tuple(item.name for item in card.classes) == FLAGS
    figures = {name: row["mean_per_class_accuracy"] for name, row in card.scores["per_class"].items()}
    assert card.scores["mean_per_class_accuracy"] >= 0.9
    assert min(figures.values()) >= 0.75
    assert min(row["raised"] for row in card.scores["per_class"].values()) >= 100
    assert WEIGHTS.stat().st_size < MOST_BYTES
    told = (WEIGHTS.parent / "README.md").read_text("utf-8")
    assert all(f"| {flag} |" in told for flag in FLAGS)
    assert "not for real welds" in told


def test_what_the_card_promises_holds_on_photographs_drawn_anew(drawn: Drawn) -> None:
    evaluation = demonstration.judge(drawn.scorer.card, drawn.probabilities, drawn.photos)
    mean = evaluation.mean_per_class_accuracy
    assert mean is not None
    # Of few photographs the interval is wide: 160 of them show a broken network, 1,200 one that is a little worse.
    assert mean >= (0.9 if drawn.whole else 0.87)
    if drawn.whole:
        for name, scores in evaluation.classes.items():
            assert scores.confusion.raised >= 100, name
            accuracy = scores.mean_per_class_accuracy
            assert accuracy is not None, name
            assert accuracy >= 0.75, name


def test_overlays_point_at_the_reason(drawn: Drawn) -> None:
    """For flags of absence the evidence against the flag is looked at, where the thing is to be seen."""
    pointings = demonstration.point(drawn.scorer, drawn.photos, drawn.root, drawn.probabilities)
    for kind in (False, True):
        of_kind = [item for item in pointings if item.against is kind]
        assert sum(item.hits for item in of_kind) >= 0.8 * sum(item.photos for item in of_kind) > 0
    assert {item.flag for item in pointings if item.against} == set(ABSENCES)
    if drawn.whole:
        assert {item.flag: item.share for item in pointings if item.share < 0.8} == {}


def test_the_map_is_the_networks_and_not_the_photographs(drawn: Drawn) -> None:
    """With random weights the map is another one (Adebayo et al., NeurIPS 2018): correlation below 0.3 on average."""
    scorer = drawn.scorer
    paths_ = [drawn.root / photo.path for photo in drawn.photos[:24]]
    pixels = np.stack([read_input(path, scorer.card.preprocessing) for path in paths_])
    x = to_input(torch.from_numpy(pixels), scorer.card.preprocessing)
    _, trained = overlays.explain(scorer.network, x)
    other = Scorer(WEIGHTS.parent).network
    torch.manual_seed(3)
    _randomise(other.apply)
    _, random = overlays.explain(other, x)
    correlations = [
        float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
        for a, b in zip(trained.flatten(0, 1).numpy(), random.flatten(0, 1).numpy(), strict=True)
    ]
    assert abs(np.mean(correlations)) < 0.3


def _randomise(apply: Callable[..., object]) -> None:
    def anew(module: torch.nn.Module) -> None:
        if isinstance(module, torch.nn.Conv2d | torch.nn.Linear | torch.nn.BatchNorm2d):
            module.reset_parameters()

    apply(anew)
