"""Ours scoring many photographs for a project, in an engine of its own, stored as they come; photos/s.

The engine's start does not count: it has its own row. With the word `features` what the trunk sees is kept as well.

Usage: scoring_ours.py FOLDER [features], FOLDER as made by photos.py --links.
"""

import itertools
import json
import tempfile
import time
from pathlib import Path

import our_model
import our_project
import rounds

from weldstudio.domain.model import ModelCard
from weldstudio.store import models
from weldstudio.studio import predicting

PHOTOS = 192
"""In each round."""


def measure() -> dict[str, object]:
    """The next PHOTOS photographs, from the first batch that is stored to the last."""
    first = PHOTOS * next(turns)
    some = range(first + 1, first + PHOTOS + 1)
    reached = {
        p.done: time.perf_counter() for p in predicting.predict(store, model_id="bench", photo_ids=some) if p.done
    }
    begin, end = min(reached), max(reached)
    return {"value": (end - begin) / (reached[end] - reached[begin]), "unit": "photos/s"}


if __name__ == "__main__":
    turns = itertools.cycle(range(our_project.PHOTOS // PHOTOS))
    photos = Path(rounds.arguments()[0]) / "many"
    with tempfile.TemporaryDirectory() as folder, our_project.write(Path(folder) / "project", photos) as store:
        model = our_model.write(store.folder / "models" / "bench")
        models.add(store, ModelCard.from_json(json.loads((model / "card.json").read_text(encoding="utf-8"))))
        if "features" in rounds.arguments():
            with store.atomic():
                store.execute("UPDATE photos SET content_hash = printf('%064x', id << 20)")
        rounds.serve(measure)
