"""Decisions by keys and mouse in the real window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import At, Key
from weldstudio.domain.decision import Decision, Moment, Override, Told
from weldstudio.domain.verdict import Outcome
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.decision_bar import Standing, waiting
from weldstudio.gui.review.override_dialog import OverrideDialog
from weldstudio.store import photos
from weldstudio.store.store import Store

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def at(qtbot: QtBot, window: MainWindow, project: Path) -> At:
    """Photos 1 to 3 are the joint J-1, made by Smith; the others are joints of their own. Nobody goes on by itself."""
    with Store.open(project) as store:
        ids = [photo.id for photo in photos.every(store)]
        photos.set_joints(store, [(ids[n], "J-1", "Smith") for n in range(3)])
    window.settings.change(auto_advance=False)
    return At(qtbot, window, project)


def decision(at: At) -> Told | None:
    held = at.page.inspector.decision.standing.decision
    return None if held is None else held.said


def checked(at: At) -> list[Told]:
    return [told for told, button in at.page.inspector.decision.buttons.items() if button.isChecked()]


def answer(act: Callable[[OverrideDialog], None]) -> None:
    """Do something in the dialog that is about to open."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, OverrideDialog), dialog
        act(dialog)

    QTimer.singleShot(0, look)


def test_each_decision_has_a_key_and_undo_takes_it_back(at: At) -> None:
    bar = at.page.inspector.decision
    assert bar.standing.lines == ("Undecided, waiting not long", "Smith")
    at.key(Key.Key_1, SHIFT)
    at.qtbot.waitUntil(lambda: bar.standing.lines[1] == "No Clamp Used would turn it · Smith")
    path = at.session.mirror.paths[0]
    assert f"Unsure or disputed: No Clamp Used ({path})" in bar.standing.details
    at.key(Key.Key_Z, CONTROL)
    at.qtbot.waitUntil(lambda: bar.standing.lines[1] == "Smith")
    for key, told in ((Key.Key_F6, Told.ACCEPTED), (Key.Key_F7, Told.REJECTED), (Key.Key_F8, Told.NEW_PHOTO)):
        at.key(key)
        assert decision(at) == told
        assert checked(at) == [told]
    assert bar.standing.lines[0] == "New photo requested by Ada at 0 of 50 points"
    at.key(Key.Key_Z, CONTROL)
    assert decision(at) == Told.REJECTED
    at.key(Key.Key_Z, CONTROL)
    at.key(Key.Key_Z, CONTROL)
    assert decision(at) is None
    assert checked(at) == []
    at.key(Key.Key_Z, CONTROL | SHIFT)
    assert decision(at) == Told.ACCEPTED


def test_the_buttons_do_as_the_keys(at: At) -> None:
    bar = at.page.inspector.decision
    at.qtbot.mouseClick(bar.buttons[Told.REJECTED], Qt.MouseButton.LeftButton)
    assert decision(at) == Told.REJECTED
    at.qtbot.mouseClick(bar.buttons[Told.REJECTED], Qt.MouseButton.LeftButton)
    assert checked(at) == [Told.REJECTED], "what is decided stays marked"
    at.page._actions.trigger("joint.withdraw")
    assert decision(at) is None


def test_deciding_goes_on_to_the_next_joint(at: At) -> None:
    at.page._actions["label.advance"].setChecked(True)
    assert at.session.current == at.shown[0]
    at.key(Key.Key_F6)
    assert at.session.current == at.shown[3], "past the other photos of the joint"
    at.key(Key.Key_Space, CONTROL)
    assert at.session.current == at.shown[4]


def test_a_selection_is_decided_in_one_step(at: At) -> None:
    for _ in range(4):
        at.key(Key.Key_Right, SHIFT)
    at.key(Key.Key_F6)
    assert at.page.inspector.decision.standing == Standing(3, 3)
    at.key(Key.Key_Z, CONTROL)
    assert at.page.inspector.decision.standing.lines[0] == "0 of 3 joints decided"


def test_the_queues_of_joints_are_at_hand(at: At) -> None:
    at.page.filtering.count.now()
    entries = {entry.text: entry for entry in at.page.panel.entries}
    names = list(entries)
    assert entries["Joints"].heading
    assert entries["Photographs"].heading
    assert names.index("Inbox") < names.index("Photographs") < names.index("Unreviewed")
    assert entries["Inbox"].count == 10
    at.page.filtering.take_queue(entries["Inbox"].queue)
    assert len(at.shown) == 12
    at.key(Key.Key_F6)
    at.page.filtering.count.now()
    assert {entry.text: entry.count for entry in at.page.panel.entries}["Inbox"] == 9
    at.page.show_filter("decision:accepted")
    assert len(at.shown) == 3
    at.key(Key.Key_1)  # No Clamp Used: 50 points
    at.page.show_filter("changed")
    assert len(at.shown) == 3


def test_a_verdict_is_set_by_hand_with_a_reason_and_marked(at: At) -> None:
    def fill(dialog: OverrideDialog) -> None:
        assert dialog.outcome == Outcome.REJECT
        assert not dialog.set_button.isEnabled()
        at.qtbot.keyClicks(dialog.reason_field, "wrong fitting")
        at.qtbot.keyClick(dialog, Key.Key_Return)

    at.key(Key.Key_N)
    at.session.set_current(at.shown[0])
    answer(fill)
    at.key(Key.Key_F9)
    banner = at.page.inspector.banner
    assert "reject by hand" in banner.words()
    assert "wrong fitting" in at.page.inspector.decision.standing.details

    def look(dialog: OverrideDialog) -> None:
        assert (dialog.outcome, dialog.reason) == (Outcome.REJECT, "wrong fitting")
        dialog.reject()

    at.window.activateWindow()  # without a window manager nobody hands it the keyboard back
    at.qtbot.waitUntil(at.window.isActiveWindow)
    answer(look)
    at.key(Key.Key_F9)  # what was said before is there to be changed
    at.page.show_filter("overridden")
    assert len(at.shown) == 3
    at.page._actions.trigger("joint.follow")
    assert "by hand" not in banner.words()


def test_the_dialog_proposes_what_goes_against_the_points_and_can_be_left(at: At) -> None:
    at.key(Key.Key_1)
    answer(lambda dialog: (at.qtbot.keyClick(dialog, Key.Key_Escape), None)[1])
    at.key(Key.Key_F9)
    assert at.session.mirror.decided.overrides == {}


def test_joints_have_no_decisions_where_flags_cost_nothing(at: At) -> None:
    from weldstudio.studio import scheme

    assert at.page.inspector.decision.isVisible()
    for slot in range(3):
        at.session.edit("points", scheme.change_points, slot, 0, who="Ada")
    assert not at.page.inspector.decision.isVisible()
    assert "Inbox" not in {entry.text for entry in at.page.panel.entries}


def test_where_a_joint_stands_in_words() -> None:
    moment = Moment(35, 85, 50, "")
    told = Decision(1, Told.ACCEPTED, "Ann", 0, moment, "seen on site")
    standing = Standing(1, decision=told, override=Override(1, Outcome.ACCEPT, "Bob", 0, moment, "dust"))
    assert standing.lines[0] == "Accepted by Ann at 35 to 85 of 50 points"
    assert "seen on site" in standing.details
    assert "set to accept by Bob: “dust”" in standing.details
    assert Standing(1, decision=told, waiting_s=5).lines[0].endswith("photo has come")
    assert [waiting(s) for s in (5, 60, 7200, 3 * 86_400)] == ["not long", "1 minute", "2 hours", "3 days"]
