from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.photos import make_photo
from weldstudio.domain.labelling import State
from weldstudio.gui.review.badges import Badge
from weldstudio.gui.review.grid import LARGEST, SMALLEST, PhotoGrid
from weldstudio.gui.review.grid_keys import key_target
from weldstudio.gui.review.heads import Head, Heads, held_group
from weldstudio.gui.review.layout import Layout
from weldstudio.gui.review.pictures import Source
from weldstudio.gui.review.selection import Selection
from weldstudio.gui.review.thumbnails import Thumbnails
from weldstudio.gui.theme import theme

COUNT = 40


@pytest.fixture
def grid(qtbot: QtBot, tmp_path: Path) -> Iterator[PhotoGrid]:
    paths = [make_photo(tmp_path / f"{n}.jpg", seed=n, tint=200) for n in range(4)]
    thumbs = Thumbnails(tmp_path / "thumbs", lambda photo: Source(paths[photo % 4]), lambda _photo: None)
    made = PhotoGrid(thumbs, lambda ids: [Badge(State.RAISED, "Soil", 15)] * len(ids), lambda photo: f"{photo}.jpg")
    qtbot.addWidget(made)
    made.set_cell_size(100)
    made.resize(440, 300)
    made.show_ids(np.arange(COUNT) + 100)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    yield made
    thumbs.stop()


def middle(grid: PhotoGrid, index: int) -> QPoint:
    return grid.cell_rect(index).center()


def click(grid: PhotoGrid, index: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, middle(grid, index))


def test_arrows_home_end_and_pages_go_about(qtbot: QtBot, grid: PhotoGrid) -> None:
    columns = grid.layout_.columns
    heard: list[object] = []
    grid.current_changed.connect(heard.append)
    for key, index in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + columns),
        (Qt.Key.Key_Left, columns),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_End, COUNT - 1),
        (Qt.Key.Key_Right, COUNT - 1),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(grid, key)
        assert grid.state.current == index
    assert heard == [101, 101 + columns, 100 + columns, 100, 139, 100]
    qtbot.keyClick(grid, Qt.Key.Key_PageDown)
    assert grid.state.current == (300 // grid.layout_.row_step) * columns
    qtbot.keyClick(grid, Qt.Key.Key_PageUp)
    assert grid.state.current == 0


def test_from_above_a_short_row_one_comes_to_its_end() -> None:
    layout = Layout(10, 100, 420)
    assert layout.columns == 4
    assert key_target(Qt.Key.Key_Down, 7, layout=layout, height=300) == 9
    assert key_target(Qt.Key.Key_Down, 9, layout=layout, height=300) == 9
    assert key_target(Qt.Key.Key_A, 9, layout=layout, height=300) is None
    assert key_target(Qt.Key.Key_Down, None, layout=layout, height=300) is None


def test_the_current_photograph_is_always_in_view(qtbot: QtBot, grid: PhotoGrid) -> None:
    for _ in range(12):
        qtbot.keyClick(grid, Qt.Key.Key_Down)
        assert grid.viewport().rect().contains(grid.cell_rect(grid.state.current or 0))


def test_shift_and_arrows_select(qtbot: QtBot, grid: PhotoGrid) -> None:
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    with qtbot.waitSignal(grid.selection_changed):
        qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert grid.state.selected.tolist() == [101, 102]
    with qtbot.waitSignal(grid.selection_changed):
        qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.state.count == 0


def test_clicks_with_control_and_shift(grid: PhotoGrid) -> None:
    click(grid, 2)
    assert (grid.state.current_id, grid.state.count) == (102, 0)
    click(grid, 5, Qt.KeyboardModifier.ControlModifier)
    assert grid.state.selected.tolist() == [102, 105]
    click(grid, 7, Qt.KeyboardModifier.ShiftModifier)
    assert grid.state.selected.tolist() == [105, 106, 107]
    click(grid, 0)
    assert grid.state.count == 0


def test_a_rubber_band_selects_what_it_touches(qtbot: QtBot, grid: PhotoGrid) -> None:
    viewport = grid.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle(grid, 0))
    for step in (QPoint(20, 20), middle(grid, 1) - middle(grid, 0), middle(grid, 5) - middle(grid, 0)):
        QTest.mouseMove(viewport, middle(grid, 0) + step)
        QApplication.processEvents()
    assert grid.state.selected.tolist() == [100, 101, 104, 105]
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle(grid, 5))
    assert grid.state.selected.tolist() == [100, 101, 104, 105]


def test_double_click_opens(qtbot: QtBot, grid: PhotoGrid) -> None:
    with qtbot.waitSignal(grid.opened) as signal:
        QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle(grid, 3))
    assert signal.args == [103]


