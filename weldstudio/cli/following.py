"""Watching a run from the command line: what it says, line by line, until it ends or nobody wants to watch any more."""

import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.progress import Cancelled, interrupts
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import (
    Alarm,
    Evaluated,
    Heartbeat,
    Message,
    RangeTested,
    RunFinished,
    RunStarted,
    Skipped,
    Stage,
    Step,
)

if TYPE_CHECKING:
    from weldstudio.jobs.folder import RunFolder
    from weldstudio.store.store import Store

_EVERY_S = 3.0


def follow(store: "Store", run: "RunFolder", *, project: Path, as_json: bool) -> None:
    """Print what the run says until it ends, then adopt its model and say how good it is.

    Cancelled after Ctrl+C: the run goes on. JobFailed where the run ended without a model.
    """
    from weldstudio.studio import registry, training

    if not as_json:
        click.echo(f"Run {run.id}. Ctrl+C stops watching, not the run.")
    finished = _watch(training.follow(run), run.id, project=project, quiet=as_json, since=run.control().started)
    if finished is None or finished.state == "failed":
        raise JobFailed(finished.sentence if finished else training.summarise(run).sentence)
    registry.adopt_finished(store)
    model = next((entry.to_json() for entry in registry.models(store) if entry.run_id == run.id), None)
    result: dict[str, Any] = {
        "run": run.id,
        "state": finished.state,
        "seconds": finished.seconds,
        "mean_per_class_accuracy": finished.mean_per_class_accuracy,
        "model": model["id"] if model else None,
        "active": bool(model and model.get("active")),
    }
    answer.give(as_json, result, _adopted(model, finished, project=project))


def _watch(
    messages: Generator[Message | None, None, RunFinished | None],
    run_id: str,
    *,
    project: Path,
    quiet: bool,
    since: float | None = None,
) -> RunFinished | None:
    lines = _Lines(since)
    with interrupts() as interrupted:
        try:
            while True:
                message = next(messages)
                line = lines.of(message)
                if line and not quiet:
                    click.echo(line)
                if interrupted.pressed:
                    raise Cancelled(f"The run goes on. Stop it with: {answer.command('stop', project, run_id)}")
        except StopIteration as end:
            finished: RunFinished | None = end.value
            return finished
        finally:
            messages.close()


class _Lines:
    """Messages as lines for people; steps, and how far a stage has come, only every few seconds."""

    def __init__(self, since: float | None) -> None:
        """`since`: when the run was started, in seconds since 1970, if it was."""
        self._since = since
        self._said = -_EVERY_S
        self._stage = ""

    def of(self, message: Message | None) -> str:
        """One line, or more; empty for what nobody needs to read."""
        if isinstance(message, Heartbeat) and self._since is not None:
            took, self._since = message.time - self._since, None
            return f"First sign of life after {took:.1f} s"
        if isinstance(message, Stage):
            return self._stage_line(message.text)
        if isinstance(message, RunStarted):
            photos = ", ".join(f"{n:,} {split}" for split, n in message.photos.items())
            return f"{answer.count(len(message.classes), 'class', 'classes')} on {message.device}; photos: {photos}"
        if isinstance(message, Step):
            return self._step(message)
        if isinstance(message, Evaluated):
            return _evaluated(message)
        if isinstance(message, RangeTested):
            return message.sentence
        if isinstance(message, Alarm):
            remedy = "".join(f" --set {key}={value}" for key, value in message.remedy.items())
            return f"Note: {message.sentence}" + (f" Remedy:{remedy}" if remedy else "")
        if isinstance(message, Skipped):
            examples = "; ".join(f"{path}: {reason}" for path, reason in message.examples[:3])
            return f"Left out {answer.count(message.count, 'photo')} that could not be read ({examples})"
        if isinstance(message, RunFinished):
            return message.sentence if message.state != "failed" else ""  # said as the error that it is
        return ""

    def _stage_line(self, text: str) -> str:
        """'reading photos: 32 of 90' is the same stage as 'reading photos: 64 of 90'."""
        stage = text.partition(":")[0]
        if stage == self._stage and not self._due():
            return ""
        self._stage = stage
        return text[:1].upper() + text[1:]

    def _step(self, step: Step) -> str:
        if not self._due():
            return ""
        # Steps that fit a head to features see no photos.
        rate = f"  {step.images_per_second:.1f} photos/s" if step.images_per_second else ""
        from weldstudio.studio.timing import rough

        left = f"  {rough(step.seconds_left)} left" if step.seconds_left is not None else ""
        return f"  step {step.step:,}  epoch {step.epoch:.2f}  loss {step.loss:.4f}{rate}{left}"

    def _due(self) -> bool:
        now = time.monotonic()
        if now - self._said < _EVERY_S:
            return False
        self._said = now
        return True


def _evaluated(message: Evaluated) -> str:
    per_class = ", ".join(
        f"{name} {answer.percent(scores.get('mean_per_class_accuracy'))}" for name, scores in message.per_class.items()
    )
    return (
        f"Validation after step {message.step:,}: mean per-class accuracy "
        f"{answer.percent(message.mean_per_class_accuracy)} "
        f"(at 0.5: {answer.percent(message.mean_per_class_accuracy_at_half)}), loss {message.loss:.4f}"
        + (", the best so far" if message.best else "")
        + (f"\n  {per_class}" if per_class else "")
    )


def _adopted(model: dict[str, Any] | None, finished: RunFinished, *, project: Path) -> str:
    from weldstudio.studio.timing import rough

    if model is None:
        return finished.sentence
    how = (
        "is in use"
        if model.get("active")
        else f"is kept; use it with: {answer.command('models', project, '--activate', model['id'])}"
    )
    return (
        f"Model {model['id']} {how}. Validation: mean per-class accuracy "
        f"{answer.percent(finished.mean_per_class_accuracy)}, after {rough(finished.seconds)}."
    )
