"""`note`: what experts noted on photos and joints."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option


@click.command(
    short_help="Write a note on a photo or joint of PROJECT, or list notes.",
    epilog=examples(
        "weldstudio note welds 'ask the crew for another photo' --photo a/12.jpg",
        "weldstudio note welds '' --joint J-0815",
        "weldstudio note welds --search crew",
    ),
)
@project_argument
@click.argument("text", metavar="[TEXT]", required=False)
@click.option("--photo", metavar="PATH", help="The photo that the note is about.")
@click.option("--joint", metavar="REFERENCE", help="The joint that the note is about.")
@click.option("--search", metavar="WORD", default="", help="List the notes that contain this word.")
@who_option
@json_option
def note(
    project: Path,
    text: str | None,
    photo: str | None,
    joint: str | None,
    search: str,
    who: str | None,
    as_json: bool,
) -> None:
    """Note TEXT on a photo or joint of PROJECT; an empty TEXT takes the note away. Without TEXT, list notes."""
    if text is not None and (photo is None) == (joint is None):
        raise click.UsageError("Say what the note is about: --photo PATH or --joint REFERENCE.")
    from weldstudio.studio import addressing, notes

    if text is None:
        with opened(project, read_only=True) as store:
            found = notes.listed(store, containing=search)
            if photo is not None:
                wanted = addressing.photo_of(store, photo)
                found = tuple(one for one in found if (one.about, one.subject) == ("photo", wanted))
            elif joint is not None:
                wanted = addressing.joint_of(store, joint)
                found = tuple(one for one in found if (one.about, one.subject) == ("joint", wanted))
        rows = [(one.about, one.name, " ".join(one.text.split())) for one in found]
        said = answer.table(("about", "", "note"), rows) if rows else "No notes."
        answer.give(as_json, {"notes": [one.to_json() for one in found]}, said)
        return
    by = signature(who)
    with opened(project) as store:
        if photo is not None:
            done = notes.note_photo(store, addressing.photo_of(store, photo), text, who=by)
        else:
            done = notes.note_joint(store, addressing.joint_of(store, str(joint)), text, who=by)
    answer.give(as_json, {"action": done.action_id, "text": done.text}, f"{done.text}.")
