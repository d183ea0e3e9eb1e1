"""`label`: labels from a file for photos that are in the project already."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature
from weldstudio.cli.progress import drive

EXAMPLES = 20
"""So many rows that were left out are shown; with --json all are."""


@click.command(
    short_help="Add labels from a CSV file to photos of PROJECT.",
    epilog=examples(
        "weldstudio label welds corrections.csv --by 'Ann Lee'",
        "weldstudio label welds raised-only.csv --by 'Ann Lee' --unlisted clear",
    ),
)
@project_argument
@click.argument("csv", type=click.Path(path_type=Path), metavar="CSV")
@click.option("--by", "who", metavar="NAME", required=True, help="Who gave these labels.")
@click.option(
    "--unlisted",
    type=click.Choice(["unseen", "clear"]),
    help="What a flag is where the file lists raised flags only and does not name it.",
)
@json_option
def label(project: Path, csv: Path, who: str, unlisted: str | None, as_json: bool) -> None:
    """Add the labels in CSV to photos of PROJECT, signed by NAME.

    The forms of the file are those of `import`.
    """
    by = signature(who)
    from weldstudio.domain.errors import ImportRefused
    from weldstudio.domain.labelling import State
    from weldstudio.studio import label_files, labelling

    table = label_files.read_label_file(csv)
    if table.lists_raised_only and unlisted is None:
        raise ImportRefused(
            f"{csv.name} lists raised flags only. Say what it means where a flag is not listed: "
            "--unlisted unseen (nobody looked) or --unlisted clear (somebody looked and it was not there)."
        )
    meant = None if unlisted is None else State.of_word(unlisted)
    with opened(project) as store:
        work = labelling.apply_label_table(store, table, who=by, unlisted=meant)
        report = drive(work, "Labelling", quiet=as_json)
    left_out = [f"  {where}: {reason}" for where, reason in report.left_out]
    said = [report.text + "."] + ([f"Left out: {len(left_out):,}", *left_out[:EXAMPLES]] if left_out else [])
    answer.give(as_json, report.to_json(), "\n".join(said))
