"""What two experts differ about, in the inspector of the real window."""

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import CONTROL, At, Key
from weldstudio.domain.labelling import State
from weldstudio.gui.history_dialog import HistoryDialog
from weldstudio.gui.main_window import MainWindow
from weldstudio.store.store import Store
from weldstudio.studio import bundling, labelling


def test_what_experts_differ_about_is_named_until_it_is_settled(
    qtbot: QtBot, window: MainWindow, project: Path, tmp_path: Path
) -> None:
    with Store.open(project) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other = Path(shutil.copytree(project, tmp_path / "elsewhere"))
    with Store.open(other) as store:
        labelling.set_state(store, [1], 1, State.CLEAR, who="Bob")
        for _ in bundling.make(store, tmp_path / "bob", who="Bob"):
            pass
    with Store.open(project) as store:
        labelling.set_state(store, [1], 1, State.RAISED, who="Ann")
        for _ in bundling.take(store, tmp_path / "bob", who="Ann"):
            pass
    at = At(qtbot, window, project)
    notice = at.page.inspector.differing
    assert notice.isVisible()
    assert notice.sentence.text() == "Two experts differ about Soil."
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(HistoryDialog)
    assert isinstance(dialog, HistoryDialog)
    assert dialog.conflicts.isVisible()
    dialog.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    at.key(Key.Key_2)  # who answers now has seen both
    assert not notice.isVisible()
    at.key(Key.Key_Z, CONTROL)
    assert notice.isVisible(), "an answer taken back settles nothing"
    at.key(Key.Key_Right)
    assert not notice.isVisible()
