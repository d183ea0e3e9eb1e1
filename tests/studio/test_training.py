"""From labels to a model in use: prepared, run as a process of its own, adopted, predicted with, judged."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.studio.labelled import labelled_project
from tests.studio.shipped_model import ship
from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.domain.messages import (
    GOING_ON,
    Alarm,
    Evaluated,
    Heartbeat,
    Message,
    RunFinished,
    RunStarted,
    Stage,
    Started,
    Step,
)
from weldstudio.domain.recipe import Recipe
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.jobs import child, waiting
from weldstudio.jobs.folder import Control, RunFolder
from weldstudio.store import models, predictions, splits
from weldstudio.store.store import Store
from weldstudio.studio import evaluating, predicting, projects, registry, training

TINY = Recipe(name="Tiny").with_values({"network.name": "squeezenet1_1", "network.input_size": "48"})
TRAINED = TINY.with_values({"network.freeze": "8", "schedule.epochs": "500", "data.augment": "false"})


def _followed(run: RunFolder, *, stop_at: type | None = None, store: Store | None = None) -> list[Message]:
    said = []
    for message in training.follow(run):
        if message is not None:
            said.append(message)
            if stop_at is not None and isinstance(message, stop_at) and store is not None:
                training.stop(store, run.id)
                stop_at = None
    return said


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with labelled_project(tmp_path, count=45) as made:
        yield made


@pytest.mark.usefixtures("engines_in_process")
def test_the_whole_loop(store: Store, tmp_path: Path) -> None:
    """One real run by a real child; what depends on a finished model is looked at here, since a run takes seconds."""
    assert training.runs(store) == []
    shown = training.preview(store, TINY)
    assert shown.problem == ""
    run = training.prepare(store, TINY, who="Ann")
    assert len(splits.read(store)) == 45
    assert training.runs(store)[0].state == "waiting"
    pid = training.start(run)
    with pytest.raises(JobFailed, match="started before"):
        training.start(run)
    said = _followed(run)
    before = [m.sentence for m in said if isinstance(m, Alarm) and m.kind == "preflight"]
    assert before == list(shown.warnings) != []
    sentences = [m.sentence for m in said if isinstance(m, Alarm)]
    assert len(sentences) == len(set(sentences))  # the run does not say it all once more
    assert next(m for m in said if not isinstance(m, Alarm)) == said[len(before)] == Started(pid, "train")
    started = next(m for m in said if isinstance(m, RunStarted))
    assert started.counts == shown.counts
    assert started.photos == shown.photos
    assert any(isinstance(m, Heartbeat) for m in said)
    finished = said[-1]
    assert isinstance(finished, RunFinished)
    assert finished.state == "done"

    # Adopted once, and active because it is the first.
    changes = registry.adopt_finished(store)
    assert changes.models
    assert not registry.adopt_finished(store)
    (entry,) = registry.models(store)
    assert entry.active
    assert entry.run_id == entry.id == run.id
    assert entry.to_json()["mean_per_class_accuracy"] == finished.mean_per_class_accuracy
    (summary,) = training.runs(store)
    assert (summary.state, summary.model_id) == ("done", entry.id)
    assert summary.to_json()["mean_per_class_accuracy"] == finished.mean_per_class_accuracy

    # All photos are scored once, also when the work was cancelled in between.
    work = predicting.predict(store)
    steps = []
    for step in work:
        steps.append(step)
        if step.done:
            break
    work.close()
    there = len(predictions.read(store, entry.id)[0])
    assert 0 < there <= 45
    report = _run(predicting.predict(store), steps)
    assert report.scored + report.there == 45
    assert report.there == there
    assert all(isinstance(step, Progress) for step in steps)
    ids, values = predictions.read(store, entry.id)
    assert len(ids) == 45
    assert np.allclose(values[:, list(entry.card.slots)].astype(np.float32).sum(1), 1, atol=0.01)

    # Judged on the test photos by the thresholds of the card; on validation it repeats what the run said.
    judged = _run(evaluating.evaluate(store), []).to_json()
    assert judged["split"] == "test"
    assert judged["model"] == entry.id
    assert judged["photos"] == shown.photos["test"]
    assert {"mean_per_class_accuracy", "mean_per_class_accuracy_at_half", "one_vs_rest", "interval"} <= judged.keys()
    assert all({"n", "interval", "one_vs_rest"} <= figures.keys() for figures in judged["per_class"].values())
    assert json.loads(json.dumps(judged, allow_nan=False))["task"] == "exclusive"
    again = _run(evaluating.evaluate(store, split="validation"), [])
    assert again.mean_per_class_accuracy == pytest.approx(finished.mean_per_class_accuracy, abs=0.05)
    assert registry.models(store)[0].evaluations.keys() == {"test", "validation"}
    with pytest.raises(JobFailed, match="no split"):
        _run(evaluating.evaluate(store, split="exam"), [])

    # A second model, from the first one's weights: kept, not in use until somebody says so, and that can be told.
    second = training.prepare(store, TINY.with_values({"network.weights": f"model:{entry.id}"}), who="Ann")
    assert (second.path / second.manifest().weights).is_file()
    assert f"model {entry.id}" in second.manifest().weights_origin
    _pretend_done(second, run)
    registry.adopt_finished(store)
    newest, oldest = registry.models(store)
    assert newest.id == second.id
    assert not newest.active
    assert oldest.active
    done = registry.activate(store, newest.id, who="Ann")
    assert done.action_id
    assert done.changes.models
    assert registry.activate(store, newest.id, who="Ann").action_id is None
    assert models.active_id(store) == newest.id
    assert len(predictions.read(store, oldest.id)[0]) == 45
    with pytest.raises(RecipeError, match="is a squeezenet1_1"):
        training.prepare(store, Recipe().with_values({"network.weights": f"model:{entry.id}"}), who="Ann")
    with pytest.raises(JobFailed, match="Did you mean"):
        registry.activate(store, entry.id[:-1] + "x", who="Ann")


def _run(work: Iterator, steps: list):  # type: ignore[no-untyped-def, type-arg]
    """Drives a generator to its end; its report."""
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            return end.value


def _pretend_done(run: RunFolder, like: RunFolder) -> None:
    """Gives a run that never ran the model of another one, under its own name."""
    shutil.copytree(like.model, run.model)
    card = json.loads((run.model / "card.json").read_text("utf-8"))
    (run.model / "card.json").write_text(json.dumps(card | {"id": run.id, "run_id": run.id}), "utf-8")


def test_a_run_whose_weights_do_not_fit_fails_in_a_sentence(store: Store, tmp_path: Path) -> None:
    (tmp_path / "w.pth").write_bytes(b"rubbish")
    run = training.prepare(store, TINY, weights=tmp_path / "w.pth", who="Ann")
    assert run.recipe().network.weights == "file"
    assert child.main(["train", str(run.path)]) == 1
    summary = training.runs(store)[0]
    assert summary.state == "failed"
    assert "w.pth" in summary.sentence
    assert not registry.adopt_finished(store)


def _said(run: RunFolder, *messages: Message, started: float | None = None) -> None:
    run.write_control(Control(started or time.time(), False, "Ann"))
    for message in messages:
        run.append(message)


def test_a_silent_run_is_interrupted_and_a_talking_one_is_not(store: Store) -> None:
    now = time.time()
    run = training.prepare(store, TINY, who="Ann")
    _said(run, Started(1, "train"), Heartbeat(now), Stage("first batch"))
    assert (training.summarise(run).state, training.summarise(run).sentence) == ("running", "first batch")
    run.log_file.write_text("Killed\n", "utf-8")
    silent = training.prepare(store, TINY, who="Ann")
    silent.log_file.write_text("working\nKilled\n", "utf-8")
    _said(silent, Started(1, "train"), Heartbeat(now - training.SILENCE_S - 1))
    found = training.summarise(silent)
    assert found.state == "interrupted"
    assert "Killed" in found.sentence
    assert _followed(silent)[-1] == Heartbeat(now - training.SILENCE_S - 1)
    never = training.prepare(store, TINY, who="Ann")
    _said(never, started=now - waiting.START_S - 1)
    assert training.summarise(never).state == "interrupted"
    assert [s.id for s in training.runs(store)] == [run.id, never.id, silent.id]


def test_a_paused_run_goes_on_where_it_was_and_stopped_it_keeps_its_best(store: Store) -> None:
    run = training.prepare(store, TRAINED, who="Ann")
    training.start(run)
    for message in training.follow(run):
        if isinstance(message, Evaluated) and message.step and not run.control().pause:
            training.pause(store, run.id)
    assert training.summarise(run).state == "paused"
    assert not registry.adopt_finished(store)
    with pytest.raises(JobFailed, match="not under way"):
        training.pause(store, run.id)
    stood = max(message.step for message in run.replay() if isinstance(message, Evaluated))
    assert training.resumable(store, run.id) == run
    assert training.summarise(run).state == "waiting"
    training.stop(store, run.id)  # out of the line again it has lost nothing
    assert training.summarise(run).state == "paused"
    training.resumable(store, run.id)
    training.start(run)
    assert training.summarise(run).state == "running"
    said = _followed(run, stop_at=Step, store=store)
    assert said[0] == Stage(GOING_ON)
    assert any(isinstance(m, Stage) and m.text.startswith("going on after step") for m in said)
    assert min(m.step for m in said if isinstance(m, Step)) >= min(stood, 1)
    assert isinstance(said[-1], RunFinished)
    assert said[-1].state == training.summarise(run).state == "stopped"
    with pytest.raises(JobFailed, match="cannot go on"):
        training.resumable(store, run.id)
    with projects.open_project(store.folder) as again:
        assert [entry.run_id for entry in registry.models(again)] == [run.id]


def test_a_second_stop_ends_the_process_at_once(store: Store) -> None:
    run = training.prepare(store, TINY, who="Ann")
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        _said(run, Started(sleeper.pid, "train"), Heartbeat(time.time()))
        training.stop(store, run.id)
        assert sleeper.poll() is None
        with run.messages_file.open("a") as file:
            file.write('{"half a li')
        training.stop(store, run.id)
        assert sleeper.wait(10) != 0
    finally:
        sleeper.kill()
        sleeper.wait()
    assert training.summarise(run).state == "paused"
    with run.messages_file.open("a") as file:
        file.write('{"cut off by a power cut')
    training.resumable(store, run.id)
    assert list(run.replay())[-1] == Stage(GOING_ON)
    assert not run.control().stop


def test_a_process_that_was_taken_for_dead_leaves_its_run_to_the_next(store: Store) -> None:
    run = training.prepare(store, TINY, who="Ann")
    _said(run, Started(1, "train"), Heartbeat(0.0), started=5.0)
    assert run.wish(5.0) == ""
    assert training.summarise(run).state == "interrupted"
    training.resumable(store, run.id)
    assert run.wish(5.0) == "pause"
    run.write_control(replace(run.control(), started=9.0))
    assert (run.wish(5.0), run.wish(9.0)) == ("pause", "")
    assert {state for state in training.RESUMABLE if RunRow("", Path(), "", state, None, None).resumable} == set(
        training.RESUMABLE
    )


def test_a_waiting_run_that_is_stopped_never_starts(store: Store) -> None:
    run = training.prepare(store, TINY, who="Ann")
    assert training.stop(store, run.id).runs
    assert training.summarise(run).state == "stopped"
    with pytest.raises(JobFailed, match="ended already"):
        training.stop(store, run.id)
    for bad in ("nothing", "../project"):
        with pytest.raises(JobFailed, match="no run"):
            training.stop(store, bad)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of runs whose processes would have been started; none is."""
    names: list[str] = []

    def launch(run: Path, device: str = "") -> int:
        names.append(run.name)
        return 1

    monkeypatch.setattr("weldstudio.jobs.process.start_detached", launch)
    return names


