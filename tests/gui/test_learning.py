"""Labels given in the window move bars and verdicts by a learner beside it, and teach mode says what they changed."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL
from tests.studio.featured import featured_project
from weldstudio.domain.labelling import State
from weldstudio.gui import learning
from weldstudio.gui.learning import Learning, before_of
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.session import Session
from weldstudio.imaging import refit_file
from weldstudio.jobs import learner
from weldstudio.store import models
from weldstudio.store.store import Store

WAIT_MS = 20_000
COUNT = 45


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "BEGIN_MS", 10)
    monkeypatch.setattr(learning, "LABEL_MS", 5)
    monkeypatch.setattr(learner, "IDLE_S", 0.0)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """45 photos, labelled, each flag on a third of them, whose features tell which; all have been predicted."""
    with featured_project(tmp_path, count=COUNT) as store:
        return store.folder


def opened(window: MainWindow, project: Path) -> tuple[Session, Learning]:
    window.open_project(project)
    session = window.session
    assert session is not None
    learner_of = session.findChild(Learning)
    assert learner_of is not None
    return session, learner_of


def stage(qtbot: QtBot, learner_of: Learning, name: str, do: Callable[[], object]) -> None:
    with qtbot.waitSignal(learner_of.refitted, timeout=WAIT_MS, check_params_cb=lambda said: said == name):
        do()


def test_labels_are_learned_from_when_a_project_is_opened(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    session, _ = opened(window, project)
    qtbot.waitUntil(lambda: session.mirror.refit is not None, timeout=WAIT_MS)
    said, states = session.mirror.probability(0), session.mirror.states(0)
    assert said[states == State.RAISED].mean() > 0.7 > 0.3 > said[states == State.CLEAR].mean()
    assert not list((project / "cache" / "exchange").iterdir())


def test_a_label_moves_the_bars_and_teach_mode_says_so(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.settings.change(teach=True)
    session, learner_of = opened(window, project)
    qtbot.waitUntil(lambda: session.mirror.refit is not None, timeout=WAIT_MS)
    stage(qtbot, learner_of, "judged", lambda: None)
    photo = int(session.mirror.ids[np.argmax(session.mirror.probability(0))])
    session.set_current(photo)
    before = float(session.mirror.probability(0)[session.mirror.row(photo)])
    with qtbot.waitSignal(learner_of.taught, timeout=WAIT_MS) as taught:
        session.label([photo], 0, State.CLEAR)
    after = float(session.mirror.probability(0)[session.mirror.row(photo)])
    assert after < before - 0.02
    assert before_of(session, photo)[0] == pytest.approx(before, abs=1e-3)
    lesson = taught.args[0]
    assert lesson.photo_ids == {photo}
    session.undo()  # the way back
    qtbot.waitUntil(
        lambda: abs(float(session.mirror.probability(0)[session.mirror.row(photo)]) - before) < 0.02, timeout=WAIT_MS
    )


def test_what_was_learned_is_there_again_at_the_next_opening(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    session, _ = opened(window, project)
    qtbot.waitUntil(lambda: session.mirror.refit is not None, timeout=WAIT_MS)
    window.close_project()
    window.settings.change(learn=False)
    session, learner_of = opened(window, project)
    assert session.mirror.refit is not None
    assert learner_of._child is None


def test_a_killed_learner_begins_anew_and_the_file_stays_whole(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    session, learner_of = opened(window, project)
    qtbot.waitUntil(lambda: session.mirror.refit is not None, timeout=WAIT_MS)
    child = learner_of._child
    assert child is not None
    child._process.kill()
    child._process.wait()
    assert refit_file.read(project) is not None
    photo = int(session.mirror.ids[0])
    session.label([photo], 0, State.UNSURE)
    qtbot.waitUntil(lambda: learner_of._child is not child and learner_of._told is not None, timeout=WAIT_MS)
    stage(qtbot, learner_of, "fitted", lambda: None)


def test_another_model_takes_its_own_word_back(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    session, _ = opened(window, project)
    qtbot.waitUntil(lambda: session.mirror.refit is not None, timeout=WAIT_MS)
    with Store.open(project) as store:
        other = json.loads((project / "models" / MODEL / "card.json").read_text()) | {"id": "other"}
        home = project / "models" / "other"
        home.mkdir()
        (home / "card.json").write_text(json.dumps(other))
        models.add(store, models.ModelCard.from_json(other))
        models.activate(store, "other")
    session.look()
    qtbot.waitUntil(lambda: session.mirror.model_id == "other", timeout=WAIT_MS)
    qtbot.waitUntil(
        lambda: session.mirror.probability(0).tolist() == pytest.approx([0.1] * COUNT, abs=1e-3), timeout=WAIT_MS
    )


def test_photographs_like_one_and_the_next_to_label_are_shown(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    session, learner_of = opened(window, project)
    qtbot.waitUntil(lambda: session.mirror.refit is not None, timeout=WAIT_MS)
    session.set_current(int(session.mirror.ids[3]))
    with qtbot.waitSignal(session.photos_asked, timeout=WAIT_MS) as asked:
        window.action_table["work.similar"].trigger()
    assert asked.args[0].count(",") == COUNT - 1  # itself and all others, for there are few
    assert session.current == session.mirror.ids[3] == int(asked.args[0].removeprefix("id:").split(",")[0])
    page = window.pages["review"]
    assert page.filtering.shown.ids.tolist() == [int(i) for i in asked.args[0].removeprefix("id:").split(",")]
    assert page.filtering.shown.sort == "listed"  # the most alike first
    session.show_photos("")
    assert page.filtering.shown.sort == "added"
    assert learner_of.find_similar(1)
    with qtbot.waitSignal(session.told, timeout=WAIT_MS) as told:
        window.action_table["work.next"].trigger()
    assert "Every photograph" in told.args[0]
    session.label([4, 5], 0, State.UNSEEN)
    with qtbot.waitSignal(
        session.photos_asked, timeout=WAIT_MS, check_params_cb=lambda text: text in ("id:4,5", "id:5,4")
    ):
        window.action_table["work.next"].trigger()
