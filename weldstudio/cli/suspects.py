"""`suspects`: labels that all other labels contradict, listed and answered for."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option
from weldstudio.cli.progress import drive

if TYPE_CHECKING:
    from weldstudio.domain.wrong_labels import Wrong
    from weldstudio.store.mirror import Mirror
    from weldstudio.studio import contrast
    from weldstudio.studio.doubting import Lazy, Standing
    from weldstudio.studio.quality import Part

GONE: Final = "Cancelled."


@click.command(
    short_help="List labels of PROJECT that all others contradict.",
    epilog=examples(
        "weldstudio suspects welds",
        'weldstudio suspects welds --flag "No Clamp Used" --kind missing --limit 20',
        'weldstudio suspects welds --photo a/001.jpg --flag "No Clamp Used" --answer wrong',
        'weldstudio suspects welds --photo a/001.jpg --flag "No Clamp Used" --nearest 5',
        "weldstudio suspects welds --estimate",
    ),
)
@project_argument
@click.option("--flag", metavar="NAME", help="Only labels of this flag.")
@click.option("--kind", type=click.Choice(["missing", "wrong"]), help="The flag seems to be missing, or to be wrong.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="So many at most.")
@click.option("--photo", metavar="PATH", help="Answer for the label of --flag on this photo.")
@click.option("--answer", "said", type=click.Choice(["right", "wrong", "unsure"]), help="What you say of it.")
@click.option("--nearest", type=click.IntRange(1), help="So many photos most like --photo of each label of --flag.")
@click.option("--estimate", is_flag=True, help="How many labels are wrong, by flag, equipment and month; precision.")
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
    nearest: int | None,
    estimate: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """List the labels of PROJECT that all other labels contradict, the likeliest to be wrong first.

    Before all others stand labels that near-duplicates contradict: one of them is wrong for certain. The rest needs
    `weldstudio refit` first. Answering changes nothing but what you say: 'wrong' turns the label round and 'unsure'
    makes it unsure, as actions that can be taken back; where another expert has said otherwise both answers are kept
    for the two to settle. What was answered comes again only once its score has risen.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import addressing, contrast, doubting, likeness, quality, twins
    from weldstudio.studio import suspects as doubts

    if said is not None and (photo is None or flag is None):
        raise click.UsageError("An answer needs --photo, --flag and --answer together.")
    if photo is not None and (said is None) == (nearest is None):
        raise click.UsageError("With --photo say either --answer or --nearest.")
    if nearest is not None and (photo is None or flag is None):
        raise click.UsageError("--nearest needs --photo and --flag.")
    with opened(project) as store:
        slot = None if flag is None else addressing.class_of(store, flag).slot
        if photo is not None and slot is not None:
            photo_id = addressing.photo_of(store, photo)
            if said is not None:
                done = doubting.answer(store, photo_id, slot, said, who=signature(who))
                answer.give(as_json, {"action": done.action_id, "text": done.text}, done.text)
                return
            mirror = mirrors.read(store)
            near = contrast.nearest(mirror, contrast.ground(store), photo_id, slot, count=nearest or 1)
            _give_nearest(mirror, near, as_json=as_json)
            return
        mirror = mirrors.read(store)
        if not twins.known(mirror):
            drive(likeness.mark(store, mirror), "Comparing", quiet=as_json, cancelled=GONE)
        found = doubts.listed(mirror, slot=slot, kind=kind)
        standings = [one for one in doubting.standings(mirror) if slot in (None, one.slot)]
        lazy = doubting.lazy(mirror, doubting.standings(mirror))
        parts = drive(quality.parts(mirror), "Estimating", quiet=as_json, cancelled=GONE) if estimate else ()
        paths = {one.photo_id: mirror.paths[mirror.row(one.photo_id)] for one in found[:limit]}
    result: dict[str, Any] = {
        "suspects": [
            {
                "photo": paths[one.photo_id],
                "id": one.photo_id,
                "flag": one.flag,
                "kind": one.kind,
                "score": one.score,
                "contradicted_by_duplicates": one.twin,
            }
            for one in found[:limit]
        ],
        "found": len(found),
        "flags": [one.to_json() for one in standings],
        "lazy_answer_wins": [one.to_json() for one in lazy],
    }
    if estimate:
        result["by_equipment_and_month"] = [one.to_json() for one in parts]
        answer.give(as_json, result, _estimates(standings, parts, lazy, flag))
        return
    rows = [
        (paths[one.photo_id], one.flag, f"flag {one.kind}", f"{one.score:.2f}", "yes" if one.twin else "")
        for one in found[:limit]
    ]
    head = ("photo", "flag", "kind", "score", "a near-duplicate says otherwise")
    text = answer.table(head, rows) if rows else "No label is contradicted by the others."
    if not rows and mirror.refit is None:
        text = "Nothing was learned from the labels yet; run `weldstudio refit` first."
    more = f"\n{answer.count(len(found) - limit, 'more', 'more')}." if len(found) > limit else ""
    answer.give(as_json, result, text + more)


def _give_nearest(mirror: "Mirror", near: "contrast.Contrast", *, as_json: bool) -> None:
    rows, result = [], {}
    for words, found in (("same", near.same), ("opposite", near.opposite)):
        paths = [mirror.paths[mirror.row(photo)] for photo, _ in found]
        result[words] = [{"photo": path, "cosine": cosine} for path, (_, cosine) in zip(paths, found, strict=True)]
        rows += [(words, path, f"{cosine:.3f}") for path, (_, cosine) in zip(paths, found, strict=True)]
    answer.give(as_json, result, answer.table(("label", "photo", "cosine"), rows))


def _estimates(standings: "list[Standing]", parts: "Sequence[Part]", lazy: "list[Lazy]", flag: str | None) -> str:
    rows = [
        (
            one.flag,
            "raised" if one.kind == "wrong" else "clear",
            *_wrong(one.estimate),
            one.waiting,
            one.right + one.wrong + one.unsure,
            answer.percent(one.precision)
            + (f" ({100 * one.interval[0]:.0f}-{100 * one.interval[1]:.0f})" if one.precision is not None else ""),
        )
        for one in standings
    ]
    head = ("labels", "wrong, estimated", "share")
    text = answer.table(("flag", "labelled", *head, "suspects", "answered", "of these wrong (95 %)"), rows)
    by_part = [
        (
            one.equipment or "not known",
            one.month or "no date",
            *_wrong(one.all_wrong() if flag is None else one.wrong.get(standings[0].flag)),
        )
        for one in parts
    ]
    text += "\n\n" + answer.table(("equipment", "taken", *head), by_part) if len(by_part) > 1 else ""
    return "\n\n".join([text, *(one.sentence for one in lazy)])


def _wrong(one: "Wrong | None") -> tuple[int | None, str, str]:
    """Labels, how many are wrong, and their share."""
    if one is None:
        return None, "-", "-"
    return one.labels, f"{one.expected:,.0f} ({one.low:,.0f}-{one.high:,.0f})", answer.percent(one.share)
