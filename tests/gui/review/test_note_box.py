"""Notes in the inspector, by keys."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from weldstudio.gui.review.note_box import NoteBox, Subject


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[NoteBox]:
    stage = QWidget()
    layout = QVBoxLayout(stage)
    made = NoteBox()
    other = QLineEdit()
    layout.addWidget(made)
    layout.addWidget(other)
    qtbot.addWidget(stage)
    stage.show()
    qtbot.waitExposed(stage)
    other.setFocus()
    made.show_notes((Subject("photo", 7, "old"), Subject("joint", 3, "")))
    yield made
    stage.close()


def test_what_is_typed_is_written_when_the_field_is_left(qtbot: QtBot, box: NoteBox) -> None:
    written: list[tuple[str, int, str]] = []
    box.written.connect(lambda *note: written.append(note))
    box.begin()
    field = box.fields["photo"]
    qtbot.keyClicks(field, " and new")
    box.show_notes((Subject("photo", 7, "old"), Subject("joint", 3, "")))  # a repaint does not take it away
    assert field.toPlainText() == "old and new"
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert written == [("photo", 7, "old and new")]
    field.keep()
    assert len(written) == 1
    joint = box.fields["joint"]
    joint.begin()
    qtbot.keyClicks(joint, "of the joint")
    box.show_notes((Subject("photo", 8, ""), Subject("joint", 4, "theirs")))  # somebody went on
    assert written[1:] == [("joint", 3, "of the joint")]
    assert (field.toPlainText(), joint.toPlainText()) == ("", "theirs")


def test_escape_leaves_it_as_it_was(qtbot: QtBot, box: NoteBox) -> None:
    written: list[str] = []
    box.written.connect(lambda _about, _id, text: written.append(text))
    box.begin()
    qtbot.keyClicks(box.fields["photo"], "x")
    qtbot.keyClick(box.fields["photo"], Qt.Key.Key_Escape)
    assert box.fields["photo"].toPlainText() == "old"
    assert written == []


def test_without_one_photograph_there_is_nothing_to_write_on(box: NoteBox) -> None:
    box.show_notes((Subject("photo", 7, "old"),))
    assert not box.fields["joint"].isVisible()
    box.show_notes(())
    assert not box.isVisible()
