"""Batches hold the right photos, variations hang on nothing but their seed, and memory is bounded."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.photos import make_collection
from weldstudio.domain.errors import PhotoError
from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.fitting import read_input
from weldstudio.ml import dataset
from weldstudio.ml.dataset import Photos, batches, order, stacked

SMALL = Preprocessing(input_size=32)


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    made = make_collection(tmp_path, 6)
    return [str(made.folder / path) for path in made.paths]


def test_a_batch_is_its_photos_in_order(paths: list[str]) -> None:
    with ThreadPoolExecutor(2) as pool:
        photos = Photos(paths, SMALL, pool)
        for indices in ([3, 0, 3], [0, 1, 2]):  # the second time partly from memory
            batch = stacked(photos.readable(indices)[1])
            for row, index in zip(batch, indices, strict=True):
                assert np.array_equal(row.numpy(), read_input(paths[index], SMALL))


def test_what_does_not_fit_into_memory_is_read_again(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "CACHE_BYTES", 2 * 32 * 32 * 3)
    with ThreadPoolExecutor(2) as pool:
        photos = Photos(paths, SMALL, pool)
        first = photos.readable(range(6))[1]
        Path(paths[0]).unlink()
        assert np.array_equal(photos.readable([0, 1])[1], first[:2])
        Path(paths[5]).unlink()
        places, pixels, unread = photos.readable([5, 1])
        assert places == [1]
        assert np.array_equal(pixels[0], first[1])
        assert [path for path, _ in unread] == [paths[5]]
        assert stacked([]).shape[0] == 0


def test_an_unreadable_photo_is_its_error(paths: list[str]) -> None:
    Path(paths[2]).write_bytes(b"")
    with ThreadPoolExecutor(1) as pool:
        found = Photos(paths, SMALL, pool).read([1, 2])
    assert isinstance(found[0], np.ndarray)
    assert isinstance(found[1], PhotoError)


def test_each_photo_of_a_batch_is_varied_by_its_own(paths: list[str]) -> None:
    with ThreadPoolExecutor(3) as pool:
        photos = Photos(paths, SMALL, pool)
        plain = photos.readable([0, 2, 1])[1]
        changes = [lambda p, n=n: p[:: n + 1, :: n + 1].repeat(n + 1, 0).repeat(n + 1, 1)[:32, :32] for n in range(3)]
        found = photos.varied(plain, changes)
    for n in range(3):
        assert np.array_equal(found[n], changes[n](plain[n]))


def test_orders_and_batches_hold_everything_once() -> None:
    assert sorted(order(17, seed=1, epoch=2)) == list(range(17))
    assert list(order(17, seed=1, epoch=2)) != list(order(17, seed=1, epoch=3))
    assert [i for part in batches(17, 5) for i in part] == list(range(17))
    assert list(batches(0, 5)) == []


def test_what_does_not_fit_into_memory_goes_to_the_disk_and_is_decoded_once(paths: list[str], tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        photos = Photos(paths, SMALL, pool, tmp_path, room=2 * 32 * 32 * 3)
        first = photos.read(range(6))
        for path in paths:
            Path(path).unlink()
        again = photos.read([5, 0, 3, 3, 1])
    for index, pixels in zip([5, 0, 3, 3, 1], again, strict=True):
        assert np.array_equal(pixels, first[index])


def test_a_disk_that_fills_up_means_decoding_again(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 32 * 32 * 3
    usage = type(shutil.disk_usage(tmp_path))(10**9, 0, 2 * 2 * size)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage)  # half of it: room for two
    with ThreadPoolExecutor(2) as pool:
        photos = Photos(paths, SMALL, pool, tmp_path, room=0)
        first = photos.read(range(6))
        Path(paths[0]).unlink()
        Path(paths[5]).unlink()
        again = photos.read(range(6))
    assert np.array_equal(again[0], first[0])
    assert np.array_equal(again[4], first[4])
    assert isinstance(again[5], PhotoError)
