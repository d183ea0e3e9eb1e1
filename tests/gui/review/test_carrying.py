"""Photographs handed on to other programs, and the card that tells what a file is."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from weldstudio.gui.review.carrying import MOST
from weldstudio.gui.review.page import ReviewPage

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def copied() -> list[Path]:
    mime = QGuiApplication.clipboard().mimeData()
    return [Path(url.toLocalFile()) for url in mime.urls()] if mime is not None else []


def test_one_photograph_is_copied_as_file_and_as_picture_several_as_files(qtbot: QtBot, page: ReviewPage) -> None:
    qtbot.keyClick(page.grid, Qt.Key.Key_C, CONTROL)
    (path,) = copied()
    assert path.is_file()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().mimeData().hasImage())
    assert not QGuiApplication.clipboard().image().isNull()
    assert copied() == [path]
    assert QGuiApplication.clipboard().text() == str(path)
    qtbot.keyClick(page.grid, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(page.grid, Qt.Key.Key_C, CONTROL)
    assert len(copied()) == 12
    assert all(one.is_file() for one in copied())


def test_too_many_at_once_are_refused_in_a_sentence(
    qtbot: QtBot, page: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page.carrying, "paths", lambda: [Path("a.jpg")] * (MOST + 1))
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(page.carrying._session.told) as told:
        qtbot.keyClick(page.grid, Qt.Key.Key_C, CONTROL)
    assert "too many at once" in told.args[0]
    assert copied() == []


def test_what_is_selected_can_be_dragged_out_and_a_click_lets_go_of_the_others(
    qtbot: QtBot, page: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[list[Path]] = []

    def drag(self: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        assert action == Qt.DropAction.CopyAction
        dragged.append([Path(url.toLocalFile()) for url in self.mimeData().urls()])
        return action

    monkeypatch.setattr(QDrag, "exec", drag)
    viewport, middle = page.grid.viewport(), [page.grid.cell_rect(index).center() for index in range(3)]
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle[0])
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, CONTROL, middle[1])
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle[1])
    QTest.mouseMove(viewport, middle[1] + QPoint(60, 5))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle[1] + QPoint(60, 5))
    assert [len(paths) for paths in dragged] == [2]
    assert len(page.carrying._session.targets()) == 2
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle[0])
    assert len(page.carrying._session.targets()) == 1
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle[2])
    QTest.mouseMove(viewport, middle[0])
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle[0])
    assert len(dragged) == 1, "from a cell that is not selected it is a rubber band"


def test_the_photograph_clicked_last_can_be_dragged_out_alone(
    qtbot: QtBot, page: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[int] = []
    monkeypatch.setattr(QDrag, "exec", lambda self, action: dragged.append(len(self.mimeData().urls())) or action)
    viewport, middle = page.grid.viewport(), [page.grid.cell_rect(index).center() for index in range(4)]

    def pull(index: int) -> None:
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle[index])
        for step in (QPoint(8, 8), QPoint(30, 30)):
            QTest.mouseMove(viewport, middle[index] + step)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle[index] + QPoint(30, 30))

    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle[2])
    pull(2)
    assert dragged == [1]
    assert page.grid.state.count == 0
    pull(1)
    assert dragged == [1], "from a photograph that was not clicked a band is drawn"
    assert page.grid.state.count == 1


def test_the_large_photograph_is_dragged_out_where_it_cannot_be_moved_and_with_control_always(
    qtbot: QtBot, page: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[tuple[list[Path], QSize]] = []

    def drag(self: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        mime = self.mimeData()
        dragged.append(([Path(url.toLocalFile()) for url in mime.urls()], mime.imageData().size()))
        return action

    monkeypatch.setattr(QDrag, "exec", drag)
    page.going.open_large()
    view = page.large.view
    qtbot.waitUntil(lambda: view.place.photo.width() > 1)

    def pull(modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        middle = view.rect().center()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, modifiers, middle)
        QTest.mouseMove(view, middle + QPoint(30, 30))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, modifiers, middle + QPoint(30, 30))

    pull()
    session = page.carrying._session
    assert session.current is not None
    file = session.mirror.photo_path(session.current)
    with Image.open(file) as there:
        size = QSize(*there.size)
    assert dragged == [([file], size)]
    view.zoom_by(8)
    before = view.place
    pull()
    assert len(dragged) == 1
    assert view.place != before
    before = view.place
    pull(CONTROL)
    assert len(dragged) == 2
    assert view.place == before


def test_the_card_tells_of_file_joint_and_camera_and_goes_by_escape(qtbot: QtBot, page: ReviewPage) -> None:
    card = page.carrying.card
    qtbot.keyClick(page.grid, Qt.Key.Key_Return, ALT)
    qtbot.waitUntil(card.isVisible)
    qtbot.waitUntil(lambda: "Camera" in dict(card.sections))
    told = {heading: dict(facts) for heading, facts in card.sections}
    assert told["File"]["Name"].endswith(".jpg")
    assert told["Camera"]["Format"].startswith("JPEG")
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert card.isHidden()
    assert not page.going.is_large
