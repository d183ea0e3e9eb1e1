"""`merge`: flags become one class, without a label being touched; and back. `contradictions`: what does not fit."""

from dataclasses import asdict
from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option

SHOWN = 20


@click.command(
    short_help="Merge flags of PROJECT, or undo a merge.",
    epilog=examples(
        "weldstudio merge welds 'No Clamps' 'No Clamp Used' 'Photo Does Not Show Enough Of Clamps' --preview",
        "weldstudio merge welds 'No Clamps' 'No Clamp Used' 'Photo Does Not Show Enough Of Clamps'",
        "weldstudio merge welds 'No Clamps' --penalty 30",
        "weldstudio merge welds --undo 'No Clamps'",
    ),
)
@project_argument
@click.argument("name", metavar="NAME", required=False)
@click.argument("members", nargs=-1, metavar="MEMBER...")
@click.option("--undo", metavar="NAME", help="Undo the merge NAME instead; the labels below it were never touched.")
@click.option(
    "--penalty",
    metavar="RULE",
    help="Points of the merge: maximum (the default), minimum or sum of its flags', or a number. With NAME alone, of a "
    "merge that is there.",
)
@click.option("--preview", is_flag=True, help="Say what the merge would mean, and make none.")
@who_option
@json_option
def merge(
    project: Path,
    name: str | None,
    members: tuple[str, ...],
    undo: str | None,
    penalty: str | None,
    preview: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Merge the flags MEMBER... of PROJECT under NAME, or undo a merge.

    A flag that is called NAME already stands for the merge as a whole: what was said of it counts for the merge.
    """
    if undo is not None and name is not None:
        raise click.UsageError("Either name a merge and its members, or undo one with --undo NAME.")
    if undo is None and name is None:
        raise click.UsageError("Name the merge and its members, or undo one with --undo NAME.")
    only_points = penalty is not None and not members
    if undo is None and len(members) < 2 and not only_points:
        raise click.UsageError("A merge needs at least two flags: NAME MEMBER MEMBER...")
    from weldstudio.studio import merging

    if preview:
        _preview(project, str(name), members, penalty or "maximum", as_json=as_json)
        return
    by = signature(who)
    with opened(project) as store:
        if undo is not None:
            done = merging.unmerge(store, undo, who=by)
        elif only_points:
            done = merging.change_penalty(store, str(name), str(penalty), who=by)
        else:
            done = merging.merge(store, str(name), members, who=by, penalty=penalty or "maximum")
    result = {"action": done.action_id, "name": undo or name, "members": list(members), "text": done.text}
    answer.give(as_json, result, done.text)


def _preview(project: Path, name: str, members: tuple[str, ...], penalty: str, *, as_json: bool) -> None:
    """What a merge of these flags under this name would mean."""
    from weldstudio.store import mirror
    from weldstudio.studio import merging

    with opened(project, read_only=True) as store:
        found = merging.preview(mirror.read(store), members, name=name, penalty=penalty)
        changed_minds = merging.confused_by_experts(store, found.members)
    result = asdict(found) | {
        "raised": found.raised,
        "confused_by_experts": changed_minds,
        "confused_by_model": found.confused,
    }
    lines = [
        *(f"{count:,} raised: {member}" for member, count in zip(members, found.raised_by_member, strict=False)),
        f"{found.raised:,} raised together as '{name}', {found.overlap:,} by more than one.",
        f"{found.disagreements:,} told apart: one raised and another clear.",
        f"{changed_minds:,} on which experts took one for another, {found.confused:,} on which the model does.",
        f"The verdict of {answer.count(found.joints_changed, 'joint')} would change.",
    ]
    answer.give(as_json, result, "\n".join([*lines, found.problem] if found.problem else lines))


@click.command(
    short_help="List photos of PROJECT whose labels contradict each other.",
    epilog=examples("weldstudio contradictions welds", "weldstudio contradictions welds --to-split"),
)
@project_argument
@click.option(
    "--to-split",
    is_flag=True,
    help="List instead the photos labelled with a merge that was undone, whose own flag nobody has said.",
)
@json_option
def contradictions(project: Path, to_split: bool, as_json: bool) -> None:
    """List the photos whose labels cannot all be true.

    A merge is clear and one of its flags raised, a merge is raised and all of its flags are clear, or two flags of a
    group are raised. Label the photo anew to settle it; in the window both lists are queues on the Review page.
    """
    from weldstudio.store import mirror
    from weldstudio.studio import merged_labels

    with opened(project, read_only=True) as store:
        found = merged_labels.listed(mirror.read(store), splitting=to_split)
    word = ("photo to split", "photos to split") if to_split else ("contradiction", "contradictions")
    lines = [
        f"{answer.count(len(found), *word)}.",
        *(f"  {one.path}: {one.name}: {one.reason}" for one in found[:SHOWN]),
    ]
    more = len(found) - SHOWN
    answer.give(
        as_json,
        {"photos": [one.to_json() for one in found]},
        "\n".join([*lines, *([f"  and {more:,} more"] if more > 0 else [])]),
    )
