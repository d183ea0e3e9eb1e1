"""`sheet`: photographs on paper, many on a page."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.hands import Hands
from weldstudio.cli.options import examples, json_option, opened, project_argument, which_options
from weldstudio.cli.progress import drive


@click.command(
    short_help="Write a contact sheet of photos as a PDF.",
    epilog=examples(
        "weldstudio sheet welds welds.pdf",
        "weldstudio sheet welds rejected.pdf --where verdict:reject --columns 3",
        "weldstudio sheet welds clamps.pdf --view 'Clamps to check' --paper letter --across",
    ),
)
@project_argument
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@which_options
@click.option("--columns", type=click.IntRange(1, 12), default=4, show_default=True, help="Photos side by side.")
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="The paper's size.")
@click.option("--across", is_flag=True, help="The paper lies across.")
@click.option(
    "--captions",
    type=click.Choice(["labels", "name", "none"]),
    default="labels",
    show_default=True,
    help="Under each photo: file name, joint and labels; the file name alone; nothing.",
)
@json_option
@click.pass_obj
def sheet(
    hands: Hands,
    project: Path,
    file: Path,
    where: str,
    view: str,
    columns: int,
    paper: str,
    across: bool,
    captions: str,
    as_json: bool,
) -> None:
    """Write a contact sheet of the photos of PROJECT to FILE, a PDF: all, or those of a filter or a saved view.

    The originals are only read. A photo that cannot be shown has the reason in its place.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import picking, sheets

    with opened(project, read_only=True) as store:
        mirror, name = mirrors.read(store), store.name
    rows = picking.pick(mirror, where=where, view=view)
    title = " · ".join(part for part in (name, view, where) if part.strip())
    made = sheets.sheet(mirror, rows, title=title, columns=columns, captions=sheets.Captions(captions))
    pages = drive(hands.write_sheet(made, file, paper=paper, across=across), "Printing", quiet=as_json)
    result = {"file": str(file), "photos": len(rows), "pages": pages}
    answer.give(as_json, result, f"{file}: {answer.count(len(rows), 'photo')} on {answer.count(pages, 'page')}.")
