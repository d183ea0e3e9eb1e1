"""Many photographs at once, by keys: what will change is shown first above a number of one's own; labels are copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MakeSession
from tests.gui.stage import Stage, set_stage
from weldstudio.domain.labelling import Source, State
from weldstudio.domain.photo import PhotoFacts
from weldstudio.gui.review.bulk_dialog import BulkDialog
from weldstudio.gui.review.page import ReviewPage
from weldstudio.store import photos
from weldstudio.store.store import Store

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def stage(qtbot: QtBot, project: Path, make_session: MakeSession) -> Iterator[Stage]:
    stage = set_stage(qtbot, make_session(project))
    page = stage.show_page(ReviewPage, "review")
    assert isinstance(page, ReviewPage)
    stage.page = page  # type: ignore[attr-defined]
    stage.activateWindow()
    qtbot.waitUntil(stage.isActiveWindow)
    page.grid.setFocus()
    yield stage
    page.stop()


def states(stage: Stage, slot: int) -> list[int]:
    return stage.session.mirror.states(slot).tolist()


def asked(stage: Stage) -> BulkDialog | None:
    return next((dialog for dialog in stage.findChildren(BulkDialog) if dialog.isVisible()), None)


def test_above_the_number_it_is_shown_first_and_undone_in_one_step(qtbot: QtBot, stage: Stage) -> None:
    session, grid = stage.session, stage.page.grid  # type: ignore[attr-defined]
    session.settings.change(ask_above=5)
    qtbot.keyClick(grid, Key.Key_1)  # one photograph: nobody is asked
    assert asked(stage) is None
    qtbot.keyClick(grid, Key.Key_A, CONTROL)
    qtbot.keyClick(grid, Key.Key_1)
    dialog = asked(stage)
    assert dialog is not None
    said = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"No Clamp Used: raised", "11 of 12 photographs change; 1 are so already."} <= said
    assert {"No Clamp Used", "11 unseen", "→  raised", "11 verdicts move: 11 to reject."} <= said
    assert dialog.joints is not None
    assert dialog.joints.count() == 11
    qtbot.keyClick(dialog, Key.Key_Return)  # what one does without reading is not done to many
    assert not dialog.isVisible()
    assert sum(states(stage, 0)) == State.RAISED
    qtbot.keyClick(grid, Key.Key_1)
    dialog = asked(stage)
    assert dialog is not None
    dialog.above.setValue(50)
    qtbot.mouseClick(dialog.change_button, Qt.MouseButton.LeftButton)
    assert states(stage, 0) == [State.RAISED] * 12
    assert session.settings.ask_above == 50
    assert any("on 12 photographs" in told for told in stage.told)
    session.undo()
    assert sum(states(stage, 0)) == State.RAISED
    qtbot.keyClick(grid, Key.Key_N)  # not above the number any more
    assert asked(stage) is None
    assert states(stage, 1) == [State.CLEAR] * 12


def test_labels_are_handed_on_to_near_duplicates_once_they_were_shown(
    qtbot: QtBot, project: Path, stage: Stage
) -> None:
    with Store.open(project) as store:
        first, second, third, *_ = photos.every(store)
        for photo in (first, second, third):
            facts = PhotoFacts(photo.path, 64, 48, content_hash=f"{photo.id:064x}", perceptual_hash=0x5A3C_96E1)
            photos.record_facts(store, photo.collection_id, [facts])
    session, grid = stage.session, stage.page.grid  # type: ignore[attr-defined]
    session.label([third.id], 0, State.CLEAR)
    session.set_current(first.id)
    qtbot.keyClick(grid, Key.Key_1)
    stage.page._actions["label.copy_alike"].trigger()  # type: ignore[attr-defined]
    dialog = asked(stage)
    assert dialog is not None
    assert any("1 near-duplicate; 1 near-duplicate with other" in label.text() for label in dialog.findChildren(QLabel))
    qtbot.mouseClick(dialog.change_button, Qt.MouseButton.LeftButton)
    assert states(stage, 0)[:4] == [State.RAISED, State.RAISED, State.CLEAR, State.UNSEEN]
    session.undo()
    assert states(stage, 0)[:3] == [State.RAISED, State.UNSEEN, State.CLEAR]


def test_labels_of_the_photograph_before_are_copied(qtbot: QtBot, stage: Stage) -> None:
    grid, mirror = stage.page.grid, stage.session.mirror  # type: ignore[attr-defined]
    qtbot.keyClick(grid, Key.Key_D, CONTROL)
    assert stage.told[-1] == "No photograph comes before this one."
    qtbot.keyClick(grid, Key.Key_2)
    qtbot.keyClick(grid, Key.Key_Right)
    qtbot.keyClick(grid, Key.Key_Right)
    qtbot.keyClick(grid, Key.Key_D, CONTROL)
    assert stage.told[-1].startswith("Nobody has labelled that photograph")
    qtbot.keyClick(grid, Key.Key_Left)
    qtbot.keyClick(grid, Key.Key_D, CONTROL)
    assert states(stage, 1)[:3] == [State.RAISED, State.RAISED, State.UNSEEN]
    assert mirror.labels[1, 1] >> 2 == Source.COPIED
    stage.session.undo()
    assert states(stage, 1)[:3] == [State.RAISED, State.UNSEEN, State.UNSEEN]
    qtbot.keyClick(grid, Key.Key_D, CONTROL | SHIFT)
    assert stage.told[-1] == "No other photograph of this joint has labels to copy."
