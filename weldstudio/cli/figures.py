"""`figure`: one photo with what the model saw, as a picture for a report."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument
from weldstudio.cli.progress import drive


@click.command(
    short_help="Write a photo of PROJECT with an overlay as a picture.",
    epilog=examples(
        "weldstudio figure welds a/12.jpg clamp.png --flag 'No Clamp Used'",
        "weldstudio figure welds a/12.jpg clamp.jpg --flag 'No Clamp Used' --signed --contour 0.5",
        "weldstudio figure welds a/12.jpg plain.png",
    ),
)
@project_argument
@click.argument("photo", metavar="PHOTO")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option("--flag", metavar="NAME", help="The flag or merge whose overlay lies on the photo; by default none.")
@click.option("--model", metavar="ID", help="Which model is asked; by default the active one.")
@click.option("--signed", is_flag=True, help="What speaks for the flag and against it, whatever the flag.")
@click.option(
    "--opacity", type=click.FloatRange(0, 1), default=0.6, show_default=True, metavar="NUMBER", help="Of the overlay."
)
@click.option(
    "--contour",
    type=click.FloatRange(0.05, 0.95),
    metavar="NUMBER",
    help="Draw a line at this part of the strongest evidence.",
)
@json_option
def figure(
    project: Path,
    photo: str,
    out: Path,
    flag: str | None,
    model: str | None,
    signed: bool,
    opacity: float,
    contour: float | None,
    as_json: bool,
) -> None:
    """Write PHOTO of PROJECT with the overlay of a flag, a scale of its colours and words below to OUT (PNG or JPEG).

    Where the flag lies below its threshold the words say so. The original is never changed, and OUT may not lie among
    the project's photographs.
    """
    from weldstudio.studio import addressing, figures

    with opened(project, read_only=True) as store:
        making = figures.make(
            store,
            addressing.photo_of(store, photo),
            out,
            slot=None if flag is None else addressing.class_of(store, flag).slot,
            model_id=model,
            signed=signed,
            opacity=opacity,
            level=contour or 0.0,
        )
        report = drive(making, "Looking", quiet=as_json)
    answer.give(as_json, report.to_json(), str(report))
