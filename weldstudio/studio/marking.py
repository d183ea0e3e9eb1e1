"""Notes, stars and the deletion of runs, as edits that can be taken back."""

import shutil
import time
from collections.abc import Sequence

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import JobFailed
from weldstudio.jobs.folder import RunFolder
from weldstudio.store import actions, run_marks
from weldstudio.store.store import Store
from weldstudio.studio import noting, training

KEPT_DAYS = 30
"""So long the folder of a deleted run is kept, so that the deletion can be taken back."""


def mark(
    store: Store,
    runs: str | Sequence[str],
    *,
    who: str,
    star: bool | None = None,
    note: str | None = None,
    gone: bool | None = None,
) -> Done:
    """Note something of a run, or of several at once; None leaves it as it is.

    Raises JobFailed for an unknown one, or when one that is under way is to be deleted.
    """
    ids = [runs] if isinstance(runs, str) else list(runs)
    folders = [training.run_named(store, run_id) for run_id in ids]
    before = run_marks.read(store, ids)
    after = before
    these, text = f"run {ids[0]}" if len(ids) == 1 else f"{len(ids):,} runs", ""
    if note is not None:
        after, text = [one._replace(note=note.strip()) for one in after], f"Note on {these}"
    if star is not None:
        after = [one._replace(star=int(star)) for one in after]
        text = f"{'Star' if star else 'Take the star from'} {these}"
    if gone is not None:
        for run in folders if gone else ():
            state = training.summarise(run).state
            if state in ("running", "waiting"):
                raise JobFailed(f"The run {run.id} is {state}; stop it before you delete it.")
        after = [one._replace(gone=int(gone)) for one in after]
        text = f"{'Delete' if gone else 'Bring back'} {these}"
    change = noting.note(before, after)
    if not change:
        return Done(None, text=f"{text}: nothing had to change")
    with store.atomic(durable=True):
        written = actions.begin(store, who=who, kind="run", text=text, payload={"run_marks": change})
        changes = run_marks.write(store, change["after"]) | store.record(actions.news(written))
        for run in folders if gone else ():
            (run.path / "deleted").touch()  # its time tells when it may be cleared away
    return Done(written.action.id, changes, text)


def clear_away(store: Store, *, now: float | None = None) -> list[str]:
    """Removes the folders of runs that were deleted more than `KEPT_DAYS` ago; returns their ids."""
    before = (time.time() if now is None else now) - KEPT_DAYS * 86_400
    removed = []
    for run_id, marks in run_marks.every(store).items():
        run = RunFolder(store.folder / "runs" / run_id)
        deleted = run.path / "deleted"
        if marks.gone and deleted.exists() and deleted.stat().st_mtime < before:
            shutil.rmtree(run.path, ignore_errors=True)
            removed.append(run_id)
    return removed
