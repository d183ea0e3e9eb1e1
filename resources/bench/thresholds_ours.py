"""Ours: every threshold moved by another cost, chosen on as many validation photos; figures, verdicts, joints; ms."""

import numpy as np
import our_joints
import rounds

from weldstudio.domain.choices import Thresholds
from weldstudio.domain.labelling import State
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.studio.evaluating import Heard
from weldstudio.studio.judging import Judging

TIMES = 5


def dragged(step: int) -> None:
    """One step of the handle: a miss costs so many false alarms."""
    choice = Thresholds("cost", cost_miss=1.0 + 3 * step)
    judging.at([judging.choose(choice, place).threshold for place in range(len(card.classes))])


def heard(seed: int) -> Heard:
    """What a model says of all photos: about what is labelled."""
    states = np.stack([mirror.states(slot) for slot in card.slots], axis=1)
    sure = np.where(states == State.RAISED, 1.5, -1.5) + np.random.default_rng(seed).normal(size=states.shape)
    probabilities = (1 / (1 + np.exp(-sure))).astype(np.float16).astype(np.float64)
    return Heard(card, np.arange(len(mirror)), probabilities, states, mirror.joint)


def measure() -> dict[str, object]:
    """TIMES steps."""
    return {"value": rounds.median_ms(dragged, TIMES), "unit": "ms"}


if __name__ == "__main__":
    mirror = our_joints.mirror()
    card = ModelCard("m", "m", "m", tuple(ModelClass(c.slot, c.name) for c in mirror.scheme.live_flags))
    judging = Judging(mirror, heard(0), heard(1), split="test")
    measure()
    rounds.serve(measure)
