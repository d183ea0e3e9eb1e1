"""`restore`: the snapshots of a project, and the way back to one of them."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, project_argument
from weldstudio.cli.progress import drive


@click.command(
    short_help="List the snapshots of PROJECT, or go back to one.",
    epilog=examples(
        "weldstudio restore welds",
        "weldstudio restore welds daily-2026-11-20",
    ),
)
@project_argument
@click.argument("snapshot", metavar="[SNAPSHOT]", required=False)
@json_option
def restore(project: Path, snapshot: str | None, as_json: bool) -> None:
    """Make PROJECT again what it was in SNAPSHOT; without one, list the snapshots.

    One is kept of every day on which something was written, the last 14 of them. What is there before a restore is
    itself kept, so a restore can be taken back in the same way.
    """
    from weldstudio.studio import restoring

    if snapshot is None:
        kept = restoring.kept(project)
        rows = [
            (one.name, one.kind, one.photos, one.actions, one.problem or one.last, f"{one.size / 1e6:,.1f} MB")
            for one in kept
        ]
        head = ("snapshot", "kind", "photos", "actions", "newest action", "size")
        text = answer.table(head, rows) if rows else "No snapshot yet; one is kept of every day with work."
        answer.give(as_json, {"snapshots": [one.to_json() for one in kept]}, text)
        return
    done = drive(restoring.restore(project, snapshot), "Restoring", quiet=as_json)
    answer.give(as_json, done.to_json(), done.text)
