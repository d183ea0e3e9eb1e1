"""The registry takes in what is complete, and says what it cannot find."""

import json
from pathlib import Path

import pytest

from tests.studio.labelled import labelled_project
from tests.studio.scored import judged_project
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.studio import predicting, registry


def _finished(project: Path, name: str, **changes: object) -> None:
    """A run folder with a model, as a run leaves it."""
    folder = project / "runs" / name / "model"
    folder.mkdir(parents=True)
    card = ModelCard(name, "Quick look", "squeezenet1_1", (ModelClass(0, "red disc"),), run_id=name)
    (folder / "card.json").write_text(json.dumps(card.to_json() | changes), "utf-8")
    (folder / "weights.safetensors").write_bytes(b"weights")


def test_a_damaged_model_is_logged_and_the_rest_is_taken_in(tmp_path: Path, expect_log) -> None:
    with labelled_project(tmp_path, count=3) as store:
        _finished(store.folder, "a")
        _finished(store.folder, "b", classes="damaged")
        (store.folder / "runs" / "c").mkdir()
        with expect_log("weldstudio.studio.registry", "run b cannot be taken in"):
            assert registry.adopt_finished(store).models
        (entry,) = registry.models(store)
        assert entry.id == "a"
        assert (entry.folder / "weights.safetensors").read_bytes() == b"weights"
        assert not list((store.folder / "models").glob("*.part"))


def test_without_a_model_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=3) as store:
        with pytest.raises(JobFailed, match="train one first"):
            registry.chosen(store, None)
        with pytest.raises(JobFailed, match="train one first"):
            next(predicting.predict(store))


def test_the_newest_and_the_active_model_are_told_apart(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=3) as store:
        for name in ("a", "b"):
            _finished(store.folder, name)
            registry.adopt_finished(store)
        assert registry.chosen(store, None).id == "a"
        assert registry.chosen(store, None, newest=True).id == "b"
        assert registry.chosen(store, "b").id == "b"
        (newest, _) = registry.models(store)
        assert "says nothing of" in newest.to_json()["scheme_difference"]


@pytest.mark.usefixtures("engines_in_process")
def test_labels_that_were_changed_after_an_evaluation_are_counted(tmp_path: Path) -> None:
    with judged_project(tmp_path) as store:
        told = {"test": {"when": "2000-01-01T00:00:00+00:00"}, "validation": {"when": "2999-01-01T00:00:00+00:00"}}
        assert registry.labels_since(store, told | {"train": {}}) == {"test": 30, "validation": 0}


def test_a_model_that_cannot_be_loaded_is_said_by_predict(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=3) as store:
        _finished(store.folder, "a")
        registry.adopt_finished(store)
        with pytest.raises(JobFailed, match=r"weights\.safetensors"):
            list(predicting.predict(store))
