"""Limit of drawing: noise of the same size, encoded as JPEG; ms of processor time per photo."""

import io
import time

import numpy as np
import rounds
from PIL import Image

WIDTH, HEIGHT = 640, 480
QUALITY = 76


def measure() -> dict[str, object]:
    """As many as our side draws."""
    begin = time.process_time()
    for _ in range(PHOTOS):
        noise = random.random((HEIGHT, WIDTH, 3), np.float32)
        pixels = (noise * np.float32(48) + np.float32(96)).astype(np.uint8)
        Image.fromarray(pixels).save(io.BytesIO(), "JPEG", quality=QUALITY)
    return {"value": 1000 * (time.process_time() - begin) / PHOTOS, "unit": "ms"}


if __name__ == "__main__":
    PHOTOS = 40
    random = np.random.default_rng(1)
    measure()
    rounds.serve(measure)
