from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.photos import draw_photo
from weldstudio.imaging.hashes import dhash, hamming
from weldstudio.imaging.read import read_photo

HASHES = st.integers(0, 2**64 - 1)


@given(HASHES, HASHES)
def test_hamming_counts_bits(first: int, second: int) -> None:
    assert hamming(first, second) == bin(first ^ second).count("1")


def test_a_ramp_has_known_bits() -> None:
    ramp = np.repeat(np.tile(np.arange(0, 90, dtype=np.uint8), (80, 1))[..., None], 3, axis=2)
    assert dhash(np.ascontiguousarray(ramp[:, ::-1])) == 2**64 - 1
    assert dhash(ramp) == 0


def test_top_row_is_the_highest_byte() -> None:
    pixels = np.zeros((8, 9, 3), np.uint8)
    pixels[0, ::2] = 200
    assert dhash(pixels) == 0b10101010 << 56


def test_the_same_picture_smaller_and_recompressed_is_near_and_another_is_not(tmp_path: Path) -> None:
    def photo(seed: int) -> np.ndarray:
        # A landscape of soft patches, as photos have; the drawn ground alone is noise.
        patches = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
        return np.asarray(Image.fromarray(patches).resize((640, 480), Image.Resampling.BICUBIC))

    Image.fromarray(photo(1)).save(tmp_path / "a.jpg", quality=40)
    small = read_photo(tmp_path / "a.jpg", longest=160)
    assert hamming(dhash(photo(1)), dhash(small)) <= 3
    assert hamming(dhash(photo(1)), dhash(photo(2))) >= 12
    assert dhash(draw_photo(seed=1)) == dhash(draw_photo(seed=1))
