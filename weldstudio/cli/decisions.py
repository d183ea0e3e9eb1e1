"""`decide`: tell the crew of a joint what was decided, or set its verdict against the points."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option


@click.command(
    short_help="Accept or reject joints of PROJECT, or ask for a new photo.",
    epilog=examples(
        "weldstudio decide welds J-00417 --as accepted",
        "weldstudio decide welds J-00417 J-00418 --as new-photo --reason 'clamp not in the picture'",
        "weldstudio decide welds J-00417 --override accept --reason 'dust, not soil'",
        "weldstudio decide welds J-00417 --as undecided",
        "weldstudio decide welds J-00417 --override none",
    ),
)
@project_argument
@click.argument("joints", nargs=-1, required=True, metavar="JOINT...")
@click.option(
    "--as",
    "said",
    type=click.Choice(["accepted", "rejected", "new-photo", "undecided"]),
    help="What the crew is told; undecided takes back what was.",
)
@click.option(
    "--override",
    type=click.Choice(["accept", "reject", "none"]),
    help="Set the verdict against the points; it needs a reason. none: by the points again.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@who_option
@json_option
def decide(
    project: Path,
    joints: tuple[str, ...],
    said: str | None,
    override: str | None,
    reason: str,
    who: str | None,
    as_json: bool,
) -> None:
    """Decide on the joints JOINT..., named by their references, or by the photo's path where they have none.

    The decision is kept with the points, the reject limit and the scheme of this moment; what changes later never
    rewrites it. No label is touched.
    """
    if (said is None) == (override is None):
        raise click.UsageError("Say either what the crew is told with --as, or set the verdict with --override.")
    by = signature(who)
    from weldstudio.domain.decision import Told
    from weldstudio.domain.verdict import Outcome
    from weldstudio.store import mirror
    from weldstudio.studio import decisions
    from weldstudio.studio import joints as joining

    with opened(project) as store:
        found = joining.ids_of(mirror.read(store), joints)
        if said == "undecided":
            done = decisions.withdraw(store, found, who=by, reason=reason)
        elif said is not None:
            done = decisions.decide(store, found, Told.of_word(said), who=by, reason=reason)
        elif override == "none":
            done = decisions.follow_points(store, found, who=by)
        else:
            done = decisions.override(store, found, Outcome(str(override)), who=by, reason=reason)
        seen = mirror.read(store)
        rows = decisions.in_full(store, joining.describe(seen, found))
    result = {"action": done.action_id, "text": done.text, "joints": [row.to_json(seen.scheme) for row in rows]}
    answer.give(as_json, result, done.text)
