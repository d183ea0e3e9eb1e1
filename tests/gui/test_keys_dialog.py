"""Actions get other keys in the real window: by keys, at once, and after a restart."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from weldstudio.gui.keys_dialog import KeysDialog
from weldstudio.gui.main_window import MainWindow
from weldstudio.settings import Settings

CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def dialog_of(window: MainWindow) -> KeysDialog:
    window.action_table.trigger("app.change_keys")
    dialog = window.findChild(KeysDialog)
    assert isinstance(dialog, KeysDialog)
    return dialog


def press(qtbot: QtBot, dialog: KeysDialog, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    dialog.field.setFocus()
    qtbot.keyClick(dialog.field, key, modifier)
    dialog.field.editingFinished.emit()  # the field waits a second for a further key


def test_a_key_is_changed_holds_at_once_and_after_a_restart(
    qtbot: QtBot, window: MainWindow, settings: Settings
) -> None:
    dialog = dialog_of(window)
    qtbot.keyClicks(dialog.filter, "nothing applies")
    shown = [row for row in range(dialog.table.rowCount()) if not dialog.table.isRowHidden(row)]
    assert len(shown) == 1
    dialog.table.selectRow(shown[0])
    assert dialog.chosen == "label.nothing"
    press(qtbot, dialog, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert dialog.said.text() == "The key Ctrl+E is used for 'Export labels'. Choose another one."
    assert window.action_table.own_keys == {}
    press(qtbot, dialog, Qt.Key.Key_K, CONTROL_ALT)
    assert dialog.said.text() == "Reviewed, nothing applies: Ctrl+Alt+K"
    action = window.action_table["label.nothing"]
    assert [key.toString() for key in action.shortcuts()] == ["Ctrl+Alt+K"]
    assert "Ctrl+Alt+K" in action.toolTip()
    dialog.accept()
    kept = Settings.load(settings.path)  # type: ignore[arg-type]
    assert kept.keys == ("label.nothing=Ctrl+Alt+K",)
    again = MainWindow(kept)
    qtbot.addWidget(again)
    assert [key.toString() for key in again.action_table["label.nothing"].shortcuts()] == ["Ctrl+Alt+K"]


def test_a_key_is_taken_away_and_given_back(qtbot: QtBot, window: MainWindow) -> None:
    dialog = dialog_of(window)
    dialog.choose("joint.accept")
    assert not dialog.default_button.isEnabled()
    qtbot.mouseClick(dialog.none_button, Qt.MouseButton.LeftButton)
    assert window.action_table["joint.accept"].shortcuts() == []
    assert dialog.said.text() == "Accept the joint: no key"
    qtbot.mouseClick(dialog.default_button, Qt.MouseButton.LeftButton)
    assert window.action_table["joint.accept"].shortcut().toString() == "F6"
    dialog.accept()
