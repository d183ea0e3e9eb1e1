"""`import`: a folder of photographs, with or without labels, becomes a collection of the project."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weldstudio.cli import answer
from weldstudio.cli.label_options import LabelOptions, label_options, said_of
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option
from weldstudio.cli.progress import drive

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.label_table import LabelTable


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
        "weldstudio import welds photos --labels labels.csv --map Datei=path --dry-run --report problems.csv",
    ),
)
@project_argument
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("--labels", type=click.Path(path_type=Path), metavar="CSV", help="Labels of these photographs.")
@click.option("--equipment", metavar="NAME", help="The cameras' name; by default what the photographs say.")
@click.option("--contractor", metavar="NAME", help="Who made the joints.")
@click.option("--type", "kind", metavar="NAME", help="The type of the joints: coupler, tapping-T, ...")
@click.option("--medium", metavar="NAME", help="What flows through the pipes: gas, water, ...")
@click.option(
    "--joint",
    metavar="RULE",
    help="Which photos show one joint: 'folder', a regular expression with one group that names the joint in the path, "
    "or 'column:NAME' of the labels' file. By default every photo is its own joint.",
)
@label_options
@who_option
@json_option
def import_(
    project: Path,
    folder: Path,
    labels: Path | None,
    equipment: str | None,
    contractor: str | None,
    kind: str | None,
    medium: str | None,
    joint: str | None,
    taking: LabelOptions,
    who: str | None,
    as_json: bool,
) -> None:
    """Import the photographs below FOLDER into PROJECT, which is made if it is none yet.

    The labels' file is one of: path and a column per flag with 1, 0 or nothing; path,class; path,flags with 'A; B';
    path,flag,state with a row per photo and flag. Its columns equipment, contractor, joint, type, medium, date and
    note are stored too. With a column 'joint' and none 'path' its rows are about the joints that --joint tells.
    Its labels come in whole or not at all. Interrupted, the import goes on where it stopped when it is given again.
    """
    by = signature(who)
    from weldstudio.studio import importing
    from weldstudio.studio.describing import Told
    from weldstudio.studio.label_report import problems_json

    with taking.reporting(as_json=as_json):
        table = None if labels is None else taking.read(labels, quiet=as_json)
        importing.refuse_early(folder, labels=table, joint=joint, terms=taking.terms)
        if taking.dry_run:
            _foresee(project, folder, table, taking, joint=joint, as_json=as_json)
            return
        with _opened_or_made(project) as store:
            work = importing.import_photos(
                store,
                folder,
                who=by,
                labels=table,
                terms=taking.terms,
                told=Told(equipment, contractor, kind, medium),
                joint=joint,
            )
            report = drive(work, "Importing", quiet=as_json)
        taking.keep(report.problems)
    problems = problems_json(report.problems)
    result = {"project": str(project), **asdict(replace(report, problems=())), **problems}
    answer.give(as_json, result, "\n".join(report.lines()))


def _foresee(
    project: Path, folder: Path, table: "LabelTable | None", taking: LabelOptions, *, joint: str | None, as_json: bool
) -> None:
    """Count what the import would do, in the project as it is or in one that is still to be made."""
    from weldstudio.studio import projects
    from weldstudio.studio.foreseeing import foresee_import

    with opened(project, read_only=True) if projects.is_project(project) else nullcontext() as store:
        work = foresee_import(store, folder, labels=table, terms=taking.terms, joint=joint)
        forecast = drive(work, "Counting", quiet=as_json)
    taking.keep(forecast.problems)
    answer.give(as_json, forecast.to_json(), "\n".join([*forecast.lines(), *said_of(forecast.problems)]))


@contextmanager
def _opened_or_made(project: Path) -> Iterator["Store"]:
    """The project, made if it is none yet; one that was made for an import that is refused is taken away again."""
    from weldstudio.domain.errors import UserError
    from weldstudio.studio import projects

    if projects.is_project(project):
        with opened(project) as store:
            yield store
        return
    was_empty = not project.exists() or (project.is_dir() and not any(project.iterdir()))
    store = projects.create(project)
    try:
        yield store
    except UserError:
        store.close()
        if was_empty:  # then all that lies there was made here, a moment ago
            shutil.rmtree(project)
        raise
    finally:
        store.close()
