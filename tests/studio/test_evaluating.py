"""A model is judged by the labels of now, on its split alone, at the thresholds of its card. No engine is needed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.photos import FLAGS
from tests.studio.labelled import SCHEME, label, labelled_project
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.split import Split
from weldstudio.store import actions, events, models, photos, splits
from weldstudio.store.reading import NOT_TAKEN
from weldstudio.store.store import Store
from weldstudio.studio import evaluating, predicting, registry
from weldstudio.studio.evaluating import Evaluation
from weldstudio.studio.months import times

CARD = ModelCard(
    "m", "Quick look", "squeezenet1_1", (ModelClass(2, FLAGS[2], 0.3), ModelClass(0, FLAGS[0], 0.6)), run_id="m"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with scored_project(tmp_path, Split.TRAIN) as made:
        yield made


@contextmanager
def scored_project(folder: Path, others: Split) -> Iterator[Store]:
    """30 photos, every one scored; the first ten are for testing."""
    with labelled_project(folder, count=30, scheme=SCHEME) as made:
        models.add(made, CARD)
        registry.folder_of(made, "m").mkdir(parents=True)
        found = photos.every(made)
        splits.write(made, {p.joint_id: Split.TEST if n < 10 else others for n, p in enumerate(found)}, seed=0)
        # It says 0.5 of everything, but 0.9 of the second class where that is raised (every third photo).
        values = np.full((30, 2), 0.5)
        values[::3, 1] = 0.9
        predicting.record(made, "m", [p.id for p in found], values)
        yield made


def _evaluated(store: Store, **chosen: Any) -> Evaluation:
    work = evaluating.evaluate(store, **chosen)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Evaluation = end.value
            return found


def test_only_photos_of_the_split_count_at_the_thresholds_of_the_card(store: Store) -> None:
    found = _evaluated(store).to_json()
    assert found["photos"] == 10
    disc, square = found["per_class"][FLAGS[0]], found["per_class"][FLAGS[2]]
    assert (disc["hits"], disc["misses"], disc["false_alarms"], disc["passes"]) == (4, 0, 0, 6)
    assert disc["mean_per_class_accuracy_at_half"] == 0.5  # 0.5 counts as raised at one half
    assert (square["hits"], square["false_alarms"]) == (3, 7)
    assert found["mean_per_class_accuracy"] == 0.75
    assert found["model"] == "m"
    kept = json.loads((registry.folder_of(store, "m") / "evaluation-test.json").read_text("utf-8"))
    assert kept == json.loads(json.dumps(found))
    assert _evaluated(store, split="train").to_json()["photos"] == 20


def test_labels_accepted_from_a_model_never_judge_one(store: Store) -> None:
    ids = [photo.id for photo in photos.every(store)]
    with store.atomic(durable=True):
        written = actions.begin(store, who="Ann", kind="label", text="accept")
        before, after = label_byte(State.RAISED, Source.IMPORT), label_byte(State.RAISED, Source.ACCEPTED)
        events.append(store, written, [(ids[0], 0, before, after)], source=Source.ACCEPTED)
    disc = _evaluated(store).to_json()["per_class"][FLAGS[0]]
    assert (disc["raised"], disc["clear"]) == (3, 6)


def test_each_equipment_is_judged_by_itself_too(store: Store) -> None:
    ids = [photo.id for photo in photos.every(store)]
    photos.set_equipment(store, ids[:4], "Bluebox")
    photos.set_equipment(store, ids[4:], "Redbox")
    found = _evaluated(store)
    assert {name: scores.photos for name, scores in found.parts["equipment"].items()} == {"Bluebox": 4, "Redbox": 6}


def test_what_cannot_be_judged_is_said(tmp_path: Path, store: Store) -> None:
    with pytest.raises(JobFailed, match="no split 'exam'"):
        _evaluated(store, split="exam")
    with pytest.raises(JobFailed, match="No validation photo"):
        _evaluated(store, split="validation")
    with pytest.raises(JobFailed, match="no model 'n'"):
        _evaluated(store, model_id="n")
    with pytest.raises(JobFailed, match="not in the registry"):
        predicting.record(store, "n", [1], np.zeros((1, 2)))


def test_labels_changed_since_the_training_count(store: Store) -> None:
    ids = [photo.id for photo in photos.every(store)]
    before = _evaluated(store).mean_per_class_accuracy
    label(store, {ids[1]: [State.RAISED, State.UNSEEN, State.UNSEEN]}, source=Source.HAND)
    assert _evaluated(store).mean_per_class_accuracy != before


def test_each_contractor_type_and_medium_is_judged_by_itself_too(store: Store) -> None:
    ids = [photo.id for photo in photos.every(store)]
    photos.set_contractor(store, ids[:6], "Smith")
    photos.set_joint_facts(store, photos.joints_shown(store, ids[:4]), kind="coupler", medium="water")
    photos.set_joint_facts(store, photos.joints_shown(store, ids[4:]), medium="gas")
    found = _evaluated(store).to_json()
    counted = {
        part: {name: one["photos"] for name, one in found[f"per_{part}"].items()} for part in evaluating.PARTED_BY
    }
    assert sum(counted["contractor"].values()) == sum(counted["medium"].values()) == found["photos"]
    assert counted["contractor"].keys() == {"Smith", "not known"}
    assert counted["type"].keys() == {"coupler", "not known"}
    assert counted["medium"].keys() == {"water", "gas"}
    assert counted["equipment"] == {}


def test_validation_photos_promise_and_test_photos_try_the_promise(store: Store, tmp_path: Path) -> None:
    disc = _evaluated(store).to_json()["per_class"][FLAGS[0]]
    assert disc["calibration_error"] == pytest.approx(0.6 * 0.5 + 0.4 * 0.1, abs=1e-3)
    assert disc["promise"]["threshold"] is None  # nothing lies in validation
    assert disc["promise"]["needed"] == 19
    with scored_project(tmp_path / "validated", Split.VALIDATION) as validated:
        promise = _evaluated(validated, miss_rate=0.2).to_json()["per_class"][FLAGS[0]]["promise"]
        own = _evaluated(validated, split="validation").to_json()["per_class"][FLAGS[0]]
    assert (promise["threshold"], promise["missed"], promise["false_alarms"]) == (pytest.approx(0.9, abs=1e-3), 0, 0)
    assert promise["calibrated_error"] < disc["calibration_error"]
    assert "calibrated_error" not in own["promise"]  # fitted and tried on the same photos it would praise itself


def test_joints_are_judged_by_their_verdicts(store: Store) -> None:
    verdicts = _evaluated(store).to_json()["verdicts"]
    assert verdicts["joints"] == 10
    assert verdicts["agreement"] == 1  # nothing reaches the limit


@pytest.mark.parametrize(("months", "names"), [(3, ["2020-01", "2020-02", "2020-03"]), (30, ["2020", "2021", "2022"])])
def test_photos_are_parted_by_month_and_many_months_by_year(months: int, names: list[str]) -> None:
    taken = np.array([f"{2020 + n // 12}-{n % 12 + 1:02}-15" for n in range(months)], "datetime64[s]").astype(np.int64)
    codes, found = times(np.r_[taken, NOT_TAKEN])
    assert [found[code] for code in np.unique(codes)] == ["", *names]
    assert found[codes[-1]] == ""
