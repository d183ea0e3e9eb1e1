"""A whole training on drawn photos: what it says, what it keeps, how it stops, and what it refuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.photos import FLAGS, MadeCollection, make_collection
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.messages import Alarm, Evaluated, Message, RunFinished, RunStarted, Skipped, Stage, Step
from weldstudio.domain.model import ModelCard
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.imaging import refit_file, side_file
from weldstudio.imaging.fitting import read_input
from weldstudio.imaging.refit_file import HeadsSaid
from weldstudio.ml import train as training
from weldstudio.ml.scorer import Scorer

# A network with random weights that is small enough to see shapes of colour within seconds.
TINY = {
    "network.name": "squeezenet1_1",
    "network.input_size": "48",
    "schedule.batch_size": "8",
    "data.augment": "false",
}
FROZEN = Recipe().with_values(TINY)
TRAINED = FROZEN.with_values({"network.freeze": "0", "schedule.epochs": "2", "schedule.learning_rate": "0.003"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("photos"), 60, size=(64, 48), one_each=True)


def _manifest(made: MadeCollection, *, task: str = "multilabel", flags: tuple[str, ...] = FLAGS) -> Manifest:
    splits = [Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.VALIDATION, Split.TEST]
    photos = tuple(
        ManifestPhoto(
            number,
            str(made.folder / path),
            splits[(number // 3) % 5],
            tuple(1 if flag in shown else 2 for flag in flags),
        )
        for number, (path, shown) in enumerate(zip(made.paths, made.shown, strict=True))
    )
    return Manifest(tuple(ManifestClass(7 + i, flag) for i, flag in enumerate(flags)), photos, task)


def _train(recipe: Recipe, manifest: Manifest, folder: Path, stop: Callable[[], bool] = lambda: False) -> list[Message]:
    folder.mkdir(exist_ok=True)
    return list(training.train(recipe, manifest, folder, stop))


def _of(kind: type, messages: list[Message]) -> list:
    return [message for message in messages if isinstance(message, kind)]


def test_a_frozen_trunk_gives_a_model_that_its_card_describes(made: MadeCollection, tmp_path: Path) -> None:
    manifest = _manifest(made)
    said = _train(FROZEN, manifest, tmp_path / "run-1")
    started, finished = said[0], said[-1]
    assert isinstance(started, RunStarted)
    assert started.photos == {"train": 36, "validation": 12, "test": 12}
    assert started.counts["train"]["red disc"] == (12, 24)
    assert isinstance(finished, RunFinished)
    assert finished.state == "done"
    assert [alarm.kind for alarm in _of(Alarm, said)] == ["random trunk"]
    points = _of(Evaluated, said)
    assert len({point.step for point in points}) == len(points)
    assert points[-1].best
    assert points[-1].mean_per_class_accuracy == finished.mean_per_class_accuracy
    assert points[-1].mean_per_class_accuracy > 0.8
    assert set(points[-1].per_class) == set(FLAGS)

    card = ModelCard.from_json(json.loads((tmp_path / "run-1" / "model" / "card.json").read_text("utf-8")))
    assert card.id == card.run_id == "run-1"
    assert card.slots == (7, 8, 9)
    assert card.scores["mean_per_class_accuracy"] == finished.mean_per_class_accuracy
    assert all(0 < item.threshold < 1 and item.too_few is None for item in card.classes)
    scorer = Scorer(tmp_path / "run-1" / "model")
    paths = [photo.path for photo in manifest.of(Split.TEST)]
    found = scorer.score([read_input(path, card.preprocessing) for path in paths])
    truth = np.array([photo.states for photo in manifest.of(Split.TEST)]) == 1
    assert ((found >= [item.threshold for item in card.classes]) == truth).mean() > 0.6
    for path, row in zip(paths[:3], found, strict=False):
        explanation = scorer.explain(Path(path))
        assert np.allclose(explanation.probabilities, row, atol=1e-4)
        logits = explanation.maps.mean((1, 2)) + scorer.network.head.bias.detach().numpy()
        assert np.allclose(1 / (1 + np.exp(-logits)), row, atol=1e-4)


def test_trained_stages_start_from_the_fitted_head_and_never_end_below_it(made: MadeCollection, tmp_path: Path) -> None:
    refitted = HeadsSaid(np.array([8, 40]), np.ones((2, 512), np.float32), np.zeros(2, np.float32))
    refit_file.write_heads(tmp_path / "run" / refit_file.START, refitted)
    said = _train(TRAINED, _manifest(made), tmp_path / "run")
    told = "started from the refitted head of one flag, solved on the training photos alone"
    assert told in [stage.text for stage in _of(Stage, said)]
    points, steps = _of(Evaluated, said), _of(Step, said)
    assert said[0].steps == 10
    assert [point.step for point in points] == list(range(11))
    assert points[0].best
    assert steps[-1].step == 10
    assert steps[-1].seconds_left == 0
    best = max(point.mean_per_class_accuracy for point in points)
    assert said[-1].mean_per_class_accuracy == best
    assert [point.step for point in points if point.best][-1] == said[-1].best_step
    assert {"best.safetensors", "last.safetensors"} == {f.name for f in (tmp_path / "run" / "checkpoints").iterdir()}
    heard = side_file.read(tmp_path / "run" / side_file.MARGINS, side_file.Margins)
    used = [photo for photo in _manifest(made).photos if photo.split is not Split.TEST]
    assert heard.ids.tolist() == sorted(photo.id for photo in used)
    assert heard.states.tolist() == [list(photo.states) for photo in used]
    assert heard.slots.tolist() == [item.slot for item in _manifest(made).classes]
    assert np.isfinite(heard.said).all()


def test_the_same_recipe_says_the_same_twice(made: MadeCollection, tmp_path: Path) -> None:
    recipe = TRAINED.with_values({"data.augment": "true", "schedule.epochs": "1", "network.freeze": "10"})
    first, second = (_train(recipe, _manifest(made), tmp_path / name) for name in "ab")
    assert _of(Evaluated, first) == _of(Evaluated, second)
    files = [(tmp_path / name / "model" / "weights.safetensors").read_bytes() for name in "ab"]
    assert files[0] == files[1]


def test_exclusive_classes_are_told_by_their_recall(made: MadeCollection, tmp_path: Path) -> None:
    said = _train(FROZEN, _manifest(made, task="exclusive"), tmp_path / "run")
    last = _of(Evaluated, said)[-1]
    recalls = [figures["recall"] for figures in last.per_class.values()]
    assert last.mean_per_class_accuracy == pytest.approx(sum(recalls) / 3)
    assert all("one_vs_rest" in figures for figures in last.per_class.values())
    scorer = Scorer(tmp_path / "run" / "model")
    photo = read_input(made.folder / made.paths[0], scorer.card.preprocessing)
    assert scorer.score([photo]).sum() == pytest.approx(1, abs=1e-5)


def test_labels_that_are_not_known_change_nothing(made: MadeCollection, tmp_path: Path) -> None:
    manifest = _manifest(made)
    more = tuple(
        photo._replace(id=photo.id + 1000, states=(0, 3, 0)) for photo in manifest.photos if photo.split != Split.TEST
    )
    plain = _train(FROZEN, manifest, tmp_path / "a")
    masked = _train(FROZEN, replace(manifest, photos=manifest.photos + more), tmp_path / "b")
    assert plain[-1].mean_per_class_accuracy == pytest.approx(masked[-1].mean_per_class_accuracy, abs=1e-6)


def test_unreadable_photos_are_left_out_and_named(tmp_path: Path) -> None:
    made = make_collection(tmp_path / "photos", 30, size=(64, 48), one_each=True)
    for number in (0, 9):
        (made.folder / made.paths[number]).write_bytes(b"no photo")
    said = _train(FROZEN, _manifest(made), tmp_path / "run")
    skipped = _of(Skipped, said)
    assert sum(message.count for message in skipped) == 2
    assert {Path(path).name for message in skipped for path, _ in message.examples} == {"0001.jpg", "0010.jpg"}
    assert said[-1].state == "done"


@pytest.mark.parametrize("after", ["reading", "head", "steps"])
def test_a_stopped_run_keeps_the_best_so_far(after: str, made: MadeCollection, tmp_path: Path) -> None:
    heard: list[Message] = []

    def stop() -> bool:
        if after == "reading":
            return any(isinstance(m, Stage) and m.text.startswith("reading") for m in heard)
        return any(isinstance(m, Evaluated if after == "head" else Step) for m in heard)

    (tmp_path / "run").mkdir()
    for message in training.train(TRAINED, _manifest(made), tmp_path / "run", stop):
        heard.append(message)
    assert heard[-1].state == "stopped"
    assert (tmp_path / "run" / "model").exists() == (after != "reading")
    assert len(_of(Step, heard)) <= 1


def test_a_loss_that_explodes_ends_the_run_with_the_last_good_model(made: MadeCollection, tmp_path: Path) -> None:
    recipe = TRAINED.with_values(
        {"schedule.learning_rate": "100", "schedule.schedule": "fixed", "schedule.epochs": "9"}
    )
    said = _train(recipe, _manifest(made), tmp_path / "run")
    assert "diverged" in [alarm.kind for alarm in _of(Alarm, said)]
    assert said[-1].state == "stopped"
    assert "step" in said[-1].sentence
    assert np.isfinite(Scorer(tmp_path / "run" / "model").network.head.weight.detach().numpy()).all()


def test_patience_ends_a_run_that_gets_no_better(made: MadeCollection, tmp_path: Path) -> None:
    recipe = TRAINED.with_values(
        {"schedule.patience": "2", "schedule.epochs": "30", "schedule.learning_rate": "0.00001"}
    )
    said = _train(recipe, _manifest(made), tmp_path / "run")
    assert said[-1].state == "done"
    assert _of(Step, said)[-1].step < said[0].steps


def test_weights_that_do_not_fit_are_refused_before_a_photo_is_read(made: MadeCollection, tmp_path: Path) -> None:
    torch.save({"wrong": torch.zeros(1)}, tmp_path / "w.pth")
    manifest = replace(_manifest(made), weights=str(tmp_path / "w.pth"))
    said = training.train(FROZEN, manifest, tmp_path, lambda: False)
    assert isinstance(next(said), RunStarted)
    assert next(said) == Stage("loading weights")
    with pytest.raises(RecipeError, match="does not fit squeezenet1_1"):
        next(said)


def test_too_few_photos_are_refused_and_few_raised_ones_marked(made: MadeCollection, tmp_path: Path) -> None:
    manifest = _manifest(made)
    one = replace(manifest, photos=manifest.photos[:1])
    with pytest.raises(RecipeError, match="Fewer than 2"):
        _train(FROZEN, one, tmp_path / "a")
    few = replace(manifest, photos=tuple(p for p in manifest.photos if p.states[0] == 2) + manifest.of(Split.TRAIN)[:1])
    said = _train(FROZEN, few, tmp_path / "b")
    assert "too few" in [alarm.kind for alarm in _of(Alarm, said)]
    assert Scorer(tmp_path / "b" / "model").card.classes[0].too_few == 1
    assert _of(Evaluated, said)[-1].per_class["red disc"]["mean_per_class_accuracy"] is None


def test_without_validation_photos_there_is_a_model_all_the_same(made: MadeCollection, tmp_path: Path) -> None:
    manifest = _manifest(made)
    said = _train(FROZEN, replace(manifest, photos=manifest.of(Split.TRAIN)), tmp_path / "run")
    assert said[-1].state == "done"
    assert said[-1].mean_per_class_accuracy is None
    assert Scorer(tmp_path / "run" / "model").card.classes[0].threshold == 0.5
