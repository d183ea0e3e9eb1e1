"""`joints`: verdicts, decisions and waiting times of joints, queue by queue."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument

if TYPE_CHECKING:
    from weldstudio.domain.verdict import Verdict
    from weldstudio.studio.joints import JointRow

SHOWN = 50
DAY_S, HOUR_S, MINUTE_S = 86_400, 3600, 60


@click.command(
    short_help="List joints of PROJECT with points, verdicts and decisions.",
    epilog=examples(
        "weldstudio joints welds --queue inbox",
        "weldstudio joints welds --queue decisive --limit 20",
        "weldstudio joints welds --queue changed --json",
        "weldstudio joints welds --filter 'medium:water predicted:reject verdict:accept'",
    ),
)
@project_argument
@click.option(
    "--queue",
    type=click.Choice(["inbox", "decisive", "changed"]),
    help="inbox: undecided, the longest waiting first. decisive: one unsure or disputed flag would turn the verdict, "
    "the nearest first. changed: issued as accepted and rejected now, the worst first.",
)
@click.option("--filter", "text", metavar="TEXT", help="Joints of the photographs for which this filter holds.")
@click.option(
    "--limit", type=click.IntRange(0), default=SHOWN, show_default=True, metavar="N", help="At most N of them; 0 = all."
)
@click.option("--rates", is_flag=True, help="Instead: how often each expert raises a flag, by the joints' medium.")
@json_option
def joints(project: Path, queue: str | None, text: str | None, limit: int, rates: bool, as_json: bool) -> None:
    """List joints of PROJECT: points and verdict by the labels and by the active model, and what was decided."""
    if rates:
        _give_rates(project, as_json=as_json)
        return
    from weldstudio.store import mirror
    from weldstudio.studio import decisions, reviewing
    from weldstudio.studio import joints as joining

    with opened(project, read_only=True) as store:
        seen = mirror.read(store)
        found = reviewing.joints_of(seen, queue=queue, text=text or "")
        rows = decisions.in_full(store, joining.describe(seen, found[: limit or None].tolist()))
        turned = [
            [by.text for by in joining.turned_by(seen, np.flatnonzero(seen.joint == row.joint_id))]
            if queue == joining.Queue.DECISIVE
            else []
            for row in rows
        ]
    lines = answer.table(
        ("joint", "photos", "contractor", "points", "reject at", "verdict", "model", "decision", "waiting"),
        [_cells(row) for row in rows],
    )
    if any(turned):
        lines += "\nOne flag would turn it:"
        lines += "".join(f"\n  {row.name}: {'; '.join(by)}" for row, by in zip(rows, turned, strict=True) if by)
    more = len(found) - len(rows)
    said = lines if rows else "No joint."
    if more:
        said += f"\n... and {answer.count(more, 'more joint')}; --limit 0 shows all."
    result: dict[str, Any] = {"queue": queue, "count": len(found), "joints": [row.to_json(seen.scheme) for row in rows]}
    if queue == joining.Queue.DECISIVE:
        result["turned_by"] = {row.name: by for row, by in zip(rows, turned, strict=True)}
    answer.give(as_json, result, said)


def _give_rates(project: Path, *, as_json: bool) -> None:
    from weldstudio.studio import raise_rates

    with opened(project, read_only=True) as store:
        found = raise_rates.by_expert(store)
    cells = [
        (
            f.who,
            f.medium or None,
            f.photos,
            f.raised,
            answer.percent(f.rate),
            " to ".join(map(answer.percent, f.interval)),
        )
        for f in found
    ]
    text = answer.table(("expert", "medium", "photos", "with a flag", "rate", "95 %"), cells)
    answer.give(as_json, {"rates": [f.to_json() for f in found]}, text if found else "Nobody has labelled by hand yet.")


def _cells(row: "JointRow") -> tuple[object, ...]:
    verdict = row.outcome.value + (" (set by hand)" if row.override is not None else "")
    return (
        *(row.name, row.photos, row.contractor or None),
        _points(row.labels),
        row.labels.reject_limit,
        verdict,
        None if row.model is None else f"{_points(row.model)} {row.model.outcome}",
        None if row.decision is None else row.decision.said.value,
        None if row.waiting_s is None else _waiting(row.waiting_s),
    )


def _points(verdict: "Verdict") -> str:
    return f"{verdict.low} to {verdict.high}" if verdict.high > verdict.low else str(verdict.low)


def _waiting(seconds: int) -> str:
    for length, word in ((DAY_S, "day"), (HOUR_S, "hour"), (MINUTE_S, "minute")):
        if seconds >= length:
            return answer.count(seconds // length, word)
    return "just now"
