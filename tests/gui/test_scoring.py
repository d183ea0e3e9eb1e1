"""The whole collection predicted in the background, by a window whose engine answers at once."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL, MakeSession, write_card
from tests.photos import make_photo
from weldstudio.gui import scoring as scoring_module
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.opening import Opening
from weldstudio.gui.scoring import ACTION, Scoring
from weldstudio.gui.session import Session
from weldstudio.gui.train import run_watcher
from weldstudio.gui.train.runs_list import RunRow
from weldstudio.gui.work import Work
from weldstudio.imaging import scan
from weldstudio.store import first_pass, models, photos
from weldstudio.store.store import Store

WAIT_MS = 10_000


@pytest.fixture
def project(project: Path) -> Path:
    """The project of the window's tests with a model in use."""
    with Store.open(project) as store:
        models.add(store, write_card(project, (0, 1, 2), ("No Clamp Used", "Soil", "Joint Misaligned")))
        models.activate(store, MODEL)
    return project


def unpredicted(session: Session) -> int:
    return int(np.isnan(session.mirror.probabilities).all(axis=1).sum()) if len(session.mirror) else 0


def opened(window: MainWindow, project: Path) -> Session:
    window.open_project(project)
    session = window.session
    assert session is not None
    return session


def predicted(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not unpredicted(session), timeout=WAIT_MS)


def test_an_opened_project_is_predicted_by_itself(
    qtbot: QtBot, window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring_module, "AHEAD", 4)  # in several rounds
    session = opened(window, project)
    predicted(qtbot, session)
    assert session.mirror.probability(1).tolist() == pytest.approx([0.2] * 12, abs=1e-3)
    qtbot.waitUntil(lambda: not session.works, timeout=WAIT_MS)


def test_photographs_that_come_later_are_predicted_too(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    session = opened(window, project)
    predicted(qtbot, session)
    folder = project.parent / "photos"
    make_photo(folder / "later.jpg", seed=5)
    with Store.open(project) as store:
        collection = photos.collections(store)[0]
        first_pass.insert_found(store, collection.id, [f for f in scan.scan(folder) if "later" in str(f.path)])
    session.look()
    qtbot.waitUntil(lambda: len(session.mirror) == 13, timeout=WAIT_MS)
    predicted(qtbot, session)


def test_the_cross_stops_it_for_good_and_the_menu_goes_on(
    qtbot: QtBot, window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "explain", lambda _session: None)
    with monkeypatch.context() as patch:
        patch.setattr("weldstudio.gui.engine_client.EngineClient.ready", property(lambda _client: False))
        session = opened(window, project)
        scoring = session.findChild(Scoring)
        assert scoring is not None
        assert session.works[-1].title == "Predicting all photographs"
        session.works[-1].cancel()
        assert scoring.work is None
        assert not window.settings.predict_all
        assert not window.action_table[ACTION].isChecked()
        assert "goes on" in window.toast.label.toolTip()
    assert unpredicted(session) == 12
    window.action_table.trigger(ACTION)
    predicted(qtbot, session)


def test_a_training_has_the_machine_to_itself(
    qtbot: QtBot, window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunRow("r1", project, "Quick look", "running", None, None)
    monkeypatch.setattr(run_watcher, "_look", lambda _store: run_watcher._Seen((run,), ()))
    monkeypatch.setattr(run_watcher, "_look_again", lambda _store, rows: run_watcher._Seen(rows, ()))
    monkeypatch.setattr(Session, "explain", lambda _session: None)
    session = opened(window, project)
    qtbot.waitUntil(lambda: session.engine.ready, timeout=WAIT_MS)
    scoring = session.findChild(Scoring)
    assert scoring is not None
    assert scoring.work is not None
    assert scoring.work.progress is not None
    assert scoring.work.progress.text == "predicting waits for the training"
    assert unpredicted(session) == 12
    watcher = run_watcher.watch(session)
    watcher.rows = ()
    watcher.changed.emit()
    predicted(qtbot, session)


def test_work_that_was_asked_for_goes_first(
    qtbot: QtBot, window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "explain", lambda _session: None)
    asked = Work("Importing photographs")
    with monkeypatch.context() as patch:
        patch.setattr("weldstudio.gui.engine_client.EngineClient.ready", property(lambda _client: False))
        session = opened(window, project)
        session.show_work(asked)
    qtbot.waitUntil(lambda: session.engine.ready and len(session.works) == 2, timeout=WAIT_MS)
    assert unpredicted(session) == 12
    asked.end("done", None, None)
    predicted(qtbot, session)


def test_a_window_that_only_looks_on_predicts_nothing(qtbot: QtBot, project: Path, make_session: MakeSession) -> None:
    session = make_session(project, opening=Opening(read_only=True))
    session.open()
    assert Scoring(session).work is None
