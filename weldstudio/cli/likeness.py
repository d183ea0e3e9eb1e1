"""`similar`, `duplicates` and `next`: photos like one, near-duplicates, and what to label next."""

from dataclasses import asdict
from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option
from weldstudio.cli.progress import drive
from weldstudio.cli.scores import ranged


@click.command(
    short_help="Photos of PROJECT that look like one.",
    epilog=examples("weldstudio similar welds a/001.jpg", "weldstudio similar welds a/001.jpg --count 50"),
)
@project_argument
@click.argument("photo", metavar="PHOTO")
@click.option("--count", type=click.IntRange(1), default=12, show_default=True, help="So many.")
@json_option
def similar(project: Path, photo: str, *, count: int, as_json: bool) -> None:
    """Photos of PROJECT whose features are nearest to those of PHOTO (its path), the nearest first."""
    from weldstudio.studio import addressing, likeness

    with opened(project, read_only=True) as store:
        found = likeness.similar(store, addressing.photo_of(store, photo), count)
    rows = [(one.path, f"{one.cosine:.3f}") for one in found]
    answer.give(as_json, {"similar": [asdict(one) for one in found]}, answer.table(("photo", "cosine"), rows))


@click.command(
    short_help="Near-duplicates in PROJECT, and labels on which they differ.",
    epilog=examples(
        "weldstudio duplicates welds",
        "weldstudio duplicates welds --conflicts",
        "weldstudio duplicates welds --labels-of a/001.jpg",
        "weldstudio duplicates welds --labels-of a/001.jpg --copy",
    ),
)
@project_argument
@click.option("--conflicts", is_flag=True, help="Only clusters whose photos carry different labels.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="So many clusters at most.")
@click.option("--labels-of", metavar="PHOTO", help="What handing its labels on to its near-duplicates would do.")
@click.option("--copy", "do_copy", is_flag=True, help="With --labels-of: hand them on.")
@who_option
@json_option
def duplicates(
    project: Path,
    *,
    conflicts: bool,
    limit: int,
    labels_of: str | None,
    do_copy: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Clusters of photos of PROJECT that are nearly the same, those whose labels differ first.

    With --labels-of the labels of one photo are handed on to its near-duplicates: shown first, done with --copy, as
    one action that can be taken back. Near-duplicates with other labels are left alone.
    """
    from weldstudio.studio import likeness

    if labels_of is not None:
        _hand_on(project, labels_of, do_copy=do_copy, who=who, as_json=as_json)
        return
    if do_copy:
        raise click.UsageError("--copy needs --labels-of PHOTO.")
    with opened(project, read_only=True) as store:
        every = drive(likeness.duplicates(store), "Comparing", quiet=as_json, cancelled="Cancelled.")
    found = [one for one in every if one.conflicts or not conflicts]
    result = {"clusters": len(found), "duplicates": [asdict(one) for one in found[:limit]]}
    lines = [
        f"{', '.join(one.paths)}" + (f"  differ in: {', '.join(one.conflicts)}" if one.conflicts else "")
        for one in found[:limit]
    ]
    differing = sum(bool(one.conflicts) for one in found)
    head = f"{answer.count(len(found), 'cluster')} of near-duplicates, {differing:,} with labels that differ."
    answer.give(as_json, result, "\n".join([head, *lines]))


def _hand_on(project: Path, path: str, *, do_copy: bool, who: str | None, as_json: bool) -> None:
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import addressing, propagating

    with opened(project, read_only=not do_copy) as store:
        mirror = mirrors.read(store)
        found = propagating.spread(store, addressing.photo_of(store, path), mirror=mirror)
        result = found.to_json(mirror)
        named = [f"  {one['photo']}" for one in result["to"]]
        named += [f"  {one['photo']}  carries other labels: left alone" for one in result["differing"]]
        text = "\n".join([found.preview(mirror).text, *named])
        if do_copy and found.to:
            done = propagating.propagate(store, found.photo_id, who=signature(who))
            action = result["action"] = str(done.action_id)
            text += f"\n{done.text}. `weldstudio history --revert {action[:8]}` takes it back."
        elif found.to:
            text += "\nNothing was changed; --copy does it."
    answer.give(as_json, result, text)


@click.command(
    "next",
    short_help="What to label next in PROJECT.",
    epilog=examples("weldstudio next welds", "weldstudio next welds --count 100", "weldstudio next welds --accuracy"),
)
@project_argument
@click.option("--count", type=click.IntRange(1), default=50, show_default=True, help="So many photos.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed asks for the same photos.")
@click.option("--accuracy", is_flag=True, help="How good the model is, by the photos drawn by chance alone.")
@who_option
@json_option
def next_(project: Path, *, count: int, seed: int, accuracy: bool, who: str | None, as_json: bool) -> None:
    """The photos of PROJECT from whose labels most would be learned, rare flags with their share, unlike each other.

    About one in eight is drawn by chance and remembered as such; --accuracy judges the model by these alone.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import next_batch

    with opened(project) as store:
        if accuracy:
            found = next_batch.accuracy(store, mirrors.read(store))
            rows = [
                (name, *(f"{ranged(one.rate, one.interval)} of {one.of:,}" for one in both))
                for name, both in found.items()
            ]
            result = {name: {"raised": up.to_json(), "clear": down.to_json()} for name, (up, down) in found.items()}
            answer.give(as_json, {"flags": result}, answer.table(("flag", "on raised (95 %)", "on clear (95 %)"), rows))
            return
        batch = next_batch.suggest(store, count, seed=seed, who=signature(who))
    rows = [
        (one.path, one.flag or "by chance", "-" if one.probability is None else f"{one.probability:.2f}")
        for one in batch.photos
    ]
    text = answer.table(("photo", "asked about", "p"), rows) if rows else "Every photo has a label of every flag."
    result_ = {"photos": [asdict(one) for one in batch.photos], "waiting": batch.waiting}
    answer.give(as_json, result_, f"{text}\n{answer.count(batch.waiting, 'photo')} lack a label.")
