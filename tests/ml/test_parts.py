"""Task forms, folds and ensembles: who shares what with whom."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.ml.taught import SMALL, manifest_of, of, run
from tests.photos import MadeCollection, make_collection
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.manifest import Manifest, ManifestClass
from weldstudio.domain.messages import Evaluated, RunFinished, Step
from weldstudio.domain.split import Split
from weldstudio.imaging.fitting import read_input
from weldstudio.ml.parts import parts_of, stand_apart
from weldstudio.ml.preprocess import to_input
from weldstudio.ml.scorer import Scorer
from weldstudio.ml.weights import read_tensors


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCollection:
    return make_collection(tmp_path_factory.mktemp("photos"), 45, size=(40, 32), one_each=True)


def _answers(folder: Path, manifest: Manifest) -> np.ndarray:
    scorer = Scorer(folder / "model")
    return scorer.score([read_input(p.path, scorer.card.preprocessing) for p in manifest.of(Split.TEST)])


def _other_labels(manifest: Manifest) -> Manifest:
    """All labels of the first class changed: what was raised is clear, every fourth unseen."""
    return replace(
        manifest,
        photos=tuple(
            photo._replace(states=(0 if number % 4 == 0 else 3 - photo.states[0], *photo.states[1:]))
            for number, photo in enumerate(manifest.photos)
        ),
    )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"schedule__optimiser": "adamw", "schedule__clip": "0.1", "loss__name": "bayesian", "network__dropout": "0.3"},
        {"network__freeze": "-1", "network__head": "two_layers"},
        {"network__freeze": "2", "sampling__method": "over"},
        {"network__freeze": "-1"},
    ],
)
def test_labels_of_one_independent_flag_leave_the_others_bit_for_bit(
    values: dict[str, str], made: MadeCollection, tmp_path: Path
) -> None:
    manifest = manifest_of(made)
    other = _other_labels(manifest)
    values = {"data__task": "independent", "schedule__epochs": "1", "schedule__head_epochs": "0"} | values
    first, second = (run(SMALL, m, tmp_path / n, **values) for m, n in ((manifest, "a"), (other, "b")))
    assert first[-1].state == second[-1].state == "done"
    before, after = (_answers(tmp_path / n, manifest) for n in "ab")
    assert np.array_equal(before[:, 1:], after[:, 1:])
    assert not np.array_equal(before[:, 0], after[:, 0])


def test_labels_of_one_flag_do_reach_the_others_through_shared_stages(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    for m, name in ((manifest, "a"), (_other_labels(manifest), "b")):
        run(SMALL, m, tmp_path / name, schedule__epochs="1")
    before, after = (read_tensors(tmp_path / n / "checkpoints" / "last.safetensors") for n in "ab")
    assert not torch.equal(before["head.weight"][1:], after["head.weight"][1:])


def test_flags_have_copies_of_the_trained_stages_and_share_the_frozen_ones(
    made: MadeCollection, tmp_path: Path
) -> None:
    said = run(SMALL, manifest_of(made), tmp_path / "run", data__task="independent", network__freeze="3")
    scorer = Scorer(tmp_path / "run" / "model")
    assert [member.outputs for member in scorer.card.members] == [(0,), (1,), (2,)]
    assert scorer.card.shared_stages == 3
    first, second, _ = scorer.network.networks
    assert first.body.features.c5[0].weight.data_ptr() != second.body.features.c5[0].weight.data_ptr()
    assert "members.1.body.features.c1.0.weight" in scorer.network.unused
    steps, points = of(Step, said), of(Evaluated, said)
    assert [p.step for p in points] == sorted({p.step for p in points})
    assert [s.step for s in steps] == sorted({s.step for s in steps})
    assert set(points[-1].per_class) == {"red disc", "blue square", "green bar"} or len(points[-1].per_class) == 3
    assert of(RunFinished, said)[0].mean_per_class_accuracy is not None
    photo = Path(manifest_of(made).photos[0].path)
    explained = scorer.explain(photo)
    pixels = read_input(photo, scorer.card.preprocessing)
    assert np.allclose(explained.probabilities, scorer.score([pixels])[0], atol=1e-5)
    assert explained.maps.shape[0] == 3


def test_a_fitted_head_on_a_frozen_trunk_is_independent_without_copies() -> None:
    independent = SMALL.with_values({"data.task": "independent"})
    assert stand_apart(independent)
    assert not stand_apart(independent.with_values({"network.freeze": "-1"}))
    assert not stand_apart(SMALL)


def test_every_photo_validates_in_one_fold_and_joints_stay_whole(made: MadeCollection) -> None:
    manifest = manifest_of(made)
    manifest = replace(manifest, photos=tuple(p._replace(unit=p.id // 2) for p in manifest.photos))
    parts = parts_of(SMALL.with_values({"data.folds": "4"}), manifest)
    assert len(parts) == 4
    where: dict[int, set[int]] = {}
    seen: list[int] = []
    for number, part in enumerate(parts):
        validates = part.manifest.of(Split.VALIDATION)
        assert not part.manifest.of(Split.TEST)
        assert 0.15 < len(validates) / len(part.manifest.photos) < 0.35
        raised = np.array([p.states for p in validates]) == 1
        assert raised.any(0).all()
        seen += [p.id for p in validates]
        for photo in validates:
            where.setdefault(photo.unit, set()).add(number)
    assert sorted(seen) == sorted(p.id for p in manifest.photos if p.split is not Split.TEST)
    assert all(len(folds) == 1 for folds in where.values())


def test_folds_are_judged_by_networks_that_never_saw_the_photo(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    run(SMALL, manifest, tmp_path / "run", data__folds="3", schedule__epochs="1")
    card = Scorer(tmp_path / "run" / "model").card
    assert len(card.members) == 3
    assert card.scores["photos"] == len(manifest.of(Split.TRAIN)) + len(manifest.of(Split.VALIDATION))
    with pytest.raises(RecipeError, match="joints"):
        run(SMALL, replace(manifest, photos=manifest.photos[:3]), tmp_path / "few", data__folds="5")


def test_members_answer_by_the_mean_of_their_logits(made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    said = run(SMALL, manifest, tmp_path / "run", combination__members="2")
    scorer = Scorer(tmp_path / "run" / "model")
    assert len(scorer.card.members) == 2
    assert said[-1].state == "done"
    photos = [read_input(p.path, scorer.card.preprocessing) for p in manifest.of(Split.TEST)[:4]]
    together = scorer.score(photos)
    logits = []
    for network in scorer.network.networks:
        with torch.inference_mode():
            logits.append(network(to_input(torch.from_numpy(np.stack(photos)), scorer.card.preprocessing)).numpy())
    assert not np.allclose(logits[0], logits[1])
    assert np.allclose(together, 1 / (1 + np.exp(-np.mean(logits, 0))), atol=1e-5)


def test_a_run_stopped_between_flags_keeps_the_flags_it_has(made: MadeCollection, tmp_path: Path) -> None:
    heard = 0

    def stop() -> bool:
        nonlocal heard
        heard += 1
        return heard > 40

    said = run(SMALL, manifest_of(made), tmp_path / "run", stop, data__task="independent", schedule__epochs="4")
    assert said[-1].state == "stopped"
    assert 1 <= len(Scorer(tmp_path / "run" / "model").card.classes) < 3


@pytest.mark.parametrize("how", ["mean", "stack"])
def test_finished_models_are_combined_without_training(how: str, made: MadeCollection, tmp_path: Path) -> None:
    manifest = manifest_of(made)
    for name, seed in (("a", "1"), ("b", "2")):
        run(SMALL, manifest, tmp_path / name, seed=seed, schedule__epochs="1")
        (tmp_path / "run" / "weights").mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "model").rename(tmp_path / "run" / "weights" / name)
    said = run(SMALL, manifest, tmp_path / "run", combination__models="a, b", combination__how=how)
    assert said[-1].state == "done"
    assert not of(Step, said)
    scorer = Scorer(tmp_path / "run" / "model")
    assert len(scorer.card.members) == 2
    other = replace(manifest, classes=(*manifest.classes[:2], ManifestClass(99, "another")))
    with pytest.raises(RecipeError, match="does not answer for the classes"):
        run(SMALL, other, tmp_path / "run", combination__models="a, b")
