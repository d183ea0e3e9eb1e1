"""The learner answers a change of labels at once, then exactly; what is newer ends what is older."""

import queue
from pathlib import Path

import numpy as np
import pytest

from weldstudio.domain.labelling import State
from weldstudio.domain.learner import Refit
from weldstudio.domain.learner_messages import FindSimilar, Learn, Refitted, Relabel, SimilarFound, Suggest, Suggested
from weldstudio.domain.messages import Completed, Failed, Message
from weldstudio.imaging import refit_file
from weldstudio.imaging.feature_file import FeatureFile, TrunkAbout
from weldstudio.jobs import learner

N, WIDTH = 120, 6


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Learn:
    """Photos 10, 11, ... with two flags in slots 3 and 5; the last 20 have no label."""
    monkeypatch.setattr(learner, "IDLE_S", 0.0)
    rng = np.random.default_rng(0)
    features = rng.normal(size=(N, WIDTH))
    states = np.where(features[:, :2] + rng.normal(size=(N, 2)) / 2 > 0.3, State.RAISED, State.CLEAR).astype(np.uint8)
    states[-20:] = State.UNSEEN
    features[7] = features[6] * 1.001
    file = FeatureFile.make(tmp_path / "features" / "t", TrunkAbout("t", "mobilenet_v2", WIDTH))
    file.append([f"{n:064x}" for n in range(1 << 60, (1 << 60) + N)], features)
    ground = tmp_path / "ground.npz"
    ids, said = np.arange(10, 10 + N), np.full((N, 2), np.nan, np.float16)
    labels = {"slots": np.array([3, 5]), "states": states, "said": said}
    np.savez(ground, model_id="m", ids=ids, records=np.arange(N), units=ids, **labels)
    return Learn(1, str(tmp_path), str(tmp_path / "features" / "t"), str(ground))


def talk(messages: list[Message], *, until: int, later: dict[int, list[Message]] | None = None) -> list[Message]:
    """What is said until the n-th answer; after the n-th `later[n]` is asked."""
    requests: learner.Requests = queue.SimpleQueue()
    answers: list[Message] = []

    def utter(message: Message) -> None:
        answers.append(message)
        for more in (later or {}).get(len(answers), []):
            requests.put(more)
        if len(answers) == until:
            requests.put(None)

    for message in messages:
        requests.put(message)
    learner.serve(requests, utter)
    return answers


def stages(answers: list[Message]) -> list[str]:
    return [answer.stage for answer in answers if isinstance(answer, Refitted)]


def test_labels_are_learned_and_judged(asked: Learn) -> None:
    answers = talk([asked], until=2)
    assert stages(answers) == ["fitted", "judged"]
    assert not Path(asked.ground_file).exists()
    said = refit_file.read(Path(asked.project))
    assert said is not None
    assert (said.model_id, said.ids[0], said.slots.tolist()) == ("m", 10, [3, 5])
    assert np.isfinite(said.probabilities).all()
    assert np.isnan(said.alone[-20:]).all()
    assert np.isfinite(said.unseen[:-20]).all()


def test_what_was_judged_before_stands_until_it_is_judged_again(asked: Learn) -> None:
    alone = np.full((2, 1), 0.25, np.float16)
    ids, slots = np.array([11, 500]), np.array([5])
    heads = np.zeros((1, WIDTH), np.float32), np.zeros(1, np.float32)
    before = Refit("m", ids, slots, alone, np.array([0.4], np.float32), alone, *heads, alone)
    refit_file.write(Path(asked.project), before)
    talk([asked], until=1)
    said = refit_file.read(Path(asked.project))
    assert said is not None
    assert said.alone[1].tolist() == pytest.approx([np.nan, 0.25], nan_ok=True)
    assert np.isnan(said.alone[0]).all()
    assert said.thresholds[1] == pytest.approx(0.4)


def test_a_label_is_answered_at_once_then_exactly(asked: Learn) -> None:
    answers = talk([asked], until=5, later={2: [Relabel(2, ((12, 5, int(State.RAISED)), (12, 5, int(State.CLEAR))))]})
    assert stages(answers) == ["fitted", "judged", "step", "fitted", "judged"]
    assert [answer.request for answer in answers if isinstance(answer, Refitted)][2:] == [2, 2, 2]


def test_what_does_not_change_anything_is_only_heard(asked: Learn) -> None:
    unknown = Relabel(3, ((9999, 5, 1), (12, 4, 1)))  # no such photo with features, no such class
    assert talk([asked], until=3, later={2: [unknown]})[-1] == Completed(3)


def test_photos_like_one_and_what_to_label_next(asked: Learn) -> None:
    similar, suggested = talk([asked], until=4, later={2: [FindSimilar(4, 16, 3), Suggest(5, 10, 0)]})[2:]
    assert isinstance(similar, SimilarFound)
    assert similar.photo_ids[0] == 17
    assert similar.cosines[0] == pytest.approx(1, abs=1e-3)
    assert isinstance(suggested, Suggested)
    assert len(set(suggested.photo_ids)) == 10
    assert set(suggested.photo_ids) <= set(range(110, 130))  # only those without a label
    assert suggested.slots.count(-1) == 1
    assert set(suggested.slots) <= {3, 5, -1}


def test_before_there_are_labels_the_models_likeliest_photos_are_asked_about(asked: Learn) -> None:
    ground = Path(asked.ground_file)
    with np.load(ground) as found:
        on = {name: found[name] for name in found.files}
    on["states"][:, 1] = State.UNSEEN
    on["said"][:, 1] = np.linspace(0, 0.2, N)
    np.savez(ground, **on)
    suggested = next(each for each in talk([asked, Suggest(2, 40, 0)], until=3) if isinstance(each, Suggested))
    of_flag = [photo for photo, slot in zip(suggested.photo_ids, suggested.slots, strict=True) if slot == 5]
    assert len(of_flag) > 15
    assert min(of_flag) > 10 + N - 2 * len(of_flag)


def test_what_cannot_be_is_a_sentence(asked: Learn, tmp_path: Path) -> None:
    (failed,) = talk([FindSimilar(1, 16, 3)], until=1)
    assert isinstance(failed, Failed)
    answers = talk([asked], until=3, later={2: [FindSimilar(4, 5, 3)]})
    assert isinstance(answers[-1], Failed)
    assert "no features yet" in answers[-1].sentence
    (gone,) = talk([Learn(1, str(tmp_path), asked.features, str(tmp_path / "nowhere.npz"))], until=1)
    assert isinstance(gone, Failed)
