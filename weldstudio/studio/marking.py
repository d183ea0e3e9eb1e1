"""Notes, stars and the deletion of runs, as edits that can be taken back."""

import shutil
import time

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import JobFailed
from weldstudio.jobs.folder import RunFolder
from weldstudio.store import actions, run_marks
from weldstudio.store.store import Store
from weldstudio.studio import noting, training

KEPT_DAYS = 30
"""So long the folder of a deleted run is kept, so that the deletion can be taken back."""


def mark(
    store: Store, run_id: str, *, who: str, star: bool | None = None, note: str | None = None, gone: bool | None = None
) -> Done:
    """Note something of a run; None leaves it as it is. Raises JobFailed for an unknown one, or for one under way."""
    run = training.run_named(store, run_id)
    before = run_marks.read(store, [run_id])[0]
    after = before
    text = ""
    if note is not None:
        after, text = after._replace(note=note.strip()), f"Note on run {run_id}"
    if star is not None:
        after, text = after._replace(star=int(star)), f"{'Star' if star else 'Take the star from'} run {run_id}"
    if gone is not None:
        state = training.summarise(run).state
        if gone and state in ("running", "waiting"):
            raise JobFailed(f"The run {run_id} is {state}; stop it before you delete it.")
        after, text = after._replace(gone=int(gone)), f"{'Delete' if gone else 'Bring back'} run {run_id}"
    change = noting.note([before], [after])
    if not change:
        return Done(None, text=f"{text}: nothing had to change")
    with store.atomic(durable=True):
        written = actions.begin(store, who=who, kind="run", text=text, payload={"run_marks": change})
        changes = run_marks.write(store, change["after"]) | store.record(actions.news(written))
        if gone:
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
