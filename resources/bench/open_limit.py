"""Limit of opening the large project: rows, labels and scores from a plain sqlite3 file to numpy, and a page decoded.

In ms. A page are 42 thumbnails of 192 x 144, kept as JPEG.
"""

import io
import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import rounds
import verdicts_data
from PIL import Image

PAGE, TIMES = 42, 3


def measure() -> dict[str, object]:
    """TIMES openings."""
    return {"value": rounds.median_ms(lambda _: load(), TIMES), "unit": "ms"}


def load() -> None:
    """Everything into memory, and one page to pixels."""
    database = sqlite3.connect(file)
    ids, joints, paths = zip(*database.execute("SELECT id, joint, path FROM photos"), strict=True)
    labels = b"".join(blob for (blob,) in database.execute("SELECT labels FROM photos WHERE labels IS NOT NULL"))
    scores = b"".join(blob for (blob,) in database.execute("SELECT scores FROM photos"))
    np.frombuffer(labels, np.uint8).reshape(-1, verdicts_data.FLAGS)
    np.frombuffer(scores, np.float16).reshape(len(ids), -1)
    np.array(joints)
    assert len(paths) == verdicts_data.PHOTOS
    for jpeg in page:
        Image.open(io.BytesIO(jpeg)).load()
    database.close()


def jpeg() -> bytes:
    """A thumbnail."""
    noise = np.random.default_rng(0).integers(0, 256, (36, 48, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((192, 144)).save(file, "JPEG", quality=80)
    return file.getvalue()


if __name__ == "__main__":
    page = [jpeg()] * PAGE
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plain.sqlite"
        database = sqlite3.connect(file)
        database.execute("CREATE TABLE photos (id INTEGER PRIMARY KEY, joint, path, labels, scores)")
        labels, scores = (np.ascontiguousarray(a) for a in (verdicts_data.labels(), verdicts_data.probabilities()))
        joints = verdicts_data.joints().tolist()
        database.executemany(
            "INSERT INTO photos VALUES (?, ?, ?, ?, ?)",
            (
                (i + 1, joints[i], f"{i:06d}.jpg", labels[i].tobytes() if i < 23_770 else None, scores[i].tobytes())
                for i in range(verdicts_data.PHOTOS)
            ),
        )
        database.commit()
        database.close()
        measure()
        rounds.serve(measure)
