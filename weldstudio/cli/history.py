"""`history`: who did what, when, and the way back."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option


@click.command(
    short_help="Show who did what in PROJECT, or take an action back.",
    epilog=examples(
        "weldstudio history welds",
        "weldstudio history welds --photo a/12.jpg",
        "weldstudio history welds --flag 'No Clamp Used' --limit 20",
        "weldstudio history welds --revert 0a1b2c3d",
    ),
)
@project_argument
@click.option("--photo", metavar="PATH", help="Only what was done to this photo.")
@click.option("--joint", metavar="REFERENCE", help="Only what was done to this joint and its photos.")
@click.option("--flag", metavar="NAME", help="Only what was done to this flag or merge.")
@click.option("--of", "expert", metavar="NAME", help="Only what this expert did.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="So many actions, the newest.")
@click.option("--revert", metavar="ACTION", help="Take this action back (the beginning of its id is enough).")
@who_option
@json_option
def history(
    project: Path,
    photo: str | None,
    joint: str | None,
    flag: str | None,
    expert: str | None,
    limit: int,
    revert: str | None,
    who: str | None,
    as_json: bool,
) -> None:
    """Show what was done in PROJECT, newest first: by whom, when, and what it changed."""
    if sum(one is not None for one in (photo, joint)) > 1 or (joint is not None and flag is not None):
        raise click.UsageError("Ask for one photo (and perhaps one flag of it), for one joint, or for one flag.")
    from weldstudio.studio import addressing, labelling
    from weldstudio.studio import history as found

    if revert is not None:
        by = signature(who)
        with opened(project) as store:
            action = addressing.action_of(store, revert)
            said = found.effect(store, action).text
            done = labelling.revert(store, action, who=by)
        result = {"action": done.action_id, "text": done.text, "effect": said}
        answer.give(as_json, result, f"{done.text}: {said}.")
        return
    with opened(project, read_only=True) as store:
        slot = None if flag is None else addressing.class_of(store, flag).slot
        if photo is not None:
            entries = found.of_photo(store, addressing.photo_of(store, photo), slot=slot)
        elif joint is not None:
            entries = found.of_joint(store, addressing.joint_of(store, joint))
        elif slot is not None:
            entries = found.of_class(store, slot)
        else:
            entries = found.everything(store, who=expert, limit=limit)
    if expert is not None:
        entries = [entry for entry in entries if entry.who == expert]
    entries = entries[:limit]
    rows = [
        (
            entry.action_id[:8],
            f"{entry.at:%Y-%m-%d %H:%M}",
            entry.who,
            entry.text,
            "; ".join(entry.details[:3]) + (" …" if len(entry.details) > 3 else ""),
            f"taken back by {entry.taken_back_by}" if entry.taken_back_by else "",
        )
        for entry in entries
    ]
    text = answer.table(("action", "when", "who", "what", "change", ""), rows) if rows else "Nothing was done yet."
    answer.give(as_json, {"history": [entry.to_json() for entry in entries]}, text)
