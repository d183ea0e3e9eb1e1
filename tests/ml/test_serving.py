"""The engine answers the newest photo first, scores in batches between, and says what it cannot do."""

import hashlib
import queue
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.photos import make_collection
from weldstudio.domain.evaluation import evaluate
from weldstudio.domain.labelling import State
from weldstudio.domain.learner import Learner
from weldstudio.domain.manifest import Manifest, ManifestClass
from weldstudio.domain.messages import (
    Completed,
    Drop,
    Explain,
    Explained,
    Failed,
    LoadModel,
    Message,
    ModelReady,
    Score,
    Scored,
    Stage,
)
from weldstudio.domain.model import Preprocessing
from weldstudio.domain.packing import unpack
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.refit import Space
from weldstudio.imaging import refit_file
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.imaging.fitting import read_input
from weldstudio.ml import finished, serving
from weldstudio.ml.architectures import build
from weldstudio.ml.scorer import Scorer


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    network = build("squeezenet1_1", 2).eval()
    torch.nn.init.normal_(network.head.weight)
    manifest = Manifest((ManifestClass(0, "a"), ManifestClass(4, "b")), ())
    recipe = Recipe().with_values({"network.name": "squeezenet1_1"})
    evaluation = evaluate(np.zeros((0, 2)), np.zeros((0, 2), np.uint8), ("a", "b"))
    card = finished.make_card(
        recipe, manifest, Preprocessing(input_size=64, fit="crop"), evaluation, raised={"a": 50, "b": 50}
    )
    folder = tmp_path_factory.mktemp("m1")
    finished.write_model(folder, network, card, pixels=[], expected=np.zeros((0, 2), np.float32))
    return folder / "model"


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    made = make_collection(tmp_path_factory.mktemp("photos"), 80, size=(96, 72))
    return [str(made.folder / path) for path in made.paths]


def _serve(
    asked: list[Message], meanwhile: dict[int, list[Message]] | None = None, *, last_answer: type | None = None
) -> list[Message]:
    """The answers to `asked`; after the n-th answer `meanwhile[n]` comes in."""
    requests: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    answers: list[Message] = []
    later = dict(meanwhile or {})

    def utter(message: Message) -> None:
        answers.append(message)
        for more in later.pop(len(answers), []):
            requests.put(more)
        if not later and isinstance(message, Completed if last_answer is Completed else Completed | Failed | Explained):
            requests.put(None)

    for message in asked:
        requests.put(message)
    serving.serve(requests, utter)
    return answers


def test_a_photo_is_explained(model: Path, photos: list[str]) -> None:
    ready, answer = _serve([LoadModel(1, str(model)), Explain(2, 5, photos[0])])
    assert isinstance(ready, ModelReady)
    assert ready.model_id == model.parent.name
    assert isinstance(answer, Explained)
    assert (answer.request, answer.photo_id, answer.model_id) == (2, 5, ready.model_id)
    maps = unpack(answer.maps, answer.maps_shape)
    assert maps.shape[0] == len(answer.probabilities) == 2
    assert answer.frame == (0.125, 0.0, 0.875, 1.0)


def test_an_explanation_is_answered_between_batches_and_of_several_the_newest(model: Path, photos: list[str]) -> None:
    ids = tuple(range(len(photos)))
    answers = _serve(
        [LoadModel(1, str(model)), Score(2, ids, tuple(photos))],
        {2: [Explain(3, 1, photos[1]), Explain(4, 2, photos[2])]},
        last_answer=Completed,
    )
    kinds = [type(answer).__name__ for answer in answers]
    assert kinds[:4] == ["ModelReady", "Scored", "Explained", "Scored"]
    assert [a.photo_id for a in answers if isinstance(a, Explained)] == [2]


def test_scores_cover_every_photo_once_and_agree_with_explanations(model: Path, photos: list[str]) -> None:
    ids = tuple(range(100, 100 + len(photos)))
    answers = _serve([LoadModel(1, str(model)), Score(2, ids, tuple(photos))])
    scored = [answer for answer in answers if isinstance(answer, Scored)]
    assert tuple(i for answer in scored for i in answer.photo_ids) == ids
    assert answers[-1] == Completed(2)
    values = np.concatenate([unpack(a.probabilities, (len(a.photo_ids), -1)) for a in scored])
    assert values.shape == (80, 2)
    _, one = _serve([LoadModel(1, str(model)), Explain(2, 1, photos[70])])
    assert isinstance(one, Explained)
    assert np.allclose(values[70], one.probabilities, atol=2e-3)


