"""A refit moves what the mirror says of all photos, is kept in one file, and can be forgotten or cancelled."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.studio.featured import featured_project, write_weights
from tests.studio.labelled import label
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.recipe import Recipe
from weldstudio.imaging import refit_file
from weldstudio.store import mirror as mirrors
from weldstudio.store import models
from weldstudio.store.store import Store
from weldstudio.studio import features, refitting
from weldstudio.studio.starting_heads import starting_heads


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with featured_project(tmp_path) as made:
        yield made


def refit(store: Store) -> refitting.RefitReport:
    work = refitting.refit(store)
    while True:
        try:
            next(work)
        except StopIteration as end:
            report: refitting.RefitReport = end.value
            return report


def test_a_refit_moves_what_is_said_of_all_photos(store: Store) -> None:
    before = mirrors.read(store)
    assert before.probability(0).tolist() == pytest.approx([0.3] * 45, abs=1e-3)
    report = refit(store)
    mirror = mirrors.read(store)
    raised = mirror.states(0) == State.RAISED
    assert mirror.probability(0)[raised].mean() > 0.7 > 0.3 > mirror.probability(0)[~raised].mean()
    assert mirror.threshold(0) != before.threshold(0) or mirror.threshold(0) == pytest.approx(0.5, abs=0.3)
    name = mirror.scheme.classes[0].name
    assert (report.photos, report.out_of, report.raised[name], report.clear[name]) == (45, 45, 15, 30)
    mean = report.flags[name].mean_per_class_accuracy
    assert mean is not None
    assert mean > 0.8  # of photos that the fit has not seen
    assert report.to_json()["flags"][name]["labelled_raised"] == 15


def test_a_flag_with_too_few_raised_photos_stays_the_models(store: Store) -> None:
    ids = mirrors.read(store).ids.tolist()
    label(store, {i: [State.UNSEEN, State.CLEAR, State.UNSEEN] for i in ids})
    report = refit(store)
    name = mirrors.read(store).scheme.classes[1].name
    assert report.too_few == (name,)
    assert mirrors.read(store).probability(1).tolist() == pytest.approx([0.3] * 45, abs=1e-3)


def test_labels_accepted_from_a_model_teach_nothing(store: Store) -> None:
    mirror = mirrors.read(store)
    label(store, {int(i): [State.RAISED] for i in mirror.ids[:10]}, source=Source.ACCEPTED)
    on = refitting.ground(mirrors.read(store), features.active_place(store))
    assert (on.states[:10, 0] == State.UNSEEN).all()
    assert (on.states[10:, 0] != State.UNSEEN).all()


def test_a_training_on_the_same_trunk_starts_from_the_refitted_heads(store: Store) -> None:
    card = models.every(store)[0]
    file = store.folder / "models" / card.id / "weights.safetensors"
    recipe = Recipe().with_values({"network.name": card.network})
    assert recipe.preprocessing == card.preprocessing
    assert starting_heads(store, recipe, file) is None  # nothing was refitted yet
    refit(store)
    found = starting_heads(store, recipe, file)
    assert found is not None
    assert found.slots.tolist() == [0, 1, 2]
    for other in (
        {"network.input_size": "96"},
        {"network.head": "two_layers"},
        {"network.reinitialise": "1", "network.freeze": "0"},
    ):
        assert starting_heads(store, recipe.with_values(other), file) is None
    write_weights(store.folder / "models" / "m2", b"other", b"head")
    assert starting_heads(store, recipe, store.folder / "models" / "m2" / file.name) is None


def test_it_can_be_forgotten(store: Store) -> None:
    refit(store)
    assert refitting.forget(store)
    assert mirrors.read(store).probability(0).tolist() == pytest.approx([0.3] * 45, abs=1e-3)
    assert not refitting.forget(store)


def test_one_that_is_cancelled_leaves_what_was_there(store: Store) -> None:
    refit(store)
    before = refit_file.read(store.folder)
    label(store, {int(mirrors.read(store).ids[0]): [State.UNSURE]})
    work = refitting.refit(store)
    for _ in range(5):
        next(work)
    work.close()
    after = refit_file.read(store.folder)
    assert before is not None
    assert after is not None
    assert np.array_equal(before.probabilities, after.probabilities)


def test_it_holds_for_its_model_alone_and_a_damaged_file_is_passed_over(store: Store, expect_log: object) -> None:
    refit(store)
    models.activate(store, None)
    assert np.isnan(mirrors.read(store).probability(0)).all()
    models.activate(store, "m1")
    file = store.folder / refit_file.FILE
    file.write_bytes(file.read_bytes()[:100])
    with expect_log("weldstudio.imaging.refit_file", "cannot be read"):
        damaged = mirrors.read(store)
    assert damaged.probability(0).tolist() == pytest.approx([0.3] * 45, abs=1e-3)


def test_without_features_it_says_what_to_do(store: Store) -> None:
    features.remove(store, trunk=features.every(store)[0].trunk)
    with pytest.raises(JobFailed, match="weldstudio features"):
        refit(store)
