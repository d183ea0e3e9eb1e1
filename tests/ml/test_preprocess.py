"""One way from a file to a network's input, whatever the file's orientation and shape."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.photos import make_photo
from weldstudio.domain.errors import PhotoError
from weldstudio.domain.model import Preprocessing
from weldstudio.imaging.fitting import fitted, read_input
from weldstudio.ml.preprocess import to_input

SMALL = Preprocessing(input_size=32)


def test_the_whole_photo_is_squashed_or_its_centre_cut() -> None:
    photo = np.zeros((40, 80, 3), np.uint8)
    photo[:, 20:60] = 255  # the centred square
    assert fitted(photo, Preprocessing(input_size=20)).shape == (20, 20, 3)
    assert fitted(photo, Preprocessing(input_size=20, fit="crop")).min() == 255
    squashed = fitted(photo, Preprocessing(input_size=20))
    assert squashed[:, :4].max() == 0
    assert squashed[:, 7:13].min() == 255


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_photo_stored_turned_gives_the_same_input(orientation: int, tmp_path: Path) -> None:
    upright = make_photo(tmp_path / "a.png", ["red disc"], size=(64, 48), seed=3)
    turned = make_photo(tmp_path / "b.png", ["red disc"], size=(64, 48), seed=3, orientation=orientation)
    assert np.array_equal(read_input(upright, SMALL), read_input(turned, SMALL))


def test_decoding_at_a_smaller_scale_changes_little(tmp_path: Path) -> None:
    large = make_photo(tmp_path / "a.jpg", ["blue square"], size=(512, 384), quality=95)
    whole = make_photo(tmp_path / "b.png", ["blue square"], size=(512, 384))
    gap = np.abs(read_input(large, SMALL).astype(int) - read_input(whole, SMALL).astype(int))
    assert gap.mean() < 4


def test_normalisation_is_the_usual_one_and_channels_come_last_in_memory() -> None:
    batch = torch.randint(0, 256, (2, 8, 8, 3), dtype=torch.uint8)
    x = to_input(batch, SMALL)
    mean, std = torch.tensor(SMALL.mean), torch.tensor(SMALL.std)
    assert torch.allclose(x, ((batch.float() / 255 - mean) / std).permute(0, 3, 1, 2), atol=1e-5)
    assert x.is_contiguous(memory_format=torch.channels_last)


def test_a_broken_file_is_a_photo_error(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(PhotoError):
        read_input(tmp_path / "a.jpg", SMALL)


def test_a_second_look_is_cut_from_the_pixels_of_the_file(tmp_path: Path) -> None:
    photo = make_photo(tmp_path / "a.png", ["red disc"], size=(256, 192))
    twice = Preprocessing(input_size=32, second=(0.25, 0.25, 0.75, 0.75))
    found = read_input(photo, twice)
    assert found.shape == (32, 64, 3)
    assert np.array_equal(found[:, :32], read_input(photo, SMALL))
    cut = np.asarray(Image.open(photo).convert("RGB"))[48:144, 64:192]
    assert np.array_equal(found[:, 32:], fitted(cut, SMALL))
