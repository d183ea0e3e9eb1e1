import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.photos import make_photo
from weldstudio.domain.errors import PhotoError
from weldstudio.imaging import thumbs
from weldstudio.imaging.hashes import dhash
from weldstudio.imaging.read import read_photo
from weldstudio.imaging.thumbs import ThumbStore, make_room, make_thumb, thumb_key


def key(number: int) -> str:
    return thumb_key("collection", f"{number}.jpg", 100, 5)


def picture(number: int, size: int = 300) -> bytes:
    return np.random.default_rng(number).integers(0, 256, size, dtype=np.uint8).tobytes()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ThumbStore]:
    made = ThumbStore(tmp_path / "thumbs")
    yield made
    made.close()


def test_one_decode_gives_thumbnail_and_hash(tmp_path: Path) -> None:
    path = make_photo(tmp_path / "a.jpg", ["red disc"], size=(640, 480), orientation=6)
    thumb = make_thumb(path, 200)
    shown = Image.open(io.BytesIO(thumb.jpeg))
    assert shown.size == (thumb.width, thumb.height) == (200, 150)
    assert thumb.dhash == dhash(read_photo(path, longest=200))
    small = make_thumb(make_photo(tmp_path / "small.png", size=(50, 40)))
    assert (small.width, small.height) == (50, 40)
    (tmp_path / "b.jpg").write_bytes(b"")
    with pytest.raises(PhotoError, match="empty"):
        make_thumb(tmp_path / "b.jpg")


def test_keys_tell_versions_apart() -> None:
    parts = {thumb_key(c, p, s, m) for c in "ab" for p in ("x", "y/x", "\udcff") for s in (1, 11) for m in (1, 2)}
    assert len(parts) == 24
    assert thumb_key("a", "x", 1, 2) == thumb_key("a", "x", 1, 2)
    assert all(len(part) == 16 for part in parts)


def test_what_was_added_is_there_at_once_and_after_a_restart(store: ThumbStore) -> None:
    assert store.get(key(1)) is None
    assert not store.folder.exists()
    for number in range(50):
        store.add(key(number), picture(number))
    assert store.get(key(7)) == picture(7)
    store.flush()
    assert store.get(key(7)) == picture(7)
    assert key(7) in store
    again = ThumbStore(store.folder)
    assert [again.get(key(number)) for number in range(51)] == [*map(picture, range(50)), None]
    again.close()


def test_the_last_of_two_pictures_wins_and_folding_loses_none(
    store: ThumbStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbs, "_FOLD_FROM", 16)
    for turn in (0, 1000):
        for number in range(40):
            store.add(key(number), picture(number + turn))
            if number % 7 == 0:
                store.flush()
    store.flush()
    assert [store.get(key(number)) for number in range(40)] == [picture(number + 1000) for number in range(40)]


def test_others_are_seen_after_a_refresh(store: ThumbStore) -> None:
    reader = ThumbStore(store.folder)
    store.add(key(1), picture(1))
    store.flush()
    assert reader.get(key(1)) is None
    reader.refresh()
    assert reader.get(key(1)) == picture(1)
    store.add(key(2), picture(2))
    store.flush()
    reader.refresh()
    assert reader.get(key(2)) == picture(2)
    reader.close()


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from weldstudio.imaging.thumbs import *\n"
        "store = ThumbStore(Path(sys.argv[1])); n = int(sys.argv[2])\n"
        "for i in range(n, n + 200):\n"
        "    store.add(thumb_key('collection', f'{i}.jpg', 100, 5), bytes([i % 256]) * (1000 + i))\n"
        "    i % 20 or store.flush()\n"
        "store.close()"
    )
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(start)], env=environment)
        for start in (0, 200, 400)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    store = ThumbStore(tmp_path)
    assert all(store.get(key(i)) == bytes([i % 256]) * (1000 + i) for i in range(600))
    store.close()


