"""`queue`, `review`, `audit`: what waits to be looked at, what a reviewer says of it, and what random samples found."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option

SHOWN = 50


@click.command(
    short_help="List what waits in the queues of PROJECT.",
    epilog=examples(
        "weldstudio queue welds",
        "weldstudio queue welds disagreements --limit 20",
        "weldstudio queue welds returned --by 'Ann Lee' --json",
        "weldstudio queue welds 'Clamps to check'",
    ),
)
@project_argument
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(0), default=SHOWN, show_default=True, help="At most N photos; 0 = all.")
@click.option("--guarantee", type=float, help="Of the queue 'safe': the chance below which a joint is safe to pass.")
@who_option
@json_option
def queue(project: Path, name: str | None, limit: int, guarantee: float | None, who: str | None, as_json: bool) -> None:
    """How many photos (or joints) of PROJECT wait in each queue; or the photos of the queue NAME, in its order.

    NAME may be a saved view as well (`weldstudio views`). 'returned' and 'second' are those of the expert that
    --by names.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import queues as known
    from weldstudio.studio import reviewing
    from weldstudio.studio import views as saving

    queues = known.queues(signature(who), known.GUARANTEE if guarantee is None else guarantee)
    with opened(project, read_only=True) as store:
        mirror = mirrors.read(store)
    saved = saving.listed(mirror)
    view = None if name is None else saving.named(saved, name)
    if name is not None and view is None and name not in {one.id for one in queues}:
        there = ", ".join([*(q.id for q in queues), *(one.name for one in saved)])
        raise click.BadParameter(f"there is no queue or view '{name}'; there are {there}")
    if name is None:
        if not mirror.scheme.has_points:
            queues = tuple(one for one in queues if not one.by_joint)  # without points there are no verdicts
        waiting = reviewing.queue_counts(mirror, queues)
        cells = [(one.id, waiting[one.id], "joints" if one.by_joint else "photos", one.hint) for one in queues]
        answer.give(as_json, {"queues": waiting}, answer.table(("queue", "waiting", "", ""), cells))
        return
    chosen = next((one for one in queues if one.id == name), None)
    if chosen is not None:
        found = reviewing.select(mirror, chosen.filter, sort=chosen.sort).tolist()
    elif view is not None:
        found = saving.select(mirror, view).tolist()
    shown = [mirror.paths[row] for row in found[: limit or None]]
    text = "\n".join(shown) or "Nothing waits there."
    if len(found) > len(shown):
        text += f"\n... and {answer.count(len(found) - len(shown), 'more photo')}; --limit 0 shows all."
    answer.give(as_json, {"queue": name, "count": len(found), "photos": shown}, text)


@click.command(
    short_help="Mark photos of PROJECT reviewed, or return them.",
    epilog=examples(
        "weldstudio review welds",
        "weldstudio review welds a/12.jpg a/13.jpg --reviewed --by 'Bea Holt'",
        "weldstudio review welds a/14.jpg --return 'the clamp is behind the pipe' --by 'Bea Holt'",
        "weldstudio review welds --returned-to 'Ann Lee'",
    ),
)
@project_argument
@click.argument("photos", nargs=-1, metavar="[PHOTO...]")
@click.option("--reviewed", is_flag=True, help="The labels hold.")
@click.option("--return", "reason", metavar="REASON", help="Give the photos back to whoever labelled them.")
@click.option("--again", is_flag=True, help="Hand the photos in for review again as they are.")
@click.option("--returned-to", metavar="NAME", help="List the photos that this expert has to look at again.")
@who_option
@json_option
def review(
    project: Path,
    photos: tuple[str, ...],
    reviewed: bool,
    reason: str | None,
    again: bool,
    returned_to: str | None,
    who: str | None,
    as_json: bool,
) -> None:
    """Say of the photos PHOTO... that their labels hold, or give them back; without PHOTO list what was said.

    It is said of the labels as they are: when they change, the photo is merely labelled again.
    """
    asked = sum((reviewed, reason is not None, again))
    if asked > 1 or bool(photos) != bool(asked):
        raise click.UsageError("Name photos, and one of --reviewed, --return REASON or --again; or neither, to list.")
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import addressing
    from weldstudio.studio import reviews as saying

    if not photos:
        with opened(project, read_only=True) as store:
            listed = saying.listed(mirrors.read(store), to=returned_to)
        rows = [
            (o.path, o.review.said.value, o.review.who, o.review.to or None, o.review.reason or None) for o in listed
        ]
        text = answer.table(("photo", "state", "by", "to", "reason"), rows) if rows else "Nothing was reviewed yet."
        answer.give(as_json, {"photos": [one.to_json() for one in listed]}, text)
        return
    by = signature(who)
    with opened(project) as store:
        ids = [addressing.photo_of(store, path) for path in photos]
        if reviewed:
            done = saying.mark_reviewed(store, ids, who=by)
        elif reason is not None:
            done = saying.return_photos(store, ids, reason, who=by)
        else:
            done = saying.reopen(store, ids, who=by)
    answer.give(as_json, {"action": done.action_id, "text": done.text}, f"{done.text}.")


@click.command(
    short_help="Draw an audit sample of PROJECT, or see what audits found.",
    epilog=examples(
        "weldstudio audit welds --draw 200 --seed 7",
        "weldstudio audit welds --draw 50 --from 'nothing equipment:Redbox'",
        "weldstudio queue welds audit",
        "weldstudio audit welds --json",
    ),
)
@project_argument
@click.option("--draw", "size", type=click.IntRange(1), metavar="N", help="Draw N photos at random and remember them.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same photos.")
@click.option("--from", "text", metavar="FILTER", help="Draw from these photos; by default all that have a label.")
@who_option
@json_option
def audit(project: Path, size: int | None, seed: int, text: str | None, who: str | None, as_json: bool) -> None:
    """What the audits of PROJECT found: of photos drawn at random, how many labels were wrong when looked at again.

    A photo of an audit is done when it was reviewed after the draw (`review --reviewed`, Ctrl+Return in the window).
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import samples

    if size is not None:
        by = signature(who)
        with opened(project) as store:
            done = samples.draw_audit(store, size, seed=seed, who=by, of=samples.FROM if text is None else text)
        answer.give(as_json, {"action": done.action_id, "text": done.text}, f"{done.text}.")
        return
    with opened(project, read_only=True) as store:
        found = samples.audits(mirrors.read(store), samples.draws(store))
    rows = [
        (
            f"{one.draw.at:%Y-%m-%d %H:%M}",
            one.draw.purpose,
            one.draw.seed,
            one.draw.photos,
            one.draw.out_of,
            one.done,
            one.wrong.found,
            answer.percent(one.wrong.rate),
            " to ".join(map(answer.percent, one.wrong.interval)) if one.done else None,
        )
        for one in found
    ]
    head = ("drawn", "for", "seed", "photos", "out of", "done", "wrong", "rate", "95 %")
    lines = answer.table(head, rows) if rows else "No audit was drawn yet; --draw N draws one."
    answer.give(as_json, {"audits": [one.to_json() for one in found]}, lines)
