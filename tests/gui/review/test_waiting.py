"""Labels that wait to be split or contradict themselves, and a model of another scheme, in the real window."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.review.test_page import At, Key, with_model
from weldstudio.domain.labelling import State
from weldstudio.gui.main_window import MainWindow
from weldstudio.store.store import Store
from weldstudio.studio import grouping, labelling, merging

__all__ = ["with_model"]


def test_a_label_of_a_merge_that_was_undone_says_that_it_waits_to_be_split(
    qtbot: QtBot, window: MainWindow, project: Path
) -> None:
    with Store.open(project) as store:
        merging.merge(store, "Ground", [0, 1], who="Ann")
        labelling.set_state(store, [1], 3, State.RAISED, who="Ann")
        merging.unmerge(store, "Ground", who="Ann")
    at = At(qtbot, window, project)
    notice = at.page.inspector.waiting
    assert notice.isVisible()
    assert notice.sentence.text() == "Ground: which of its flags it is, nobody has said."
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    assert at.shown == [1]
    at.key(Key.Key_2)  # soil it is
    assert not notice.isVisible()
    at.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert notice.isVisible()


def test_what_contradicts_itself_is_said(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    with Store.open(project) as store:
        labelling.set_state(store, [1], 0, State.RAISED, who="Ann")
        labelling.set_state(store, [1], 1, State.RAISED, who="Ann")
    at = At(qtbot, window, project)
    notice = at.page.inspector.waiting
    assert not notice.isVisible()
    at.session.edit("Group", grouping.make, "One", [0, 1], who="Ann")
    assert notice.sentence.text() == "One: two flags of the group are raised."
    at.key(Key.Key_2)
    assert not notice.isVisible()


def test_a_model_of_another_scheme_is_marked_in_the_banner(with_model: At) -> None:
    at = with_model
    banner = at.page.inspector.banner
    assert "other scheme" not in banner.words()
    at.session.edit("Merge", merging.merge, "Ground", [0, 1], who="Ann")
    assert "Model, other scheme:" in banner.words()
    assert "judges Ground by the flags merged since" in banner.toolTip()
