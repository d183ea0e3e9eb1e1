"""`import`: a folder of photographs, with or without labels, becomes a collection of the project."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option
from weldstudio.cli.progress import drive

if TYPE_CHECKING:
    from weldstudio.store.store import Store


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
@click.option("--type", "kind", metavar="NAME", help="The type of the joints: coupler, tapping-T, ...")
@click.option("--medium", metavar="NAME", help="What flows through the pipes: gas, water, ...")
@click.option(
    "--joint",
    metavar="RULE",
    help="Which photos show one joint: 'folder', a regular expression with one group that names the joint in the path, "
    "or 'column:NAME' of the labels' file. By default every photo is its own joint.",
)
@click.option("--new-flags", is_flag=True, help="Names in the labels' file that the scheme lacks become flags.")
@who_option
@json_option
def import_(
    project: Path,
    folder: Path,
    labels: Path | None,
    unlisted: str | None,
    equipment: str | None,
    contractor: str | None,
    kind: str | None,
    medium: str | None,
    joint: str | None,
    new_flags: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Import the photographs below FOLDER into PROJECT, which is made if it is none yet.

    The labels' file is one of: path and a column per flag with 1, 0 or nothing; path,class; path,flags with
    'A; B'. Its columns equipment, contractor, joint, type and medium are taken over. Interrupted, it goes on where it
    stopped when it is given again.
    """
    by = signature(who)
    from weldstudio.domain.labelling import State
    from weldstudio.studio import importing, label_files

    table = None if labels is None else label_files.read_label_file(labels)
    meant = None if unlisted is None else State.of_word(unlisted)
    importing.refuse_early(folder, labels=table, joint=joint, unlisted=meant)
    with _opened_or_made(project) as store:
        work = importing.import_photos(
            store,
            folder,
            who=by,
            labels=table,
            equipment=equipment,
            contractor=contractor,
            kind=kind,
            medium=medium,
            joint=joint,
            unlisted=meant,
            new_flags=new_flags,
        )
        report = drive(work, "Importing", quiet=as_json)
    answer.give(as_json, {"project": str(project), **asdict(report)}, "\n".join(report.lines()))


@contextmanager
def _opened_or_made(project: Path) -> Iterator["Store"]:
    """The project, made if it is none yet; one that was made for an import that is refused is taken away again."""
    from weldstudio.domain.errors import ImportRefused
    from weldstudio.studio import projects

    if projects.is_project(project):
        with opened(project) as store:
            yield store
        return
    was_empty = not project.exists() or (project.is_dir() and not any(project.iterdir()))
    store = projects.create(project)
    try:
        yield store
    except ImportRefused:
        store.close()
        if was_empty:  # then all that lies there was made here, a moment ago
            shutil.rmtree(project)
        raise
    finally:
        store.close()
