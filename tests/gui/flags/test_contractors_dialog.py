"""Contractors and their reject limits, by keys and mouse."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage, set_stage
from weldstudio.domain.labelling import State
from weldstudio.gui.flags.contractors_dialog import ContractorsDialog
from weldstudio.gui.session import Session
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import labelling


@pytest.fixture
def stage(qtbot: QtBot, project: Path, make_session: Callable[..., Session]) -> Stage:
    with Store.open(project) as store:
        photos.set_contractor(store, [1, 2], "Smith")
        photos.set_contractor(store, [3], "Jones")
        labelling.nothing_applies(store, [1, 2, 3], who="Ada")
        labelling.set_state(store, [1, 3], 1, State.RAISED, who="Ada")  # Soil, 15 points
    return set_stage(qtbot, make_session(project))


@pytest.fixture
def dialog(qtbot: QtBot, stage: Stage) -> ContractorsDialog:
    made = ContractorsDialog(stage.session)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def rows(dialog: ContractorsDialog) -> list[list[str]]:
    table = dialog.table
    return [[table.item(row, c).text() for c in range(table.columnCount())] for row in range(table.rowCount())]


def test_the_table_shows_who_has_which_limit(dialog: ContractorsDialog) -> None:
    assert rows(dialog) == [["Jones", "50", "any day", "1", "0"], ["Smith", "50", "any day", "2", "0"]]
    assert not dialog.remove_button.isEnabled()


def test_a_limit_is_previewed_set_undone_and_removed(qtbot: QtBot, dialog: ContractorsDialog, stage: Stage) -> None:
    dialog.name.setCurrentText("Smith")
    dialog.points.selectAll()
    qtbot.keyClicks(dialog.points, "15")
    qtbot.waitUntil(lambda: dialog.preview.text().startswith("1 verdict moves: 1 to reject.\nTo reject: "))
    qtbot.mouseClick(dialog.set_button, Qt.MouseButton.LeftButton)
    assert rows(dialog)[1] == ["Smith", "15", "any day", "2", "1"]
    assert stage.told[-1].startswith("Smith: reject at 15")
    qtbot.waitUntil(lambda: dialog.preview.text() == "No verdict moves.")
    stage.session.undo()
    assert rows(dialog)[1] == ["Smith", "50", "any day", "2", "0"]
    stage.session.redo()
    dialog.table.selectRow(1)
    assert (dialog.name.currentText(), dialog.points.value()) == ("Smith", 15)
    qtbot.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
    assert rows(dialog)[1] == ["Smith", "50", "any day", "2", "0"]


def test_a_limit_from_a_day_on_and_a_new_contractor(qtbot: QtBot, dialog: ContractorsDialog) -> None:
    dialog.name.setCurrentText("Best")
    dialog.points.setValue(40)
    dialog.dated.setChecked(True)
    dialog.day.setDate(QDate(2026, 1, 31))
    assert dialog.valid_from == date(2026, 1, 31)
    qtbot.mouseClick(dialog.set_button, Qt.MouseButton.LeftButton)
    assert rows(dialog)[0] == ["Best", "40", "31 Jan 2026", "0", "0"]
    dialog.table.selectRow(1)
    assert not dialog.dated.isChecked()
    dialog.table.selectRow(0)
    assert dialog.dated.isChecked()
    dialog.name.setCurrentText(" ")
    assert not dialog.set_button.isEnabled()
