"""Limit of thumbnails: decode at reduced size (Pillow draft), bilinear, JPEG, in threads, into one file; photos/s.

Usage: thumbs_limit.py FOLDER, as made by photos.py.
"""

import io
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import rounds
from PIL import Image

SIDE = 320
QUALITY = 80


def thumbnail(path: str) -> bytes:
    """The JPEG bytes of a picture of at most SIDE pixels."""
    with Image.open(path) as picture:
        scale = min(1.0, SIDE / max(picture.size))
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        picture.draft("RGB", size)  # asked for both sides, or it would keep the shorter one above SIDE
        small = picture.convert("RGB")
        if small.size != size:
            small = small.resize(size, Image.Resampling.BILINEAR)
        into = io.BytesIO()
        small.save(into, "JPEG", quality=QUALITY)
        return into.getvalue()


def measure() -> dict[str, object]:
    """All photographs once."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        begin = time.perf_counter()
        with (Path(folder) / "pack").open("wb") as pack:
            for content in pool.map(thumbnail, paths):
                pack.write(content)
        taken = time.perf_counter() - begin
    return {"value": len(paths) / taken, "unit": "photos/s"}


if __name__ == "__main__":
    paths = [str(path) for path in sorted((Path(rounds.arguments()[0]) / "photos").iterdir())] * 4
    rounds.serve(measure)
