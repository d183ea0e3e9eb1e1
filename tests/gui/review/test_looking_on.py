"""A window that only looks on: it shows so where one would write, and says so to every key that would."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import At
from weldstudio.domain.labelling import State
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.project_lock import LOCK, READ_ONLY
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import labelling, notes


@pytest.fixture
def at(qtbot: QtBot, window: MainWindow, project: Path) -> Iterator[At]:
    """Somebody else has the project open. Photos 1 and 2 are one joint."""
    with Store.open(project) as store:
        photos.set_joints(store, [(1, "J-1", None), (2, "J-1", None)])
        labelling.set_state(store, [1], 0, State.RAISED, who="Bob")
        notes.note_photo(store, 1, "scratch", who="Bob")
    lock = QLockFile(str(project / LOCK))
    assert lock.tryLock(0)
    yield At(qtbot, window, project)
    lock.unlock()


def press(at: At, key: str) -> None:
    QTest.keySequence(at.window.focusWidget() or at.window, QKeySequence(key))


@pytest.mark.parametrize(
    "key", ["1", "Shift+1", "N", "R", "C", "U", "Backspace", "F4", "F6", "F7", "F8", "F9", "Ctrl+Z", "Ctrl+I"]
)
def test_a_key_that_would_write_is_told_so(at: At, key: str) -> None:
    assert at.session.read_only
    press(at, "Alt+1")  # choosing a flag is looking
    assert at.session.chosen_flag == 0
    at.window.toast.dismiss()
    press(at, key)
    assert at.window.toast.isVisible()
    assert at.window.toast.label.text() == READ_ONLY
    assert at.state(0) == State.RAISED
    assert not at.page.inspector.notes.fields["photo"].hasFocus()


def test_keys_that_only_look_work(at: At) -> None:
    press(at, "Right")
    assert at.session.current == at.shown[1]
    press(at, "Ctrl+Space")
    assert at.session.current == at.shown[2], "the next joint"
    press(at, "Return")
    assert at.page.going.is_large
    press(at, "Escape")
    assert not at.window.toast.isVisible()
    assert at.window.action_table["history.open"].isEnabled()


def test_rows_buttons_and_notes_look_as_what_they_are(at: At) -> None:
    row = at.row(0)
    assert row.read_only
    assert "only looks on" in row.tooltip()
    assert "again: clear" not in row.tooltip()
    inspector = at.page.inspector
    assert not inspector.nothing.isEnabled()
    assert not any(button.isEnabled() for button in inspector.decision.buttons.values())
    assert not inspector.decision.more.isEnabled()
    assert not any(button.isEnabled() for button in inspector.review.buttons.values())
    assert not any(action.isEnabled() for action in inspector.flags.state_menu(row).actions())
    fields = inspector.notes.fields
    assert fields["photo"].isReadOnly()
    assert fields["photo"].toPlainText() == "scratch"
    assert fields["joint"].placeholderText() == "No note on the joint"
    at.click_row(0, "state")
    assert at.window.toast.label.text() == READ_ONLY
    assert at.state(0) == State.RAISED


def test_limits_can_be_looked_at_not_set(qtbot: QtBot, at: At) -> None:
    from weldstudio.gui.flags.contractors_dialog import ContractorsDialog

    at.window.show_page("flags")
    press(at, "Ctrl+L")
    (dialog,) = at.window.findChildren(ContractorsDialog)
    assert isinstance(dialog, ContractorsDialog)
    qtbot.keyClicks(dialog.name.lineEdit(), "Smith")
    assert not dialog.set_button.isEnabled()
    assert not dialog.remove_button.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
