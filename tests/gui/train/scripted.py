"""Run folders that say what a test tells them to, without a child and without torch."""

import json
import math
import time
from pathlib import Path

import numpy as np

from weldstudio.domain.manifest import Manifest, ManifestClass
from weldstudio.domain.messages import Evaluated, Heartbeat, Message, RunFinished, RunStarted, Stage, Step
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scores import score_class
from weldstudio.jobs.folder import Control, RunFolder

CLASSES = ("No Clamp Used", "Soil", "Joint Misaligned")


def make_run(project: Path, run_id: str, *, name: str = "Quick look", started: bool = True) -> RunFolder:
    """A run that has been started and has said nothing yet."""
    manifest = Manifest(tuple(ManifestClass(slot, name) for slot, name in enumerate(CLASSES)), ())
    run = RunFolder.create(project / "runs" / run_id, Recipe(name=name), manifest, who="Ada")
    run.write_control(Control(time.time() if started else None, False, "Ada"))
    return run


def say(run: RunFolder, *messages: Message) -> None:
    for message in messages:
        run.append(message)


def per_class(separation: float, *, photos: int = 40) -> dict[str, dict[str, object]]:
    """Scores of all classes, better with more `separation`."""
    random = np.random.default_rng(7)
    found = {}
    for number, name in enumerate(CLASSES):
        raised = np.arange(photos) < 12
        logits = random.normal(size=photos) + np.where(raised, 1, -1) * separation * (1 - 0.2 * number)
        found[name] = score_class(1 / (1 + np.exp(-logits)), raised, 0.5).to_json()
    return found


def evaluated(step: int, separation: float, *, best: bool = True) -> Evaluated:
    scores = per_class(separation)
    mean = float(np.mean([s["mean_per_class_accuracy"] for s in scores.values()]))
    return Evaluated(step, step / 10, math.exp(-separation), mean, mean, scores, best)


def story(steps: int = 20, *, finished: bool = False) -> list[Message]:
    """What a short training says."""
    said: list[Message] = [
        RunStarted(1, time.time(), "cpu", CLASSES, steps=steps),
        Heartbeat(time.time()),
        Stage("training"),
        evaluated(0, 0.3),
    ]
    for step in range(1, steps + 1):
        said.append(Step(step, step / 10, math.exp(-step / 10), 0.01, 47.0, float(steps - step)))
        if step % 10 == 0:
            said.append(evaluated(step, 0.3 + step / 20))
    if finished:
        said.append(RunFinished("done", "Done after 20 steps.", 12.0, steps, 0.9))
    return said


def card(run_id: str, name: str = "Quick look", *, classes: tuple[str, ...] = CLASSES) -> ModelCard:
    scores = per_class(1.0)
    mean = float(np.mean([s["mean_per_class_accuracy"] for s in scores.values()]))
    return ModelCard(
        id=run_id,
        name=name,
        network="mobilenet_v2",
        classes=tuple(ModelClass(slot, label, 0.5) for slot, label in enumerate(classes)),
        created="2026-11-21T10:00:00+00:00",
        run_id=run_id,
        weights_origin="file mobilenet_v2_imagenet.pth",
        weights_licence="BSD-3-Clause",
        scores={
            "task": "multilabel",
            "photos": 40,
            "mean_per_class_accuracy": mean,
            "mean_per_class_accuracy_at_half": mean,
            "interval": (mean - 0.1, min(1.0, mean + 0.1)),
            "classes_with_a_value": 3,
            "per_class": scores,
        },
    )


def finish(run: RunFolder, name: str = "Quick look") -> None:
    """The run writes its model and says its last word."""
    part = run.path / "model.part"
    part.mkdir()
    (part / "card.json").write_text(json.dumps(card(run.id, name).to_json()), encoding="utf-8")
    (part / "weights.safetensors").write_bytes(b"nothing a window would read")
    part.rename(run.model)
    say(run, RunFinished("done", "Done after 20 steps.", 12.0, 20, 0.9))
