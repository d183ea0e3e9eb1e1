"""The Flags page by keys and mouse, on a real project."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import JointRule, Level
from weldstudio.gui.flags.flag_dialog import FlagDialog
from weldstudio.gui.flags.merge_dialog import MergeDialog, in_words
from weldstudio.gui.flags.model import Column
from weldstudio.gui.flags.name_column import LEAST
from weldstudio.gui.flags.page import FlagsPage
from weldstudio.gui.flags.rows import Kind
from weldstudio.gui.session import Session
from weldstudio.gui.theme import theme
from weldstudio.studio import merging, scheme
from weldstudio.studio.merging import MergePreview

CLAMP, SOIL, MISALIGNED = 0, 1, 2


@pytest.fixture
def stage(qtbot: QtBot, project: Path, make_session: Callable[..., Session]) -> Stage:
    return set_stage(qtbot, make_session(project))


@pytest.fixture
def page(stage: Stage) -> FlagsPage:
    found = stage.show_page(FlagsPage, "flags")
    assert isinstance(found, FlagsPage)
    return found


def shown(page: FlagsPage) -> list[tuple[str, str]]:
    return [(row.kind, row.name) for row in page.model.rows]


def cell(page: FlagsPage, row: int, column: Column) -> str:
    return str(page.model.index(row, column).data())


def click(qtbot: QtBot, page: FlagsPage, row: int, *, ctrl: bool = False) -> None:
    place = page.table.visualRect(page.model.index(row, Column.NAME)).center()
    modifier = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def editor(page: FlagsPage, kind: type) -> QLineEdit | QSpinBox | QComboBox:
    (found,) = [
        w for w in page.table.viewport().findChildren(kind) if w.isVisible() and w.parent() is page.table.viewport()
    ]
    return found


def answer(dialog_kind: type, act: Callable[[object], None]) -> None:
    """Do something in the dialog that is about to open."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, dialog_kind), dialog
        act(dialog)

    QTimer.singleShot(0, look)


def drop(page: FlagsPage, slots: list[int], *, on: int | None = None, before: int = -1) -> None:
    """What Qt calls when a drag of these rows ends here."""
    indexes = [page.model.index(page.model.row_of(slot), Column.NAME) for slot in slots]
    data: QMimeData = page.model.mimeData(indexes)
    parent = page.model.index(page.model.row_of(on), Column.NAME) if on is not None else QModelIndex()
    page.model.dropMimeData(data, Qt.DropAction.CopyAction, before, 0, parent)


