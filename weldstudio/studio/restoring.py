"""Snapshots of the whole store: one kept of every day on which something was written, and the way back to any of them.

Restoring loses nothing either: what was there before it is itself kept, and can be restored in the same way.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from weldstudio.domain.changes import Progress
from weldstudio.domain.clock import wall_seconds
from weldstudio.domain.errors import StoreError
from weldstudio.store import backups, replacing, window_lock
from weldstudio.store.blame import DamagedStore
from weldstudio.store.store import FILE, Store


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of the store with what it holds, or why it cannot be restored."""

    name: str
    kind: str
    """'daily', 'before a restore', 'before an update' or 'other'."""
    made: datetime
    size: int
    """Bytes."""
    photos: int = 0
    actions: int = 0
    last: str = ""
    """Who did the newest action it holds and when, in words."""
    problem: str = ""
    """Why it cannot be restored; '' where it can."""

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "made": self.made.isoformat(sep=" "),
            "size": self.size,
            "photos": self.photos,
            "actions": self.actions,
            "last": self.last,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    name: str
    """The snapshot that the project now is."""
    kept_as: str
    """Name of the snapshot of what was there before; '' where that was too damaged, and its files were moved."""
    text: str

    def to_json(self) -> dict[str, Any]:
        return {"restored": self.name, "kept_as": self.kept_as, "text": self.text}


def kept(folder: Path) -> tuple[Snapshot, ...]:
    """The snapshots of the project in `folder`, newest first. Raises StoreError where there is no project."""
    folder = _project(folder)
    return tuple(_look_into(backup) for backup in backups.listed(folder))


def daily(store: Store, *, today: date | None = None) -> Generator[Progress, None, str | None]:
    """Keep today's snapshot unless it is there already, and let the oldest go; its name, or None.

    Steps of about 10 ms; closed, it leaves nothing. Raises StoreError where it could not be kept.
    """
    day = today or date.today()
    if backups.of_day(store.folder, day) is not None:
        return None
    made = yield from backups.copying(store.folder, f"daily-{day.isoformat()}")
    backups.prune(store.folder)
    return made.name


def restore(folder: Path, name: str) -> Generator[Progress, None, Restored]:
    """Make the project in `folder` again what it was in the snapshot `name`, or in the newest whose name begins so.

    The present state is kept first. Raises StoreError, with nothing changed, where there is no such snapshot, it is
    damaged or too new, or a window or a long write of another process has the project.
    """
    folder = _project(folder)
    found = [backup for backup in backups.listed(folder) if backup.name.startswith(name) and name]
    if not found:
        raise StoreError(f"There is no snapshot '{name}'; `weldstudio restore {folder.name}` lists them.")
    chosen = next((backup for backup in found if backup.name == name), found[0])
    if (window := window_lock.holder(folder)) is not None:
        raise StoreError(
            f"{folder.name} is open in a weldstudio window (process {window[0]} on {window[1]}). "
            "Close it, or restore from there."
        )
    replacing.refuse_while_written(folder)
    yield Progress(0, None, "Checking the snapshot")
    backups.check(chosen.file)
    held = replacing.held(chosen.file)
    kept_as = _free_name(folder) if (folder / FILE).is_file() else ""
    if kept_as:
        try:
            yield from backups.copying(folder, kept_as)
        except DamagedStore:
            kept_as = ""  # nothing to copy; the files themselves are kept
    yield Progress(0, None, "Restoring")
    replacing.replace(folder, chosen.file)
    was = f"; what was there before is kept as {kept_as}" if kept_as else "; the damaged files are kept in snapshots"
    return Restored(chosen.name, kept_as, f"Restored {chosen.name} with {_actions(held.actions)}{was}.")


def _free_name(folder: Path) -> str:
    """A name for the present state; two restores within a second get two."""
    taken = {backup.name for backup in backups.listed(folder)}
    at = datetime.now()
    while (name := f"before-restore-{backups.stamp(at)}") in taken:
        at += timedelta(seconds=1)
    return name


def _project(folder: Path) -> Path:
    folder = Path(folder).absolute()
    if not (folder / FILE).is_file() and not backups.listed(folder):
        raise StoreError(f"{folder} is no weldstudio project (it has no {FILE}).")
    return folder


def _look_into(backup: backups.Backup) -> Snapshot:
    try:
        held = replacing.held(backup.file)
    except StoreError as error:
        return Snapshot(backup.name, backup.kind, backup.made, backup.size, problem=str(error))
    last = ""
    if held.last_clock:
        at = datetime.fromtimestamp(wall_seconds(held.last_clock))
        last = f"{held.last_who}, {at.day} {at:%b %Y, %H:%M}"
    return Snapshot(backup.name, backup.kind, backup.made, backup.size, held.photos, held.actions, last)


def _actions(count: int) -> str:
    return f"{count:,} {'action' if count == 1 else 'actions'}"
