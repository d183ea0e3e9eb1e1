"""Draw photographs whose JPEG files are as large, and so as slow to decode, as those of a camera.

Noise of every scale, the coarser the stronger, as in natural pictures, with a few hard edges.
Usage: photos.py FOLDER [--count N] [--size WIDTHxHEIGHT] [--links N]; with --links also N hard links, in
sub-folders of 160, as a large collection.
"""

import argparse
import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

PER_FOLDER = 160


def draw(seed: int, width: int, height: int) -> Image.Image:
    """One photograph, the same for the same seed."""
    random = np.random.default_rng(seed)
    picture = np.full((height, width, 3), 120.0, dtype=np.float32)
    cells = 3
    while cells <= width:
        rows = max(2, cells * height // width)
        noise = random.normal(0, 1, (rows, cells, 3)).astype(np.float32)
        noise = 0.6 * noise.mean(axis=2, keepdims=True) + 0.4 * noise
        for channel in range(3):
            layer = Image.fromarray(noise[:, :, channel])
            picture[:, :, channel] += 100 / cells**0.44 * np.asarray(layer.resize((width, height), Image.BICUBIC))
        cells *= 2
    for _ in range(6):
        left, top = int(random.integers(0, width)), int(random.integers(0, height))
        picture[top : top + height // 4, left : left + width // 5] += random.normal(0, 40, 3)
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


def main() -> None:
    """Write the photographs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--links", type=int, default=0)
    words = parser.parse_args()
    width, height = map(int, words.size.split("x"))
    plain = words.folder / "photos"
    plain.mkdir(parents=True, exist_ok=True)
    drawn = []
    for number in range(words.count):
        file = plain / f"{number:04d}.jpg"
        draw(number, width, height).save(file, quality=85)
        drawn.append(file)
    for number in range(words.links):
        folder = words.folder / "many" / f"{number // PER_FOLDER:04d}"
        if number % PER_FOLDER == 0:
            folder.mkdir(parents=True, exist_ok=True)
        link(drawn[number % len(drawn)], folder / f"{number:06d}.jpg")
    size = sum(file.stat().st_size for file in drawn) // max(1, len(drawn))
    print(f'{{"photos": {words.count}, "links": {words.links}, "bytes_each": {size}}}')


def link(source: Path, target: Path) -> None:
    """A hard link, or a copy where the disk knows none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
