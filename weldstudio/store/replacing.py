"""Putting a kept copy in the place of the whole store, in one transaction that a crash undoes.

Whoever has the store open meanwhile goes on with the same file and is told by a change that says `replaced`.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from weldstudio.domain.changes import Changes
from weldstudio.domain.errors import StoreError
from weldstudio.store import backups, schema
from weldstudio.store.blame import DamagedStore, blamed, reason
from weldstudio.store.store import Store
from weldstudio.store.writer import lives

_BUSY_S = 5.0


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy holds."""

    photos: int
    actions: int
    """Complete ones."""
    last_who: str
    last_clock: int
    """Of the newest action; 0 where there is none."""


def held(file: Path) -> Held:
    """Look into a copy. Raises StoreError for one that is none of ours, newer than this program, or damaged."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            if copy.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
                raise StoreError(f"{file.name} is no snapshot of a weldstudio project.")
            version = copy.execute("PRAGMA user_version").fetchone()[0]
            if version > schema.version():
                raise StoreError(f"{file.name} was made by a newer weldstudio; update weldstudio to restore it.")
            photos = copy.execute("SELECT count(*) FROM photos").fetchone()[0]
            actions = copy.execute("SELECT count(*) FROM actions WHERE complete = 1").fetchone()[0]
            last = copy.execute("SELECT who, clock FROM actions WHERE complete = 1 ORDER BY clock DESC").fetchone()
    except sqlite3.DatabaseError as error:
        raise blamed(error, file) from error
    who, clock = last or ("", 0)
    return Held(photos, actions, who, clock)


def refuse_while_written(folder: Path) -> None:
    """Raise StoreError while another process is in the midst of a long action on this store."""
    try:
        with closing(sqlite3.connect(f"{(folder / backups.STORE).as_uri()}?mode=ro", uri=True)) as store:
            writers = [by for (by,) in store.execute("SELECT writer FROM actions WHERE complete = 0")]
    except sqlite3.DatabaseError:
        return  # damaged: whoever writes into it cannot get far either
    if any(lives(by) for by in writers):
        raise StoreError("Labels are being brought in just now; wait until that has ended, then restore.")


def replace(folder: Path, file: Path) -> None:
    """Make the store in `folder` what `file` holds. A store too damaged for that is moved to `snapshots/` first."""
    store = folder / backups.STORE
    try:
        seen = _copy_into(file, store)
    except DamagedStore:
        _move_away(store)
        seen = _copy_into(file, store)
    with Store.open(folder) as restored, restored.atomic(durable=True):
        # Numbers of changes go on from the higher count, so that everybody who looks sees that there is something new.
        restored.execute("DELETE FROM changes")
        restored.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'changes'", (seen,))
        restored.record(Changes(replaced=True))


def _copy_into(file: Path, store: Path) -> int:
    """Copy the pages; returns the number of the newest change that was there before."""
    try:
        with (
            closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as source,
            closing(sqlite3.connect(store, timeout=_BUSY_S)) as target,
        ):
            numbers = target.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone()
            found = numbers and target.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
            target.execute("PRAGMA synchronous = FULL")
            source.backup(target)
    except sqlite3.DatabaseError as error:
        raise blamed(error, store) from error
    return int(found[0]) if found else 0


def _move_away(store: Path) -> None:
    """Keep the files of a damaged store as they are, beside the snapshots."""
    place = store.parent / backups.FOLDER / f"damaged-{backups.stamp()}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name in (store.name + "-wal", store.name + "-shm", store.name):
            if (store.parent / name).exists():
                shutil.move(store.parent / name, place / name)
        if hasattr(os, "sync"):
            os.sync()
    except OSError as error:
        raise StoreError(f"The damaged project could not be moved to {place} ({reason(error)}).") from error
