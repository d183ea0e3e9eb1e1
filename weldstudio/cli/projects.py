"""`open`, `init`, `status`: the project as a whole."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.hands import Hands
from weldstudio.cli.options import examples, json_option, opened, project_argument

RUNS = 10
"""So many runs, the newest, are named; `stop` asks for their ids."""


@click.command("open", epilog=examples("weldstudio open welds"))
@click.argument("project", type=click.Path(path_type=Path), metavar="PROJECT")
@click.pass_obj
def open_(hands: Hands, project: Path) -> int:
    """Open the window on PROJECT."""
    status: int = hands.open_window(project)
    return status


@click.command(
    epilog=examples(
        "weldstudio init welds",
        "weldstudio init welds --scheme pipe-welds",
        "weldstudio init welds --scheme our-flags.toml --name 'Welds of the north'",
    )
)
@project_argument
@click.option("--scheme", metavar="NAME_OR_FILE", help="Flags to begin with: a preset's name or a scheme file.")
@click.option("--name", metavar="TEXT", help="What the project is called; by default the folder's name.")
@json_option
def init(project: Path, scheme: str | None, name: str | None, as_json: bool) -> None:
    """Make a new, empty project in the folder PROJECT."""
    from weldstudio.studio import projects

    store = projects.create(project, name=name, scheme=scheme)
    try:
        flags = [flag.name for flag in projects.load_scheme(store).live_flags]
    finally:
        store.close()
    text = f"Made the project {project}" + (f" with {answer.count(len(flags), 'flag')}." if flags else ".")
    answer.give(as_json, {"project": str(project), "flags": flags}, text)


@click.command(epilog=examples("weldstudio status welds", "weldstudio status welds --json"))
@project_argument
@json_option
def status(project: Path, as_json: bool) -> None:
    """Say what PROJECT holds: photos, labels, flags, joints that wait, models, runs."""
    from weldstudio.studio import projects, training

    with opened(project) as store:
        found = projects.status(store)
        runs = [run.to_json() for run in training.runs(store)]
    rows = [(run["id"], run["name"], run["state"], run["sentence"]) for run in runs[:RUNS]]
    text = f"{found}\n{answer.table(('run', 'recipe', 'state', ''), rows)}" if rows else str(found)
    answer.give(as_json, found.to_json() | {"newest_runs": runs[:RUNS]}, text)
