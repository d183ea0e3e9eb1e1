"""`runs`: the table of runs, and what is noted of them; `curves`: what they said, as files for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option
from weldstudio.domain.errors import JobFailed

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.run_differences import RunDifference
    from weldstudio.studio.run_table import RunFacts

SHOWN_LABELS = 20


@click.command(
    short_help="List, compare, star, delete and order runs.",
    epilog=examples(
        "weldstudio runs welds",
        "weldstudio runs welds --where 'accuracy>90% schedule.epochs>=5' --sort accuracy --descending",
        "weldstudio runs welds --compare RUN OTHER",
        "weldstudio runs welds --note RUN 'with the new clamps'",
        "weldstudio runs welds --first RUN",
    ),
)
@project_argument
@click.option("--where", default="", metavar="FILTER", help="Only runs that fit: KEY=VALUE, KEY>VALUE, star, words.")
@click.option("--sort", metavar="KEY", help="Order by a setting or a score, such as accuracy or flag:NAME.")
@click.option("--descending", is_flag=True, help="The largest first.")
@click.option("--column", "columns", metavar="KEY", multiple=True, help="Show this setting or score as well.")
@click.option("--compare", nargs=2, metavar="RUN OTHER", help="How the second differs: settings, photos, labels.")
@click.option("--star", metavar="RUN", help="Give a run a star.")
@click.option("--unstar", metavar="RUN", help="Take its star away.")
@click.option("--note", nargs=2, metavar="RUN TEXT", help="Write a note on a run.")
@click.option("--delete", metavar="RUN", help="Delete a run; its folder is kept for 30 days. Its model stays.")
@click.option("--restore", metavar="RUN", help="Bring a deleted run back.")
@click.option("--deleted", is_flag=True, help="List the deleted runs that can be brought back.")
@click.option("--first", metavar="RUN", help="Of those that wait, this one begins next.")
@click.option("--up", metavar="RUN", help="This one begins one place sooner.")
@click.option("--down", metavar="RUN", help="This one begins one place later.")
@who_option
@json_option
def runs(project: Path, *, as_json: bool, **asked: Any) -> None:
    """List the runs of PROJECT: what is under way, what waits in the order of its turns, then the others, newest first.

    'stop' takes a waiting run out of the line. At most one run is under way on each device (graphics card, or processor
    where there is none), whichever project it belongs to.
    """
    from weldstudio.studio import run_differences, run_table, training

    with opened(project) as store:
        _change(store, asked)
        if asked["compare"]:
            difference = run_differences.between(store, *asked["compare"])
            answer.give(as_json, difference.to_json(), _in_words(difference, asked["compare"]))
            return
        training.start_waiting(store)
        if asked["deleted"]:
            found = [run_table.facts_of(summary) for summary in training.runs(store, deleted=True)]
        else:
            found = run_table.facts(store)
    found = run_table.filtered(found, asked["where"])
    if asked["sort"]:
        found = run_table.ordered(found, asked["sort"], descending=asked["descending"])
    answer.give(as_json, {"runs": [one.to_json() for one in found]}, _table(found, asked["columns"]))


def _change(store: "Store", asked: dict[str, Any]) -> None:
    from weldstudio.studio import marking, training

    who = signature(asked["who"])
    for run, star in ((asked["star"], True), (asked["unstar"], False)):
        if run is not None:
            marking.mark(store, run, who=who, star=star)
    for run, gone in ((asked["delete"], True), (asked["restore"], False)):
        if run is not None:
            marking.mark(store, run, who=who, gone=gone)
    if asked["note"]:
        run, text = asked["note"]
        marking.mark(store, run, who=who, note=text)
    for run, by in ((asked["first"], None), (asked["up"], -1), (asked["down"], 1)):
        if run is not None:
            line = [summary.id for summary in training.runs(store) if summary.state == "waiting"]
            training.move(store, run, max(0, line.index(run) + by) if by and run in line else 0)


def _table(found: "list[RunFacts]", columns: tuple[str, ...]) -> str:
    if not found:
        return "There are no such runs."
    rows = []
    for one in found:
        told = one.summary
        said = told.note or told.sentence
        values = [one.value(key) for key in columns]
        mark = "*" if told.star else ""
        rows.append((told.id, mark, told.state, told.name, answer.percent(told.mean_per_class_accuracy), *values, said))
    return answer.table(("run", "", "state", "recipe", "accuracy", *columns, ""), rows)


def _in_words(difference: "RunDifference", runs: tuple[str, str]) -> str:
    settings = [(key, *values) for key, values in difference.settings.items()]
    lines = [answer.table(("setting", *runs), settings) if settings else "The settings are the same."]
    lines.append(difference.snapshot.sentence)
    labels = difference.snapshot.changed
    rows = [(one.photo_id, one.path, one.name, one.first.word, one.second.word) for one in labels[:SHOWN_LABELS]]
    if rows:
        lines.append(answer.table(("photo", "path", "class", *runs), rows))
    if len(labels) > SHOWN_LABELS:
        lines.append(f"... and {len(labels) - SHOWN_LABELS:,} more; --json lists them all.")
    return "\n".join(lines)


@click.command(
    short_help="Write the curves of runs into a file, or for TensorBoard.",
    epilog=examples(
        "weldstudio curves welds curves.csv",
        "weldstudio curves welds curves.csv --run RUN --run OTHER",
        "weldstudio curves welds curves.svg --draw 'flag:No Clamp Used'",
        "weldstudio curves welds events --tensorboard",
    ),
)
@project_argument
@click.argument("target", metavar="FILE_OR_FOLDER", type=click.Path(path_type=Path))
@click.option("--run", "chosen", metavar="RUN", multiple=True, help="Only this run; may be given several times.")
@click.option(
    "--draw",
    "measure",
    metavar="WHAT",
    default="accuracy",
    show_default=True,
    help="For a picture: accuracy, validation or training (loss), rate, or flag:NAME.",
)
@click.option("--tensorboard", is_flag=True, help="Write event files that TensorBoard reads, a folder per run.")
@json_option
def curves(
    project: Path, target: Path, chosen: tuple[str, ...], measure: str, tensorboard: bool, as_json: bool
) -> None:
    """Write the curves of the runs of PROJECT: loss, learning rate, accuracy overall and of each flag, step by step.

    Into a table of all points, or, where the file ends in .svg or .png, as one curve for each of up to 20 runs.
    """
    from weldstudio.jobs.folder import RunFolder
    from weldstudio.studio import curve_files, training

    with opened(project, read_only=True) as store:
        if chosen:
            found = [training.run_named(store, run) for run in chosen]
        else:
            found = [RunFolder(summary.folder) for summary in training.runs(store)]
    if not found:
        raise JobFailed("There are no runs yet; train first.")
    if tensorboard:
        files = [str(file) for file in curve_files.write_events(found, target)]
        text = f"Wrote {answer.count(len(files), 'event file')}. Look at them with: tensorboard --logdir {target}"
        answer.give(as_json, {"files": files}, text)
    elif target.suffix.casefold() in (".svg", ".png"):
        if measure not in curve_files.MEASURES and not measure.startswith("flag:"):
            raise JobFailed(f"'{measure}' cannot be drawn; choose {', '.join(curve_files.MEASURES)} or flag:NAME.")
        curve_files.draw(found, target, measure=measure)
        answer.give(as_json, {"file": str(target), "runs": len(found)}, f"Drew the curves into {target}.")
    else:
        count = curve_files.write_csv(found, target)
        answer.give(
            as_json, {"file": str(target), "points": count}, f"Wrote {answer.count(count, 'point')} to {target}."
        )
