"""`suspects`: labels that all other labels contradict, listed and answered for."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option

if TYPE_CHECKING:
    from weldstudio.studio.suspects import Standing


@click.command(
    short_help="List labels of PROJECT that all others contradict.",
    epilog=examples(
        "weldstudio suspects welds",
        'weldstudio suspects welds --flag "No Clamp Used" --kind missing --limit 20',
        'weldstudio suspects welds --photo a/001.jpg --flag "No Clamp Used" --answer wrong',
        "weldstudio suspects welds --estimate",
    ),
)
@project_argument
@click.option("--flag", metavar="NAME", help="Only labels of this flag.")
@click.option("--kind", type=click.Choice(["missing", "wrong"]), help="The flag seems to be missing, or to be wrong.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="So many at most.")
@click.option("--photo", metavar="PATH", help="Answer for the label of --flag on this photo.")
@click.option("--answer", "said", type=click.Choice(["right", "wrong", "unsure"]), help="What you say of it.")
@click.option("--estimate", is_flag=True, help="How many labels are wrong, by flag; and how often a suspect was wrong.")
@who_option
@json_option
def suspects(
    project: Path,
    *,
    flag: str | None,
    kind: str | None,
    limit: int,
    photo: str | None,
    said: str | None,
    estimate: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """List the labels of PROJECT that all other labels contradict, the likeliest to be wrong first.

    Needs `weldstudio refit` first. Answering changes nothing but what you say: 'wrong' turns the label round and
    'unsure' makes it unsure, as actions that can be taken back. What was answered comes again only once its score has
    risen.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import addressing
    from weldstudio.studio import suspects as doubts

    if (photo is None) != (said is None) or (photo is not None and flag is None):
        raise click.UsageError("An answer needs --photo, --flag and --answer together.")
    with opened(project) as store:
        slot = None if flag is None else addressing.class_of(store, flag).slot
        if photo is not None and said is not None and slot is not None:
            done = doubts.answer(store, addressing.photo_of(store, photo), slot, said, who=signature(who))
            answer.give(as_json, {"action": done.action_id, "text": done.text}, done.text)
            return
        mirror = mirrors.read(store)
        found = doubts.listed(mirror, slot=slot, kind=kind)
        standings = [one for one in doubts.standings(mirror) if flag is None or one.flag.casefold() == flag.casefold()]
        paths = {one.photo_id: mirror.paths[mirror.row(one.photo_id)] for one in found[:limit]}
    result: dict[str, Any] = {
        "suspects": [
            {"photo": paths[one.photo_id], "id": one.photo_id, "flag": one.flag, "kind": one.kind, "score": one.score}
            for one in found[:limit]
        ],
        "found": len(found),
        "flags": [one.to_json() for one in standings],
    }
    if estimate:
        answer.give(as_json, result, _estimates(standings))
        return
    rows = [(paths[one.photo_id], one.flag, f"flag {one.kind}", f"{one.score:.2f}") for one in found[:limit]]
    text = answer.table(("photo", "flag", "kind", "score"), rows) if rows else "No label is contradicted by the others."
    if not rows and mirror.refit is None:
        text = "Nothing was learned from the labels yet; run `weldstudio refit` first."
    more = f"\n{answer.count(len(found) - limit, 'more', 'more')}." if len(found) > limit else ""
    answer.give(as_json, result, text + more)


def _estimates(standings: "list[Standing]") -> str:
    rows = [
        (
            one.flag,
            "raised" if one.kind == "wrong" else "clear",
            one.labels,
            f"{one.expected:,.0f}",
            answer.percent(one.expected / one.labels if one.labels else None),
            one.waiting,
            one.right + one.wrong + one.unsure,
            answer.percent(one.precision)
            + (f" ({100 * one.interval[0]:.0f}-{100 * one.interval[1]:.0f})" if one.precision is not None else ""),
        )
        for one in standings
    ]
    return answer.table(
        ("flag", "labelled", "labels", "wrong, estimated", "share", "suspects", "answered", "of these wrong (95 %)"),
        rows,
    )
