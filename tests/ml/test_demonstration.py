"""Teaching and judging the demonstration model: by the true flags, and by where its maps point."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from weldstudio.domain.messages import RunFinished, RunStarted, Stage
from weldstudio.domain.model import ModelCard
from weldstudio.imaging.drawn.collection import FLAGS, plan, write
from weldstudio.ml import demonstration
from weldstudio.ml.pointing import Lesson
from weldstudio.ml.scorer import Scorer


def test_a_model_is_taught_on_true_flags_judged_and_shipped_with_an_honest_card(tmp_path: Path) -> None:
    photos = plan(24, seed=5, balanced=True, wrong_share=0.5)
    assert list(write(tmp_path / "photos", photos))[-1] == 24
    small = {"schedule.epochs": "1", "network.input_size": "64"}
    recipes = [recipe.with_values(small) for recipe in demonstration.RECIPES]
    said = list(
        demonstration.teach(
            photos,
            tmp_path / "photos",
            tmp_path / "weldnet-run",
            recipes=recipes,
            lesson=Lesson(input_size=64, epochs=1, batch_size=6),
            validation_share=0.25,
        )
    )
    started, ended = said[0], [message for message in said if isinstance(message, RunFinished)][-1]
    assert isinstance(said[-1], Stage)
    assert "places" in said[-1].text
    assert isinstance(started, RunStarted)
    assert isinstance(ended, RunFinished)
    assert ended.state == "done"
    taught_on = started.counts["train"]
    held_out = {photo.joint for photo in photos[18:]}
    for flag in FLAGS:
        # Wrong labels are for people to find; the model that ships learns from what is true.
        assert taught_on[flag][0] == sum(flag in photo.raised for photo in photos if photo.joint not in held_out)

    model = tmp_path / "weldnet-run" / "model"
    lesson = Lesson(input_size=64, epochs=1, batch_size=6)
    on = tmp_path / "taught-on"
    stages = list(demonstration.teach_on(model, photos, tmp_path / "photos", on, lesson=lesson))
    assert all(isinstance(stage, Stage) for stage in stages)
    before, after = (ModelCard.from_json(json.loads((at / "card.json").read_text())) for at in (model, on / "model"))
    assert before.weights_sha256 != after.weights_sha256
    Scorer(on / "model")  # what was written can be read back

    scorer = Scorer(model)
    probabilities = demonstration.scored(scorer, photos, tmp_path / "photos")
    assert probabilities.shape == (24, 17)
    evaluation = demonstration.judge(scorer.card, probabilities, photos)
    card = demonstration.ship(model, tmp_path / "shipped", evaluation, "random, for a test")
    written = ModelCard.from_json(json.loads((tmp_path / "shipped" / "card.json").read_text("utf-8")))
    assert replace(written, scores={}) == replace(card, scores={})
    assert card.demonstration
    assert "not for real welds" in card.name
    assert card.id == "weldnet"
    assert card.scores["per_class"].keys() == set(FLAGS)
    assert np.allclose(
        demonstration.scored(Scorer(tmp_path / "shipped"), photos, tmp_path / "photos"), probabilities, atol=1e-5
    )
    rows = demonstration.table(evaluation, demonstration.point(scorer, photos, tmp_path / "photos", probabilities))
    assert [line.split(" | ")[0].removeprefix("| ") for line in rows.splitlines()[2:-1]] == list(FLAGS)


@pytest.mark.parametrize(
    ("cell", "box", "inside"),
    [
        ((1, 2), (0.5, 0.25, 0.75, 0.5), True),
        ((1, 2), (0.6, 0.3, 0.65, 0.35), True),  # smaller than the cell that points at it
        ((1, 2), (0.0, 0.0, 0.3, 0.2), False),
        ((3, 3), (0.0, 0.0, 0.4, 0.4), False),
        ((0, 0), (0.0, 0.0, 1.0, 1.0), True),
    ],
)
def test_a_map_points_where_its_strongest_cell_lies(
    cell: tuple[int, int], box: tuple[float, float, float, float], inside: bool
) -> None:
    evidence = np.zeros((4, 4), np.float32)
    evidence[cell] = 1
    assert demonstration._peak_within(evidence, box) is inside