def test_a_second_run_waits_and_the_order_can_be_changed(store: Store, launched: list[str]) -> None:
    held = waiting.of_machine().device_lock(waiting.of_machine().devices[0])
    assert held.take()  # as if a run were under way
    first, second, third = (training.prepare(store, TINY, who="Ann") for _ in range(3))
    assert [training.start(run) for run in (first, second, third)] == [None, None, None]
    assert [run.id for run in training.runs(store)] == [first.id, second.id, third.id]
    assert training.before(third) == [first, second]
    assert training.move(store, third.id, 0).runs
    assert [run.id for run in training.runs(store)] == [third.id, first.id, second.id]
    assert training.stop(store, third.id).runs
    assert [(run.id, run.state) for run in training.runs(store)] == [
        (first.id, "waiting"),
        (second.id, "waiting"),
        (third.id, "stopped"),
    ]
    with pytest.raises(JobFailed, match="does not wait"):
        training.move(store, third.id, 0)
    assert training.start(second, now=True) == 1
    assert not training.start_waiting(store)
    held.release()
    assert training.start_waiting(store)
    assert launched == [second.id, first.id]


def test_one_that_cannot_be_started_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def launch(run: Path, device: str) -> int:
        raise JobFailed("There is no room for another process.")

    monkeypatch.setattr("weldstudio.jobs.process.start_detached", launch)
    run = training.prepare(store, TINY, who="Ann")
    with pytest.raises(JobFailed, match="no room"):
        training.start(run)
    assert training.summarise(run).state == "failed"


