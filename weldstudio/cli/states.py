"""`set` and `copy`: labels of many photos at once, looked at before they are given."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option


@click.command(
    "set",
    short_help="Give a flag one state on all photos that a filter finds.",
    epilog=examples(
        "weldstudio set welds 'equipment:Redbox unseen' 'No Ground Sheet' clear --dry-run",
        "weldstudio set welds 'joint:J-00417' 'No Clamp Used' raised --by 'Ann Lee'",
        "weldstudio set welds 'flag:Other' nothing clear --by 'Ann Lee'",
    ),
)
@project_argument
@click.argument("filter_text", metavar="FILTER")
@click.argument("flag", metavar="FLAG")
@click.argument("state", type=click.Choice(["raised", "clear", "unsure", "unseen"]), metavar="STATE")
@click.option("--dry-run", is_flag=True, help="Only say what would change: labels, and the verdicts of joints.")
@who_option
@json_option
def set_(project: Path, filter_text: str, flag: str, state: str, dry_run: bool, who: str | None, as_json: bool) -> None:
    """Make FLAG raised, clear, unsure or unseen on the photos of PROJECT that FILTER finds, as one action.

    FILTER is what one types into the field above the photographs; '' means all. `nothing` as FLAG with `clear` says
    that the photos were reviewed and no flag applies.
    """
    from weldstudio.domain.errors import EditRefused
    from weldstudio.domain.labelling import Source, State
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import addressing, bulk_preview, known_names, labelling, reviewing

    meant = State.of_word(state)
    nothing = flag == "nothing"
    if nothing and meant != State.CLEAR:
        raise click.UsageError("'nothing' goes with 'clear': reviewed, nothing applies.")
    by = signature(who)
    with opened(project, read_only=dry_run) as store:
        mirror = mirrors.read(store)
        rows = reviewing.matching(mirror, known_names.asked(mirror, filter_text)).nonzero()[0]
        ids = mirror.ids[rows].tolist()
        if not ids:
            raise EditRefused(f"No photo is found by '{filter_text}'; nothing was changed.")
        classes = mirror.scheme.classes if nothing else (addressing.class_of(store, flag),)
        wanted = tuple((item.slot, meant) for item in classes)
        source = Source.HAND if len(ids) == 1 else Source.BULK
        found = bulk_preview.preview(mirror, ids, wanted, source=source)
        if dry_run:
            answer.give(as_json, found.to_json(), found.text)
            return
        if nothing:
            done = labelling.nothing_applies(store, ids, who=by)
        else:
            done = labelling.set_state(store, ids, wanted[0][0], meant, who=by)
    result = {"action": done.action_id, "text": done.text} | found.to_json()
    answer.give(as_json, result, f"{done.text}.\n{found.moves.sentence}")


@click.command(
    short_help="Copy the labels of one photo of PROJECT to others.",
    epilog=examples("weldstudio copy welds a/11.jpg a/12.jpg a/13.jpg --by 'Ann Lee'"),
)
@project_argument
@click.argument("source", metavar="FROM")
@click.argument("photos", nargs=-1, required=True, metavar="TO...")
@who_option
@json_option
def copy(project: Path, source: str, photos: tuple[str, ...], who: str | None, as_json: bool) -> None:
    """Give the photos TO... the labels of the photo FROM, as one action; what is unseen there stays as it is."""
    from weldstudio.studio import addressing, copying

    by = signature(who)
    with opened(project) as store:
        ids = [addressing.photo_of(store, path) for path in photos]
        done = copying.copy_labels(store, addressing.photo_of(store, source), ids, who=by)
    answer.give(as_json, {"action": done.action_id, "text": done.text}, f"{done.text}.")
