"""Words that several commands share: the project, `--json`, who signs; and opening the project they name."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from weldstudio.cli import answer

if TYPE_CHECKING:
    from weldstudio.store.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])
level_choice = click.Choice(["merges", "flags", "both"])
"""What stands for the flags of a merge, as `domain.scheme.Level` has it."""


def project_argument(command: Command) -> Command:
    """PROJECT, a folder; whether it is one, `studio` says in words."""
    return click.argument("project", type=click.Path(path_type=Path), metavar="PROJECT")(command)


def json_option(command: Command) -> Command:
    """`--json`: for machines."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object, last on stdout; no progress.")(
        command
    )


def who_option(command: Command) -> Command:
    """`--by NAME`; without it, the name in the settings, else the account's."""
    return click.option("--by", "who", metavar="NAME", help="Who does this; by default your name in the settings.")(
        command
    )


def signature(who: str | None) -> str:
    """The name that signs: the one given, or the settings'. A blank one is refused as a usage error."""
    if who is not None:
        if not who.strip():
            raise click.BadParameter("a name cannot be empty", param_hint="--by")
        return who.strip()
    from weldstudio import paths
    from weldstudio.settings import Settings

    return Settings.load(paths.settings_file()).signature


def which_options(command: Command) -> Command:
    """`--where FILTER` and `--view NAME`: which photos, by default all."""
    for option in (
        click.option("--view", default="", metavar="NAME", help="Only the photos of this saved view."),
        click.option(
            *("--where", "where"),
            default="",
            metavar="FILTER",
            help="Only the photos that FILTER finds, as one types it above the photographs.",
        ),
    ):
        command = option(command)
    return command


def picked(store: "Store", where: str, view: str) -> "list[int] | None":
    """Ids of the photos that `which_options` name, in the order of the view; None where they name all."""
    if not where.strip() and not view.strip():
        return None
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import picking

    mirror = mirrors.read(store)
    ids: list[int] = mirror.ids[picking.pick(mirror, where=where, view=view)].tolist()
    return ids


@contextmanager
def opened(project: Path, *, read_only: bool = False) -> Iterator["Store"]:
    """The project's store, closed at the end whatever happens. UserError where the folder is no project.

    Before the first lasting write of a day its snapshot is kept.
    """
    from weldstudio.studio import projects

    store = projects.open_project(project, read_only=read_only)
    store.before_writing = lambda: _keep_snapshot(store)
    try:
        yield store
    finally:
        store.close()


def _keep_snapshot(store: "Store") -> None:
    """The day's snapshot, in a moment; that there is none is no reason to refuse the work."""
    from weldstudio.domain.errors import UserError
    from weldstudio.studio import restoring

    try:
        for _ in restoring.daily(store):
            pass
    except UserError as error:
        answer.complain(str(error))


def examples(*lines: str) -> str:
    """The foot of a command's help: command lines to copy, kept as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """The values of `--set KEY=VALUE`, by key."""
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f"'{text}' is not of the form KEY=VALUE.", param_hint="--set")
        found[key.strip()] = value.strip()
    return found
