"""A flag's dialog, the group's dialog, the colours: by keys and mouse, each one action that can be undone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Flag, Group, JointRule
from weldstudio.gui.flag_colour import SWATCHES
from weldstudio.gui.flags.colour_field import ColourField
from weldstudio.gui.flags.flag_dialog import FlagDialog
from weldstudio.gui.flags.group_dialog import GroupDialog
from weldstudio.gui.flags.page import FlagsPage
from weldstudio.gui.session import Session
from weldstudio.studio import grouping

CLAMP, SOIL, MISALIGNED = 0, 1, 2


@pytest.fixture
def stage(qtbot: QtBot, project: Path, make_session: Callable[..., Session]) -> Stage:
    return set_stage(qtbot, make_session(project))


@pytest.fixture
def page(stage: Stage) -> FlagsPage:
    found = stage.show_page(FlagsPage, "flags")
    assert isinstance(found, FlagsPage)
    return found


def answer(act: Callable[[QDialog], None]) -> None:
    """Do something in the dialog that is about to open."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        act(dialog)

    QTimer.singleShot(0, look)


def flag(stage: Stage, slot: int) -> Flag:
    found = stage.session.mirror.scheme.by_slot(slot)
    assert isinstance(found, Flag)
    return found


def test_everything_of_a_flag_is_edited_in_one_step(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    before = flag(stage, SOIL)

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, FlagDialog)
        dialog.name_field.setText(" Soil, wet ")
        dialog.points_field.setValue(20)
        qtbot.keyClick(dialog.key_field, Qt.Key.Key_R)
        assert "Raise the chosen flag" in dialog.problem.text()
        assert not dialog.add_button.isEnabled()
        qtbot.keyClick(dialog.key_field, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        assert dialog.key_field.text() == "Alt+3"
        qtbot.mouseClick(dialog.colour_field.buttons[SWATCHES[2].lower()], Qt.MouseButton.LeftButton)
        dialog.rule_field.setCurrentIndex(1)
        dialog.description_field.setPlainText("earth on the pipe")
        qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)

    page.table.choose(SOIL)
    answer(fill)
    stage.do("scheme.edit")
    colour = SWATCHES[2].lower()
    assert flag(stage, SOIL) == Flag(SOIL, "Soil, wet", 20, "Alt+3", colour, "earth on the pipe", JointRule.ALL)
    assert page.panel.words.text() == "earth on the pipe"
    stage.do("edit.undo")
    assert flag(stage, SOIL) == before


def test_a_new_flag_has_what_was_entered(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, FlagDialog)
        assert "4" in dialog.key_field.placeholderText()
        dialog.name_field.setText("Water")
        dialog.colour_field.choose("#ABCDEF")
        qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)

    answer(fill)
    stage.do("scheme.add")
    assert flag(stage, 3) == Flag(3, "Water", 5, colour="#abcdef")
    assert stage.actions_table.flag_key(3) == "4"


def test_a_group_is_made_shown_changed_and_dissolved(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    session = stage.session
    first = session.mirror.ids.tolist()[0]
    session.label([first], CLAMP, State.RAISED)
    session.label([first], SOIL, State.RAISED)

    def make(dialog: QDialog) -> None:
        assert isinstance(dialog, GroupDialog)
        assert "On 1 photo two of them are raised" in dialog.consequences.text()
        assert not dialog.make_button.isEnabled()
        dialog.name_field.setText("Dirt")
        dialog.default_field.setText("Clean")
        qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)

    page.table.selectAll()
    page.table.selectionModel().select(
        page.model.index(2, 0),
        page.table.selectionModel().SelectionFlag.Deselect | page.table.selectionModel().SelectionFlag.Rows,
    )
    answer(make)
    stage.do("scheme.group")
    assert session.mirror.scheme.groups == (Group("Dirt", (CLAMP, SOIL), "Clean"),)
    session.label([first], SOIL, State.RAISED)  # settles it, in one step
    assert [State(int(session.mirror.states(slot)[0])) for slot in (CLAMP, SOIL)] == [State.CLEAR, State.RAISED]
    stage.do("edit.undo")
    assert State(int(session.mirror.states(CLAMP)[0])) == State.RAISED

    def change(dialog: QDialog) -> None:
        assert isinstance(dialog, GroupDialog)
        dialog.list.item(2).setCheckState(Qt.CheckState.Checked)
        dialog.name_field.setText("All")
        qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)

    page.table.choose(CLAMP)
    answer(change)
    stage.do("scheme.group")
    assert session.mirror.scheme.groups == (Group("All", (CLAMP, SOIL, MISALIGNED), "Clean"),)
    answer(lambda dialog: qtbot.mouseClick(dialog.dissolve_button, Qt.MouseButton.LeftButton))  # type: ignore[attr-defined]
    stage.do("scheme.group")
    assert session.mirror.scheme.groups == ()
    stage.do("edit.undo")
    stage.do("scheme.ungroup")
    assert session.mirror.scheme.groups == ()


def test_a_group_of_another_is_not_offered_its_flags(qtbot: QtBot, stage: Stage) -> None:
    mirror = stage.session.mirror
    scheme = mirror.scheme.with_flag("x").with_flag("y").with_group(Group("Dirt", (0, 1)))
    dialog = GroupDialog(scheme, [0, 2], preview=lambda members: grouping.preview(mirror, members))
    qtbot.addWidget(dialog)
    assert dialog.members == [2]
    assert not dialog.make_button.isEnabled()


def test_a_colour_is_chosen_from_a_menu(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    page.table.choose(CLAMP)
    stage.do("scheme.colour")
    (menu,) = page.findChildren(QMenu)
    (field,) = menu.findChildren(ColourField)
    qtbot.mouseClick(field.buttons[SWATCHES[0].lower()], Qt.MouseButton.LeftButton)
    assert flag(stage, CLAMP).colour == SWATCHES[0].lower()
    assert not menu.isVisible()


def test_a_name_with_blanks_stays_as_it_is_unless_it_is_changed(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    from weldstudio.studio import scheme

    stage.session.edit("", scheme.rename_flag, CLAMP, " yes, /no ", who="Ann")
    dialog = FlagDialog(stage.session.mirror.scheme, item=flag(stage, CLAMP))
    qtbot.addWidget(dialog)
    assert dialog.values == {}
    page.table.choose(CLAMP)
    stage.do("scheme.rename")
    field = page.table.viewport().focusWidget()
    qtbot.keyClick(page.table.viewport().findChildren(type(dialog.name_field))[0], Qt.Key.Key_Return)
    assert field is not None
    assert flag(stage, CLAMP).name == " yes, /no "