def test_what_cannot_start_is_refused_before_anything_is_written(store: Store, tmp_path: Path) -> None:
    before = store.sequence
    for values, sentence in (
        ({"network.weights": "shipped"}, "come with the program"),
        ({"network.weights": "file"}, "none was given"),
        ({"network.weights": "model:x"}, "no model 'x'"),
        ({"data.classes": '["red disc"]', "data.task": "exclusive"}, "at least two"),
    ):
        with pytest.raises(RecipeError, match=sentence):
            training.prepare(store, TINY.with_values(values), who="Ann")
    with pytest.raises(RecipeError, match="no weights file"):
        training.prepare(store, TINY, weights=tmp_path / "none.pth", who="Ann")
    assert training.preview(store, TINY.with_values({"network.weights": "shipped"})).problem
    assert store.sequence == before
    assert not list((store.folder / "runs").iterdir())


def test_a_project_without_labels_says_so(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=0) as store, pytest.raises(RecipeError, match="label"):
        training.prepare(store, TINY, who="Ann")


def test_the_first_choice_is_a_recipe_that_can_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weldstudio.paths.shipped_models", lambda: tmp_path / "none")
    assert training.first_choice() == "quick"
    ship(monkeypatch, tmp_path / "models")
    assert training.presets()[training.first_choice()].network.name == "weldnet"


