"""Training runs: prepared from the labels of this moment, started as processes of their own, watched and stopped."""

import shutil
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from weldstudio import paths
from weldstudio.domain.changes import Changes
from weldstudio.domain.errors import JobFailed, RecipeError
from weldstudio.domain.messages import (
    GOING_ON,
    Alarm,
    Evaluated,
    Failed,
    Heartbeat,
    Message,
    RunFinished,
    RunStarted,
    Stage,
    Started,
)
from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scheme import did_you_mean
from weldstudio.imaging import refit_file
from weldstudio.jobs import process, waiting, wire
from weldstudio.jobs.folder import RunFolder, new_id
from weldstudio.store import models, run_marks, splits
from weldstudio.store.run_marks import RunMarks
from weldstudio.store.store import Store
from weldstudio.studio import shipped, snapshots
from weldstudio.studio.snapshots import Snapshot
from weldstudio.studio.starting_heads import starting_heads
from weldstudio.studio.starting_weights import starting_weights

SILENCE_S = 10.0
"""A run that has said nothing for so long is interrupted; it says something every two seconds."""
POLL_S = 0.02
URGENT = ("constant", "diverged", "stuck", "rising")
"""Kinds of alarms of which somebody who looks elsewhere is told."""
RESUMABLE = ("paused", "interrupted", "failed")
"""States of a run that can go on where it was."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run as a list shows it."""

    id: str
    folder: Path
    name: str
    """Of its recipe."""
    state: str
    """'waiting', 'running', 'paused', 'done', 'stopped', 'failed' or 'interrupted'."""
    started: float | None
    """Seconds since 1970."""
    mean_per_class_accuracy: float | None
    """The best on validation so far."""
    model_id: str | None
    """Once adopted."""
    sentence: str
    """What it is busy with, or how it ended."""
    star: bool = False
    note: str = ""
    alarm: str = ""
    """The last of its alarms that a person should know of at once."""

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "started": self.started,
            "mean_per_class_accuracy": self.mean_per_class_accuracy,
            "model": self.model_id,
            "sentence": self.sentence,
            "star": self.star,
            "note": self.note,
            "alarm": self.alarm,
        }


def presets() -> dict[str, Recipe]:
    """The recipes that come with the program, by id; the fastest first."""

    def effort(item: tuple[str, Recipe]) -> tuple[bool, int, int]:
        network = item[1].network
        return network.trains_stages, item[1].schedule.epochs, NETWORKS[network.name].parameters

    return dict(sorted(_recipes(paths.resources() / "recipes").items(), key=effort))


def experiments() -> dict[str, Recipe]:
    """The experiments of the sources as recipes, by id: to be repeated on one's own photographs."""
    return dict(_recipes(paths.resources() / "recipes" / "experiments"))


@cache
def _recipes(folder: Path) -> Mapping[str, Recipe]:
    """Those that come with the program, read once."""
    return {file.stem: Recipe.from_toml(file.read_text("utf-8")) for file in sorted(folder.glob("*.toml"))}


def first_choice() -> str:
    """Id of the preset to begin with: the fastest whose weights come with the program, else the fastest."""
    known = presets()
    shipped_networks = {model.card.network for model in shipped.every()}
    return next(
        (key for key, recipe in known.items() if recipe.network.name in shipped_networks), next(iter(known), "")
    )


def load_recipe(name_or_file: str | Path, overrides: Mapping[str, str] | None = None) -> Recipe:
    """A preset by its id or name, or a recipe file, with dotted keys replaced. Raises RecipeError."""
    known, wanted = presets() | experiments(), str(name_or_file)
    if wanted in known:
        return known[wanted].with_values(overrides or {})
    file = Path(name_or_file)
    if not file.is_file():
        for recipe in known.values():
            if _letters(recipe.name) == _letters(wanted):
                return recipe.with_values(overrides or {})
        hint = did_you_mean(wanted, [*known, *(recipe.name for recipe in known.values())])
        hint = hint or f" Presets are: {', '.join(known)}."
        raise RecipeError(f"There is no preset and no recipe file '{name_or_file}'.{hint}")
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"The recipe {file} cannot be read: {error}.") from error
    return Recipe.from_toml(text).with_values(overrides or {})


