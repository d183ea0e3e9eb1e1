"""A refit by weldstudio: all flags from nothing, or one changed label, until what they say is in the project's file.

python refit_ours.py full|flip PHOTOS WIDTH
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import refit_data
import rounds

from weldstudio.domain.labelling import State
from weldstudio.domain.learner import Learner
from weldstudio.domain.refit import Space
from weldstudio.imaging import refit_file

what, photos, width = rounds.arguments()[0], int(rounds.arguments()[1]), int(rounds.arguments()[2])


def measure() -> dict[str, object]:
    """One fit from nothing, or the median of ten flips."""
    if what == "flip":
        return {"value": rounds.median_ms(flip, 10), "unit": "ms"}
    fresh = Learner(space, states, units=units)
    begin = time.perf_counter()
    passes = sum(1 for _ in fresh.fit())
    keep(fresh)
    return {"value": 1000 * (time.perf_counter() - begin), "unit": "ms", "passes": passes}


def flip(number: int) -> None:
    """One label changed and back, told to the file."""
    state = int(learner.heads.states[number, 5])
    learner.relabel([(number, 5, State.CLEAR if state == State.RAISED else State.RAISED)])
    keep(learner)


def keep(of: Learner) -> None:
    """What the heads say now, in the project's file."""
    refit_file.write(folder, of.answer("m", units, np.arange(refit_data.FLAGS)))


if __name__ == "__main__":
    space = Space.of(refit_data.features(photos, width))
    states = np.where(refit_data.raised(photos), State.RAISED, State.CLEAR).astype(np.uint8)
    units = np.arange(photos)
    learner = Learner(space, states, units=units)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if what == "flip":
            for _ in learner.fit():
                pass
        rounds.serve(measure)
