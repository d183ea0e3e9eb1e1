"""What people noted of training runs: a star, a note, that one was deleted. The run itself lies in its folder."""

from collections.abc import Sequence
from typing import NamedTuple

from weldstudio.domain.changes import Changes
from weldstudio.store.store import Store


class RunMarks(NamedTuple):
    """The marks of one run."""

    run_id: str
    star: int = 0
    note: str = ""
    gone: int = 0
    """1 = it was deleted; its folder is there until it is cleared away."""


def every(store: Store) -> dict[str, RunMarks]:
    """By run; those of which nothing was noted are missing."""
    return {row[0]: RunMarks(*row) for row in store.rows("SELECT run_id, star, note, gone FROM run_marks")}


def read(store: Store, run_ids: Sequence[str]) -> list[RunMarks]:
    """Of these runs, in their order."""
    known = every(store)
    return [known.get(run_id, RunMarks(run_id)) for run_id in run_ids]


def write(store: Store, rows: Sequence[Sequence[object]]) -> Changes:
    """Have the marks be as the rows say."""
    with store.atomic():
        store.executemany("INSERT OR REPLACE INTO run_marks (run_id, star, note, gone) VALUES (?, ?, ?, ?)", rows)
        return store.record(Changes(runs=True))
