"""`accept` and `safe`: predictions that a person takes over, and joints that pass by them."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option
from weldstudio.cli.progress import drive
from weldstudio.cli.second_looks import SHARE


@click.command(
    short_help="Accept predictions of the active model as labels.",
    epilog=examples(
        "weldstudio accept welds a/12.jpg",
        "weldstudio accept welds a/12.jpg --flag 'No Clamp Used'",
        "weldstudio accept welds --certainty 0.98 --filter 'unseen equipment:Bluebox' --dry-run",
        "weldstudio accept welds --certainty 0.98 --filter 'unseen equipment:Bluebox'",
    ),
)
@project_argument
@click.argument("photos", nargs=-1, metavar="[PHOTO...]")
@click.option("--flag", "flags", multiple=True, metavar="NAME", help="Only this flag; may be given several times.")
@click.option("--certainty", type=click.FloatRange(0.5, 1), help="Of all photos, or those of --filter: so certain.")
@click.option("--filter", "text", metavar="TEXT", help="With --certainty: the photos for which this filter holds.")
@click.option("--dry-run", is_flag=True, help="With --certainty: only count what would be accepted.")
@who_option
@json_option
def accept(
    project: Path,
    photos: tuple[str, ...],
    flags: tuple[str, ...],
    certainty: float | None,
    text: str | None,
    dry_run: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Take over what the active model says of PHOTO..., or of all photos on which it is certain enough.

    Labels that are there already stay, but for those of a --flag on photos that are named. What is accepted is marked
    with the model and its probability, and never used to judge a model.
    """
    if bool(photos) == (certainty is not None):
        raise click.UsageError("Name photos, or say how certain the model must be with --certainty.")
    if certainty is None and (text is not None or dry_run):
        raise click.UsageError("--filter and --dry-run belong to --certainty.")
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import accepting, addressing, known_names, reviewing

    with opened(project, read_only=dry_run) as store:
        slots = [addressing.class_of(store, name).slot for name in flags] or None
        if certainty is None:
            ids = [addressing.photo_of(store, path) for path in photos]
            done = accepting.accept(store, ids, who=signature(who), slots=slots, anew=slots is not None)
            answer.give(as_json, {"action": done.action_id, "text": done.text}, f"{done.text}.")
            return
        mirror = mirrors.read(store)
        rows = reviewing.select(mirror, known_names.asked(mirror, text or ""))
        found = accepting.answers(mirror, rows, slots=slots, certainty=certainty)
        counts = {one.name: {"raised": one.raised, "clear": one.clear} for one in found}
        if dry_run:
            lines = answer.table(("flag", "raised", "clear"), [(o.name, o.raised, o.clear) for o in found])
            answer.give(as_json, {"photos": len(rows), "flags": counts}, lines)
            return
        work = accepting.accept_all(store, mirror.ids[rows].tolist(), certainty, who=signature(who), slots=slots)
        report = drive(work, "Accepting predictions", quiet=as_json)
    answer.give(as_json, report.to_json() | {"flags": counts}, f"{report.text}.")


@click.command(
    short_help="List joints of PROJECT that are safe to pass, or pass them.",
    epilog=examples(
        "weldstudio safe welds --guarantee 0.01",
        "weldstudio safe welds --guarantee 0.005 --inspect 10% --seed 7 --accept --by 'Ann Lee'",
        "weldstudio queue welds safe --guarantee 0.005",
        "weldstudio audit welds",
    ),
)
@project_argument
@click.option(
    "--guarantee",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    metavar="CHANCE",
    help="A joint is safe if it reaches its reject limit with a chance below this.",
)
@click.option("--inspect", "share", type=SHARE, default="5%", show_default=True, help="Share that a person looks at.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same joints to inspect.")
@click.option("--draw", is_flag=True, help="Draw the share to inspect and remember it as an audit.")
@click.option(
    "--accept", is_flag=True, help="Draw it, and tell the crews of all other safe joints that they are accepted."
)
@who_option
@json_option
def safe(
    project: Path,
    guarantee: float,
    share: float,
    seed: int,
    draw: bool,
    accept: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Which undecided joints of PROJECT are most unlikely to reach their reject limit; pass them, but for a share.

    The chance is that of the sum of points of distinct flags, by the joint rules, under the model's probabilities;
    flags are taken for independent. Without --draw or --accept nothing is written.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import passing

    if draw or accept:
        by = signature(who)
        with opened(project) as store:
            found = passing.take(store, guarantee, share, seed=seed, who=by, accept=accept)
    else:
        with opened(project, read_only=True) as store:
            found = passing.preview(mirrors.read(store), guarantee, share, seed=seed)
    answer.give(as_json, found.to_json(), found.text)
