"""`train`, `stop`, `pause`, `resume`: runs, which live on their own; `recipes`, `vary`: what they would do."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer, following
from weldstudio.cli.options import examples, json_option, opened, pairs, project_argument, signature, who_option
from weldstudio.cli.progress import drive
from weldstudio.domain.errors import JobFailed

if TYPE_CHECKING:
    from weldstudio.jobs.folder import RunFolder
    from weldstudio.studio.snapshots import Snapshot
    from weldstudio.studio.timing import Estimate

_follow_option = click.option("--follow", is_flag=True, help="Stay and show what the run says until it ends.")
_now_option = click.option("--now", is_flag=True, help="Do not wait: run beside whatever is under way.")


@click.command(
    epilog=examples(
        "weldstudio train welds --follow",
        "weldstudio train welds --recipe quick --weights mobilenet_v2.pth --follow",
        "weldstudio train welds --recipe our.toml --set schedule.epochs=10 --set seed=3",
        "weldstudio train welds --recipe thorough --now",
    )
)
@project_argument
@click.option(
    "--recipe",
    metavar="NAME_OR_FILE",
    help="A preset's name or a recipe file. By default quick with a weights file or network settings, else the fastest "
    "whose weights come with the program.",
)
@click.option(
    "--weights", type=click.Path(path_type=Path), metavar="FILE", help="Weights to begin with: a file, or one added."
)
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="Change one value of the recipe.")
@click.option("--check", is_flag=True, help="Start nothing; say what would be used, and what is wrong with it.")
@click.option("--time", "timed", is_flag=True, help="With --check: measure here how long it would take.")
@_follow_option
@_now_option
@who_option
@json_option
def train(
    project: Path,
    recipe: str | None,
    weights: Path | None,
    settings: tuple[str, ...],
    check: bool,
    timed: bool,
    follow: bool,
    now: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Train a network on the labels of PROJECT as they are now.

    The run is a process of its own: it goes on when this command or a window is closed, and its model is adopted
    when the project is next opened. Where another run is under way it waits for its turn, and begins by itself. Without
    --follow this prints the run's id and returns.
    """
    overrides = pairs(settings)
    from weldstudio.studio import timing, training

    if recipe is None:
        told = weights is not None or any(key.startswith("network.") for key in overrides)
        recipe = "quick" if told else training.first_choice()
    chosen = training.load_recipe(recipe, overrides)
    by = signature(who)
    with opened(project) as store:
        snapshot = training.preview(store, chosen, weights)
        if check:
            estimate = None
            if timed and not snapshot.problem:
                work = timing.estimate(store, chosen, weights)
                estimate = drive(work, "Measuring", quiet=as_json)
            _tell_check(snapshot, estimate, as_json=as_json)
            return
        run = training.prepare(store, chosen, weights=weights, who=by, snapshot=snapshot)
        pid = training.start(run, now=now)
        if not follow:
            notes = [f"Note: {warning}" for warning in snapshot.warnings]
            text = f"{_begun(run, pid)} Stop it with: {answer.command('stop', project, run.id)}"
            said = _started(run, pid) | {"warnings": snapshot.warnings}
            answer.give(as_json, said, "\n".join([*notes, text]))
            return
        if pid is None and not as_json:
            click.echo(_begun(run, pid))
        following.follow(store, run, project=project, as_json=as_json)


def _started(run: "RunFolder", pid: int | None) -> dict[str, Any]:
    """For machines: `pid` is null and `before` says how many begin sooner while the run waits."""
    from weldstudio.studio import training

    return {"run": run.id, "folder": str(run.path), "pid": pid, "before": len(training.before(run))}


def _begun(run: "RunFolder", pid: int | None) -> str:
    """Whether it has begun or waits, in a sentence."""
    from weldstudio.studio import training

    if pid is not None:
        return f"Started run {run.id}."
    others = len(training.before(run))
    turn = f"{answer.count(others, 'other run')} will begin before it" if others else "it is the next"
    return f"Run {run.id} waits, since another is under way; {turn}. It begins by itself."


@click.command(short_help="Pause a run; resume lets it go on.", epilog=examples("weldstudio pause welds RUN"))
@project_argument
@click.argument("run", metavar="RUN")
@json_option
def pause(project: Path, run: str, as_json: bool) -> None:
    """Ask the run RUN of PROJECT to pause after its present step. Its process ends and frees what it holds."""
    from weldstudio.studio import training

    with opened(project) as store:
        training.pause(store, run)
    text = f"Asked run {run} to pause. Let it go on with: {answer.command('resume', project, run)}"
    answer.give(as_json, {"run": run, "asked_to_pause": True}, text)


@click.command(
    short_help="Let a run go on that was paused or broken off.",
    epilog=examples("weldstudio resume welds RUN --follow"),
)
@project_argument
@click.argument("run", metavar="RUN")
@_follow_option
@_now_option
@json_option
def resume(project: Path, run: str, follow: bool, now: bool, as_json: bool) -> None:
    """Let the run RUN of PROJECT go on from its last checkpoint, after a pause, a crash or a power cut.

    Without a graphics card it ends with the very weights that it would have had unbroken. Where another run is under
    way it waits for its turn.
    """
    from weldstudio.studio import training

    with opened(project) as store:
        found = training.resumable(store, run)
        pid = training.start(found, now=now)
        if follow:
            if pid is None and not as_json:
                click.echo(_begun(found, pid))
            following.follow(store, found, project=project, as_json=as_json)
            return
        answer.give(as_json, _started(found, pid), _begun(found, pid) if pid is None else f"Run {run} goes on.")


