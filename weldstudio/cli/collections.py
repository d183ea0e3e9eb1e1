"""`collections`, `rescan`, `relocate`, `watch`: the folders of photos, and what happens in them later."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument
from weldstudio.cli.progress import Cancelled, drive, interrupts

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.rescan_report import RescanReport

POLL_S = 0.2


@click.command(
    short_help="List the folders of photos of PROJECT, or watch one.",
    epilog=examples(
        "weldstudio collections welds",
        "weldstudio collections welds --watch photos",
        "weldstudio collections welds --unwatch photos",
    ),
)
@project_argument
@click.option("--watch", "on", multiple=True, metavar="NAME", help="Take new photos of this collection in by itself.")
@click.option("--unwatch", "off", multiple=True, metavar="NAME", help="Do so no longer.")
@json_option
def collections(project: Path, on: tuple[str, ...], off: tuple[str, ...], as_json: bool) -> None:
    """List the collections of PROJECT: where each lies, how many photos, and whether its folder is watched.

    While the window is open, or `weldstudio watch` runs, photos that come into a watched folder are taken in.
    """
    from weldstudio.studio import collections as collecting
    from weldstudio.studio import rescanning

    with opened(project, read_only=not (on or off)) as store:
        for names, wanted in ((on, True), (off, False)):
            for name in names:
                collecting.watch(store, rescanning.collection_named(store, name).id, wanted)
        rows = collecting.table(store)
    cells = [(r.name, r.photos, r.missing, "yes" if r.watched else "no", _place(r.folder, r.there)) for r in rows]
    text = answer.table(("collection", "photos", "not shown", "watched", "folder"), cells)
    answer.give(as_json, {"collections": [row.to_json() for row in rows]}, text if rows else "There is no photo yet.")


@click.command(
    short_help="Look again for new, moved, changed, missing photos.",
    epilog=examples("weldstudio rescan welds", "weldstudio rescan welds --collection photos --json"),
)
@project_argument
@click.option("--collection", "names", multiple=True, metavar="NAME", help="Only this collection.")
@json_option
def rescan(project: Path, names: tuple[str, ...], as_json: bool) -> None:
    """Look at the folders of PROJECT again.

    A photo is known by its content: labels follow files that were moved or renamed. A file with another content keeps
    its labels and is marked for a second look. What is missing is kept until it comes back. Originals are only read.
    """
    from weldstudio.domain.errors import ImportRefused
    from weldstudio.studio import rescanning

    reports: list[RescanReport] = []
    away: list[dict[str, str]] = []
    with opened(project) as store:
        for collection in _chosen(store, names):
            try:
                work = rescanning.rescan(store, collection.id)
                reports.append(drive(work, f"Looking at {collection.name}", quiet=as_json))
            except ImportRefused as error:
                away.append({"collection": collection.name, "problem": str(error)})
    lines = [line for report in reports for line in report.lines()]
    if away and not reports:
        raise ImportRefused(away[0]["problem"])
    for one in away:
        answer.complain(one["problem"])
    totals = _totals(reports)
    answer.give(
        as_json,
        {**totals, "collections": [report.to_json() for report in reports], "away": away},
        "\n".join(lines) if lines else "There is no photo yet.",
    )


@click.command(
    short_help="Say where the photos of a collection of PROJECT lie now.",
    epilog=examples("weldstudio relocate welds photos /media/archive/photos"),
)
@project_argument
@click.argument("collection")
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("--anyway", is_flag=True, help="Though most of the collection's photos are not there.")
@json_option
def relocate(project: Path, collection: str, folder: Path, anyway: bool, as_json: bool) -> None:
    """Say that the photos of COLLECTION lie below FOLDER now.

    It is made sure by paths, sizes and contents that they are the same ones; else nothing is changed.
    """
    from weldstudio.studio import relocating, rescanning

    with opened(project) as store:
        found = rescanning.collection_named(store, collection)
        work = relocating.relocate(store, found.id, folder, anyway=anyway)
        report = drive(work, f"Looking for {found.name}", quiet=as_json)
    answer.give(as_json, {"collection": found.name, **report.to_json()}, "\n".join(report.lines()))


@click.command(
    short_help="Take photos in as they come, until Ctrl+C.",
    epilog=examples("weldstudio watch welds", "weldstudio watch welds --collection photos --json"),
)
@project_argument
@click.option(
    "--collection", "names", multiple=True, metavar="NAME", help="This collection; by default the watched ones."
)
@click.option("--no-predict", is_flag=True, help="Do not have the active model score the new photos.")
@json_option
def watch(project: Path, names: tuple[str, ...], no_predict: bool, as_json: bool) -> None:
    """Take photos in that come into the watched folders of PROJECT, score them, and say so, until Ctrl+C.

    With --json each line on stdout is one JSON object.
    """
    from weldstudio.domain.errors import ImportRefused
    from weldstudio.store import photos
    from weldstudio.store import watched as watched_rows
    from weldstudio.studio.watching import Lookout

    with opened(project) as store:
        roots = watched_rows.watched(store)
        if names:
            roots = {c.id: photos.root_of(store, c.id) for c in _chosen(store, names)}
        if not roots:
            raise ImportRefused("No collection is watched; name one with --collection NAME.")
        lookout = Lookout()
        try:
            lookout.watch(roots)
            if not as_json:
                click.echo(f"Watching {', '.join(str(root) for root in roots.values())}. Ctrl+C ends it.")
            with interrupts() as interrupted:
                while not interrupted.pressed:
                    for sighting in lookout.poll(POLL_S):
                        _take(store, sighting, predict=not no_predict, as_json=as_json)
            raise Cancelled("The folders are no longer watched; what came is kept.")
        finally:
            lookout.close()


def _take(store: "Store", sighting: Any, *, predict: bool, as_json: bool) -> None:
    """Take in what was seen, and say it in a line."""
    from weldstudio.store import models
    from weldstudio.studio import predicting, rescanning

    if sighting.away:
        _say(as_json, {"away": sighting.away}, sighting.away)
        return
    report = drive(rescanning.take_in(store, sighting), "Taking photos in", quiet=True)
    result = report.to_json()
    if predict and report.to_be_scored and models.active_id(store) is not None:
        scored = drive(predicting.predict(store, photo_ids=report.to_be_scored), "Scoring", quiet=True)
        result["scored"] = scored.scored
    if report.new:
        result["joints"] = _joints_of(store, report.new)
    if report.parts or sighting.whole:
        _say(as_json, result, f"{time.strftime('%H:%M:%S')} {report.sentence}")


def _joints_of(store: "Store", photo_ids: Iterable[int]) -> list[dict[str, Any]]:
    """The joints of new photos, with points and verdicts as they stand."""
    from weldstudio.store import mirror, photos
    from weldstudio.studio import joints

    seen = mirror.read(store)
    rows = joints.describe(seen, photos.joints_shown(store, list(photo_ids)))
    return [row.to_json(seen.scheme) for row in rows]


def _say(as_json: bool, result: dict[str, Any], text: str) -> None:
    click.echo(json.dumps(result) if as_json else text)


def _chosen(store: "Store", names: Iterable[str]) -> list[Any]:
    from weldstudio.store import photos
    from weldstudio.studio import rescanning

    return [rescanning.collection_named(store, name) for name in names] or photos.collections(store)


def _place(folder: Path, there: bool) -> str:
    return str(folder) if there else f"{folder} (not there)"


def _totals(reports: Iterable["RescanReport"]) -> dict[str, int]:
    """Sums over all collections."""
    every = [report.to_json() for report in reports]
    keys = ("found", "new", "moved", "changed", "second_looks", "back", "missing", "still_missing")
    return {key: sum(one[key] for one in every) for key in keys}