@given(cut_index=st.integers(0, 10 * 24), cut_pack=st.integers(0, 10 * 300), flip=st.integers(0, 10 * 300 - 1))
def test_a_crash_takes_nothing_but_what_it_cut_off(
    tmp_path_factory: pytest.TempPathFactory, cut_index: int, cut_pack: int, flip: int
) -> None:
    folder = tmp_path_factory.mktemp("thumbs")
    store = ThumbStore(folder)
    for number in range(10):
        store.add(key(number), picture(number))
    store.close()
    (pack,) = folder.glob("*.pack")
    (index,) = folder.glob("*.index")
    content = bytearray(pack.read_bytes())
    content[flip] ^= 0xFF
    pack.write_bytes(bytes(content[:cut_pack]))
    index.write_bytes(index.read_bytes()[:cut_index])
    after = ThumbStore(folder)
    for number in range(10):
        whole = number < cut_index // 24 and (number + 1) * 300 <= cut_pack and flip // 300 != number
        assert after.get(key(number)) == (picture(number) if whole else None)
    # And it can be written to again.
    after.add(key(3), b"again")
    after.flush()
    assert after.get(key(3)) == b"again"
    after.close()


def test_a_full_disk_is_an_error_and_nothing_is_lost(store: ThumbStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(key(1), picture(1))
    store.flush()
    assert store._own is not None

    class Full:
        def __init__(self, file: object) -> None:
            self._file = file

        def __getattr__(self, name: str) -> object:
            return getattr(self._file, name)

        def write(self, content: bytes) -> int:
            raise OSError(28, "No space left on device")

    number, pack, index = store._own
    monkeypatch.setattr(store, "_own", (number, Full(pack), index))
    store.add(key(2), picture(2))
    with pytest.raises(OSError, match="space"):
        store.flush()
    assert store.get(key(2)) == picture(2)
    store.flush()  # there is room again
    assert store.get(key(1)) == picture(1)
    fresh = ThumbStore(store.folder)
    assert fresh.get(key(2)) == picture(2)
    fresh.close()


def test_many_threads_read_while_one_writes(store: ThumbStore) -> None:
    for number in range(200):
        store.add(key(number), picture(number))
    store.flush()
    wrong: list[int] = []

    def read() -> None:
        wrong.extend(number for number in range(200) if store.get(key(number)) != picture(number))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200, 300):
        store.add(key(number), picture(number))
        store.flush()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_full_packs_are_followed_by_others_and_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbs, "_PACK_BYTES", 3000)
    folder = tmp_path / "thumbs"
    jpeg = bytes(range(250)) * 4

    def sizes() -> list[int]:
        return sorted(pack.stat().st_size for pack in folder.glob("*.pack"))

    store, keys = ThumbStore(folder), [f"{number:016x}" for number in range(1, 10)]
    for number, name in enumerate(keys):
        store.add(name, jpeg)
        store.flush()
        newest = max(folder.glob("*.pack"), key=lambda pack: pack.stat().st_mtime_ns)
        os.utime(newest, ns=(number * 10**9, number * 10**9))
    assert sizes() == [3000, 3000, 3000]
    store.refresh()
    assert all(store.get(name) == jpeg for name in keys)
    store.close()
    make_room(folder, 6999)
    assert sizes() == [3000, 3000]
    assert len(list(folder.glob("*.index"))) == 2
    again = ThumbStore(folder)
    assert [again.get(name) == jpeg for name in keys] == [False] * 3 + [True] * 6
    again.add(keys[0], jpeg)
    again.flush()
    assert again.get(keys[0]) == jpeg
    again.close()
    make_room(folder, 0)
    assert sizes() == []


def test_a_thumbnail_whose_pack_was_deleted_elsewhere_is_as_good_as_none(tmp_path: Path) -> None:
    store = ThumbStore(tmp_path / "thumbs")
    store.add("0" * 15 + "1", b"jpeg")
    store.close()
    reading = ThumbStore(tmp_path / "thumbs")
    make_room(tmp_path / "thumbs", 0)
    assert reading.get("0" * 15 + "1") is None
    reading.close()
