"""Predicting: a model's probabilities for many photos, by an engine of our own, stored as they come."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Changes, Progress
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Completed, Failed, LoadModel, ModelReady, Score, Scored
from weldstudio.domain.model import ModelCard, scheme_difference, slot_row
from weldstudio.domain.packing import unpack
from weldstudio.jobs.process import Child
from weldstudio.store import models, photos, predictions
from weldstudio.store import scheme as schemes
from weldstudio.store.store import Store
from weldstudio.studio import registry
from weldstudio.studio.features import Place, place

REQUEST = 1000
"""Photos asked for at once; the engine answers in batches and holds two requests, so it never waits for us."""
POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class PredictReport:
    """What a prediction did."""

    model_id: str
    name: str
    scored: int
    """Photos scored now."""
    there: int
    """Photos that this model had scored before."""
    problems: tuple[tuple[int, str], ...]
    """(photo id, reason) of the photos that could not be read."""
    difference: str = ""
    """How the scheme that the model was trained for differs from the present one, as a sentence."""

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model_id,
            "model_id": self.model_id,
            "name": self.name,
            "scored": self.scored,
            "scored_before": self.there,
            "problems": len(self.problems),
            "scheme_difference": self.difference,
        }

    def __str__(self) -> str:
        text = f"Model {self.name} ({self.model_id}) scored {self.scored:,} photos"
        if self.there:
            text += f"; {self.there:,} were scored before"
        text += f"; {len(self.problems):,} could not be read." if self.problems else "."
        return f"{text} {self.difference}".rstrip()


def predict(
    store: Store, *, model_id: str | None = None, photo_ids: Sequence[int] | None = None, features: bool = False
) -> Generator[Progress, None, PredictReport]:
    """Scores all photos (or these) that the model (the active one by default) has not scored yet.

    What its trunk sees of them is kept on the way. With `features`, photos that were scored when nothing was kept go
    through the network again. Closing the generator keeps what is finished. Raises JobFailed with a sentence.
    """
    card = registry.chosen(store, model_id)
    paths = _paths(store, photo_ids)
    done_before = {int(i) for i in predictions.read(store, card.id, list(paths))[0]} if paths else set()
    kept = _place(store, card, needed=features)
    unseen = set(kept.missing(list(paths))) if kept and features else set()
    waiting = [photo_id for photo_id in paths if photo_id not in done_before or photo_id in unseen]
    total, finished = len(waiting), 0
    problems: list[tuple[int, str]] = []
    if waiting:
        with Child("engine") as engine:
            yield from _loaded(engine, str(registry.folder_of(store, card.id)), card, total)
            requests = [waiting[i : i + REQUEST] for i in range(0, total, REQUEST)]
            sent = answered = 0
            while answered < len(requests):
                while sent < len(requests) and sent - answered < 2:
                    ids = requests[sent]
                    sent += 1
                    asked = Score(sent, tuple(ids), tuple(paths[i] for i in ids))
                    engine.send(asked if kept is None else kept.kept_by(asked))
                changes = Changes()
                match engine.poll(POLL_S):
                    case Scored() as batch:
                        values = unpack(batch.probabilities, (len(batch.photo_ids), len(card.classes)))
                        changes = record(store, card.id, batch.photo_ids, values)
                        problems += batch.problems
                        finished += len(batch.photo_ids) + len(batch.problems)
                    case Completed():
                        answered += 1
                    case Failed() as failure:
                        raise JobFailed(failure.sentence)
                yield Progress(finished, total, f"scoring with {card.name}", changes)
    difference = scheme_difference(card, schemes.load(store))
    return PredictReport(
        card.id, card.name, finished - len(problems), len(done_before.difference(waiting)), tuple(problems), difference
    )


def record(store: Store, model_id: str, photo_ids: Sequence[int], probabilities: NDArray[np.floating[Any]]) -> Changes:
    """Stores probabilities (n, classes of the model's card) of photos. Raises JobFailed for a model that is gone."""
    card = models.get(store, model_id)
    if card is None:
        raise JobFailed(f"The model {model_id} is not in the registry any more.")
    if not len(photo_ids):
        return Changes()
    return predictions.write(store, model_id, photo_ids, slot_row(card, probabilities, schemes.load(store).slots))


def _place(store: Store, card: ModelCard, *, needed: bool) -> Place | None:
    """Where features are kept; None where that cannot be told and they are not what is asked for."""
    try:
        return place(store, card)
    except JobFailed:
        if needed:
            raise
        return None  # the engine says what is wrong with the weights


def _loaded(engine: Child, folder: str, card: ModelCard, total: int) -> Generator[Progress, None, None]:
    """Waits until the engine has loaded the model."""
    engine.send(LoadModel(0, folder))
    while True:
        match engine.poll(POLL_S):
            case ModelReady():
                return
            case Failed() as failure:
                raise JobFailed(failure.sentence)
        yield Progress(0, total, f"loading {card.name}")


def _paths(store: Store, photo_ids: Sequence[int] | None) -> dict[int, str]:
    """Absolute paths by id of the photos that can be shown."""
    roots = photos.roots(store)
    return {
        photo.id: str(roots[photo.collection_id] / photo.path)
        for photo in photos.every(store, photo_ids)
        if photo.problem is None
    }
