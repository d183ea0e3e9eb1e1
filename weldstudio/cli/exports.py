"""`export`: what was labelled, for other tools."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import (
    examples,
    json_option,
    level_choice,
    opened,
    picked,
    project_argument,
    which_options,
)
from weldstudio.cli.progress import drive


@click.command(
    epilog=examples(
        "weldstudio export welds labels.csv --format csv",
        "weldstudio export welds dataset --format imagefolder",
        "weldstudio export welds dataset --format imagefolder --link",
        "weldstudio export welds labels.csv --format csv --level both",
        "weldstudio export welds wet.csv --format csv --where 'flag:\"Water Contamination High Risk\"'",
        "weldstudio export welds dataset --format imagefolder --view 'Clamps to check'",
    )
)
@project_argument
@click.argument("dest", type=click.Path(path_type=Path), metavar="DEST")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "imagefolder"]),
    required=True,
    help="csv: one file with a column per flag. imagefolder: a new folder with one folder of photos per class.",
)
@which_options
@click.option("--link", is_flag=True, help="imagefolder: hard links instead of copies, where the disk allows it.")
@click.option(
    "--level",
    type=level_choice,
    default="merges",
    show_default=True,
    help="Merges in place of their flags, the flags, or both. imagefolder, both: a photo lies with the flag, or with "
    "the merge where only that is known.",
)
@json_option
def export(
    project: Path, dest: Path, format_: str, where: str, view: str, link: bool, level: str, as_json: bool
) -> None:
    """Export photos and labels of PROJECT to DEST.

    All of them, or those of a filter or a saved view. Either everything is written, or nothing is. Photos that do not
    fit the format are named with the reason.
    """
    from weldstudio.domain.scheme import Level
    from weldstudio.studio import exporting

    with opened(project) as store:
        ids = picked(store, where, view)
        work = exporting.export(store, dest, format=format_, photo_ids=ids, links=link, level=Level(level))
        report = drive(work, "Exporting", quiet=as_json)
    answer.give(as_json, report.to_json(), f"{report.dest}: {report.text}\n{_counts(report.counts)}".rstrip())


def _counts(counts: dict[str, int]) -> str:
    return answer.table(("class", "photos"), list(counts.items())) if counts else ""
