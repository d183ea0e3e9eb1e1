"""Thresholds are chosen anew from validation photos alone, and every photo is decided by them at once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.photos import FLAGS
from tests.studio.labelled import SCHEME, labelled_project
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.recipe import Thresholds
from weldstudio.domain.split import Split
from weldstudio.store import mirror as mirrors
from weldstudio.store import models, photos, splits
from weldstudio.store.store import Store
from weldstudio.studio import predicting, registry
from weldstudio.studio.thresholding import Rechosen, rechoose


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """60 photos, every one scored and validating; the first flag is raised on every third."""
    with labelled_project(tmp_path, count=60, scheme=SCHEME) as made:
        models.add(made, ModelCard("m", "Quick look", "squeezenet1_1", (ModelClass(0, FLAGS[0]),), run_id="m"))
        models.activate(made, "m")
        registry.folder_of(made, "m").mkdir(parents=True)
        found = photos.every(made)
        splits.write(made, {p.joint_id: Split.VALIDATION for p in found}, seed=0)
        raised = np.arange(60) % 3 == 0
        values = np.where(raised, np.linspace(0.3, 0.9, 60), np.linspace(0.1, 0.6, 60))[:, None]
        predicting.record(made, "m", [p.id for p in found], values)
        yield made


def _rechosen(store: Store, choice: Thresholds) -> Rechosen:
    work = rechoose(store, choice, split="validation")
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Rechosen = end.value
            return found


def test_dear_misses_lower_the_threshold_of_every_photo_at_once(store: Store) -> None:
    cheap = _rechosen(store, Thresholds("cost")).card.classes[0].threshold
    dear = _rechosen(store, Thresholds("cost", cost_miss=50))
    assert dear.card.classes[0].threshold < cheap
    assert dear.changes.models
    assert mirrors.read(store).threshold(0) == dear.card.classes[0].threshold
    assert f"{dear.card.classes[0].threshold}" in (registry.folder_of(store, "m") / "card.json").read_text("utf-8")


def test_a_guarantee_names_what_is_missing(store: Store) -> None:
    assert _rechosen(store, Thresholds("conformal", miss_rate=0.05)).notes == ()
    (note,) = _rechosen(store, Thresholds("conformal", miss_rate=0.01)).notes
    assert "79 more raised" in note


def test_a_prior_nobody_knows_any_more_is_refused(store: Store) -> None:
    with pytest.raises(JobFailed, match="another rule"):
        _rechosen(store, Thresholds("prior"))
