"""Perceptual hashes: two pictures that look alike have hashes of small Hamming distance."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def dhash(pixels: NDArray[np.uint8]) -> int:
    """64-bit difference hash of an upright picture, (h, w, 3) uint8: is each cell of 8 x 9 brighter than its right one?

    Source: N. Krawetz, *Kind of like that*, 2013. The first row's first pair is the highest bit.
    """
    return dhash_of(Image.fromarray(pixels))


def dhash_of(picture: Image.Image) -> int:
    """`dhash` of a Pillow image."""
    cells = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX))
    return int.from_bytes(np.packbits(cells[:, :-1] > cells[:, 1:]).tobytes(), "big")


def hamming(first: int, second: int) -> int:
    """In how many bits two hashes differ."""
    return (first ^ second).bit_count()
