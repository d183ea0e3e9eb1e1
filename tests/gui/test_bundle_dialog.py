"""Bundles made and taken in the window, between two real projects."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MakeSession
from tests.gui.stage import Stage, set_stage
from weldstudio.domain.decision import Told
from weldstudio.domain.labelling import State
from weldstudio.gui import bundle_dialog
from weldstudio.gui.bundle_dialog import BundleDialog, TakenDialog
from weldstudio.gui.history_dialog import HistoryDialog
from weldstudio.store.store import Store
from weldstudio.studio import bundling, decisions, labelling, scheme


@pytest.fixture
def elsewhere(project: Path, tmp_path: Path) -> Path:
    """The same project at another desk."""
    with Store.open(project) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(shutil.copytree(project, tmp_path / "elsewhere"))


@pytest.fixture
def stage(qtbot: QtBot, project: Path, elsewhere: Path, make_session: MakeSession) -> Stage:
    return set_stage(qtbot, make_session(project))


def shown(kind: type) -> TakenDialog | None:
    return next((widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind)), None)


def test_a_bundle_made_here_is_taken_there_and_conflicts_are_offered(
    qtbot: QtBot, stage: Stage, elsewhere: Path, tmp_path: Path, make_session: MakeSession
) -> None:
    session = stage.session
    photo = int(session.mirror.ids[0])
    session.label([photo], 0, State.RAISED)
    dialog = BundleDialog(session, stage)
    qtbot.addWidget(dialog)
    dialog.open()
    assert not dialog.make_button.isEnabled()
    qtbot.keyClicks(dialog.target.edit, str(tmp_path / "mine"))
    qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)
    file = tmp_path / "mine.weldlabels"
    qtbot.waitUntil(lambda: file.exists() and not session.works)
    assert "1 label of 1 action in mine.weldlabels" in stage.told

    with Store.open(elsewhere) as store:
        labelling.set_state(store, [photo], 0, State.CLEAR, who="Bob")
    other = set_stage(qtbot, make_session(elsewhere))
    asked: list[str] = []
    other.session.photos_asked.connect(asked.append)
    bundle_dialog.take_file(other.session, file, other)
    qtbot.waitUntil(lambda: shown(TakenDialog) is not None)
    taken = shown(TakenDialog)
    assert taken is not None
    assert "1 label in conflict" in taken.text()
    assert other.session.mirror.conflicts == {photo: (0,)}
    (look,) = [button for button in taken.findChildren(QPushButton) if button.text() == "See the conflicts"]
    qtbot.mouseClick(look, Qt.MouseButton.LeftButton)
    assert asked == ["conflict"]
    # Whoever answers now has seen both.
    other.session.label([photo], 0, State.UNSURE)
    assert other.session.mirror.conflicts == {}
    qtbot.waitUntil(lambda: shown(TakenDialog) is None)


def test_decisions_that_differ_and_another_scheme_are_told(
    qtbot: QtBot, stage: Stage, elsewhere: Path, tmp_path: Path, make_session: MakeSession
) -> None:
    mirror = stage.session.mirror
    photo, joint, name = int(mirror.ids[0]), int(mirror.joint[0]), mirror.scheme.flags[0].name
    for folder, told, who in ((stage.session.folder, Told.ACCEPTED, "Ann"), (elsewhere, Told.REJECTED, "Bob")):
        with Store.open(folder) as store:
            decisions.decide(store, [joint], told, who=who)
    with Store.open(stage.session.folder) as store:
        scheme.change_points(store, mirror.scheme.flags[0].slot, 77, who="Ann")
        for _ in bundling.make(store, tmp_path / "mine.weldlabels", who="Ann"):
            pass
    other = set_stage(qtbot, make_session(elsewhere))
    bundle_dialog.take_file(other.session, tmp_path / "mine.weldlabels", other)
    qtbot.waitUntil(lambda: shown(TakenDialog) is not None)
    taken = shown(TakenDialog)
    assert taken is not None
    assert "decided differently" in taken.text()
    assert f"'{name}' costs 77 points there" in taken.informativeText()
    adopt = next(b for b in taken.findChildren(QPushButton) if b.text() == "Take their scheme over")
    other.session.set_current(photo)
    history = HistoryDialog(other.session, other)
    qtbot.addWidget(history)
    history.open()
    qtbot.waitUntil(lambda: any("Bob rejected" in label.text() for label in history.conflicts.findChildren(QLabel)))
    qtbot.mouseClick(adopt, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: other.session.mirror.scheme.flags[0].points == 77)
    other.session.edit("Accepted", decisions.decide, [joint], Told.ACCEPTED, who="Bob")
    qtbot.waitUntil(lambda: not other.session.mirror.decided.conflicts)
    qtbot.waitUntil(lambda: not other.session.works)


def test_a_file_that_is_no_bundle_is_said_to_be_none(qtbot: QtBot, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("nothing")
    bundle_dialog.take_file(stage.session, tmp_path / "x", stage)
    qtbot.waitUntil(lambda: bool(stage.failed))
    assert "no bundle of labels" in stage.failed[0]
