"""Weights by name: torchvision's ImageNet weights, fetched once, checked, and kept among the person's own data."""

import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path

import torchvision

from weldstudio import paths
from weldstudio.domain.errors import RecipeError
from weldstudio.domain.messages import Message, Stage
from weldstudio.domain.networks import NETWORKS
from weldstudio.ml.context import SAY_EVERY_S

VARIANT = "IMAGENET1K_V1"
"""The first weights of each network: their frozen features transfer better than those of the longer recipes after it
(Kornblith et al., NeurIPS 2021)."""
SAME_TRUNK = {"alexnet_spatial": "alexnet"}
"""Networks of ours whose convolutions are another network's."""
PIECE = 1 << 18
PATIENCE_S = 30


def address(network: str) -> str:
    """Where torchvision keeps the weights of a network. Raises RecipeError for a network that is not torchvision's."""
    try:
        url: str = torchvision.models.get_model_weights(SAME_TRUNK.get(network, network))[VARIANT].url
    except (ValueError, KeyError) as error:
        raise RecipeError(
            f"torchvision has no weights for {NETWORKS[network].title}; begin with random weights or a file."
        ) from error
    return url


def fetched(url: str) -> Generator[Message, None, Path]:
    """The file of that address, fetched unless it is there already. Its name carries the start of its SHA-256.

    Raises RecipeError, saying what to do without a connection.
    """
    name = url.rsplit("/", 1)[-1]
    wanted = name.rsplit("-", 1)[-1].split(".")[0]
    file = paths.user_data() / "weights" / name
    if file.is_file():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(name + ".part")
    digest = hashlib.sha256()
    try:
        yield Stage(f"fetching {name}")
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer, part.open("wb") as out:
            total, done, said = int(answer.headers.get("Content-Length") or 0), 0, time.monotonic()
            while piece := answer.read(PIECE):
                out.write(piece)
                digest.update(piece)
                done += len(piece)
                if time.monotonic() - said >= SAY_EVERY_S:
                    said = time.monotonic()
                    yield Stage(f"fetching {name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB", done, total)
        if done < total:
            raise RecipeError(
                f"The transfer of {name} broke off after {done / 1e6:.1f} of {total / 1e6:.1f} MB. Try again."
            )
        if not digest.hexdigest().startswith(wanted):
            raise RecipeError(f"The weights {name} arrived damaged: their checksum is another one. Try again.")
        part.replace(file)
    except (urllib.error.URLError, TimeoutError, ConnectionError, OSError) as error:
        raise RecipeError(
            f"The weights {name} could not be fetched ({getattr(error, 'reason', error)}). Without a connection, fetch "
            f"{url} on another computer and add it to the weights (Models page, or weldstudio weights --add FILE)."
        ) from error
    finally:
        part.unlink(missing_ok=True)  # of a transfer that was cancelled or has failed
    return file