def _letters(name: str) -> str:
    """What counts of a name that somebody types."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def preview(store: Store, recipe: Recipe, weights: Path | None = None) -> Snapshot:
    """What a training by this recipe would use now; `problem` says why it could not start. Writes nothing."""
    try:
        starting_weights(store, recipe, weights)
    except RecipeError as error:
        return replace(snapshots.take(store, recipe), problem=str(error))
    return snapshots.take(store, recipe)


def prepare(
    store: Store, recipe: Recipe, *, weights: Path | None = None, who: str, snapshot: Snapshot | None = None
) -> RunFolder:
    """A run folder with everything the training needs; joints that are new get their split.

    What there is to say before the start is the first thing in its record.

    `weights` is a file to begin with, in place of what the recipe says; `snapshot` is a `preview` of this moment, where
    there is one. Raises RecipeError before anything is written.
    """
    source = starting_weights(store, recipe, weights)
    if weights is not None:
        recipe = replace(recipe, network=replace(recipe.network, weights="file"))
    snapshot = snapshot or snapshots.take(store, recipe)
    if snapshot.problem:
        raise RecipeError(" ".join((snapshot.problem, *snapshot.warnings)))
    manifest = snapshot.manifest
    if source is not None:
        manifest = replace(
            manifest,
            weights="" if source.file is None else f"weights/{source.file.name}",
            weights_origin=source.origin,
            weights_licence=source.licence,
        )
    if snapshot.new_splits:
        splits.write(store, snapshot.new_splits, seed=recipe.seed)
    folder = store.folder / "runs"
    run = RunFolder.create(folder / new_id(folder), recipe, manifest, who=who)
    if source is not None and source.file is not None:
        copy_weights(source.file, run)
        if (heads := starting_heads(store, recipe, source.file)) is not None:
            refit_file.write_heads(run.path / refit_file.START, heads)
    for warning in snapshot.warnings:
        run.append(Alarm("preflight", warning))
    for model_id in recipe.combination.models:
        shutil.copytree(store.folder / "models" / model_id, run.path / "weights" / model_id)
    with store.atomic():
        store.record(Changes(runs=True))
    return run


def copy_weights(file: Path, run: RunFolder) -> None:
    """A run holds all it needs."""
    (run.path / "weights").mkdir()
    shutil.copyfile(file, run.path / "weights" / file.name)


def start(run: RunFolder, *, now: bool = False) -> int | None:
    """Lets a prepared run begin, as a process that outlives this one, when its turn has come.

    Returns its process id; None while it waits for those before it. `now` waits for nobody. Raises JobFailed.
    """
    if run.control().started is not None:
        raise JobFailed(f"The run {run.id} was started before; prepare a new one.")
    line = waiting.of_machine()
    if now:
        with line.lock():
            run.write_control(replace(run.control(), started=time.time()))
        return process.start_detached(run.path)
    line.join(run)
    started = line.start_next().get(run)
    if started is None and (end := summarise(run)).state == "failed":
        raise JobFailed(end.sentence)
    return started


def start_waiting(store: Store) -> bool:
    """Starts what waits for a device that nobody uses any more; whether anything was."""
    line = waiting.of_machine()
    line.look(store.folder / "runs")
    return bool(line.start_next())


def before(run: RunFolder) -> list[RunFolder]:
    """The runs, of this project and others, whose turn comes before that of a waiting run."""
    line = waiting.of_machine().waiting()
    return line[: line.index(run)] if run in line else []


def move(store: Store, run_id: str, to: int) -> Changes:
    """Gives a waiting run another place among those of this project; 0 is the next to begin. Raises JobFailed."""
    waiting.of_machine().move(run_named(store, run_id), to)
    with store.atomic():
        return store.record(Changes(runs=True))


def stop(store: Store, run_id: str) -> Changes:
    """Asks a run to stop after its present step; its best model so far is kept. One that waits will never start.

    Asked a second time, its process is ended at once; then it can go on from its last checkpoint.
    """
    run, line = run_named(store, run_id), waiting.of_machine()
    state = summarise(run).state
    if state not in ("waiting", "running"):
        raise JobFailed(f"The run {run_id} has ended already ({state}).")
    process_id = next((m.pid for m in reversed(list(run.replay())) if isinstance(m, Started)), None)
    if state == "running" and run.control().stop and process_id is not None:
        process.end(process_id)  # its heartbeat is fresh: the number is its own
        run.cut_unfinished()
        run.append(RunFinished("paused", "Ended at once; resume it to go on from its last checkpoint.", 0.0))
    with line.lock():
        run.write_control(replace(run.control(), stop=True))
    with store.atomic():
        return store.record(Changes(runs=True))


def pause(store: Store, run_id: str) -> Changes:
    """Asks a run to pause after its present step: its process ends, and `resume` lets it go on where it was."""
    run = run_named(store, run_id)
    state = summarise(run).state
    if state != "running":
        raise JobFailed(f"The run {run_id} is not under way ({state}).")
    with waiting.of_machine().lock():
        run.write_control(replace(run.control(), pause=True))
    with store.atomic():
        return store.record(Changes(runs=True))


def resumable(store: Store, run_id: str) -> RunFolder:
    """A run that was paused or broken off, made ready to go on with `start`. Raises JobFailed."""
    run = run_named(store, run_id)
    state = summarise(run).state
    if state not in RESUMABLE:
        raise JobFailed(f"The run {run_id} cannot go on ({state}); only one that was paused or broken off can.")
    run.cut_unfinished()
    run.append(Stage(GOING_ON))
    run.write_control(replace(run.control(), started=None, stop=False, pause=False, place=None))
    with store.atomic():
        store.record(Changes(runs=True))
    return run


def runs(store: Store, *, deleted: bool = False) -> list[RunSummary]:
    """All runs of the project: under way, waiting in the order of their turns, ended with the newest first.

    With `deleted` those that were deleted and are not cleared away yet, in place of the others.
    """
    adopted, marks = models.runs_adopted(store), run_marks.every(store)
    folder = store.folder / "runs"
    found = [path for path in folder.iterdir() if (path / "control.json").exists()] if folder.is_dir() else []
    found = [path for path in found if bool(marks.get(path.name, RunMarks("")).gone) == deleted]
    turns = {run.id: turn for turn, run in enumerate(waiting.in_line(map(RunFolder, found)))}
    told = [summarise(RunFolder(path), adopted.get(path.name)) for path in sorted(found, reverse=True)]
    told = [replace(run, sentence=_turn(run)) if run.id in turns else run for run in told]
    told = [replace(run, star=bool(m.star), note=m.note) if (m := marks.get(run.id)) else run for run in told]
    order = {"running": 0, "waiting": 1}
    return sorted(told, key=lambda run: (order.get(run.state, 2), turns.get(run.id, 0)))


def _turn(run: RunSummary) -> str:
    """When a waiting run begins."""
    others = len(before(RunFolder(run.folder)))
    return f"waiting: {others} other{'s begin' if others > 1 else ' begins'} first" if others else "waiting: the next"


def summarise(run: RunFolder, model_id: str | None = None) -> RunSummary:
    """A run's state, from what it said and when it said it last."""
    control = run.control()
    best: float | None = None
    alarm = ""
    began, heard = control.started, control.started
    silence = waiting.START_S
    state, sentence = ("running", "starting") if control.started else ("waiting", "waiting for its turn")
    try:
        name = run.recipe().name
    except (RecipeError, JobFailed) as error:
        name, state, sentence = run.id, "failed", str(error)
    for message in run.replay():
        match message:
            case RunStarted():
                began = message.time
            case Heartbeat():
                heard, silence = message.time, SILENCE_S
            case Stage():
                sentence = message.text
                if sentence == GOING_ON:
                    heard, silence = control.started, waiting.START_S
                    state = "running" if control.started else "waiting"
            case Failed():
                sentence = message.sentence
            case Alarm() if message.kind in URGENT:
                alarm = message.sentence
            case Evaluated():
                value = message.mean_per_class_accuracy
                best = value if message.best and value is not None else best
            case RunFinished():
                state, sentence = message.state, message.sentence
                best = message.mean_per_class_accuracy if message.mean_per_class_accuracy is not None else best
            case _:
                pass
    if state == "waiting" and control.stop:
        taken_out = "Taken out of the line; resume it to go on from where it was."
        state, sentence = ("stopped", "stopped before it was started") if began is None else ("paused", taken_out)
    if state == "running" and heard is not None and time.time() - heard > silence:
        state, sentence = "interrupted", f"It ended without a word. {_last_line(run)}"
    return RunSummary(run.id, run.path, name, state, began, best, model_id, sentence, alarm=alarm)


