"""Closing while the disk takes nothing: the person decides, and what was done can go into a file."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from weldstudio.domain.labelling import State
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.session import Session
from weldstudio.store.store import Store
from weldstudio.studio import bundling, history, notes, scheme


@pytest.fixture
def full(qtbot: QtBot, window: MainWindow, project: Path) -> Session:
    """The window's session on a disk without room for another page."""
    window.open_project(project)
    qtbot.waitUntil(lambda: "review" in window.pages)
    session = window.session
    assert session is not None
    session.run(lambda store: store.execute("PRAGMA journal_mode = DELETE"))
    session.run(lambda store: store.execute(f"PRAGMA max_page_count = {store.value('PRAGMA page_count')}"))
    return session


def press(word: str, tries: int = 100) -> None:
    """Press that button of the question that will be asked."""
    boxes = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]
    for button in (button for box in boxes for button in box.buttons() if word in button.text()):
        button.click()
        return
    assert tries, f"nobody asked about '{word}'"
    QTimer.singleShot(20, lambda: press(word, tries - 1))


def labelled_until_full(session: Session) -> int:
    """Notes until the disk is full; how many edits wait then."""
    photo = int(session.mirror.ids[0])
    for number in range(40):
        session.edit("note", notes.note_photo, photo, f"{number} " + "x" * 900, who="Ada")
        if session.outbox.waiting:
            break
    session.label([photo], 0, State.RAISED)
    session.label([photo], 1, State.UNSURE)
    session.undo()
    return session.outbox.waiting


def test_what_is_not_on_disk_goes_into_a_file_and_comes_back(
    qtbot: QtBot, window: MainWindow, full: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = labelled_until_full(full)
    assert waiting == 4
    assert window.banner.isVisible()
    press("Keep open")
    assert not window.close_project()
    assert full.outbox.waiting == waiting
    file = tmp_path / "kept.weldlabels"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    press("Save them to a file")
    assert not window.close_project()
    qtbot.waitUntil(file.exists)
    press("Close the project")
    qtbot.waitUntil(lambda: window.session is None)
    with Store.open(full.folder) as store:
        assert store.value("SELECT count(*) FROM label_events") == 0
        for _ in bundling.take(store, file, who="Ada"):
            pass
        photo = int(store.value("SELECT min(id) FROM photos"))
        assert store.value("SELECT labels FROM label_now WHERE photo_id = ?", (photo,))[0] & 3 == State.RAISED
        kinds = [entry.kind for entry in history.of_photo(store, photo)][:4]
        assert kinds == ["revert", "label", "label", "note"]


def test_a_file_that_cannot_be_written_keeps_the_window_open(
    qtbot: QtBot, window: MainWindow, full: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = labelled_until_full(full)
    file = tmp_path / "no folder" / "kept.weldlabels"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    press("Save them to a file")
    assert not window.close_project()
    assert window.session is full
    assert full.outbox.waiting == waiting
    full.run(lambda store: store.execute("PRAGMA max_page_count = 1000000"))
    full.outbox.retry()
    assert full.outbox.saved == "saved"
    full.redo()
    assert full.mirror.states(1)[0] == State.UNSURE


def test_a_change_of_the_scheme_is_said_to_be_left_out(full: Session, tmp_path: Path) -> None:
    from weldstudio.gui.unsaved import _rescue

    labelled_until_full(full)
    full.edit("points", scheme.change_points, 0, 77, who="Ada")
    found = []
    full.run(_rescue, full.outbox.writes, tmp_path / "x.weldlabels", who="Ada").then(found.append)
    assert found[0].others == 1
    assert "Not in it: 1 change" in found[0].text
    full.outbox.give_up()  # else closing the window asks what to do about them
