"""How long a training would take here, from a short measurement: the same child, on a few of the same photos."""

import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any, Final

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.domain.manifest import Manifest
from weldstudio.domain.messages import Evaluated, Failed, RunFinished, RunStarted, Stage, Step
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.split import Split
from weldstudio.jobs import process
from weldstudio.jobs.folder import RunFolder
from weldstudio.store.store import Store
from weldstudio.studio import preflight, snapshots
from weldstudio.studio.starting_weights import starting_weights
from weldstudio.studio.training import copy_weights

PHOTOS, JUDGES = 64, 16
"""So many photos are trained on and judged in the measurement."""
ENOUGH_S: Final = 6.0
"""So long it is watched how the network trains, and until it has told its pace."""
LONGEST_S: Final = 40.0
"""So long it may take to tell it; a large network has then made at least a step."""
START_LIMIT_S: Final = 120.0
POLL_S: Final = 0.02
LEAST_EVALUATIONS = 10
"""As in `ml.loop`, which a test holds this against."""
HEAD_S: Final = 5.0
"""For the head and for what follows: small beside the rest, and hardly dependent on the number of photos."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was measured, and what it comes to."""

    seconds: float
    device: str
    start: float
    """Seconds until the first photo was read."""
    read_rate: float
    """Photos read and sent through the network, a second."""
    step_rate: float | None
    """Photos learned from, a second; None where no stage is trained."""

    @property
    def sentence(self) -> str:
        """All of it in words."""
        learned = f", {self.step_rate:.0f} learned" if self.step_rate is not None else ""
        return f"About {rough(self.seconds)} on {self.device}: {self.read_rate:.0f} photographs/s read{learned}."

    def to_json(self) -> dict[str, Any]:
        return {
            "seconds": self.seconds,
            "device": self.device,
            "photos_per_second_read": self.read_rate,
            "photos_per_second_learned": self.step_rate,
            "sentence": self.sentence,
        }


@dataclass(slots=True)
class _Watched:
    """What a measurement has said, and when it was heard."""

    begin: float
    device: str = ""
    reading: float | None = None
    read: float | None = None
    trained: float | None = None
    step: Step | None = None
    ended: bool = False
    problem: str = ""

    def hear(self, message: object, now: float) -> None:
        match message:
            case RunStarted():
                self.device = message.device
            case Stage() if message.text.startswith("reading training"):
                self.reading = self.reading or now
            case Stage() if message.text.startswith("reading validation"):
                self.read = self.read or now
            case Evaluated():
                self.trained = self.trained or now
            case Step() if message.images_per_second:
                self.step = message
            case Failed():
                self.problem = message.sentence
            case RunFinished():
                self.ended = True
            case _:
                pass


def estimate(store: Store, recipe: Recipe, weights: Path | None = None) -> Generator[Progress, None, Estimate]:
    """Measures and computes. Nothing of the project is written. Raises RecipeError or JobFailed with a sentence."""
    source = starting_weights(store, recipe, weights)
    snapshot = snapshots.take(store, recipe)
    if snapshot.problem:
        raise RecipeError(snapshot.problem)
    if recipe.combination.models:
        raise RecipeError("Models are combined as they are; nothing is trained, which takes no time to speak of.")
    with tempfile.TemporaryDirectory(prefix="weldstudio-timing-", ignore_cleanup_errors=True) as folder:
        manifest = _few(snapshot.manifest)
        if source is not None and source.file is not None:
            manifest = replace(manifest, weights=f"weights/{source.file.name}", weights_origin=source.origin)
        run = RunFolder.create(Path(folder) / "run", _short(recipe, weights), manifest)
        if source is not None and source.file is not None:
            copy_weights(source.file, run)
        watched = yield from _watch(run)
    if watched.reading is None or watched.read is None or (recipe.network.trains_stages and watched.step is None):
        raise JobFailed(watched.problem or "The measurement came to nothing; start the training to see its pace.")
    read_rate = len(manifest.of(Split.TRAIN)) / max(0.05, watched.read - watched.reading)
    step_rate = watched.step.images_per_second if watched.step is not None else None
    start = watched.reading - watched.begin
    seconds = duration(recipe, snapshot.manifest, start=start, read_rate=read_rate, step_rate=step_rate)
    return Estimate(seconds, watched.device, start, read_rate, step_rate)


def duration(recipe: Recipe, manifest: Manifest, *, start: float, read_rate: float, step_rate: float | None) -> float:
    """Seconds that a training takes at these rates: reading all photos once, the steps, the evaluations."""
    train, judges = len(manifest.of(Split.TRAIN)), len(manifest.of(Split.VALIDATION))
    found = (train + judges) / read_rate + HEAD_S
    plan = recipe.schedule
    if recipe.network.trains_stages and plan.epochs and step_rate:
        rows = len(preflight.sampling_of(recipe, manifest).rows)
        found += plan.epochs * rows / step_rate
        steps = plan.epochs * ceil(rows / max(1, plan.batch_size or rows / 20))
        evaluations = min(steps, max(plan.epochs, LEAST_EVALUATIONS))
        # In the second half the averaged weights are judged as well.
        found += evaluations * (1.5 if plan.ema else 1.0) * judges / read_rate
    networks = max(1, recipe.data.folds) * recipe.combination.members
    if recipe.data.task == "independent" and recipe.network.trains_stages:
        networks *= len(manifest.classes)
    return start + networks * found


def _short(recipe: Recipe, weights: Path | None) -> Recipe:
    """The recipe for a few photos: what makes a photo expensive stays, what only makes it longer goes."""
    return replace(
        recipe,
        data=replace(recipe.data, folds=0, task="auto" if recipe.data.task == "independent" else recipe.data.task),
        network=replace(recipe.network, weights="file" if weights is not None else recipe.network.weights),
        combination=replace(recipe.combination, members=1),
        schedule=replace(recipe.schedule, epochs=4, range_test="off", overfit_check=False, patience=0, compiled=False),
    )


def _few(manifest: Manifest) -> Manifest:
    """The first photos of training and validation, so many that the classes are there."""
    train, judges = manifest.of(Split.TRAIN), manifest.of(Split.VALIDATION)
    spread = [train[i * len(train) // min(PHOTOS, len(train))] for i in range(min(PHOTOS, len(train)))]
    return replace(manifest, photos=(*spread, *judges[:JUDGES]))


def _watch(run: RunFolder) -> Generator[Progress, None, _Watched]:
    """Runs it and listens until enough is known; its process is ended then."""
    watched, offset = _Watched(time.monotonic()), 0
    child = process.launch(run.path, "")
    try:
        while not watched.ended and child.poll() is None:
            found, offset = run.tail(offset)
            now = time.monotonic()
            for message in found:
                watched.hear(message, now)
            since = now - (watched.trained or watched.begin)
            if since > (START_LIMIT_S if not watched.trained else LONGEST_S if watched.step is None else ENOUGH_S):
                break
            if not found:
                time.sleep(POLL_S)
            yield Progress(0, None, "Measuring how fast this computer trains")
        for message in run.tail(offset)[0]:
            watched.hear(message, time.monotonic())
    finally:
        child.kill()
        child.wait()
    return watched


def rough(seconds: float) -> str:
    """'8 s', '12 min', '3.2 h'."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