def _tell_check(snapshot: "Snapshot", estimate: "Estimate | None", *, as_json: bool) -> None:
    """What a training would use. Ends with status 1 where it could not start."""
    counts = snapshot.counts
    head = ("class", *(f"{split} {kind}" for split in counts for kind in ("raised", "clear")))
    rows = [(name, *(n for split in counts for n in counts[split][name])) for name in snapshot.classes]
    photos = ", ".join(f"{n:,} {split}" for split, n in snapshot.photos.items())
    left_out = ", ".join(f"{n:,} {reason}" for reason, n in snapshot.left_out.items())
    lines = [
        answer.table(head, rows),
        f"Photos: {photos}.",
        *([f"Not used: {left_out}."] if left_out else []),
        *(f"Note: {warning}" for warning in snapshot.warnings),
    ]
    said = {
        "photos": snapshot.photos,
        "joints": snapshot.joints,
        "left_out": snapshot.left_out,
        "classes": counts,
        "warnings": snapshot.warnings,
        "problem": snapshot.problem,
        "time": None if estimate is None else estimate.to_json(),
    }
    lines += [] if estimate is None else [estimate.sentence]
    answer.give(as_json, said, "\n".join(lines if rows else lines[2:]))
    if snapshot.problem:
        if not as_json:
            answer.complain(snapshot.problem)
        raise click.exceptions.Exit(1)


@click.command(short_help="Stop a run; its best model so far is kept.", epilog=examples("weldstudio stop welds RUN"))
@project_argument
@click.argument("run", metavar="RUN")
@json_option
def stop(project: Path, run: str, as_json: bool) -> None:
    """Ask the run RUN of PROJECT to stop; the best model so far is kept and adopted. One that waits will never start.

    Asked a second time, a run that has not yet stopped is ended at once; 'resume' lets it go on from its checkpoint.
    """
    from weldstudio.studio import training

    with opened(project) as store:
        asked = bool(training.stop(store, run))
        state = next(summary.state for summary in training.runs(store) if summary.id == run)
    ends = "it ends after its next step" if state == "running" else "it did not wait any longer"
    text = f"Asked run {run} to stop; {ends}." if asked else f"Run {run} is not running: {state}."
    answer.give(as_json, {"run": run, "asked_to_stop": asked, "state": state}, text)


@click.command(
    short_help="Show recipes, one of them, or every setting.",
    epilog=examples("weldstudio recipes", "weldstudio recipes clamp > mine.toml", "weldstudio recipes --settings"),
)
@click.argument("recipe", metavar="[NAME_OR_FILE]", required=False)
@click.option("--set", "changes", metavar="KEY=VALUE", multiple=True, help="Change one value of the recipe.")
@click.option("--settings", is_flag=True, help="Every setting with its meaning, default and source.")
@json_option
def recipes(recipe: str | None, changes: tuple[str, ...], settings: bool, as_json: bool) -> None:
    """List the recipes that come with the program; or print one, as the file that `train --recipe` takes."""
    from weldstudio.domain.recipe import every_field
    from weldstudio.studio import recipe_pages, training

    if settings:
        rows = [
            {"key": key, "default": default, "meaning": told.meaning, "choices": told.values, "source": told.source}
            for key, default, told in every_field()
        ]
        answer.give(as_json, {"settings": rows}, recipe_pages.settings_page())
    elif recipe is not None:
        chosen = training.load_recipe(recipe, pairs(changes))
        answer.give(as_json, {"name": chosen.name, "toml": chosen.to_toml()}, chosen.to_toml().rstrip())
    else:
        found = [(kind, key, one.name, one.description) for kind, key, one in recipe_pages.listed()]
        names = ("kind", "id", "name", "description")
        table = answer.table(("id", "recipe"), [(key, name) for _, key, name, _ in found])
        answer.give(as_json, {"recipes": [dict(zip(names, row, strict=True)) for row in found]}, table)


@click.command(
    short_help="Show how a training would vary a photo.",
    epilog=examples(
        "weldstudio vary welds varied.png --recipe fine-tune", "weldstudio vary welds varied.png --photo 17"
    ),
)
@project_argument
@click.argument("picture", metavar="PICTURE", type=click.Path(path_type=Path))
@click.option("--recipe", metavar="NAME_OR_FILE", default="fine-tune", show_default=True, help="Whose augmentation.")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="Change one value of the recipe.")
@click.option("--photo", type=int, metavar="ID", help="A photo that would be trained on; the first by default.")
@json_option
def vary(
    project: Path, picture: Path, recipe: str, settings: tuple[str, ...], photo: int | None, as_json: bool
) -> None:
    """Write sixteen variations of a training photo of PROJECT, side by side, into the file PICTURE."""
    from weldstudio.studio import training, variations

    chosen = training.load_recipe(recipe, pairs(settings))
    with opened(project) as store:
        found = variations.of_photo(store, chosen, photo)
    try:
        variations.sheet(found.pictures).save(picture)
    except (OSError, ValueError) as error:
        raise JobFailed(f"The picture {picture} cannot be written: {error}.") from error
    answer.give(as_json, {"photo": found.photo_id, "picture": str(picture)}, f"Photo {found.photo_id}: {picture}")
