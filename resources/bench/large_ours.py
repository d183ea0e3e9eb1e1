"""Ours on the large project: one kind of work, named by the first word; median ms.

Usage: large_ours.py bulk|undo|first-pages|counts|verdicts|merge|filters PROJECT, as made by large_project.py.
"""

from collections.abc import Callable
from pathlib import Path

import rounds
import verdicts_data

from weldstudio.domain.labelling import State
from weldstudio.store import mirror
from weldstudio.store.store import Store
from weldstudio.studio import deciding, labelling, merging, reviewing

BULK = 10_000
PAGE = 42
TIMES = 5


def bulk() -> dict[str, object]:
    """BULK photos without a label get one, in one action, which is taken back."""
    photos = range(verdicts_data.PHOTOS - BULK, verdicts_data.PHOTOS)
    done: list[str] = []

    def change(_: int) -> None:
        action = labelling.set_state(store, photos, 3, State.RAISED, who="bench").action_id
        if action is None:
            raise SystemExit("the labels were there already")
        done.append(action)

    changed = rounds.each_ms(change, 1)[0]
    undone = rounds.each_ms(lambda _: labelling.revert(store, done[-1], who="bench"), 1)[0]
    if labelling.revert(store, done[-1], who="bench").action_id is not None:
        raise SystemExit("the undo left something behind")
    return {"bulk": changed, "undo": undone}


def after_a_label(work: Callable[[], object]) -> float:
    """Median ms of some work after a label, when it was done before."""
    work()

    def step(number: int) -> None:
        seen.set_label([1 + number], 0, verdicts_data.HAND | (1 + number % 2))
        work()

    return rounds.median_ms(step, TIMES)


def anew(work: Callable[[], object]) -> float:
    """Median ms of some work with nothing known of what was counted before."""

    def step(_: int) -> None:
        seen.tallied.clear()
        work()

    return rounds.median_ms(step, TIMES)


def first_pages() -> dict[str, object]:
    """What the first page of each queue needs: filter, order, names and labels of PAGE photos."""

    def page(queue: reviewing.Queue) -> None:
        rows = reviewing.select(seen, queue.filter, sort=queue.sort)[:PAGE]
        [seen.paths[row] for row in rows.tolist()]
        seen.labels[rows]

    taken = {queue.id: after_a_label(lambda queue=queue: page(queue)) for queue in reviewing.QUEUES}
    return {"first-pages": max(taken.values()), **taken}


def counts() -> dict[str, object]:
    """The numbers beside queues and flags."""
    classes = after_a_label(lambda: reviewing.counts(seen))
    queues = after_a_label(lambda: reviewing.queue_counts(seen))
    first = anew(lambda: reviewing.queue_counts(seen))
    return {"counts": max(classes, queues), "classes": classes, "queues": queues, "anew": first}


def verdicts() -> dict[str, object]:
    """All verdicts by the labels."""
    mended = after_a_label(lambda: deciding.outcomes(seen))
    return {"verdicts": anew(lambda: deciding.outcomes(seen)), "after a label": mended}


def merge() -> dict[str, object]:
    """What merging two flags would mean."""
    return {"merge": after_a_label(lambda: merging.preview(seen, (12, 14)))}


FILTERS = (
    *("reviewed", "raised", "disagrees", "joint:J-00170", "name:0123", 'contractor:"Contractor 3"', "taken:2015"),
    *('flag:"flag 3"=unsure', 'model:"flag 3">0.9', "points:50..", "verdict:reject", "decision:accepted", "inbox"),
)


def filters() -> dict[str, object]:
    """The slowest of filters of every kind, and of orders of all photos, after a label."""
    taken = {}
    for text in FILTERS:
        taken[text] = after_a_label(lambda text=text: reviewing.select(seen, reviewing.parse(text, seen.scheme)))
    for sort in reviewing.Sort:
        taken[f"by {sort}"] = after_a_label(lambda sort=sort: reviewing.select(seen, sort=sort))
    slowest = max(taken, key=lambda name: taken[name])
    return {"filters": taken[slowest], "slowest": slowest}


MEASURES = {
    "bulk": bulk,
    "undo": bulk,
    "first-pages": first_pages,
    "counts": counts,
    "verdicts": verdicts,
    "merge": merge,
    "filters": filters,
}


def measure() -> dict[str, object]:
    """The work that was asked for."""
    said = MEASURES[what]()
    return {"value": said.pop(what), "unit": "ms", **said}


if __name__ == "__main__":
    what, project = rounds.arguments()
    with Store.open(Path(project)) as store:
        seen = mirror.read(store)
        measure()
        rounds.serve(measure)
