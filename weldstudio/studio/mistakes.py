"""The costliest errors of a model: what a flag is worth times how sure the model was, and wrong."""

from dataclasses import dataclass

import numpy as np

from weldstudio.domain import evaluation as scoring
from weldstudio.domain.labelling import State
from weldstudio.store.mirror import Mirror
from weldstudio.studio.evaluating import Heard


@dataclass(frozen=True, slots=True)
class Mistake:
    """What a model got wrong on one photo."""

    photo_id: int
    path: str
    slot: int
    name: str
    """The class."""
    missed: bool
    """Raised by the label and not by the model; else the other way round."""
    probability: float
    threshold: float
    points: int
    said: str
    """For exclusive classes, what the model took it for; else ''."""

    @property
    def kind(self) -> str:
        """In words."""
        return "missed" if self.missed else "raised for nothing"


def costliest(mirror: Mirror, found: Heard, *, most: int, place: int | None = None) -> list[Mistake]:
    """The dearest errors; of each photo the dearest alone, so that many photos are seen. Of one class, or of all."""
    exclusive = found.card.task == "exclusive"
    states = scoring.one_of_a_group(found.states) if exclusive else found.states
    raised = found.raised
    points = [mirror.scheme.points_of(slot) for slot in found.card.slots]
    costs = scoring.costs(found.probabilities, states, raised, points)
    if place is not None:
        costs[:, np.arange(costs.shape[1]) != place] = 0
    mistakes = []
    for row in np.argsort(-costs.max(axis=1), kind="stable")[:most].tolist():
        worst = int(costs[row].argmax())
        if not costs[row, worst]:
            break
        photo = int(found.rows[row])
        mistakes.append(
            Mistake(
                int(mirror.ids[photo]),
                mirror.paths[photo],
                found.card.slots[worst],
                found.names[worst],
                bool(states[row, worst] == State.RAISED),
                float(found.probabilities[row, worst]),
                found.thresholds[worst],
                points[worst],
                found.names[int(raised[row].argmax())] if exclusive else "",
            )
        )
    return mistakes