def follow(run: RunFolder) -> Generator[Message | None, None, RunFinished | None]:
    """Everything the run says, from its first word on; None when there is nothing new.

    Returns its last message, or None when it was interrupted. Closing the generator ends the watching, not the run.
    """
    offset, checked = _last_word(run), time.monotonic()
    while True:
        found, offset = run.tail(offset)
        for message in found:
            yield message
            if isinstance(message, RunFinished):
                return message
        if not found:
            yield None
            time.sleep(POLL_S)
            if time.monotonic() - checked > 1.0:
                checked = time.monotonic()
                state = summarise(run).state
                if state == "waiting":
                    waiting.of_machine().start_next()  # whoever would have done it may be gone
                if state in ("interrupted", "failed") or (state == "stopped" and run.control().started is None):
                    return None


def _last_word(run: RunFolder) -> int:
    """Where the messages of a resumed run go on after the last word of its process before; 0 for one that has not yet
    ended, or has ended for good.
    """
    offset, after = 0, 0
    lines = run.messages_file.read_bytes().splitlines(keepends=True) if run.messages_file.exists() else []
    for line in lines:
        offset += len(line)
        if line.endswith(b"\n") and isinstance(wire.decode(line.decode("utf-8")), RunFinished):
            after = offset
    return after if after < offset else 0


def run_named(store: Store, run_id: str) -> RunFolder:
    """A run by its id. Raises JobFailed for one that does not exist."""
    run = RunFolder(store.folder / "runs" / run_id)
    if "/" in run_id or "\\" in run_id or not (run.path / "control.json").exists():
        known = [path.name for path in (store.folder / "runs").glob("*")]
        raise JobFailed(f"There is no run '{run_id}'.{did_you_mean(run_id, known)}")
    return run


def _last_line(run: RunFolder) -> str:
    lines = [line.strip() for line in run.log_tail().splitlines() if line.strip()]
    return f"Its log ends with: {lines[-1]}" if lines else "Its log is empty."
