"""Batches hold the right photos, variations hang on nothing but their seed, and memory is bounded."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.photos import make_collection, make_photo
from weldstudio.domain.errors import PhotoError
from weldstudio.domain.model import Preprocessing
from weldstudio.ml import dataset
from weldstudio.ml.dataset import Photos, batches, enlarged, order, varied
from weldstudio.ml.preprocess import read_input

SMALL = Preprocessing(input_size=32)


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    made = make_collection(tmp_path, 6)
    return [str(made.folder / path) for path in made.paths]


def test_a_batch_is_its_photos_in_order(paths: list[str]) -> None:
    with ThreadPoolExecutor(2) as pool:
        photos = Photos(paths, SMALL, pool)
        for indices in ([3, 0, 3], [0, 1, 2]):  # the second time partly from memory
            batch = photos.batch(indices)
            for row, index in zip(batch, indices, strict=True):
                assert np.array_equal(row.numpy(), read_input(paths[index], SMALL))


def test_what_does_not_fit_into_memory_is_read_again(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "CACHE_BYTES", 2 * 32 * 32 * 3)
    with ThreadPoolExecutor(2) as pool:
        photos = Photos(paths, SMALL, pool)
        first = photos.batch(range(6)).numpy()
        Path(paths[0]).unlink()
        assert np.array_equal(photos.batch([0, 1]).numpy(), first[:2])
        Path(paths[5]).unlink()
        with pytest.raises(PhotoError):
            photos.batch([5])


def test_an_unreadable_photo_is_its_error(paths: list[str]) -> None:
    Path(paths[2]).write_bytes(b"")
    with ThreadPoolExecutor(1) as pool:
        found = Photos(paths, SMALL, pool).read([1, 2])
    assert isinstance(found[0], np.ndarray)
    assert isinstance(found[1], PhotoError)


def test_variations_hang_on_seed_epoch_and_photo_alone(paths: list[str]) -> None:
    def batch(indices: list[int], workers: int, **seeds: int) -> np.ndarray:
        with ThreadPoolExecutor(workers) as pool:
            return Photos(paths, enlarged(SMALL), pool).varied_batch(indices, 32, **seeds).numpy()

    first = batch([0, 1, 2, 3], 1, seed=1, epoch=0)
    assert first.shape == (4, 32, 32, 3)
    assert np.array_equal(first, batch([3, 2, 1, 0], 4, seed=1, epoch=0)[::-1])
    assert not np.array_equal(first, batch([0, 1, 2, 3], 1, seed=1, epoch=1))
    assert not np.array_equal(first, batch([0, 1, 2, 3], 1, seed=2, epoch=0))


def test_a_variation_still_shows_the_photo(tmp_path: Path) -> None:
    pixels = read_input(make_photo(tmp_path / "a.png", ["green bar"], size=(64, 64)), enlarged(SMALL))
    found = [varied(pixels, 32, seed=(0, 0, n)) for n in range(40)]
    assert len({image.tobytes() for image in found}) == 40
    assert sum((image[..., 1].astype(int) - image[..., 0] > 60).any() for image in found) >= 30


def test_orders_and_batches_hold_everything_once() -> None:
    assert sorted(order(17, seed=1, epoch=2)) == list(range(17))
    assert list(order(17, seed=1, epoch=2)) != list(order(17, seed=1, epoch=3))
    assert [i for part in batches(17, 5) for i in part] == list(range(17))
    assert list(batches(0, 5)) == []
