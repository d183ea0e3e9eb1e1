"""What is shown before a training is what the training would make of a photo."""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.studio.labelled import labelled_project
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.recipe import Recipe
from weldstudio.imaging.fitting import Pixels
from weldstudio.imaging.varying import Variation
from weldstudio.jobs.folder import RunFolder
from weldstudio.ml.train import train
from weldstudio.studio import snapshots
from weldstudio.studio.variations import of_photo, sheet

RECIPE = Recipe().with_values({"network.name": "lenet5", "network.freeze": "0"})


def test_sixteen_variations_of_a_training_photo(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=12) as store:
        found = of_photo(store, RECIPE)
        training = {photo.id for photo in snapshots.take(store, RECIPE).manifest.of("train")}
        assert found.photo_id in training
        assert len({picture.tobytes() for picture in found.pictures}) == 16
        assert sheet(found.pictures).size == (128, 128)
        off = {"augmentation.cut": "0", "augmentation.stretch": "0", "augmentation.flip": "false"}
        still = of_photo(
            store, RECIPE.with_values(off | {"augmentation.brightness": "0", "augmentation.contrast": "0"})
        )
        assert len({picture.tobytes() for picture in still.pictures}) == 1
        assert np.asarray(still.pictures[0]).shape == (32, 32, 3)
        with pytest.raises(RecipeError, match="no such photo"):
            of_photo(store, RECIPE, 10**6)


def test_what_is_shown_is_what_the_training_makes_of_the_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = RECIPE.with_values({"network.weights": "random", "augmentation.colour": "0.2", "schedule.epochs": "2"})
    with labelled_project(tmp_path, count=12) as store:
        shown = of_photo(store, recipe)
        manifest = snapshots.take(store, recipe).manifest
    made, vary = {}, Variation.of

    def watched(self: Variation, pixels: Pixels, *, seed: Sequence[int], without: Collection[str] = ()) -> Pixels:
        made[tuple(seed)] = vary(self, pixels, seed=seed, without=without)
        return made[tuple(seed)]

    monkeypatch.setattr(Variation, "of", watched)
    run = RunFolder.create(tmp_path / "run", recipe, manifest)
    list(train(recipe, manifest, run.path, lambda: ""))
    for epoch in range(2):
        assert np.array_equal(made[recipe.seed, epoch, 0], shown.pictures[epoch])