def test_the_table_shows_the_scheme_and_live_counts(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    assert shown(page) == [("flag", "No Clamp Used"), ("flag", "Soil"), ("flag", "Joint Misaligned")]
    assert cell(page, 0, Column.POINTS) == "50"
    assert cell(page, 0, Column.UNSEEN) == "12"
    session = stage.session
    ids = session.mirror.ids.tolist()
    session.label(ids[:3], CLAMP, State.RAISED)
    session.label(ids[3:4], CLAMP, State.UNSURE)
    states = (Column.RAISED, Column.CLEAR, Column.UNSURE, Column.UNSEEN)
    qtbot.waitUntil(lambda: [cell(page, 0, column) for column in states] == ["3", "0", "1", "8"])


def test_a_name_is_edited_in_place_with_f2_and_undone(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    click(qtbot, page, 1)
    stage.do("scheme.rename")
    field = editor(page, QLineEdit)
    qtbot.keyClicks(field, "Soil, wet")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(page, 1, Column.NAME) == "Soil, wet")  # Qt commits when it is idle
    stage.do("edit.undo")
    assert cell(page, 1, Column.NAME) == "Soil"


def test_a_name_that_is_taken_is_refused_and_nothing_changes(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    click(qtbot, page, 1)
    stage.do("scheme.rename")
    field = editor(page, QLineEdit)
    qtbot.keyClicks(field, "Joint Misaligned")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "is there already" in " ".join(stage.failed + stage.told))
    assert cell(page, 1, Column.NAME) == "Soil"


def test_points_and_joint_rule_are_edited_in_place(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    click(qtbot, page, 1)
    stage.do("scheme.points")
    field = editor(page, QSpinBox)
    field.setValue(20)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(page, 1, Column.POINTS) == "20")
    page.model.setData(page.model.index(1, Column.RULE), str(JointRule.ALL))
    assert cell(page, 1, Column.RULE) == "no photo shows it"


def test_a_key_is_taken_from_the_keyboard_and_one_in_use_is_refused(
    qtbot: QtBot, page: FlagsPage, stage: Stage
) -> None:
    click(qtbot, page, 0)
    stage.do("scheme.key")
    field = editor(page, QLineEdit)
    qtbot.keyClick(field, Qt.Key.Key_G)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(page, 0, Column.KEY) == "G")
    stage.do("scheme.key")
    field = editor(page, QLineEdit)
    qtbot.keyClick(field, Qt.Key.Key_R)  # raises the chosen flag on the Review page
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The key R is used" in stage.told[-1])
    assert cell(page, 0, Column.KEY) == "G"
    stage.do("scheme.key")
    field = editor(page, QLineEdit)
    qtbot.keyClick(field, Qt.Key.Key_2)  # of the second flag, though nobody gave it one
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The key 2 is used for 'Soil'" in stage.told[-1])
    assert [cell(page, row, Column.KEY) for row in range(3)] == ["G", "2", "3"]


