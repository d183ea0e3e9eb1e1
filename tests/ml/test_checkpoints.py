"""A run that was broken off goes on where it was, and ends in the bits in which it would have ended unbroken."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from tests.ml.taught import SMALL, manifest_of, of, run
from tests.photos import MadeCollection, make_collection
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Alarm, Evaluated, Skipped, Stage, Step
from weldstudio.ml import train as training
from weldstudio.ml import weights
from weldstudio.ml.checkpoints import Checkpoints, KeptFeatures

MIXED = {
    "schedule__batch_size": "2",
    "schedule__optimiser": "adam",
    "schedule__learning_rate": "0.002",
    "schedule__schedule": "plateau",
    "schedule__ema": "true",
    "network__dropout": "0.3",
    "data__augment": "true",
    "augmentation__mixup": "0.2",
}
"""28 steps in which chance, momentum, averages and the plateau all play their part; every third is evaluated."""
RESULTS = ("checkpoints/last.safetensors", "checkpoints/best.safetensors", "model/weights.safetensors", "margins.npz")


class Crash(Exception):
    """As if the process were killed."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("photos"), 45, size=(40, 32), one_each=True)


@pytest.fixture(autouse=True)
def every_third_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps here take milliseconds: time does not say when to write."""
    asked = itertools.count(1)
    monkeypatch.setattr(Checkpoints, "due", property(lambda _: next(asked) % 3 == 0))


@pytest.fixture(scope="module")
def unbroken(made: MadeCollection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken")
    assert run(SMALL, manifest_of(made), folder, **MIXED)[-1].state == "done"
    return folder


def crashing(after: int, wish: str = ""):
    """A `should_stop` that ends the process, or wishes something, when it is asked for the `after`-th time."""
    asked = itertools.count(1)

    def stop() -> str:
        if next(asked) < after:
            return ""
        if wish:
            return wish
        raise Crash

    return stop


@pytest.mark.parametrize("after", [5, 22, 31, 43])
def test_a_killed_run_ends_as_if_it_had_not_been_killed(
    after: int, made: MadeCollection, unbroken: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    with pytest.raises(Crash):
        run(SMALL, manifest_of(made), folder, crashing(after), **MIXED)
    assert not (folder / "model").exists()
    said = run(SMALL, manifest_of(made), folder, **MIXED)
    assert said[-1].state == "done"
    for name in RESULTS:
        assert (folder / name).read_bytes() == (unbroken / name).read_bytes(), name
    assert not list((folder / "checkpoints").glob("part-*"))


def test_a_paused_run_goes_on_mid_epoch_without_reading_photos_again(
    made: MadeCollection, unbroken: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    paused = run(SMALL, manifest_of(made), folder, crashing(37, "pause"), **MIXED)
    assert paused[-1].state == "paused"
    stood = torch.load(folder / "checkpoints" / "part-0.pt", weights_only=True)["step"]
    assert stood % 14 > 0
    said = run(SMALL, manifest_of(made), folder, **MIXED)
    texts = [stage.text for stage in of(Stage, said)]
    assert f"going on after step {stood}" in texts
    assert "reading training photos" not in texts
    assert min(point.step for point in of(Evaluated, said)) > stood
    for name in RESULTS:
        assert (folder / name).read_bytes() == (unbroken / name).read_bytes(), name


@pytest.mark.parametrize("after", range(38, 44))
def test_a_pause_loses_no_step_even_while_photos_are_judged(
    after: int, made: MadeCollection, unbroken: Path, tmp_path: Path
) -> None:
    paused = run(SMALL, manifest_of(made), tmp_path / "run", crashing(after, "pause"), **MIXED)
    last = max(step.step for step in of(Step, paused))
    assert torch.load(tmp_path / "run" / "checkpoints" / "part-0.pt", weights_only=True)["step"] >= last
    run(SMALL, manifest_of(made), tmp_path / "run", **MIXED)
    for name in RESULTS:
        assert (tmp_path / "run" / name).read_bytes() == (unbroken / name).read_bytes(), name


def test_networks_that_ended_are_not_trained_again(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    values = {"data__task": "independent", "schedule__epochs": "1", "network__freeze": "3"}
    whole = run(SMALL, manifest, tmp_path / "whole", **values)
    with pytest.raises(Crash):
        run(SMALL, manifest, tmp_path / "run", crashing(26), **values)
    assert torch.load(tmp_path / "run" / "checkpoints" / "part-0.pt", weights_only=True)["ended"]
    said = run(SMALL, manifest, tmp_path / "run", **values)
    assert said[-1].mean_per_class_accuracy == whole[-1].mean_per_class_accuracy
    model = "model/weights.safetensors"
    assert (tmp_path / "run" / model).read_bytes() == (tmp_path / "whole" / model).read_bytes()
    assert [p.step for p in of(Evaluated, said)] == [p.step for p in of(Evaluated, whole)][-len(of(Evaluated, said)) :]


def test_a_full_disk_ends_no_run(made: MadeCollection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def full_too(tensors: dict[str, torch.Tensor], file: Path) -> None:
        if file.parent.name == "checkpoints" or not waited:
            raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")
        save_file(tensors, file)

    waited: list[float] = []
    monkeypatch.setattr(torch, "save", full)
    monkeypatch.setattr(weights, "save_file", full_too)
    monkeypatch.setattr(training.time, "sleep", waited.append)  # meanwhile somebody makes room
    said = run(SMALL, manifest_of(made), tmp_path / "run", schedule__epochs="1")
    assert said[-1].state == "done"
    assert len(waited) == 1
    assert Stage("the disk is full: the model waits for room") in said
    told = [alarm.sentence for alarm in of(Alarm, said) if alarm.kind == "checkpoint"]
    assert len(told) == len(set(told)) == 2
    assert all("goes on" in sentence for sentence in told)
    assert not list((tmp_path / "run" / "checkpoints").glob("*.part"))
    assert (tmp_path / "run" / "model" / "weights.safetensors").is_file()


def test_a_checkpoint_that_is_none_is_said(tmp_path: Path) -> None:
    file = tmp_path / "part-0.pt"
    file.write_bytes(b"no checkpoint")
    with pytest.raises(JobFailed, match="start a new run"):
        Checkpoints(file, device=torch.device("cpu"))


def test_a_run_with_a_frozen_trunk_goes_on_with_the_next_photo(made: MadeCollection, tmp_path: Path) -> None:
    """Whatever its only long work has done so far is on the disk before its end, unreadable photos included."""
    frozen = {"network__freeze": "-1", "schedule__epochs": "0"}
    manifest = manifest_of(made)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    photos = (manifest.photos[0]._replace(path=str(broken)), *manifest.photos[1:])
    manifest = replace(manifest, photos=photos)
    folder = tmp_path / "run"
    with pytest.MonkeyPatch.context() as small:
        small.setattr("weldstudio.ml.features.SCORE_BATCH", 6)
        small.setattr(KeptFeatures, "due", property(lambda _: True))
        assert run(SMALL, manifest, tmp_path / "unbroken", **frozen)[-1].state == "done"
        with pytest.raises(Crash):
            run(SMALL, manifest, folder, crashing(4), **frozen)
        kept = KeptFeatures(folder / "checkpoints" / "features.pt")
        kept.read()
        assert 0 < len(kept.features) < 27
        assert list(kept.unread) == [str(broken)]
        paused = run(SMALL, manifest, folder, crashing(2, "pause"), **frozen)
        assert paused[-1].state == "paused"
        said = run(SMALL, manifest, folder, **frozen)
    assert said[-1].state == "done"
    assert said[-1].sentence == "Done. 1 photo could not be read and was left out."
    assert not of(Skipped, said)  # that was said before
    weights = "model/weights.safetensors"
    assert (folder / weights).read_bytes() == (tmp_path / "unbroken" / weights).read_bytes()
    assert not list((folder / "checkpoints").glob("*.pt"))


def test_kept_features_that_cannot_be_read_are_computed_again(made: MadeCollection, tmp_path: Path) -> None:
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    (tmp_path / "run" / "checkpoints" / "features.pt").write_bytes(b"rubbish")
    said = run(SMALL, manifest_of(made), tmp_path / "run", network__freeze="-1", schedule__epochs="0")
    assert said[-1].state == "done"
