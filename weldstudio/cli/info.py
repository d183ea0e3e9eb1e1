"""`info`: what is known of a photo besides its labels."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument


@click.command(
    short_help="Tell file, joint and camera of a photo of PROJECT.",
    epilog=examples("weldstudio info welds a/12.jpg", "weldstudio info welds a/12.jpg --json"),
)
@project_argument
@click.argument("photo", metavar="PHOTO")
@json_option
def info(project: Path, photo: str, as_json: bool) -> None:
    """Tell what is known of PHOTO besides its labels: its file, its joint, its part in training, its camera."""
    from weldstudio.studio import addressing, photo_facts

    with opened(project, read_only=True) as store:
        path, sections = photo_facts.known(store, addressing.photo_of(store, photo))
    sections = (*sections, ("Camera", photo_facts.in_file(path)))
    rows = [(heading, name, value) for heading, facts in sections for name, value in facts]
    answer.give(
        as_json,
        {heading.lower(): {name.lower(): value for name, value in facts} for heading, facts in sections},
        answer.table(("", "", photo), rows),
    )
