"""Bundles made and taken in the window, between two real projects."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MakeSession
from tests.gui.stage import Stage, set_stage
from weldstudio.domain.labelling import State
from weldstudio.gui import bundle_dialog
from weldstudio.gui.bundle_dialog import BundleDialog, TakenDialog
from weldstudio.store.store import Store
from weldstudio.studio import labelling


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


def test_a_file_that_is_no_bundle_is_said_to_be_none(qtbot: QtBot, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("nothing")
    bundle_dialog.take_file(stage.session, tmp_path / "x", stage)
    qtbot.waitUntil(lambda: bool(stage.failed))
    assert "no bundle of labels" in stage.failed[0]
