"""Features: all photos of a split once through the trunk, batch by batch, saying how far it is."""

import time
from collections.abc import Generator

import torch
from torch import Tensor

from weldstudio.domain.manifest import ManifestPhoto
from weldstudio.domain.messages import Message, Stage
from weldstudio.domain.model import Preprocessing
from weldstudio.ml.architectures import Network
from weldstudio.ml.context import SAY_EVERY_S, SCORE_BATCH, Context
from weldstudio.ml.dataset import Photos, batches, stacked
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

    `trunk` names the weights of the network: features of a trunk that is named are computed once in a run, and kept on
    the disk until its end, so that a run that is broken off goes on with the next photo.
    """
    known = context.kept.features
    wanted = [
        photo
        for photo in photos
        if photo.path not in context.kept.unread and (trunk is None or (trunk, photo.path) not in known)
    ]
    pixels = Photos([photo.path for photo in wanted], preprocessing, context.pool, room=0)
    network.eval()
    found: dict[str, Tensor] = {}
    bad: list[tuple[str, str]] = []
    yield Stage(f"reading {word} photos")
    began = said = time.monotonic()
    for indices in batches(len(wanted), SCORE_BATCH):
        if trunk is not None and (context.kept.due or context.should_stop()):
            yield from context.left_out(bad)
            context.kept.write()
        context.heed()
        places, read, unread = pixels.readable(indices)
        bad += unread
        if read:
            with torch.inference_mode():
                rows = network.features(to_input(stacked(read).to(context.device), preprocessing)).float().cpu()
            new = {wanted[indices[place]].path: row.clone() for place, row in zip(places, rows, strict=True)}
            found |= new
            if trunk is not None:
                known |= {(trunk, path): row for path, row in new.items()}
        now = time.monotonic()
        if now - said >= SAY_EVERY_S:
            done, total = indices[-1] + 1, len(wanted)
            rate = done / (now - began)
            yield Stage(f"reading {word} photos: {done:,} of {total:,}, {rate:.0f} a second", done, total)
            said = now
    yield from context.left_out(bad)
    if trunk is not None:
        if wanted and time.monotonic() - began >= SAY_EVERY_S:
            context.kept.write()
        found = {photo.path: known[trunk, photo.path] for photo in photos if (trunk, photo.path) in known}
    kept = tuple(photo for photo in photos if photo.path in found)
    if not kept:
        return kept, torch.zeros(0, network.feature_width)
    return kept, torch.stack([found[photo.path] for photo in kept])
