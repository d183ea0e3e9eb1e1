"""`describe`: what joints are: their type, their medium, who made them."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option


@click.command(
    short_help="Set type, medium or contractor of joints of PROJECT.",
    epilog=examples(
        "weldstudio describe welds J-00417 --type tapping-T --medium water",
        "weldstudio describe welds --filter 'collection:north' --contractor 'Smith Ltd'",
        "weldstudio describe welds J-00417 --medium ''",
    ),
)
@project_argument
@click.argument("joints", nargs=-1, metavar="[JOINT]...")
@click.option("--filter", "text", metavar="TEXT", help="The joints of the photographs for which this filter holds.")
@click.option("--type", "kind", metavar="NAME", help="Coupler, tapping-T, ...; '' takes it away.")
@click.option("--medium", metavar="NAME", help="Gas, water, ...; '' takes it away.")
@click.option("--contractor", metavar="NAME", help="Who made them; '' takes it away.")
@who_option
@json_option
def describe(
    project: Path,
    joints: tuple[str, ...],
    text: str | None,
    kind: str | None,
    medium: str | None,
    contractor: str | None,
    who: str | None,
    as_json: bool,
) -> None:
    """Set what is known of the joints JOINT..., named by their references, or of those of a filter, in one action."""
    if bool(joints) == (text is not None):
        raise click.UsageError("Name joints, or give a filter.")
    if kind is None and medium is None and contractor is None:
        raise click.UsageError("Say what is to be set with --type, --medium or --contractor.")
    by = signature(who)
    from weldstudio.store import mirror
    from weldstudio.studio import joint_facts, reviewing
    from weldstudio.studio import joints as joining

    with opened(project) as store:
        seen = mirror.read(store)
        found = joining.ids_of(seen, joints) if joints else reviewing.joints_of(seen, text=text or "").tolist()
        done = joint_facts.describe(store, found, who=by, kind=kind, medium=medium, contractor=contractor)
    answer.give(as_json, {"action": done.action_id, "text": done.text, "joints": len(found)}, done.text)
