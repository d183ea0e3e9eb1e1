"""Views side by side: where they lie, and that they zoom and move as one. No project."""

import pytest
from PySide6.QtCore import QPointF, QRect, QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from weldstudio.gui.review.panes import Panes, tiles
from weldstudio.gui.review.pictures import Picture


def plain(width: int, height: int) -> Picture:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    return Picture(image, image, QSize(width, height))


@pytest.mark.parametrize("count", range(1, 18))
@pytest.mark.parametrize("room", [QSize(684, 583), QSize(1800, 500), QSize(300, 900)])
def test_tiles_fill_the_room_without_overlap(count: int, room: QSize) -> None:
    found = tiles(count, room)
    assert len(found) == count
    for place, tile in enumerate(found):
        assert QRect(0, 0, room.width(), room.height()).contains(tile)
        assert not any(tile.intersects(other) for other in found[:place])
    assert found[0].topLeft().isNull()
    assert max(tile.right() for tile in found) == room.width() - 1


def test_two_stand_beside_or_below_each_other_as_there_is_room() -> None:
    assert [tile.x() for tile in tiles(2, QSize(900, 400))] == [0, 451]
    assert [tile.y() for tile in tiles(2, QSize(400, 900))] == [0, 451]


def test_zoom_and_place_are_those_of_all(qtbot: QtBot) -> None:
    panes = Panes()
    qtbot.addWidget(panes)
    panes.resize(800, 600)
    panes.show_beside(2)
    panes.show()
    sizes = [(640, 480), (1280, 960), (640, 480)]
    for view, size in zip(panes.views, sizes, strict=True):
        view.show_photo(1)
        view.show_picture(plain(*size))
    one, two, three = panes.views
    one.zoom_by(4, QPointF(20, 30))
    for view in (two, three):
        assert view.place.across == pytest.approx(one.place.across)
        assert view.place.down == pytest.approx(one.place.down)
        # The same part of the picture, whatever its pixels.
        assert view.place.rect.width() == pytest.approx(one.place.rect.width())
    before = one.place.across
    three.pan_by(QPointF(-30, 0))
    assert one.place.across == pytest.approx(two.place.across)
    assert one.place.across > before
    two.fit()
    assert [view.place.scale for view in panes.views] == [None, None, None]


def test_what_is_not_shown_is_let_go_of(qtbot: QtBot) -> None:
    panes = Panes()
    qtbot.addWidget(panes)
    panes.resize(800, 600)
    panes.show()
    panes.show_beside(3)
    last = panes.beside[-1]
    last.show_photo(5)
    panes.show_beside(1)
    assert len(panes.views) == 2
    assert last.isHidden()
    assert last.photo_id is None
