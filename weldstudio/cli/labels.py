"""`label`: labels from a file for photos that are in the project already."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.label_options import LabelOptions, label_options, said_of
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature
from weldstudio.cli.progress import drive


@click.command(
    short_help="Add labels from a CSV file to photos of PROJECT.",
    epilog=examples(
        "weldstudio label welds corrections.csv --by 'Ann Lee'",
        "weldstudio label welds raised-only.csv --by 'Ann Lee' --unlisted clear",
        "weldstudio label welds list.csv --by 'Ann Lee' --map Datei=path --map 'Boden=label:Soil' --dry-run",
        "weldstudio label welds by-joint.csv --by 'Ann Lee' --all-or-nothing --report problems.csv",
    ),
)
@project_argument
@click.argument("csv", type=click.Path(path_type=Path), metavar="CSV")
@click.option("--by", "who", metavar="NAME", required=True, help="Who gave these labels.")
@label_options
@json_option
def label(project: Path, csv: Path, who: str, taking: LabelOptions, as_json: bool) -> None:
    """Add the labels in CSV to photos of PROJECT, signed by NAME.

    The file is one of: path and a column per flag with 1, 0 or nothing; path,class; path,flags with 'A; B';
    path,flag,state with a row per photo and flag. With a column 'joint' and none 'path' its rows are about joints.
    Columns equipment, contractor, joint, type, medium, date and note are stored too, or alone. It is taken whole, as
    one action, or not at all; lines that cannot be used are left out and listed.
    """
    by = signature(who)
    from weldstudio.domain.errors import ImportRefused
    from weldstudio.studio import label_import

    with taking.reporting(as_json=as_json):
        table = taking.read(csv, quiet=as_json)
        if table.lists_raised_only and taking.unlisted is None:
            raise ImportRefused(
                f"{csv.name} lists raised flags only. Say what it means where a flag is not listed: "
                "--unlisted unseen (nobody looked) or --unlisted clear (somebody looked and it was not there)."
            )
        with opened(project, read_only=taking.dry_run) as store:
            if taking.dry_run:
                forecast = drive(label_import.foresee(store, table, terms=taking.terms), "Counting", quiet=as_json)
                taking.keep(forecast.problems)
                answer.give(as_json, forecast.to_json(), "\n".join([*forecast.lines(), *said_of(forecast.problems)]))
                return
            work = label_import.apply_label_table(store, table, who=by, terms=taking.terms)
            report = drive(work, "Labelling", quiet=as_json, cancelled="Cancelled; nothing was changed.")
        taking.keep(report.problems)
    said = [report.text + ".", *said_of(report.problems)]
    answer.give(as_json, report.to_json(), "\n".join(said))
