"""Features: all photos of a split once through the trunk, batch by batch, saying how far it is."""

import time
from collections.abc import Generator

import numpy as np
import torch
from torch import Tensor

from weldstudio.domain.errors import PhotoError
from weldstudio.domain.manifest import ManifestPhoto
from weldstudio.domain.messages import Message, Skipped, Stage
from weldstudio.domain.model import Preprocessing
from weldstudio.ml.architectures import Network
from weldstudio.ml.context import SAY_EVERY_S, SCORE_BATCH, Context
from weldstudio.ml.dataset import Photos, batches
from weldstudio.ml.preprocess import to_input

Photographs = tuple[ManifestPhoto, ...]


def read_features(
    context: Context,
    network: Network,
    photos: Photographs,
    *,
    preprocessing: Preprocessing,
    word: str,
    trunk: object = None,
) -> Generator[Message, None, tuple[Photographs, Tensor]]:
    """The photos that can be read, with their features (n, width) float32; the others are left out and named.

    `trunk` names the weights of the network: features of a trunk that is named are computed once in a run.
    """
    known = context.features
    wanted = [photo for photo in photos if trunk is None or (trunk, photo.path) not in known]
    pixels = Photos([photo.path for photo in wanted], preprocessing, context.pool)
    network.eval()
    found: dict[str, Tensor] = {}
    bad: list[tuple[str, str]] = []
    yield Stage(f"reading {word} photos")
    began = said = time.monotonic()
    for indices in batches(len(wanted), SCORE_BATCH):
        context.heed()
        read = list(zip((wanted[i].path for i in indices), pixels.read(indices), strict=True))
        bad += [(path, str(p)) for path, p in read if isinstance(p, PhotoError)]
        good = [(path, p) for path, p in read if not isinstance(p, PhotoError)]
        if good:
            batch = torch.from_numpy(np.stack([p for _, p in good])).to(context.device)
            with torch.inference_mode():
                rows = network.features(to_input(batch, preprocessing)).float().cpu()
            found |= {path: row.clone() for (path, _), row in zip(good, rows, strict=True)}
        now = time.monotonic()
        if now - said >= SAY_EVERY_S:
            done, total = indices[-1] + 1, len(wanted)
            rate = done / (now - began)
            yield Stage(f"reading {word} photos: {done:,} of {total:,}, {rate:.0f} a second", done, total)
            said = now
    if bad:
        yield Skipped(len(bad), tuple(bad[:10]))
    if trunk is not None:
        known |= {(trunk, path): row for path, row in found.items()}
        found = {photo.path: known[trunk, photo.path] for photo in photos if (trunk, photo.path) in known}
    kept = tuple(photo for photo in photos if photo.path in found)
    if not kept:
        return kept, torch.zeros(0, network.feature_width)
    return kept, torch.stack([found[photo.path] for photo in kept])
