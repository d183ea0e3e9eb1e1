"""Batches hold the right photos, variations hang on nothing but their seed, and memory is bounded."""

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
