"""Models are compared on the same photos and classes, each at its own thresholds; no engine is needed."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.photos import FLAGS
from tests.studio.scored import NEW, two_models
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import State
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.jobs.folder import RunFolder
from weldstudio.store import models, photos
from weldstudio.store.store import Store
from weldstudio.studio import comparing, predicting
from weldstudio.studio.comparing import Comparison


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with two_models(tmp_path) as made:
        yield made


def compared(store: Store, *ids: str) -> Comparison:
    work = comparing.compare(store, ids)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Comparison = end.value
            return found


def test_only_the_class_that_both_judge_is_compared(store: Store) -> None:
    found = compared(store, "old", "new")
    (one,) = found.others
    assert list(one.classes) == [FLAGS[0]]
    assert one.whole.difference == pytest.approx(-(1 / 10 + 1 / 20) / 2)
    assert one.whole.interval[0] < one.whole.difference < one.whole.interval[1]
    assert (one.whole.first_alone, one.whole.second_alone, one.whole.p) == (2, 0, 0.5)
    assert [(flip.labelled, flip.raised, flip.better) for flip in one.flips] == [
        (State.RAISED, False, False),
        (State.CLEAR, True, False),
    ]
    assert compared(store, "new", "old").others[0].whole.difference == pytest.approx(0.075)
    json.dumps(found.to_json(), allow_nan=False)


def test_what_they_were_made_of_is_compared_too(store: Store) -> None:
    assert "not known here" in compared(store, "old", "new").others[0].snapshot
    for run_id, rate, shown in (("q", 0.1, (1, 2)), ("r", 0.2, (1, 1))):
        taken = [ManifestPhoto(n, f"/{n}.jpg", Split.TRAIN, (state,)) for n, state in enumerate(shown)]
        manifest = Manifest((ManifestClass(0, FLAGS[0]),), tuple(taken[: 1 + (run_id == "r")]))
        recipe = Recipe().with_values({"schedule.learning_rate": str(rate)})
        RunFolder.create(store.folder / "runs" / run_id, recipe, manifest)
    models.add(store, ModelCard("late", "Late", "squeezenet1_1", NEW.classes, run_id="q"))
    ids = [photo.id for photo in photos.every(store)]
    predicting.record(store, "late", ids, np.full((30, 2), 0.5))
    (one,) = compared(store, "late", "new").others
    assert one.settings == {"schedule.learning_rate": ("0.1", "0.2")}
    assert "1 photos more, 0 fewer, 0 labelled otherwise" in one.snapshot


def test_one_model_or_models_of_other_classes_are_refused(store: Store) -> None:
    with pytest.raises(JobFailed, match="two to 8"):
        compared(store, "old", "old")
    models.add(store, ModelCard("other", "Other", "squeezenet1_1", (ModelClass(1, FLAGS[1]),)))
    with pytest.raises(JobFailed, match="no class in common"):
        compared(store, "old", "other")
