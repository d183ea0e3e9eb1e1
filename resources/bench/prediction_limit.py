"""Limit of a live prediction: decode one photograph, one forward pass; median ms per photograph.

Usage: prediction_limit.py FOLDER, as made by photos.py.
"""

import networks
import rounds
import torch

TIMES = 40


def measure() -> dict[str, object]:
    """TIMES photographs, one after the other."""
    with torch.inference_mode():
        taken = rounds.median_ms(lambda i: model(networks.decoded(paths[i % len(paths)])).sigmoid().tolist(), TIMES)
    return {"value": taken, "unit": "ms"}


if __name__ == "__main__":
    paths = networks.photos(rounds.arguments()[0])
    model = networks.network().eval()
    measure()
    rounds.serve(measure)
