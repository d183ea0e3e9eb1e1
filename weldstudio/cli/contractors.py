"""`contractors`: who made the joints, and from how many points on theirs are rejected, since when."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option
from weldstudio.domain.photo import EVER

if TYPE_CHECKING:
    from weldstudio.domain.changes import Done
    from weldstudio.store.store import Store
    from weldstudio.studio.contractors import ContractorRow

SHOWN = 20


@click.command(
    short_help="List the contractors of PROJECT, or set a reject limit.",
    epilog=examples(
        "weldstudio contractors welds",
        "weldstudio contractors welds --set 'Smith Ltd' 40 --from 2026-01-01 --preview",
        "weldstudio contractors welds --set 'Smith Ltd' 40 --from 2026-01-01",
        "weldstudio contractors welds --remove 'Smith Ltd' --from 2026-01-01",
    ),
)
@project_argument
@click.option("--set", "limit", type=(str, int), metavar="NAME LIMIT", help="Reject joints of NAME at LIMIT points.")
@click.option("--remove", metavar="NAME", help="Take the limit of NAME that holds from that day on away.")
@click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="For joints made on that day or later, as 2026-01-31; by default for all.",
)
@click.option("--new", is_flag=True, help="NAME is a new contractor.")
@click.option("--preview", is_flag=True, help="Say which verdicts would move, and change nothing.")
@who_option
@json_option
def contractors(
    project: Path,
    limit: tuple[str, int] | None,
    remove: str | None,
    valid_from: datetime | None,
    new: bool,
    preview: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """List the contractors of PROJECT with their reject limits, or change one and say which verdicts move.

    A joint is rejected when its points reach the limit of the day on which its first photo was taken: 50, unless its
    contractor has another.
    """
    if limit is not None and remove is not None:
        raise click.UsageError("Either set a limit or remove one.")
    if limit is None and remove is None and (valid_from or new or preview):
        raise click.UsageError("--from, --new and --preview go with --set NAME LIMIT or --remove NAME.")
    by = signature(who)
    day = EVER if valid_from is None else valid_from.date()
    change: dict[str, Any] | None = None
    text = ""
    from weldstudio.store import mirror
    from weldstudio.studio import contractors as contracting
    from weldstudio.studio import joints

    with opened(project) as store:
        if limit is not None or remove is not None:
            name, points = limit if limit is not None else (remove or "", None)
            seen = mirror.read(store)
            moves = contracting.preview(seen, name, points, valid_from=day)
            done = None if preview else _change(store, name, points, day=day, who=by, new=new)
            change = moves.to_json() | {"done": done is not None, "action": None if done is None else done.action_id}
            said = f"{name}: not changed" if done is None else done.text
            text = f"{said}. {moves.sentence}\n{joints.moving(seen, moves, most=SHOWN)}".rstrip()
        rows = contracting.table(mirror.read(store))
    listed = answer.table(("contractor", "reject at", "joints", "rejected", "limits"), [_cells(row) for row in rows])
    answer.give(
        as_json,
        {"contractors": [_json(row) for row in rows], "change": change},
        text or (listed if rows else "The project has no contractors; joints are rejected at 50 points."),
    )


def _change(store: "Store", name: str, points: int | None, *, day: date, who: str, new: bool) -> "Done":
    from weldstudio.studio import contractors as contracting

    if points is None:
        return contracting.remove_limit(store, name, valid_from=day, who=who)
    return contracting.set_limit(store, name, points, valid_from=day, who=who, new=new)


def _cells(row: "ContractorRow") -> tuple[object, ...]:
    limits = ", ".join(
        f"{limit.points}" if limit.valid_from == EVER else f"{limit.points} from {limit.valid_from}"
        for limit in row.limits
    )
    return (row.name, row.reject_limit, row.joints, row.rejected, limits or None)


def _json(row: "ContractorRow") -> dict[str, Any]:
    return {
        "name": row.name,
        "reject_limit": row.reject_limit,
        "limits": [{"from": limit.valid_from.isoformat(), "points": limit.points} for limit in row.limits],
        "joints": row.joints,
        "rejected": row.rejected,
    }
