"""`quality`: how good the labels of a project are, in a few tables."""

from pathlib import Path
from typing import Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument
from weldstudio.cli.scores import ranged


@click.command(
    short_help="How good the labels of PROJECT are.",
    epilog=examples("weldstudio quality welds", "weldstudio quality welds --json"),
)
@project_argument
@json_option
def quality(project: Path, *, as_json: bool) -> None:
    """How much of PROJECT is labelled, how many labels are wrong by estimate, what the duplicates contradict.

    Estimates need `weldstudio refit`; the accuracy is that of photos which `weldstudio next` drew by chance.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import likeness, next_batch, reviewing, suspects

    with opened(project, read_only=True) as store:
        mirror = mirrors.read(store)
        counts = reviewing.counts(mirror)
        standings = suspects.standings(mirror)
        clusters = likeness.duplicates(store)
        right = next_batch.accuracy(store, mirror)
    rows, flags = [], {}
    for item in mirror.scheme.classes:
        unseen, raised, clear, unsure = counts.classes[item.slot]
        missing, wrong = (one for one in standings if one.flag == item.name)
        up, down = right[item.name]
        rows.append(
            (
                item.name,
                *(raised, clear, unsure, unseen),
                f"{missing.expected:,.0f}",
                f"{wrong.expected:,.0f}",
                missing.waiting + wrong.waiting,
                ranged(up.rate, up.interval),
                ranged(down.rate, down.interval),
            )
        )
        flags[item.name] = {
            "raised": raised,
            "clear": clear,
            "unsure": unsure,
            "unseen": unseen,
            "suspects": [missing.to_json(), wrong.to_json()],
            "right_on_raised": up.to_json(),
            "right_on_clear": down.to_json(),
        }
    differing = sum(bool(one.conflicts) for one in clusters)
    result: dict[str, Any] = {
        "photos": counts.photos,
        "labelled": counts.labelled,
        "reviewed": counts.reviewed,
        "problems": counts.problems,
        "duplicates": len(clusters),
        "duplicates_that_differ": differing,
        "flags": flags,
    }
    head = ("flag", "raised", "clear", "unsure", "unseen", "missing, est.", "wrong, est.", "suspects")
    text = (
        f"{answer.count(counts.photos, 'photo')}: {counts.labelled:,} with a label, {counts.reviewed:,} looked at by a "
        f"person, {counts.problems:,} cannot be shown.\n"
        f"{answer.count(len(clusters), 'cluster')} of near-duplicates, {differing:,} with labels that differ.\n"
    )
    table = answer.table((*head, "model right on raised", "on clear"), rows)
    answer.give(as_json, result, text + table)
