"""One network: phases, freezing, re-initialising, sampling, hinge, two layers, and what of them is kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.ml.taught import SMALL, manifest_of, of, run
from tests.photos import MadeCollection, make_collection
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.messages import Alarm, Evaluated, Stage, Step
from weldstudio.domain.split import Split
from weldstudio.imaging.fitting import read_input
from weldstudio.ml import architectures
from weldstudio.ml.scorer import Scorer
from weldstudio.ml.weights import read_tensors, save


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("photos"), 45, size=(40, 32), one_each=True)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(11)
    file = tmp_path_factory.mktemp("weights") / "lenet5.safetensors"
    save(architectures.build("lenet5", 4), file)
    return file


@pytest.mark.parametrize(
    ("optimiser", "schedule"),
    [
        ("sgd", "fixed"),
        ("adam", "step"),
        ("adamw", "exp"),
        ("rmsprop", "plateau"),
        ("adagrad", "cosine"),
        ("sgd", "one_cycle"),
    ],
)
def test_every_optimiser_and_schedule_trains(
    optimiser: str, schedule: str, made: MadeCollection, tmp_path: Path
) -> None:
    manifest = manifest_of(made, flags=("red disc",))
    values = {"schedule__schedule": schedule, "schedule__optimiser": optimiser, "schedule__epochs": "1"}
    said = run(SMALL, manifest, tmp_path / "run", **values, schedule__nesterov="true", schedule__layer_decay="0.8")
    assert said[-1].state == "done"
    assert len({step.step for step in of(Step, said)}) == 4


@pytest.mark.parametrize(
    "values",
    [
        {"loss__name": name}
        for name in ("cross_entropy", "logit_adjusted", "bayesian", "bayesian_batch", "focal", "asl", "hinge")
    ]
    + [
        {"sampling__method": "under", "sampling__largest_share": "0.5"},
        {"sampling__method": "over", "sampling__largest_share": "0.5"},
        {"sampling__balanced_head": "true"},
        {"loss__pos_weight_cap": "20", "loss__label_smoothing": "0.1"},
        {"data__augment": "true", "augmentation__mixup": "0.2", "augmentation__colour": "0.1"},
        {"network__head": "two_layers", "network__hidden": "16", "network__dropout": "0.2"},
        {"schedule__head_epochs": "3", "schedule__fitted_start": "true"},
        {"schedule__batch_size": "0", "schedule__clip": "0.5", "schedule__ema": "true"},
        {"thresholds__rule": "cost", "thresholds__cost_miss": "20", "thresholds__by_points": "true"},
        {"thresholds__rule": "recall"},
        {"thresholds__rule": "conformal"},
        {"thresholds__rule": "prior"},
        {"thresholds__rule": "half"},
        {"look__second": "rectangle", "data__augment": "true"},
    ],
)
def test_every_choice_makes_a_model(values: dict[str, str], made: MadeCollection, tmp_path: Path) -> None:
    said = run(SMALL, manifest_of(made), tmp_path / "run", **({"schedule__epochs": "1"} | values))
    assert said[-1].state == "done"
    assert said[-1].mean_per_class_accuracy is not None
    card = Scorer(tmp_path / "run" / "model").card
    assert len(card.classes) == 3
    points = of(Evaluated, said)
    assert len({point.step for point in points}) == len(points)


@pytest.mark.parametrize(
    "values",
    [
        {"loss__name": "hinge"},
        {"thresholds__rule": "prior", "loss__name": "bce"},
        {"sampling__method": "proportional"},
        {"loss__name": "asl"},
    ],
)
def test_exclusive_classes_have_them_too(values: dict[str, str], made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made, task="exclusive")
    assert run(SMALL, manifest, tmp_path / "run", **values)[-1].state == "done"
    scorer = Scorer(tmp_path / "run" / "model")
    photo = read_input(manifest.photos[0].path, scorer.card.preprocessing)
    assert scorer.score([photo]).sum() == pytest.approx(1, abs=1e-5)


def test_frozen_stages_stay_forgotten_ones_begin_anew_and_the_rest_begins_as_given(
    weights: Path, made: MadeCollection, tmp_path: Path
) -> None:
    manifest = replace(manifest_of(made), weights=str(weights))
    said = run(
        SMALL,
        manifest,
        tmp_path / "run",
        network__freeze="2",
        network__reinitialise="1",
        schedule__epochs="1",
        schedule__optimiser="adam",
        schedule__learning_rate="0.00001",
    )
    assert "these stages begin anew: classifier" in [stage.text for stage in of(Stage, said)]
    given = read_tensors(weights)
    found = read_tensors(tmp_path / "run" / "checkpoints" / "last.safetensors")
    assert torch.equal(found["body.features.c1.0.weight"], given["body.features.c1.0.weight"])
    assert 0 < float((found["body.features.c5.0.weight"] - given["body.features.c5.0.weight"]).abs().max()) < 1e-3
    assert float((found["body.classifier.0.weight"] - given["body.classifier.0.weight"]).abs().max()) > 0.01


def test_weights_need_not_fit_the_stages_that_begin_anew(weights: Path, made: MadeCollection, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(weights)
    tensors["body.classifier.0.weight"] = torch.zeros(3, 3)
    del tensors["body.classifier.0.bias"]
    save_file(tensors, tmp_path / "w.safetensors")
    manifest = replace(manifest_of(made), weights=str(tmp_path / "w.safetensors"))
    with pytest.raises(RecipeError, match=r"classifier\.0\.bias is missing; classifier\.0\.weight is 3x3"):
        run(SMALL, manifest, tmp_path / "a")
    assert run(SMALL, manifest, tmp_path / "b", network__reinitialise="1", schedule__epochs="1")[-1].state == "done"


def test_two_phases_begin_with_the_head_alone(weights: Path, made: MadeCollection, tmp_path: Path) -> None:
    manifest = replace(manifest_of(made), weights=str(weights))
    said = run(SMALL, manifest, tmp_path / "run", schedule__head_epochs="20", schedule__head_rate="0.01")
    texts = [stage.text for stage in of(Stage, said)]
    assert texts.index("training the head") < texts.index("first batch")
    points = of(Evaluated, said)
    assert points[0].step == 0
    assert points[0].best
    assert said[-1].mean_per_class_accuracy >= points[0].mean_per_class_accuracy


def test_without_a_fitted_start_the_training_alone_is_judged(
    weights: Path, made: MadeCollection, tmp_path: Path
) -> None:
    manifest = replace(manifest_of(made), weights=str(weights))
    said = run(SMALL, manifest, tmp_path / "run", schedule__fitted_start="false", schedule__epochs="1")
    assert not [stage for stage in of(Stage, said) if "head" in stage.text]
    assert of(Evaluated, said)[0].step == 0
    assert of(Evaluated, said)[0].mean_per_class_accuracy == 0.5
    assert said[-1].state == "done"


def test_a_hinge_answers_with_probabilities(made: MadeCollection, tmp_path: Path) -> None:
    """After Platt's sigmoid the mean probability on validation photos is the share of raised ones, nearly."""
    manifest = manifest_of(made)
    run(SMALL, manifest, tmp_path / "run", loss__name="hinge", network__freeze="-1")
    scorer = Scorer(tmp_path / "run" / "model")
    photos = manifest.of(Split.VALIDATION)
    found = scorer.score([read_input(photo.path, scorer.card.preprocessing) for photo in photos])
    share = (np.array([photo.states for photo in photos]) == 1).mean(0)
    assert np.allclose(found.mean(0), share, atol=0.06)


def test_a_guarantee_that_cannot_be_given_is_said(made: MadeCollection, tmp_path: Path) -> None:
    said = run(SMALL, manifest_of(made), tmp_path / "run", thresholds__rule="conformal", network__freeze="-1")
    notes = [alarm.sentence for alarm in of(Alarm, said) if alarm.kind == "threshold"]
    assert len(notes) == 3
    assert "more raised" in notes[0]


def test_sampling_that_is_not_defined_is_refused(made: MadeCollection, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="one flag"):
        run(SMALL, manifest_of(made), tmp_path / "run", sampling__method="proportional")
