"""`merge`: two or more flags become one class, without a label being touched; and back."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option


@click.command(
    short_help="Merge flags of PROJECT, or undo a merge.",
    epilog=examples(
        "weldstudio merge welds 'No Clamps' 'No Clamp Used' 'Photo Does Not Show Enough Of Clamps'",
        "weldstudio merge welds --undo 'No Clamps'",
    ),
)
@project_argument
@click.argument("name", metavar="NAME", required=False)
@click.argument("members", nargs=-1, metavar="MEMBER...")
@click.option("--undo", metavar="NAME", help="Undo the merge NAME instead; the labels below it were never touched.")
@who_option
@json_option
def merge(
    project: Path, name: str | None, members: tuple[str, ...], undo: str | None, who: str | None, as_json: bool
) -> None:
    """Merge the flags MEMBER... of PROJECT under NAME, or undo a merge."""
    if undo is not None and name is not None:
        raise click.UsageError("Either name a merge and its members, or undo one with --undo NAME.")
    if undo is None and name is None:
        raise click.UsageError("Name the merge and its members, or undo one with --undo NAME.")
    if undo is None and len(members) < 2:
        raise click.UsageError("A merge needs at least two flags: NAME MEMBER MEMBER...")
    from weldstudio.studio import merging

    by = signature(who)
    with opened(project) as store:
        if undo is not None:
            done = merging.unmerge(store, undo, who=by)
        else:
            done = merging.merge(store, str(name), members, who=by)
    result = {"action": done.action_id, "name": undo or name, "members": list(members), "text": done.text}
    answer.give(as_json, result, done.text)
