"""One key answers for a label in doubt."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.studio.featured import featured_project
from tests.studio.labelled import label
from tests.studio.test_refitting import refit
from weldstudio.domain.labelling import State
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.marking import Marking
from weldstudio.gui.review.page import ReviewPage
from weldstudio.gui.session import Session
from weldstudio.store import mirror as mirrors
from weldstudio.studio import suspects, twins


@pytest.fixture
def session(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Session:
    """A flag is missing on photo 1, and that is what all other labels say."""
    with featured_project(tmp_path, count=60, apart=6.0) as store:
        assert mirrors.read(store).states(0)[0] == State.RAISED
        label(store, {1: [State.CLEAR]})
        refit(store)
        folder = store.folder
    window.settings.change(learn=False, predict_all=False, auto_advance=False)
    window.open_project(folder)
    assert window.session is not None
    window.session.show_photos("suspect")
    return window.session


def test_the_suspects_are_worked_through_by_one_key(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    session.set_current(1)
    page = window.pages["review"]
    qtbot.keyClick(page, Qt.Key.Key_F12, Qt.KeyboardModifier.ShiftModifier)
    assert session.mirror.states(0)[0] == State.RAISED
    assert session.mirror.reviews.suspects[1][0].said == "wrong"
    session.undo()
    assert session.mirror.states(0)[0] == State.CLEAR
    assert not session.mirror.reviews.suspects
    session.set_current(1)
    qtbot.keyClick(page, Qt.Key.Key_F12, Qt.KeyboardModifier.ControlModifier)
    assert session.mirror.states(0)[0] == State.UNSURE
    session.undo()
    session.set_current(1)
    qtbot.keyClick(page, Qt.Key.Key_F12)
    assert session.mirror.states(0)[0] == State.CLEAR
    assert suspects.of_photo(session.mirror, 1) == [one for one in suspects.of_photo(session.mirror, 1) if one.slot]
    assert np.all(session.mirror.reviews.suspects[1][0].state == State.CLEAR)


def test_where_nothing_is_in_doubt_the_key_says_so(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    sure = next(int(i) for i in session.mirror.ids if not suspects.of_photo(session.mirror, int(i)))
    session.set_current(sure)
    with qtbot.waitSignal(session.told) as told:
        qtbot.keyClick(window.pages["review"], Qt.Key.Key_F12)
    assert "No label" in told.args[0]


def test_a_label_that_was_answered_for_stays_until_one_moves_on(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    shown = window.pages["review"].filtering.shown
    before = shown.ids.tolist()
    session.set_current(before[0])
    for _ in suspects.of_photo(session.mirror, before[0]):
        qtbot.keyClick(window.pages["review"], Qt.Key.Key_F12)
    assert session.current == before[0]
    assert shown.ids.tolist() == before
    assert before[0] in shown.stale()


def test_the_most_alike_of_both_labels_stand_beside_a_doubt(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    """Without a flag chosen the one in doubt is meant."""
    session.set_current(1)
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    qtbot.keyClick(page, Qt.Key.Key_F3, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(page.large.panes.beside) > 1)
    opposite, same = (view.photo_id for view in page.large.panes.beside[:2])
    states = session.mirror.states(0)
    assert states[session.mirror.row(opposite or 0)] == State.RAISED
    assert states[session.mirror.row(same or 0)] == State.CLEAR
    qtbot.keyClick(page, Qt.Key.Key_F3, Qt.KeyboardModifier.ControlModifier)
    assert not page.large.panes.beside


def test_near_duplicates_are_marked_without_a_page_being_opened(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    marking = session.findChild(Marking)
    assert marking is not None
    assert not twins.known(session.mirror)
    marking.begin()
    qtbot.waitUntil(lambda: not session.works)
    assert twins.known(session.mirror)
    marking.begin()
    assert not session.works, "once is enough"
