"""`quality`: how good the labels of a project are, in a few tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument
from weldstudio.cli.progress import drive
from weldstudio.cli.scores import ranged

if TYPE_CHECKING:
    from weldstudio.domain.wrong_labels import Wrong
    from weldstudio.studio.quality import Findings
    from weldstudio.studio.reviewing import Counts


@click.command(
    short_help="How good the labels of PROJECT are.",
    epilog=examples(
        "weldstudio quality welds", "weldstudio quality welds --trusted Bluebox", "weldstudio quality welds --json"
    ),
)
@project_argument
@click.option("--trusted", metavar="EQUIPMENT", default="", help="Whose labels are trusted; the newest unless said.")
@json_option
def quality(project: Path, *, trusted: str, as_json: bool) -> None:
    """How much of PROJECT is labelled, how many labels are wrong by estimate, what the duplicates contradict.

    By equipment and month as well; how differently kinds of equipment see; from when labels can be trusted (heads
    learned from the trusted equipment, scored on the others from the newest back); what would help most next.
    Estimates need `weldstudio refit`; the accuracy is that of photos which `weldstudio next` drew by chance.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import quality as looking
    from weldstudio.studio import reviewing
    from weldstudio.studio.advice import advice

    with opened(project, read_only=True) as store:
        mirror = mirrors.read(store)
        counts = reviewing.counts(mirror)
        found = drive(looking.look(store, trusted=trusted), "Looking", quiet=as_json, cancelled="Cancelled.")
        helps = advice(mirror, found)
        names = {item.slot: item.name for item in mirror.scheme.classes}
    flags = {}
    for slot, name in names.items():
        unseen, raised, clear, unsure = counts.classes[slot]
        up, down = found.right[name]
        flags[name] = {
            "raised": raised,
            "clear": clear,
            "unsure": unsure,
            "unseen": unseen,
            "raised_share": raised / (raised + clear) if raised + clear else None,
            "suspects": [one.to_json() for one in found.standings if one.flag == name],
            "right_on_raised": up.to_json(),
            "right_on_clear": down.to_json(),
        }
    result: dict[str, Any] = {
        "photos": counts.photos,
        "labelled": counts.labelled,
        "reviewed": counts.reviewed,
        "problems": counts.problems,
        **found.to_json(),
        "advice": [one.to_json() for one in helps],
        "flags": flags,
    }
    parts = [_counts(counts, names, found), _parts(found), _drift(found), _curve(found)]
    parts += ["\n".join(one.sentence for one in found.lazy)]
    parts += ["\n".join(["What would help most next:", *(f"- {one.sentence}" for one in helps)]) if helps else ""]
    answer.give(as_json, result, "\n\n".join(part for part in parts if part))


def _counts(counts: "Counts", names: dict[int, str], found: "Findings") -> str:
    rows = []
    for slot, name in names.items():
        unseen, raised, clear, unsure = counts.classes[slot]
        missing, wrong = (one for one in found.standings if one.flag == name)
        up, down = found.right[name]
        rows.append(
            (
                name,
                *(raised, clear, unsure, unseen),
                _wrong(missing.estimate),
                _wrong(wrong.estimate),
                missing.waiting + wrong.waiting,
                ranged(up.rate, up.interval),
                ranged(down.rate, down.interval),
            )
        )
    weeks = ", ".join(f"{photos:,} in the week of {week}" for week, photos in found.weeks[:2])
    text = (
        f"{answer.count(counts.photos, 'photo')}: {counts.labelled:,} with a label, {counts.reviewed:,} looked at by a "
        f"person{f' ({weeks})' if weeks else ''}, {counts.problems:,} cannot be shown.\n"
        f"{answer.count(len(found.clusters), 'cluster')} of near-duplicates, {len(found.differing):,} with labels that "
        "differ.\n"
    )
    head = ("flag", "raised", "clear", "unsure", "unseen", "missing, est.", "wrong, est.", "suspects")
    return text + answer.table((*head, "model right on raised", "on clear"), rows)


def _parts(found: "Findings") -> str:
    if len(found.parts) < 2:
        return ""
    rows = []
    for one in found.parts:
        _, raised, clear, unsure = one.all_states()
        wrong = one.all_wrong()
        rows.append(
            (
                one.equipment or "not known",
                one.month or "no date",
                *(one.photos, one.looked_at, raised, clear, unsure),
                _wrong(wrong),
                "-" if wrong is None else answer.percent(wrong.share),
            )
        )
    head = ("equipment", "taken", "photos", "looked at", "labels raised", "clear", "unsure", "wrong, est.", "share")
    return answer.table(head, rows)


def _drift(found: "Findings") -> str:
    if not found.drift:
        return found.no_drift
    rows = [
        (
            one.equipment + (" (trusted)" if one.equipment == found.trusted else ""),
            one.photos,
            "-" if one.distance is None else f"{one.distance:.1f} s.d.",
            answer.percent(one.told_apart),
            ranged(one.score, one.interval),
        )
        for one in found.drift
    ]
    return answer.table(("equipment", "photos", "distance", "told apart", "mean per-class accuracy"), rows)


def _curve(found: "Findings") -> str:
    curve = found.cut_off
    if curve is None:
        return found.no_cut_off if found.no_cut_off != found.no_drift else ""
    rows = [
        (one.name, one.photos, ranged(one.score, one.interval), ranged(one.since, one.since_interval))
        for one in curve.months
    ]
    table = answer.table(("taken", "photos", f"by heads of {curve.trusted}", "from the newest to here"), rows)
    return f"{table}\n{curve.sentence}"


def _wrong(one: "Wrong | None") -> str:
    return "-" if one is None else f"{one.expected:,.0f} ({one.low:,.0f}-{one.high:,.0f})"
