from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from tests.photos import make_photo
from weldstudio.domain.errors import PhotoError
from weldstudio.gui.review import pictures
from weldstudio.gui.review.pictures import Source, ThumbSource
from weldstudio.gui.review.pixmap_cache import PixmapCache
from weldstudio.gui.review.thumbnails import Thumbnails
from weldstudio.imaging.thumbs import ThumbStore


@pytest.fixture
def photos(tmp_path: Path) -> list[Source]:
    made = [make_photo(tmp_path / "photos" / f"{n}.jpg", size=(400, 300), seed=n) for n in range(6)]
    return [Source(path, "uuid", path.name) for path in made]


def test_the_cache_lets_the_least_recently_used_go(qapp: object) -> None:
    cache = PixmapCache(3 * 10 * 10 * 4)
    for photo in (1, 2, 3):
        cache.put(photo, QPixmap(10, 10), QSize(10, 10))
    cache.get(1)
    cache.put(4, QPixmap(10, 10), QSize(10, 10))
    assert [photo for photo in (1, 2, 3, 4) if photo in cache] == [1, 3, 4]
    assert cache.bytes == 1200
    cache.put(1, QPixmap(5, 5), QSize(5, 5))
    assert cache.bytes == 900
    assert cache.has(1, QSize(5, 5))
    assert not cache.has(1, QSize(10, 10))


def test_a_thumbnail_is_made_once_and_kept(tmp_path: Path, photos: list[Source]) -> None:
    thumbs = ThumbSource(tmp_path / "thumbs")
    image = pictures.thumbnail(thumbs, photos[0], QSize(160, 120))
    assert (image.width(), image.height()) == (160, 120)
    thumbs.close()
    with closing(ThumbStore(tmp_path / "thumbs")) as store:
        assert store.get(photos[0].key()) is not None


def test_a_large_cell_is_filled_from_the_photo_itself(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "large.jpg", size=(1200, 900))
    image = pictures.thumbnail(ThumbSource(tmp_path / "thumbs"), Source(path, "uuid", "large.jpg"), QSize(600, 600))
    assert (image.width(), image.height()) == (600, 450)


def test_a_tall_photo_keeps_its_shape(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "tall.jpg", size=(100, 300))
    image = pictures.thumbnail(ThumbSource(tmp_path / "thumbs"), Source(path), QSize(160, 120))
    assert (image.width(), image.height()) == (40, 120)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_large_picture_is_upright(tmp_path: Path, orientation: int) -> None:
    path = make_photo(tmp_path / "turned.jpg", ["red disc"], size=(320, 200), seed=3, orientation=orientation)
    found = pictures.picture(Source(path), QSize(160, 160), whole=False)
    assert (found.full.width(), found.full.height()) == (320, 200)
    assert (found.fit.width(), found.fit.height()) == (160, 100)
    assert (found.image.width(), found.image.height()) == (320, 200)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="not there any more"):
        pictures.thumbnail(ThumbSource(tmp_path), Source(tmp_path / "gone.jpg", "uuid", "gone.jpg"), QSize(9, 9))


def test_workers_fill_the_cache_and_tell_of_problems(qtbot: QtBot, tmp_path: Path, photos: list[Source]) -> None:
    photos[2].path.write_bytes(b"")
    thumbs = Thumbnails(tmp_path / "thumbs", lambda photo: photos[photo], lambda _photo: None)
    heard: list[int] = []
    thumbs.ready.connect(heard.append)
    thumbs.want("grid", range(6), QSize(80, 60))
    qtbot.waitUntil(lambda: len(heard) == 6)
    assert thumbs.get(0) is not None
    assert thumbs.get(2) is None
    assert "empty" in (thumbs.problem(2) or "")
    assert thumbs.problems_seen == {2}
    heard.clear()
    thumbs.want("grid", range(6), QSize(80, 60))
    qtbot.waitUntil(lambda: not thumbs.workers.busy)
    assert heard == []
    thumbs.stop()


def test_what_nobody_wants_any_more_is_not_made(qtbot: QtBot, tmp_path: Path, photos: list[Source]) -> None:
    thumbs = Thumbnails(tmp_path / "thumbs", lambda photo: photos[photo % 6], lambda _photo: None)
    thumbs.want("grid", range(500), QSize(80, 60))
    thumbs.want("grid", [501], QSize(80, 60))
    qtbot.waitUntil(lambda: thumbs.get(501) is not None)
    qtbot.waitUntil(lambda: not thumbs.workers.busy)
    made = [photo for photo in range(500) if thumbs.get(photo) is not None]
    assert len(made) < 100
    thumbs.stop()


def test_a_known_problem_is_not_tried(tmp_path: Path, photos: list[Source]) -> None:
    thumbs = Thumbnails(tmp_path / "thumbs", lambda photo: photos[photo], lambda _photo: "It is cut off.")
    thumbs.want("grid", range(6), QSize(80, 60))
    assert not thumbs.workers.busy
    assert thumbs.problem(3) == "It is cut off."
    thumbs.stop()


def test_thumbnails_show_the_photo(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "bar.jpg", ["green bar"], size=(320, 240), seed=1)
    with closing(ThumbSource(tmp_path / "thumbs")) as thumbs:
        image = pictures.thumbnail(thumbs, Source(path, "uuid", "bar.jpg"), QSize(80, 60))
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    blue, green, red = (pixels[..., k].astype(int) for k in range(3))
    assert ((green > red + 60) & (green > blue + 60)).sum() > 80 * 5
