"""Limit of scoring many photographs: decoded by Pillow, plain forward passes of 32, channels last; photos/s.

Usage: scoring_limit.py FOLDER, as made by photos.py.
"""

import time

import networks
import rounds
import torch

BATCH, BATCHES = 32, 4


def measure() -> dict[str, object]:
    """BATCHES batches."""
    begin = time.perf_counter()
    with torch.inference_mode():
        for number in range(BATCHES):
            some = [paths[(number * BATCH + place) % len(paths)] for place in range(BATCH)]
            batch = torch.cat([networks.decoded(path) for path in some])
            model(batch.contiguous(memory_format=torch.channels_last)).sigmoid().tolist()
    return {"value": BATCH * BATCHES / (time.perf_counter() - begin), "unit": "photos/s"}


if __name__ == "__main__":
    paths = networks.photos(rounds.arguments()[0])
    model = networks.network().eval().to(memory_format=torch.channels_last)
    measure()
    rounds.serve(measure)
