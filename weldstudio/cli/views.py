"""`views`: filters with an order, kept under a name in the project; the window lists them at the left."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option

if TYPE_CHECKING:
    from weldstudio.domain.changes import Done
    from weldstudio.store.mirror import Mirror
    from weldstudio.store.store import Store
    from weldstudio.studio.views import View

SORTS = (
    *(
        "added",
        "path",
        "taken",
        "joint",
        "probability",
        "uncertainty",
        "disagreement",
        "suspicion",
        "waiting",
        "nearest",
        "points",
    ),
    *("over", "chance", "random", "listed"),
)
"""`studio.queues.Sort`, which brings too much along for the help of a command."""


class _ListFirst(click.Group):
    """`views PROJECT` lists."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, args if args[0] in self.commands else ["list", *args])


@click.group(
    cls=_ListFirst,
    invoke_without_command=True,
    short_help="List the saved views of PROJECT, add or remove one.",
    epilog=examples(
        "weldstudio views welds",
        "weldstudio views add welds 'Clamps to check' 'flag:\"No Clamp Used\"=unsure' --sort probability "
        "--flag 'No Clamp Used'",
        "weldstudio views rename welds 'Clamps to check' Clamps --key Ctrl+Alt+1",
        "weldstudio views remove welds Clamps",
        "weldstudio queue welds Clamps",
        "weldstudio views save welds views.toml",
        "weldstudio views load other views.toml",
    ),
)
@click.pass_context
def views(context: click.Context) -> None:
    """Saved views: a filter and an order under a name, with a key if one likes.

    The window lists them at the left of the Review page; what one changes the other sees.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@views.command("list", short_help="List the views of PROJECT with their counts.")
@project_argument
@json_option
def list_(project: Path, as_json: bool) -> None:
    """List the views of PROJECT: name, key, how many photos each shows now, filter and order."""
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import views as saving

    with opened(project, read_only=True) as store:
        mirror = mirrors.read(store)
    rows = [_json(mirror, view) for view in saving.listed(mirror)]
    cells = [
        (r["name"], r["count"], r["key"] or None, _order(r), r["filter"] or None, r["problem"] or None) for r in rows
    ]
    text = answer.table(("view", "photos", "key", "order", "filter", ""), cells) if rows else "There are no views yet."
    answer.give(as_json, {"views": rows}, text)


@views.command("add", short_help="Keep a filter and an order under a name.")
@project_argument
@click.argument("name")
@click.argument("text", metavar="FILTER", default="")
@click.option("--sort", type=click.Choice(SORTS), default="added", show_default=True, help="The order of the photos.")
@click.option("--flag", metavar="FLAG", help="The flag that an order by the model means; by default the most of any.")
@click.option("--descending", is_flag=True, help="The order turned round.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of --sort random: the same seed, the same order.")
@click.option("--key", metavar="KEY", help="The key that shows it in the window, as Ctrl+Alt+1; '' = none.")
@who_option
@json_option
def add(
    project: Path,
    name: str,
    text: str,
    sort: str,
    flag: str | None,
    descending: bool,
    seed: int,
    key: str | None,
    who: str | None,
    as_json: bool,
) -> None:
    """Keep FILTER and an order in PROJECT under NAME, in place of the view that has the name already."""
    by = signature(who)
    from weldstudio.store import scheme as scheme_rows
    from weldstudio.studio import views as saving
    from weldstudio.studio.queues import Sort

    with opened(project) as store:
        slot = None if flag is None else scheme_rows.load(store).by_name(flag).slot
        order = saving.Order(Sort(sort), slot, descending, seed)
        _tell(store, saving.save(store, name, text, who=by, order=order, key=key), as_json=as_json)


@views.command("rename", short_help="Give a view another name or key.")
@project_argument
@click.argument("name")
@click.argument("new_name", metavar="[NEW]", required=False)
@click.option("--key", metavar="KEY", help="The key that shows it in the window; '' = none.")
@who_option
@json_option
def rename(project: Path, name: str, new_name: str | None, key: str | None, who: str | None, as_json: bool) -> None:
    """Give the view NAME of PROJECT the name NEW, or another key."""
    by = signature(who)
    from weldstudio.studio import views as saving

    with opened(project) as store:
        _tell(store, saving.change(store, name, who=by, new_name=new_name, key=key), as_json=as_json)


@views.command("remove", short_help="Take a view away.")
@project_argument
@click.argument("name")
@who_option
@json_option
def remove(project: Path, name: str, who: str | None, as_json: bool) -> None:
    """Take the view NAME of PROJECT away; `weldstudio history PROJECT --revert` brings it back."""
    by = signature(who)
    from weldstudio.studio import views as saving

    with opened(project) as store:
        _tell(store, saving.remove(store, name, who=by), as_json=as_json)


@views.command("save", short_help="Write the views to a file.")
@project_argument
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@json_option
def save(project: Path, file: Path, as_json: bool) -> None:
    """Write the views of PROJECT to FILE, a text that `load` reads and a person can."""
    from weldstudio.studio import view_files

    with opened(project, read_only=True) as store:
        number = view_files.give_out(store, file)
    answer.give(as_json, {"file": str(file), "views": number}, f"{file}: {answer.count(number, 'view')} written.")


@views.command("load", short_help="Keep the views of a file.")
@project_argument
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@who_option
@json_option
def load(project: Path, file: Path, who: str | None, as_json: bool) -> None:
    """Keep the views of FILE in PROJECT, in place of those of the same names; what means nothing here is left out."""
    by = signature(who)
    from weldstudio.studio import view_files

    with opened(project) as store:
        taken = view_files.take_over(store, file, who=by)
    left_out = [{"name": name, "reason": reason} for name, reason in taken.left_out]
    result = {"action": taken.done.action_id, "views": list(taken.names), "left_out": left_out}
    answer.give(as_json, result, f"{taken.text}.")


def _tell(store: "Store", done: "Done", *, as_json: bool) -> None:
    """What was done, and the views as they are now."""
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import views as saving

    mirror = mirrors.read(store)
    rows = [_json(mirror, view) for view in saving.listed(mirror)]
    answer.give(as_json, {"action": done.action_id, "text": done.text, "views": rows}, f"{done.text}.")


def _json(mirror: "Mirror", view: "View") -> dict[str, Any]:
    from weldstudio.studio import views as saving

    return view.to_json(mirror.scheme) | {"count": None if view.problem else len(saving.select(mirror, view))}


def _order(row: dict[str, Any]) -> str:
    words = [row["sort"], f"of {row['flag']}" if row["flag"] else "", "turned round" if row["descending"] else ""]
    return " ".join(word for word in words if word) + (f" {row['seed']}" if row["sort"] == "random" else "")
