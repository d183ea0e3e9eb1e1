"""Limit of an overlay: a plain forward pass of one photograph, already decoded; median ms.

Usage: overlay_limit.py FOLDER, as made by photos.py.
"""

import networks
import rounds
import torch

TIMES = 40


def measure() -> dict[str, object]:
    """TIMES forward passes."""
    with torch.inference_mode():
        return {"value": rounds.median_ms(lambda _: model(batch).tolist(), TIMES), "unit": "ms"}


if __name__ == "__main__":
    batch = networks.decoded(networks.photos(rounds.arguments()[0])[0])
    model = networks.network().eval()
    measure()
    rounds.serve(measure)
