"""Before a training: the rate that is suggested, the photos that must be learned by heart, nothing left changed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.ml.taught import SMALL, manifest_of, of, run
from tests.photos import MadeCollection, make_collection
from weldstudio.domain.messages import Alarm, Evaluated, RangeTested, Stage, Step
from weldstudio.ml.rehearsal import handful, suggested


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("photos"), 30, size=(40, 32), one_each=True)


def test_the_rate_of_the_steepest_fall_is_suggested() -> None:
    rates = np.geomspace(1e-6, 10, 100)
    falling = 1 / (1 + (rates / 1e-3) ** 2) + 0.1 + np.where(rates > 0.3, (rates / 0.3) ** 2, 0)
    found = suggested(rates.tolist(), falling.tolist())
    assert found is not None
    assert 2e-4 < found < 3e-3
    assert suggested(rates.tolist(), (1 + rates).tolist()) is None
    assert suggested([0.1, 0.2], [2.0, 1.0]) is None


def test_a_handful_has_both_answers_of_every_class() -> None:
    states = np.full((100, 2), 2, np.uint8)
    states[50:55, 0] = states[90:, 1] = 1
    rows = handful(states, "multilabel")
    assert (states[rows, 0] == 1).sum() == 5
    assert (states[rows, 1] == 1).sum() == 10
    assert len(rows) == 31
    assert len(handful(states, "exclusive")) == 15


def test_what_is_tried_before_leaves_the_training_as_it_would_have_been(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    values = {"network__dropout": "0.3", "schedule__epochs": "1", "network__freeze": "4"}
    plain = run(SMALL, manifest, tmp_path / "a", **values)
    tried = run(
        SMALL, manifest, tmp_path / "b", **values, schedule__range_test="suggest", schedule__overfit_check="true"
    )
    assert of(Evaluated, plain) == of(Evaluated, tried)
    files = [(tmp_path / name / "model" / "weights.safetensors").read_bytes() for name in "ab"]
    assert files[0] == files[1]
    (tested,) = of(RangeTested, tried)
    assert 5 <= len(tested.rates) == len(tested.losses) <= 100
    assert list(tested.rates) == sorted(tested.rates)
    assert tested.sentence


def test_a_suggested_rate_can_be_used(made: MadeCollection, tmp_path: Path) -> None:
    said = run(
        SMALL, manifest_of(made), tmp_path / "run", schedule__range_test="use", schedule__schedule="fixed",
        schedule__learning_rate="0.00001", schedule__epochs="1", schedule__overfit_check="true",
    )  # fmt: skip
    (tested,) = of(RangeTested, said)
    by_heart = next(n for n, m in enumerate(said) if isinstance(m, Stage) and "by heart" in m.text)
    assert said.index(tested) < by_heart, "the check is made at the rate that is used"
    assert not any("schedule.range_test" in alarm.remedy for alarm in of(Alarm, said)), "it was done already"
    rate = 0.00001 if tested.suggestion is None else tested.suggestion
    assert {step.learning_rate for step in of(Step, said)} == {rate}


def test_a_recipe_that_can_learn_learns_by_heart_and_one_that_cannot_is_told(
    made: MadeCollection, tmp_path: Path
) -> None:
    manifest = manifest_of(made, flags=("red disc",))
    values = {"schedule__overfit_check": "true", "schedule__epochs": "1", "schedule__optimiser": "adam"}
    good = run(SMALL, manifest, tmp_path / "a", **values, schedule__learning_rate="0.003")
    assert any("by heart in" in stage.text for stage in of(Stage, good))
    assert not any(alarm.kind == "cannot learn" for alarm in of(Alarm, good))
    bad = run(SMALL, manifest, tmp_path / "b", **values, schedule__learning_rate="0.00000001")
    (alarm,) = [alarm for alarm in of(Alarm, bad) if alarm.kind == "cannot learn"]
    assert "could not be learned by heart" in alarm.sentence
    assert torch.isfinite(torch.tensor(bad[-1].mean_per_class_accuracy))
