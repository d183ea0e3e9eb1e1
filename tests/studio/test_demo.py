"""The demo: browsable from its first step on, continued where it was left, complete at its end."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.studio.shipped_model import ship, without_torch
from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import DemoRefused
from weldstudio.domain.labelling import State
from weldstudio.imaging.drawn import collection
from weldstudio.store import mirror, photos
from weldstudio.studio import demo, labelling, projects, registry

COUNT = 14


@pytest.fixture(autouse=True)
def _nothing_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model comes with the program unless a test says so."""
    monkeypatch.setattr("weldstudio.paths.shipped_models", lambda: tmp_path / "none")


def run(folder: Path, count: int | None = COUNT) -> tuple[demo.DemoReport, list[Progress]]:
    steps = []
    work = demo.make_demo(folder, photos=count, seed=5)
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            return end.value, steps


def test_it_holds_what_was_planned(tmp_path: Path) -> None:
    report, steps = run(tmp_path / "demo")
    assert (report.photos, report.drawn, report.model) == (COUNT, COUNT, None)
    assert any(step.changes.photos for step in steps)
    plan = collection.plan(COUNT, seed=5, balanced=demo.BALANCED)
    with projects.open_project(report.project) as store:
        seen = mirror.read(store)
        assert list(seen.paths) == [photo.path for photo in plan]
        assert len(np.unique(seen.joint)) == len({photo.joint for photo in plan})
        for photo in plan:
            row = seen.row(photos.known_paths(store, 1)[photo.path])
            raised = {f.name for f in seen.scheme.live_flags if seen.states(f.slot)[row] == State.RAISED}
            assert raised in (set(photo.labelled), set())
            stored = photos.get(store, int(seen.ids[row]))
            assert stored is not None
            joint = photos.joint(store, stored.joint_id)
            assert joint is not None
            assert (stored.equipment, joint.kind, joint.medium) == (photo.equipment, photo.joint_type, photo.medium)
            assert stored.taken_at == photo.taken.isoformat()
        unlabelled = (seen.labels == 0).all(axis=1)
        assert 0 < unlabelled.sum() < COUNT  # something is left to do
        assert report.labelled == COUNT - unlabelled.sum()
        assert not labelling.undoable(store, who="Ann")
    with (report.photographs / "labels.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == COUNT


def test_the_first_photographs_come_long_before_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "FIRST", 3)
    monkeypatch.setattr(demo, "_workers", lambda count: 0)
    _, steps = run(tmp_path / "demo")
    batches = [len(step.changes.photos) for step in steps if step.changes.labels]
    assert batches[0] == 3
    assert next(step.done for step in steps if step.changes.labels) == 3


def test_an_unfinished_one_goes_on_and_a_finished_one_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "FIRST", 4)
    monkeypatch.setattr(demo, "BATCH", 4)
    monkeypatch.setattr(demo, "_workers", lambda count: 0)
    work = demo.make_demo(tmp_path / "demo", photos=COUNT, seed=5)
    for step in work:
        if step.done == 6:
            break
    work.close()
    project = demo.begin(tmp_path / "demo")
    left = demo.read(project)
    assert left is not None
    assert not left.finished
    with projects.open_project(project) as store:
        assert photos.count(store) == 4
    report, _ = run(tmp_path / "demo", None)
    assert (report.photos, report.drawn) == (COUNT, COUNT - 4)
    ended = demo.read(project)
    assert ended is not None
    assert ended.finished
    report, _ = run(project, COUNT)  # the project's own folder will do
    assert (report.photos, report.drawn) == (COUNT, 0)


def test_another_number_or_a_foreign_folder_is_refused_in_words(tmp_path: Path) -> None:
    demo.begin(tmp_path / "demo", photos=5)
    with pytest.raises(DemoRefused, match=r"5 photographs.*name another folder for one with 6"):
        demo.begin(tmp_path / "demo", photos=6)
    with pytest.raises(DemoRefused, match="seed"):
        demo.begin(tmp_path / "demo", seed=1)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(DemoRefused, match="holds no demo"):
        demo.begin(tmp_path / "mine")
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    (tmp_path / "demo" / demo.PROJECT / demo.NOTE).write_text("{", "utf-8")
    with pytest.raises(DemoRefused, match="cannot be read"):
        demo.begin(tmp_path / "demo")


def test_a_project_that_is_no_demo_is_not_filled(tmp_path: Path) -> None:
    with projects.create(tmp_path / "p") as store, pytest.raises(DemoRefused, match="no demo"):
        next(demo.fill(store))


def test_the_shipped_model_is_in_use_and_has_looked_at_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(monkeypatch, tmp_path / "models")
    without_torch(monkeypatch)
    report, _ = run(tmp_path / "demo", 5)
    assert (report.model, report.scored) == ("weldnet", 5)
    with projects.open_project(report.project) as store:
        (entry,) = registry.models(store)
        assert entry.active
        assert entry.card.demonstration
        seen = mirror.read(store)
        assert (seen.probability(seen.scheme.flags[0].slot) == np.float16(0.25)).all()
