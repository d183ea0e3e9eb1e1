"""F10 and F5 on the Review page: what joints are, and that labels hold for a file that has changed."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import CONTROL, SHIFT, At, Key
from weldstudio.domain.labelling import State
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.describe_dialog import DescribeDialog
from weldstudio.store import altered, photos
from weldstudio.store.store import Store
from weldstudio.studio import labelling
from weldstudio.studio.joint_facts import Description, described


def in_dialog(at: At, act: Callable[[DescribeDialog], None]) -> None:
    """Press F10 and do something in the dialog that opens."""
    seen: list[bool] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, DescribeDialog)
        act(dialog)
        seen.append(True)

    QTimer.singleShot(0, look)
    at.key(Key.Key_F10)
    assert seen


def test_a_joint_is_described_by_keys_and_undone(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    with Store.open(project) as store:
        photos.set_contractor(store, [2], "Smith")
        photos.set_joint_facts(store, photos.joints_shown(store, [3]), kind="coupler", medium="gas")
    at = At(qtbot, window, project)
    mirror = at.session.mirror
    joint = int(mirror.joint[mirror.row(1)])

    def fill(dialog: DescribeDialog) -> None:
        assert [dialog.contractor.itemText(n) for n in range(dialog.contractor.count())][-1] == "Smith"
        dialog.kind.setFocus()
        qtbot.keyClicks(dialog.kind, "tapping-T")
        qtbot.keyClick(dialog.kind, Key.Key_Tab)
        qtbot.keyClicks(dialog.medium, "water")
        qtbot.keyClick(dialog, Key.Key_Return)

    in_dialog(at, fill)
    assert described(at.session.mirror, [joint]) == Description("tapping-T", "water", "")
    assert at.page.inspector.decision.standing.facts == ("tapping-T", "water")
    at.key(Key.Key_Z, CONTROL)
    assert described(at.session.mirror, [joint]) == Description("", "", "")
    in_dialog(at, lambda dialog: qtbot.keyClick(dialog, Key.Key_Escape))
    assert described(at.session.mirror, [joint]) == Description("", "", "")


def test_what_differs_among_joints_stays_unless_it_is_told(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    with Store.open(project) as store:
        photos.set_joint_facts(store, photos.joints_shown(store, [1]), kind="coupler", medium="gas")
    at = At(qtbot, window, project)
    at.key(Key.Key_Right, SHIFT)
    assert at.session.targets() == (1, 2)

    def fill(dialog: DescribeDialog) -> None:
        assert dialog.kind.currentText() == ""
        qtbot.keyClicks(dialog.contractor, "Jones")
        qtbot.keyClick(dialog, Key.Key_Return)

    in_dialog(at, fill)
    mirror = at.session.mirror
    of = [int(joint) for joint in mirror.joint[mirror.rows([1, 2])]]
    assert described(mirror, of[:1]) == Description("coupler", "gas", "Jones")
    assert described(mirror, of[1:]) == Description("", "", "Jones")


def test_the_labels_hold_for_a_changed_file(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    with Store.open(project) as store:
        labelling.set_state(store, [1], 0, State.RAISED, who="Ann")
        with store.atomic():
            store.record(altered.put_back(store, [(1, 99, "former")]))
    at = At(qtbot, window, project)
    assert at.session.mirror.altered == {1}
    at.key(Key.Key_F5)
    assert not at.session.mirror.altered
    assert at.state(0) == State.RAISED
    at.key(Key.Key_Z, CONTROL)
    assert at.session.mirror.altered == {1}
