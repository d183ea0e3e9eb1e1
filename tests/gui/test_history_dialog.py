"""The history in the window: what is listed, what is taken back, how a conflict is settled."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MakeSession
from tests.gui.stage import Stage, set_stage
from weldstudio.domain.labelling import State
from weldstudio.gui.history_dialog import HistoryDialog
from weldstudio.gui.restore_dialog import RestoreDialog
from weldstudio.store.store import Store
from weldstudio.studio import bundling, labelling


def test_an_action_of_a_colleague_is_taken_back_and_that_can_be_undone(
    qtbot: QtBot, project: Path, make_session: MakeSession
) -> None:
    with Store.open(project) as store:
        labelling.set_state(store, [1, 2, 3], 0, State.RAISED, who="Bob")
        labelling.set_state(store, [1], 1, State.UNSURE, who="Bob")
    stage = set_stage(qtbot, make_session(project))
    session = stage.session
    session.set_current(1)
    dialog = HistoryDialog(session, stage)
    qtbot.addWidget(dialog)
    dialog.open()
    assert [entry.text for entry in dialog.entries] == ["Soil: unsure", "No Clamp Used: raised on 3 photographs"]
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    assert dialog.effect.text() == "Taking it back: 3 labels of 3 photographs go back."
    qtbot.mouseClick(dialog.revert_button, Qt.MouseButton.LeftButton)
    assert not session.mirror.states(0).any()
    assert session.mirror.states(1)[0] == State.UNSURE
    assert dialog.entries[0].kind == "revert"
    assert dialog.entries[2].taken_back_by == session.who
    assert not dialog.revert_button.isEnabled()  # nothing is left of it
    session.undo()
    assert int((session.mirror.states(0) == State.RAISED).sum()) == 3
    dialog.scope.setCurrentIndex(dialog.scope.findData("all"))
    assert len(dialog.entries) == 4
    dialog.scope.setCurrentIndex(dialog.scope.findData("flag"))
    assert dialog.flag.isVisible()
    assert len(dialog.entries) == 3
    dialog.close()


def test_a_conflict_is_settled_where_one_sees_who_said_what(
    qtbot: QtBot, project: Path, tmp_path: Path, make_session: MakeSession
) -> None:
    with Store.open(project) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other = Path(shutil.copytree(project, tmp_path / "elsewhere"))
    with Store.open(other) as store:
        labelling.set_state(store, [1], 0, State.CLEAR, who="Bob")
        for _ in bundling.make(store, tmp_path / "bob", who="Bob"):
            pass
    with Store.open(project) as store:
        labelling.set_state(store, [1], 0, State.RAISED, who="Ann")
        for _ in bundling.take(store, tmp_path / "bob", who="Ann"):
            pass
    stage = set_stage(qtbot, make_session(project))
    session = stage.session
    assert session.mirror.conflicts == {1: (0,)}
    session.set_current(1)
    dialog = HistoryDialog(session, stage)
    qtbot.addWidget(dialog)
    dialog.open()
    (button,) = [b for b in dialog.conflicts.findChildren(QPushButton) if b.text() == "Unsure"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.mirror.conflicts == {}
    assert session.mirror.states(0)[0] == State.UNSURE
    assert not dialog.conflicts.isVisible()
    assert dialog.entries[0].text == "No Clamp Used: unsure, conflict settled"
    dialog.close()


@pytest.mark.parametrize("kind", [HistoryDialog, RestoreDialog])
def test_an_answer_that_comes_after_the_dialog_was_closed_is_nobodys(
    qtbot: QtBot, project: Path, make_session: MakeSession, kind: type[HistoryDialog | RestoreDialog]
) -> None:
    session = make_session(project, synchronous=False)
    with qtbot.waitSignal(session.opened):
        session.open()
    stage = Stage(session)
    qtbot.addWidget(stage)
    session.set_current(1)
    dialog = kind(session, stage)
    dialog.open()
    dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    answered: list[int] = []
    session.run(lambda _store: 1).then(answered.append)
    qtbot.waitUntil(lambda: answered == [1], timeout=60_000)
