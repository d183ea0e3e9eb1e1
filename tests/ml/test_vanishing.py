"""Photos that vanish or break while a training is under way are listed, counted and left out; the run goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.ml.taught import SMALL, manifest_of, of
from tests.photos import MadeCollection, make_collection
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.messages import Alarm, Evaluated, Message, RunFinished, Skipped, Stage
from weldstudio.domain.split import Split
from weldstudio.ml import train as training
from weldstudio.ml.checkpoints import Checkpoints


@pytest.fixture
def made(tmp_path: Path) -> MadeCollection:
    return make_collection(tmp_path / "photos", 45, size=(40, 32), one_each=True)


def _run(
    manifest: Manifest,
    folder: Path,
    *,
    at: str,
    breaks: Callable[[], None],
    stop: Callable[[], str] = str,
    **values: str,
) -> list[Message]:
    """Everything a training says; `breaks` is called once, at the last time it says `at`."""
    folder.mkdir(exist_ok=True)
    recipe = SMALL.with_values({key.replace("__", "."): value for key, value in values.items()})
    said: list[Message] = []
    for message in training.train(recipe, manifest, folder, stop):
        said.append(message)
        if isinstance(message, Stage) and message.text == at:
            breaks()
    return said


def _break(manifest: Manifest, split: Split, count: int) -> list[str]:
    """Photos of a split: the first one is damaged, the others are gone."""
    paths = [photo.path for photo in manifest.of(split)][:count]
    for number, path in enumerate(paths):
        if Path(path).exists():
            Path(path).unlink() if number else Path(path).write_bytes(b"\xff\xd8 no photo")
    return paths


@pytest.mark.parametrize("values", [{}, {"data__augment": "true"}, {"sampling__balanced_head": "true"}], ids=str)
def test_they_are_left_out_of_steps_and_scores(values: dict[str, str], made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    gone: set[str] = set()

    def breaks() -> None:
        gone.update(_break(manifest, Split.TRAIN, 3), _break(manifest, Split.VALIDATION, 2))

    said = _run(manifest, tmp_path / "run", at="first batch", breaks=breaks, **values)
    left_out = dict(example for message in of(Skipped, said) for example in message.examples)
    assert left_out.keys() == gone
    assert sum(message.count for message in of(Skipped, said)) == 5
    finished = said[-1]
    assert isinstance(finished, RunFinished)
    assert finished.state == "done"
    assert "5 photos could not be read" in finished.sentence
    known = len(manifest.of(Split.VALIDATION))
    for message in of(Evaluated, said):
        expected = known if message.step == 0 else known - 2
        assert {figures["n"] for figures in message.per_class.values()} == {expected}
    assert (tmp_path / "run" / "model" / "card.json").exists()


def test_vanished_before_the_head_is_fitted_once_more(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    seen = 0

    def breaks() -> None:
        nonlocal seen
        seen += 1
        if seen == 2:
            _break(manifest, Split.TRAIN, 3)
            _break(manifest, Split.VALIDATION, 2)

    values = {"sampling__balanced_head": "true", "schedule__epochs": "1"}
    said = _run(manifest, tmp_path / "run", at="reading training photos", breaks=breaks, **values)
    assert said[-1].state == "done"  # type: ignore[union-attr]
    assert sum(message.count for message in of(Skipped, said)) == 5


def test_when_most_are_gone_it_says_so_and_can_be_resumed(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    with pytest.raises(JobFailed, match=r"training photos cannot be read any more.*drive"):
        _run(manifest, tmp_path / "run", at="first batch", breaks=lambda: made.folder.rename(tmp_path / "unplugged"))


def test_what_was_lost_stays_lost_after_a_pause(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    count = 0

    def stop() -> str:
        nonlocal count
        count += 1
        return "pause" if count > 30 else ""

    def breaks() -> None:
        _break(manifest, Split.VALIDATION, 2)

    values = {"schedule__epochs": "20"}
    said = _run(manifest, tmp_path / "run", at="first batch", breaks=breaks, stop=stop, **values)
    assert said[-1].state == "paused"  # type: ignore[union-attr]
    found = Checkpoints(tmp_path / "run" / "checkpoints" / "part-0.pt", device=torch.device("cpu")).found
    assert found is not None
    assert found["lost"] == [0, 1]
    again = _run(manifest, tmp_path / "run", at="", breaks=lambda: None, schedule__epochs="20")
    assert again[-1].state == "done"  # type: ignore[union-attr]
    assert not [alarm for alarm in of(Alarm, again) if alarm.kind == "diverged"]


def test_a_photo_that_never_could_be_read_is_counted_once_for_all_flags(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    _break(manifest, Split.TRAIN, 2)
    said = _run(manifest, tmp_path / "run", at="", breaks=lambda: None, schedule__epochs="1", data__task="independent")
    assert sum(message.count for message in of(Skipped, said)) == 2
    assert "2 photos could not be read" in said[-1].sentence  # type: ignore[union-attr]
    few = [alarm.sentence for alarm in of(Alarm, said) if alarm.kind == "too few"]
    counted = [sum(raised for raised, _ in manifest.counts()["train"].values()), 0]
    counted[1] = sum(int(sentence.split(" is raised on ")[1].split()[0]) for sentence in few)
    assert counted == [27, 25]  # of those that can be read
