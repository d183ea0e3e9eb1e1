"""Our live prediction: one photograph asked of the warm engine until its answer is here; median ms per photograph.

The answer holds the overlays of all flags too. Usage: prediction_ours.py FOLDER, as made by photos.py.
"""

import tempfile
import time
from pathlib import Path

import networks
import our_model
import rounds

from weldstudio.domain.messages import Explain, Explained, Failed, LoadModel, Message, ModelReady
from weldstudio.jobs.process import Child

TIMES = 40


def measure() -> dict[str, object]:
    """TIMES photographs, one after the other."""
    return {"value": rounds.median_ms(ask, TIMES), "unit": "ms"}


def ask(number: int) -> None:
    """One photograph."""
    path = str(paths[number % len(paths)])
    engine.send(Explain(request=number + 1, photo_id=number, path=path))
    wait_for(Explained)


def wait_for(kind: type[Message]) -> None:
    """Until the engine says it; ends the script where the engine cannot."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        message = engine.poll(1.0)
        if isinstance(message, kind):
            return
        if isinstance(message, Failed):
            raise SystemExit(message.sentence)
    raise SystemExit("the engine said nothing for 60 s")


if __name__ == "__main__":
    paths = networks.photos(rounds.arguments()[0])
    with tempfile.TemporaryDirectory() as folder, Child("engine") as engine:
        engine.send(LoadModel(request=0, folder=str(our_model.write(Path(folder) / "model"))))
        wait_for(ModelReady)
        measure()
        rounds.serve(measure)
