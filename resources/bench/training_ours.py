"""Our training: photos/s of a fine-tuning of all layers, decoding and varying included.

Usage: training_ours.py EPOCH FOLDER SIZE BATCH, with the folder as made by photos.py --links. EPOCH is `first` (photos
come from the disk), `later` (they were decoded in the epoch before), `memory` (a later one, without variations), or
`frozen` (the same with all stages frozen but the last: what the others make of the photos is computed once).
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import networks
import rounds

from weldstudio.domain.manifest import Manifest, ManifestClass, ManifestPhoto
from weldstudio.domain.messages import Message, Step
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.ml.train import train

STEPS = 3
PHOTOS, VALIDATION = 208, 16


def measure() -> dict[str, object]:
    """From one step to another, at least STEPS later; not across a validation, which is no step.

    Behind frozen stages a whole epoch passes between two words: there the rate is the one that is said.
    """
    begun: tuple[int, float] | None = None
    for message in messages:
        if epoch == "frozen" and isinstance(message, Step):
            return {"value": message.images_per_second, "unit": "photos/s"}
        if not isinstance(message, Step):
            begun = None
        elif begun is None:
            begun = message.step, time.perf_counter()
        elif message.step - begun[0] >= STEPS:
            steps, taken = message.step - begun[0], time.perf_counter() - begun[1]
            return {"value": batch * steps / taken, "unit": "photos/s"}
    sys.exit("the training ended before it could be measured")


def begin(run: Path) -> Iterator[Message]:
    """A training that is up to its first step, or to that of its second epoch."""
    files = sorted((Path(folder) / "many").glob("*/*.jpg"))[: PHOTOS + VALIDATION]
    classes = tuple(ManifestClass(slot, f"flag {slot}") for slot in range(networks.FLAGS))
    photos = tuple(
        ManifestPhoto(
            number,
            str(file),
            Split.TRAIN if number < PHOTOS else Split.VALIDATION,
            tuple(1 if (number >> slot) % 3 == 0 else 2 for slot in range(networks.FLAGS)),
        )
        for number, file in enumerate(files)
    )
    recipe = Recipe().with_values(
        {
            "network.freeze": "18" if epoch == "frozen" else "0",
            "network.input_size": str(size),
            "schedule.epochs": "200",
            "schedule.batch_size": str(batch),
            # Equal steps are what is measured, not learning.
            "schedule.learning_rate": "0.0001",
            "schedule.schedule": "fixed",
            "data.augment": str(epoch not in ("memory", "frozen")).lower(),
        }
    )
    found = train(recipe, Manifest(classes, photos), run, lambda: False)
    for message in found:
        if isinstance(message, Step) and (epoch == "first" or message.epoch > 1):
            break
    return found


if __name__ == "__main__":
    epoch, folder, size, batch = *rounds.arguments()[:2], *map(int, rounds.arguments()[2:])
    with tempfile.TemporaryDirectory() as run:
        messages = begin(Path(run))
        rounds.serve(measure)