def test_unreadable_photos_are_problems_and_stop_nothing(model: Path, photos: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    paths = (photos[0], str(tmp_path / "bad.jpg"), photos[1])
    answers = _serve([LoadModel(1, str(model)), Score(2, (1, 2, 3), paths)])
    scored = answers[1]
    assert isinstance(scored, Scored)
    assert scored.photo_ids == (1, 3)
    assert [photo for photo, _ in scored.problems] == [2]
    only_bad = _serve([LoadModel(1, str(model)), Score(2, (2,), paths[1:2])])
    assert isinstance(only_bad[1], Scored)
    assert only_bad[1].photo_ids == ()
    answer = _serve([LoadModel(1, str(model)), Explain(3, 9, paths[1])])[-1]
    assert isinstance(answer, Failed)
    assert (answer.request, answer.photo_id) == (3, 9)


def test_a_dropped_scoring_ends_silently(model: Path, photos: list[str]) -> None:
    ids = tuple(range(len(photos)))
    answers = _serve(
        [LoadModel(1, str(model)), Score(2, ids, tuple(photos))], {2: [Drop(2), Drop(77), Explain(3, 1, photos[1])]}
    )
    assert [type(a).__name__ for a in answers] == ["ModelReady", "Scored", "Explained"]


def test_what_cannot_be_answered_is_said(model: Path, photos: list[str], tmp_path: Path) -> None:
    assert isinstance(_serve([Explain(1, 1, photos[0])])[0], Failed)
    assert isinstance(_serve([Score(1, (1,), (photos[0],))])[0], Failed)
    missing = _serve([LoadModel(1, str(tmp_path))])[0]
    assert isinstance(missing, Failed)
    assert "card.json" in missing.sentence
    (tmp_path / "card.json").write_text('{"id": "x"}', "utf-8")
    damaged = _serve([LoadModel(1, str(tmp_path))])[0]
    assert isinstance(damaged, Failed)
    assert "card" in damaged.sentence


def test_a_request_it_does_not_know_is_logged(model: Path, photos: list[str], expect_log) -> None:
    with expect_log("weldstudio.ml.serving", "cannot answer"):
        _serve([Stage("what?"), LoadModel(1, str(model)), Explain(2, 1, photos[0])])


def test_the_end_of_the_requests_is_the_end() -> None:
    requests: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    requests.put(None)
    serving.serve(requests, lambda message: pytest.fail(str(message)))


def test_features_are_kept_on_the_way_of_scoring(model: Path, photos: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "features" / "t"
    contents = tuple(hashlib.sha256(path.encode()).hexdigest() for path in photos[:40])
    asked = Score(2, tuple(range(40)), tuple(photos[:40]), str(folder), "t", (*contents[:39], ""))
    answers = _serve([LoadModel(1, str(model)), asked])
    assert answers[-1] == Completed(2)
    file = FeatureFile.open(folder)
    assert file is not None
    assert len(file) == 39  # of the last one the content is not known
    scorer = Scorer(model)
    pixels = read_input(photos[35], scorer.card.preprocessing)
    probabilities, seen = scorer.score_and_see([pixels])
    assert np.allclose(file.read(file.find([contents[35]])), seen, rtol=2e-3, atol=2e-3)
    said = [answer for answer in answers if isinstance(answer, Scored)]
    values = np.concatenate([unpack(a.probabilities, (len(a.photo_ids), -1)) for a in said])
    assert np.allclose(values[35], probabilities[0], atol=2e-3)


def test_refitted_heads_are_explained_in_place_of_the_models(model: Path, photos: list[str], tmp_path: Path) -> None:
    scorer = Scorer(model)
    _, seen = scorer.score_and_see([read_input(path, scorer.card.preprocessing) for path in photos])
    states = np.where(np.random.default_rng(0).random((80, 2)) < 0.4, State.RAISED, State.CLEAR).astype(np.uint8)
    states[5:, 1] = State.CLEAR  # too few raised to be learned
    ids = np.arange(80)
    learner = Learner(Space.of(seen.copy()), states, units=ids)
    assert list(learner.fit())
    assert list(learner.judge())
    refit = learner.answer(scorer.card.id, ids, np.array([0, 4]))
    refit_file.write(tmp_path, refit)
    file = str(tmp_path / refit_file.FILE)
    _, plain = _serve([LoadModel(1, str(model)), Explain(2, 7, photos[7])])
    _, said = _serve([LoadModel(1, str(model)), Explain(2, 7, photos[7], heads=file)])
    assert isinstance(plain, Explained)
    assert isinstance(said, Explained)
    assert said.probabilities[0] == pytest.approx(float(refit.probabilities[7, 0]), abs=2e-3)  # the bar's
    assert said.probabilities[1] == plain.probabilities[1]
    maps, own = unpack(said.maps, said.maps_shape), unpack(plain.maps, plain.maps_shape)
    logit = np.log(said.probabilities[0] / (1 - said.probabilities[0]))
    assert maps[0].astype(float).mean() + refit.bias[0] == pytest.approx(logit, abs=2e-2)
    assert np.array_equal(maps[1], own[1])
    _, other = _serve([LoadModel(1, str(model)), Explain(2, 7, photos[7], heads=str(tmp_path / "none.npz"))])
    assert isinstance(other, Explained)
    assert other.probabilities == plain.probabilities


def test_a_disk_that_takes_no_features_is_said(model: Path, photos: list[str], tmp_path: Path) -> None:
    (tmp_path / "features").write_text("no folder")
    asked = Score(2, (1,), (photos[0],), str(tmp_path / "features" / "t"), "t", ("ab" * 32,))
    failed = _serve([LoadModel(1, str(model)), asked])[-1]
    assert isinstance(failed, Failed)
    assert "Features cannot be kept" in failed.sentence
