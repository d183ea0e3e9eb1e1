"""Our thumbnails: made and stored as an import does it, in threads; photos/s.

Usage: thumbs_ours.py FOLDER, as made by photos.py.
"""

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import rounds

from weldstudio.imaging.thumbs import ThumbStore, make_thumb, thumb_key


def measure() -> dict[str, object]:
    """All photographs once, into a new store."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        begin = time.perf_counter()
        store = ThumbStore(Path(folder) / "thumbs")
        for number, thumb in enumerate(pool.map(make_thumb, paths)):
            store.add(thumb_key("bench", str(number), 0, 0), thumb.jpeg)
        store.close()
        taken = time.perf_counter() - begin
    return {"value": len(paths) / taken, "unit": "photos/s"}


if __name__ == "__main__":
    paths = sorted((Path(rounds.arguments()[0]) / "photos").iterdir()) * 4
    rounds.serve(measure)