def test_the_page_shows_its_first_row_chosen_though_its_key_is_still_held(qtbot: QtBot, page: FlagsPage) -> None:
    heard = QShortcut(QKeySequence("Ctrl+2"), page, lambda: page.table.choose(1))
    qtbot.keyClick(page.table, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    heard.setEnabled(False)
    assert [row.name for row in page.table.selected_rows()] == ["Soil"]


def test_a_new_flag_can_join_a_group(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    session = stage.session
    session.edit("Classes", scheme.add_classes, ["glass", "paper"], who="Ada", exclusive=True)

    def fill(dialog: FlagDialog) -> None:
        assert dialog.values["group"] == "Class"
        assert "glass, paper" in dialog.group_field.currentText()
        qtbot.keyClicks(dialog.name_field, "foil")
        qtbot.keyClick(dialog.name_field, Qt.Key.Key_Return)

    answer(FlagDialog, fill)
    stage.do("scheme.add")
    shown_now = session.mirror.scheme
    group = shown_now.group_of(shown_now.by_name("foil").slot)
    assert group is not None
    assert len(group.members) == 3


def test_a_flag_is_added_by_keyboard(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    def fill(dialog: FlagDialog) -> None:
        assert not dialog.add_button.isEnabled()
        qtbot.keyClicks(dialog.name_field, "Soil")
        assert "is there already" in dialog.problem.text()
        assert not dialog.add_button.isEnabled()
        qtbot.keyClicks(dialog.name_field, " on the fitting")
        dialog.points_field.setValue(50)
        qtbot.keyClick(dialog.name_field, Qt.Key.Key_Return)

    answer(FlagDialog, fill)
    stage.do("scheme.add")
    assert shown(page)[-1] == ("flag", "Soil on the fitting")
    assert cell(page, 3, Column.POINTS) == "50"
    assert page.table.selected_rows()[0].name == "Soil on the fitting"


def test_two_selected_flags_are_merged_after_a_preview_and_taken_apart(
    qtbot: QtBot, page: FlagsPage, stage: Stage
) -> None:
    session = stage.session
    ids = session.mirror.ids.tolist()
    session.label(ids[:3], CLAMP, State.RAISED)
    session.label(ids[2:5], SOIL, State.RAISED)
    click(qtbot, page, 0)
    assert not stage.actions_table["scheme.merge"].isEnabled()
    click(qtbot, page, 1, ctrl=True)
    seen: list[str] = []

    def fill(dialog: MergeDialog) -> None:
        seen.append(dialog.findChild(QLabel, "consequences").text())
        dialog.name_field.clear()
        assert not dialog.merge_button.isEnabled()
        qtbot.keyClicks(dialog.name_field, "Soil or clamp")
        qtbot.keyClick(dialog.name_field, Qt.Key.Key_Return)

    answer(MergeDialog, fill)
    stage.do("scheme.merge")
    assert "1 photograph carries both." in seen[0]
    assert shown(page) == [
        ("merge", "Soil or clamp"),
        ("member", "No Clamp Used"),
        ("member", "Soil"),
        ("flag", "Joint Misaligned"),
    ]
    assert cell(page, 0, Column.RAISED) == "5"
    assert cell(page, 0, Column.POINTS) == "50"

    button = page.table.indexWidget(page.model.index(0, Column.UNDO))
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [kind for kind, _ in shown(page)] == ["flag"] * 3
    stage.do("edit.undo")  # of the undoing
    assert shown(page)[0] == ("merge", "Soil or clamp")
    stage.do("edit.undo")
    assert [kind for kind, _ in shown(page)] == ["flag"] * 3


def test_the_dialog_counts_what_was_said_under_the_name_that_is_typed(
    qtbot: QtBot, page: FlagsPage, stage: Stage
) -> None:
    session = stage.session
    session.label(session.mirror.ids.tolist()[:3], 2, State.RAISED)  # Joint Misaligned
    told: list[tuple[str, str]] = []

    def fill(dialog: MergeDialog) -> None:
        for name in ("Other", "Joint Misaligned"):
            dialog.name_field.setText(name)
            words = dialog.findChild(QLabel, "consequences").text()
            told.append((dialog.together[State.RAISED].text(), words.splitlines()[-1]))
        dialog.penalty_field.setCurrentIndex(dialog.penalty_field.findData("minimum"))
        told.append((dialog.together[State.RAISED].text(), ""))
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    click(qtbot, page, 0)
    click(qtbot, page, 1, ctrl=True)
    answer(MergeDialog, fill)
    stage.do("scheme.merge")
    assert [raised for raised, _ in told] == ["0", "3", "3"]
    assert told[0][1] == "No verdict would change."
    assert "would change" in told[1][1]
    assert told[1][1] != told[0][1]


def test_a_flag_dropped_on_another_asks_for_a_merge_and_escape_leaves_everything(
    qtbot: QtBot, page: FlagsPage, stage: Stage
) -> None:
    asked: list[str] = []

    def refuse() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, MergeDialog)
        asked.append(dialog.name)
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    drop(page, [CLAMP], on=SOIL)
    QTimer.singleShot(50, refuse)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == ["No Clamp Used or Soil"]
    assert [kind for kind, _ in shown(page)] == ["flag"] * 3
    stage.do("edit.undo")
    assert [kind for kind, _ in shown(page)] == ["flag"] * 3


def test_a_flag_dropped_on_a_merge_is_told_what_to_do(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    from weldstudio.studio import merging

    session = stage.session
    session.edit("Merge", merging.merge, "Both", [CLAMP, SOIL], who="Ada")
    merge = next(row.slot for row in page.model.rows if row.kind == Kind.MERGE)
    drop(page, [MISALIGNED], on=merge)
    qtbot.waitUntil(lambda: "is a merge already" in "".join(stage.told[-1:]))


def test_flags_are_moved_by_key_and_by_drop(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    click(qtbot, page, 2)
    stage.do("scheme.up")
    assert [name for _, name in shown(page)] == ["No Clamp Used", "Joint Misaligned", "Soil"]
    assert page.table.selected_rows()[0].name == "Joint Misaligned"
    drop(page, [SOIL], before=0)
    assert [name for _, name in shown(page)] == ["Soil", "No Clamp Used", "Joint Misaligned"]


def test_a_flag_is_retired_and_brought_back(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    click(qtbot, page, 0)
    stage.do("scheme.retire")
    assert shown(page)[-1] == ("retired", "No Clamp Used")
    button = page.table.indexWidget(page.model.index(2, Column.UNDO))
    assert isinstance(button, QPushButton)
    button.click()
    assert shown(page)[0] == ("flag", "No Clamp Used")


def test_keys_alone_reach_every_row(qtbot: QtBot, page: FlagsPage) -> None:
    page.activated()
    assert page.table.selected_rows()[0].name == "No Clamp Used"
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.table.selected_rows()[0].name == "Soil"
    qtbot.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert [row.name for row in page.table.selected_rows()] == ["Soil", "Joint Misaligned"]


def test_a_double_click_on_points_opens_their_field(qtbot: QtBot, page: FlagsPage) -> None:
    place: QPoint = page.table.visualRect(page.model.index(0, Column.POINTS)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert editor(page, QSpinBox).value() == 50


def test_a_double_click_on_a_count_shows_its_photographs(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    asked: list[str] = []
    stage.session.photos_asked.connect(asked.append)
    place = page.table.visualRect(page.model.index(0, Column.UNSURE)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == ['flag:"No Clamp Used"=unsure']


def test_a_scheme_of_the_program_is_taken_over(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    stage.do("scheme.preset")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    pipes = next(action for action in menu.actions() if "17 flags" in action.text())
    pipes.trigger()
    menu.close()
    flags = stage.session.mirror.scheme.live_flags
    assert "Water Contamination High Risk" in [flag.name for flag in flags]
    assert len({flag.name for flag in flags}) == len(flags) >= 17


def test_none_is_said_in_words() -> None:
    preview = MergePreview(
        (0, 1), (9, 3, 0, 0), (1, 2), overlap=0, disagreements=0, labelled=3, joints_changed=0, confused=0
    )
    assert in_words(preview)[0] == "No photograph carries both."


def test_buttons_of_a_closed_page_are_asked_nothing(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    stage.actions_table.set_enabled("scheme.merge", False)
    with qtbot.waitSignal(page.header.destroyed):
        page.header.deleteLater()
    stage.actions_table.set_enabled("scheme.merge", True)  # a slot that fails would fail the test


def test_names_have_the_room_of_the_bars_where_there_is_little(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    stage.session.edit("Classes", scheme.add_classes, ["glass", "paper"], who="Ada", exclusive=True)
    stage.session.edit("Retire", scheme.retire_flag, 0, who="Ada")
    stage.resize(900, 500)
    qtbot.waitUntil(lambda: page.table.isColumnHidden(Column.SHARE))
    assert page.table.columnWidth(Column.NAME) >= theme.px(LEAST)
    stage.resize(1280, 720)
    qtbot.waitUntil(lambda: not page.table.isColumnHidden(Column.SHARE))


def test_what_verdicts_count_is_chosen_with_the_moves_shown(qtbot: QtBot, page: FlagsPage, stage: Stage) -> None:
    button = page._buttons["scheme.verdicts"]
    assert not button.isVisible()
    stage.session.edit("Merge", merging.merge, "Ground", [CLAMP, SOIL], who="Ada")
    qtbot.waitUntil(button.isVisible)
    assert button.text() == "Verdicts count merges"
    button.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [entry.text() for entry in menu.actions()]
    assert texts[0] == "Merges in place of their flags"
    assert texts[1] == "The flags of merges: no verdict moves"
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(menu, key)
    qtbot.waitUntil(lambda: button.text() == "Verdicts count flags")
    assert stage.session.mirror.scheme.verdict_level == Level.FLAGS
    stage.do("edit.undo")
    qtbot.waitUntil(lambda: button.text() == "Verdicts count merges")