def test_models_are_combined_from_copies_in_the_run_folder(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=12) as store, pytest.raises(RecipeError, match="There is no model 'a'"):
        training.prepare(store, TINY.with_values({"combination.models": "a, b"}), who="Ann")


def test_weights_by_name_are_told_with_their_licence_and_fetched_by_the_run(tmp_path: Path) -> None:
    with labelled_project(tmp_path, count=30) as store:
        run = training.prepare(store, TINY.with_values({"network.weights": "torchvision"}), who="Ann")
    manifest = run.manifest()
    assert manifest.weights == ""
    assert "ImageNet" in manifest.weights_origin
    assert "BSD" in manifest.weights_licence


def test_presets_load_and_the_fast_one_is_quick(tmp_path: Path) -> None:
    found = training.presets()
    assert next(iter(found)) == "quick"
    assert all(recipe.name and recipe.description.endswith(".") for recipe in found.values())
    assert not found["quick"].network.trains_stages
    assert found["fine-tune"].network.frozen_stages == 0
    changed = training.load_recipe("quick", {"seed": "3"})
    assert changed == replace(found["quick"], seed=3)
    (tmp_path / "own.toml").write_text(changed.to_toml(), "utf-8")
    assert training.load_recipe(tmp_path / "own.toml") == changed
    assert training.load_recipe("thesis clamp task") == training.experiments()["clamp"]
    with pytest.raises(RecipeError, match="Did you mean 'quick'"):
        training.load_recipe("quik")
    with pytest.raises(RecipeError, match="Presets are: quick"):
        training.load_recipe("zzz")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(RecipeError, match="cannot be read"):
        training.load_recipe(tmp_path / "bad.toml")
