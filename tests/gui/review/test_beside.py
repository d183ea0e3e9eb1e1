"""What stands beside the large photograph, by keys in the real window, with a model that has looked at it."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.conftest import MODEL, write_card
from tests.gui.review.conftest import opened
from weldstudio.domain.model import slot_row
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.review.page import ReviewPage
from weldstudio.store import models, photos, predictions
from weldstudio.store.store import Store
from weldstudio.studio import examples

NAMES = ("No Clamp Used", "Soil", "Joint Misaligned")
NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, project: Path) -> ReviewPage:
    """The first three photographs are one joint; the engine says 0.1, 0.2, 0.3 of the flags, in their order."""
    card = write_card(project, (0, 1, 2), NAMES)
    with Store.open(project) as store:
        models.add(store, card)
        models.activate(store, MODEL)
        ids = [photo.id for photo in photos.every(store)]
        said = np.tile(np.array([0.1, 0.2, 0.3], np.float32), (len(ids), 1))
        predictions.write(store, MODEL, ids, slot_row(card, said, 3))
        photos.set_joints(store, [(ids[n], "J-1", None) for n in range(3)])
    return opened(qtbot, window, project)


def press(page: ReviewPage, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(page.window().focusWidget() or page, key, modifier)


def opened_again(qtbot: QtBot, page: ReviewPage) -> ReviewPage:
    """The page after its project was closed and opened."""
    window, folder = page.window(), page._session.folder
    assert isinstance(window, MainWindow)
    window.close_project()
    return opened(qtbot, window, folder)


def beside(page: ReviewPage) -> list[int | None]:
    return [view.photo_id for view in page.large.panes.beside]


def test_joint_mates_and_back_alone(qtbot: QtBot, page: ReviewPage) -> None:
    press(page, Qt.Key.Key_F2)
    assert page.going.is_large
    assert beside(page) == [2, 3]
    qtbot.waitUntil(lambda: all(view._picture is not None for view in page.large.panes.views))
    press(page, Qt.Key.Key_BracketLeft, CONTROL)
    press(page, Qt.Key.Key_BracketLeft, CONTROL)
    assert beside(page) == [2]
    assert not page._actions["beside.fewer"].isEnabled()
    press(page, Qt.Key.Key_Right)
    assert (page.large.view.photo_id, beside(page)) == (2, [1])
    press(page, Qt.Key.Key_F2)
    assert beside(page) == []
    assert page._session.settings.beside == "nothing"


def test_a_double_click_or_return_works_on_what_stands_beside(qtbot: QtBot, page: ReviewPage) -> None:
    press(page, Qt.Key.Key_F2)
    QTest.mouseDClick(page.large.panes.beside[1], Qt.MouseButton.LeftButton)
    assert page._session.current == 3
    view = page.large.panes.beside[0]
    view.setFocus(Qt.FocusReason.TabFocusReason)
    press(page, Qt.Key.Key_Return)
    assert page._session.current == 1
    assert page.going.is_large


def test_photographs_that_look_alike_and_none_of_them_hidden(qtbot: QtBot, page: ReviewPage) -> None:
    with Store.open(page._session.folder) as store:
        store.db.conn.executemany(
            "UPDATE photos SET perceptual_hash = ? WHERE id = ?",
            [(0, 1), (0b1111, 2), (0b1, 5), (-1, 4), (0b11, 7), *((-1, n) for n in (3, 6, 8, 9, 10, 11, 12))],
        )
        store.db.conn.commit()
    press(page, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: beside(page) == [5, 7, 2])
    assert "in outline" in page.beside._panes[0].caption
    press(page, Qt.Key.Key_F2)
    assert beside(page) == [2, 3]
    assert not page._actions["beside.similar"].isChecked()


def test_examples_of_the_chosen_flag_typical_and_look_alike_in_turn(qtbot: QtBot, page: ReviewPage) -> None:
    session = page._session
    for photo, alike in ((4, False), (5, False), (6, True)):
        session.edit("Example", examples.add, 1, photo, look_alike=alike, who="Ada")
    press(page, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    press(page, Qt.Key.Key_F2, SHIFT)
    qtbot.waitUntil(lambda: beside(page) == [4, 6, 5])
    captions = [pane.caption for pane in page.beside._panes]
    assert [caption.partition(":")[0] for caption in captions] == ["Typical", "Looks like it, but is not", "Typical"]
    session.choose_flag(2)
    assert beside(page) == []
    press(page, Qt.Key.Key_F2, SHIFT)
    told: list[str] = []
    session.told.connect(told.append)
    press(page, Qt.Key.Key_F2, SHIFT)
    assert "no example" in told[-1]


def test_an_example_that_is_not_in_the_project_is_shown_from_its_copy(qtbot: QtBot, page: ReviewPage) -> None:
    session = page._session
    session.edit("Example", examples.add, 1, 4, who="Ada")
    with Store.open(session.folder) as store:
        store.db.conn.execute("UPDATE photos SET content_hash = 'other' WHERE id = 4")
        store.db.conn.commit()
    session.choose_flag(1)
    press(page, Qt.Key.Key_F2, SHIFT)
    qtbot.waitUntil(lambda: [photo is not None and photo < 0 for photo in beside(page)] == [True])
    view = page.large.panes.beside[0]
    qtbot.waitUntil(lambda: view._picture is not None)
    press(page, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: view._layer is not None and view._layer.note.startswith("Soil"))


def test_the_overlay_of_the_chosen_flag_lies_on_every_photograph(qtbot: QtBot, page: ReviewPage) -> None:
    press(page, Qt.Key.Key_F2)
    page.overlays.show_of(2)
    views = page.large.panes.views

    def notes() -> list[str]:
        return [view._layer.note for view in views if view._layer is not None]

    qtbot.waitUntil(lambda: len(notes()) == 3)
    assert all(note.startswith("Joint Misaligned  0.30") for note in notes())
    page._session.choose_flag(1)
    assert all(note.startswith("Soil  0.20") for note in notes())
    assert len(notes()) == 3
    press(page, Qt.Key.Key_O)
    assert notes() == []


def test_every_raised_flag_has_its_overlay(qtbot: QtBot, page: ReviewPage) -> None:
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.overlays.probabilities()))
    page._session.mirror.thresholds[:] = 0.15  # what is still read of the project has been read by now
    page._session.choose_flag(0)
    press(page, Qt.Key.Key_F3, SHIFT)
    assert page.overlays.on
    notes = [view._layer.note for view in page.large.panes.views if view._layer is not None]
    assert notes == ["No Clamp Used  0.10, below its threshold 0.15", "Joint Misaligned  0.30", "Soil  0.20"]
    QTest.mouseDClick(page.large.panes.beside[0], Qt.MouseButton.LeftButton)
    assert page._session.chosen_flag == 2
    assert [view._layer.note for view in page.large.panes.beside if view._layer] == ["Soil  0.20"]
    press(page, Qt.Key.Key_O)
    assert all(view._layer is None for view in page.large.panes.views)
    assert [view._caption for view in page.large.panes.beside] == ["Soil"]
    again = opened_again(qtbot, page)
    assert again.overlays.on, "one photograph several times, with nothing on it, would say nothing"


def test_what_stood_beside_stands_there_the_next_time(qtbot: QtBot, page: ReviewPage) -> None:
    press(page, Qt.Key.Key_F2)
    again = opened_again(qtbot, page)
    again.going.open_large()
    assert beside(again) == [2, 3]


def test_a_figure_is_saved_as_it_is_seen_and_never_among_the_photographs(
    qtbot: QtBot, page: ReviewPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    page._session.told.connect(told.append)
    page._session.failed.connect(told.append)
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.overlays.probabilities()))
    page.overlays.show_of(1)
    root = next(iter(page._session.mirror.roots.values()))
    for place in (root / "figure.png", tmp_path / "figure.png"):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, place=place: (str(place), ""))
        press(page, Qt.Key.Key_S, CONTROL | Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert "holds photographs" in told[0]
    assert told[1].startswith("Saved")
    assert not (root / "figure.png").exists()
    assert QImage(str(tmp_path / "figure.png")).width() >= 480