def test_control_and_the_wheel_change_the_size_within_bounds(qtbot: QtBot, grid: PhotoGrid) -> None:
    for turn, bound in ((120, LARGEST), (-120, SMALLEST)):
        for _ in range(20):
            event = QWheelEvent(
                QPoint(50, 50).toPointF(),
                grid.viewport().mapToGlobal(QPoint(50, 50)).toPointF(),
                QPoint(0, 0),
                QPoint(0, turn),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.ControlModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(grid.viewport(), event)
        assert grid.cell_size == bound


def test_joints_stand_under_headers(qtbot: QtBot, grid: PhotoGrid) -> None:
    grid.set_cell_size(100)
    asked: list[int] = []

    def head_of(photo: int) -> Head:
        asked.append(photo)
        return Head(f"J-{photo}", 4)

    grid.heads = Heads(head_of)
    columns = grid.layout_.columns
    grid.show_ids(np.arange(COUNT) + 100, np.array([0, 2, 10, 11, 30]))
    grid.viewport().grab()
    assert asked[:2] == [100, 102]
    assert 130 not in asked  # only what is on screen is asked for
    # Down leads into the next joint's row, in the same column or to the row's end.
    grid.go_to(101)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.state.current == 3
    for _ in range(20):
        qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.viewport().rect().contains(grid.cell_rect(grid.state.current or 0))
    for _ in range(20):
        qtbot.keyClick(grid, Qt.Key.Key_Up)
    assert (grid.state.current, grid.verticalScrollBar().value()) == (0, 0)  # with the header above the first row
    # A click on a header means the joint; with Ctrl another one beside it.
    second = grid.layout_.headers(0, 300)[1][2]
    for at, modifier in ((5, Qt.KeyboardModifier.NoModifier), (second + 5, Qt.KeyboardModifier.ControlModifier)):
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, QPoint(60, at))
    assert grid.state.selected.tolist() == list(range(100, 110))
    assert grid.state.current_id == 102
    assert columns > 1


def test_filtering_keeps_the_place_on_screen(qtbot: QtBot, grid: PhotoGrid) -> None:
    qtbot.keyClick(grid, Qt.Key.Key_End)
    for _ in range(4):
        qtbot.keyClick(grid, Qt.Key.Key_Up)
    before = grid.state.current_id
    assert before is not None
    top = grid.cell_rect(grid.state.current or 0).top()
    grid.show_ids(np.array([i for i in range(100, 140) if i >= before - 12], np.int64))
    assert grid.state.current_id == before
    assert abs(grid.cell_rect(grid.state.current or 0).top() - top) <= grid.layout_.row_step


def test_a_photograph_that_is_gone_gives_its_place_to_the_next(qtbot: QtBot, grid: PhotoGrid) -> None:
    grid.go_to(110)
    with qtbot.waitSignal(grid.current_changed) as signal:
        grid.show_ids(np.array([105, 109, 112, 113], np.int64))
    assert signal.args == [112]


def test_what_is_painted(qtbot: QtBot, grid: PhotoGrid) -> None:
    qtbot.waitUntil(lambda: all(grid.thumbs.get(100 + i) is not None for i in grid.visible()))
    grid.state.toggle(1)
    grid.viewport().update()
    image = grid.viewport().grab().toImage()
    accent, well = theme.colour("well_accent"), theme.colour("well")
    cell = grid.cell_rect(1)
    assert image.pixelColor(cell.left() - 1, cell.center().y()) == accent
    assert image.pixelColor(cell.center().x(), cell.bottom() + 1) == accent
    other = grid.cell_rect(2)
    assert image.pixelColor(other.right() + 1, other.center().y()) == well
    # The picture itself is not tinted: the made photo is a light grey.
    middle_of = image.pixelColor(grid.cell_rect(1).center())
    assert min(middle_of.red(), middle_of.green(), middle_of.blue()) > 140
    # The badge's strip lies at the lower left.
    assert image.pixelColor(other.left() + 2, other.bottom() - 2).lightness() < 120


def test_the_focus_is_seen(qtbot: QtBot, grid: PhotoGrid) -> None:
    focused = grid.viewport().grab().toImage()
    grid.clearFocus()
    assert grid.viewport().grab().toImage() != focused


def test_a_tooltip_says_name_and_labels(grid: PhotoGrid) -> None:
    assert grid.mouse.words(3) == "103.jpg\nraised: 15 Soil"


def test_nothing_to_show_is_no_error(qtbot: QtBot, grid: PhotoGrid) -> None:
    with qtbot.waitSignal(grid.current_changed) as signal:
        grid.show_ids(np.empty(0, np.int64))
    assert signal.args == [None]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End):
        qtbot.keyClick(grid, key)
    grid.change(Selection.select_all)
    grid.viewport().grab()
    assert not grid.step(1)


def test_headings_of_groups_are_reached_by_keys(grid: PhotoGrid) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    grid.show_ids(np.arange(COUNT) + 100, np.array([0, 3, 5, 30]))
    grid.move_to(4)
    for key, modifier, chosen in (
        (Qt.Key.Key_Up, control, [103, 104]),
        (Qt.Key.Key_Up, control, [100, 101, 102]),
        (Qt.Key.Key_Up, control, [100, 101, 102]),
        (Qt.Key.Key_Down, control, [103, 104]),
        (Qt.Key.Key_Down, control | shift, list(range(103, 130))),
    ):
        QTest.keyClick(grid, key, modifier)
        assert grid.state.selected.tolist() == chosen
    assert grid.state.current == 5
    assert held_group(grid.layout_, grid.state) == 2
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert (grid.state.count, held_group(grid.layout_, grid.state)) == (0, None)


def test_pinching_changes_the_size_by_less_than_a_pixel_at_a_time(grid: PhotoGrid) -> None:
    touchpad = QPointingDevice(
        *("pad", 7, QInputDevice.DeviceType.TouchPad, QPointingDevice.PointerType.Finger),
        *(QInputDevice.Capability.Position, 2, 3),
    )
    at = QPointF(100, 100)
    kind = Qt.NativeGestureType.ZoomNativeGesture
    for _ in range(100):
        pinch = QNativeGestureEvent(kind, touchpad, 2, at, at, grid.viewport().mapToGlobal(at), 0.004, QPointF())
        QApplication.sendEvent(grid.viewport(), pinch)
    assert grid.cell_size == pytest.approx(100 * 1.004**100, abs=1)
