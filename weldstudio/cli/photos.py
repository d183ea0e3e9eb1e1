"""`import`: a folder of photographs, with or without labels, becomes a collection of the project."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, project_argument, signature, who_option
from weldstudio.cli.progress import drive


@click.command(
    "import",
    short_help="Bring photographs, with or without labels, into PROJECT.",
    epilog=examples(
        "weldstudio import welds photos",
        "weldstudio import welds photos --labels labels.csv",
        "weldstudio import welds photos --labels raised-only.csv --unlisted clear",
        "weldstudio import welds archive --equipment Redbox --joint folder",
        r"weldstudio import welds photos --joint '^(J\d+)_'",
        "weldstudio import welds photos --labels labels.csv --joint column:weld",
    ),
)
@project_argument
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("--labels", type=click.Path(path_type=Path), metavar="CSV", help="Labels of these photographs.")
@click.option(
    "--unlisted",
    type=click.Choice(["unseen", "clear"]),
    help="What a flag is where the file lists raised flags only and does not name it.",
)
@click.option("--equipment", metavar="NAME", help="The cameras' name; by default what the photographs say.")
@click.option("--contractor", metavar="NAME", help="Who made the joints.")
@click.option(
    "--joint",
    metavar="RULE",
    help="Which photos show one joint: 'folder', a regular expression whose first group (or whole match) in the path "
    "is the joint, or 'column:NAME' of the labels' file. By default every photo is its own joint.",
)
@who_option
@json_option
def import_(
    project: Path,
    folder: Path,
    labels: Path | None,
    unlisted: str | None,
    equipment: str | None,
    contractor: str | None,
    joint: str | None,
    who: str | None,
    as_json: bool,
) -> None:
    """Import the photographs below FOLDER into PROJECT, which is made if it is none yet.

    The labels' file is one of: path and a column per flag with 1, 0 or nothing; path,class; path,flags with
    'A; B'. Interrupted, it goes on where it stopped when it is given again.
    """
    from weldstudio.studio import importing, label_files, projects

    table = None if labels is None else label_files.read_label_file(labels)
    by = signature(who)
    store = projects.open_project(project) if projects.is_project(project) else projects.create(project)
    try:
        work = importing.import_photos(
            store,
            folder,
            labels=table,
            equipment=equipment,
            contractor=contractor,
            joint=joint,
            unlisted=unlisted,
            who=by,
        )
        report = drive(work, "Importing", quiet=as_json)
    finally:
        store.close()
    answer.give(as_json, report.to_json(), str(report))
