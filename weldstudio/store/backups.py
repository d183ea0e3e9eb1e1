"""Copies of the store in `snapshots/`: one a day, one before each restore, one before each change of its tables.

A copy is made by SQLite's own backup from one consistent look at the store, while others go on reading and writing; it
is checked, reaches the disk and only then gets its name. Copying runs in a thread with a connection of its own, so that
whoever drives it never waits longer than a moment.
"""

import os
import re
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from weldstudio.domain.changes import Progress
from weldstudio.domain.errors import StoreError
from weldstudio.store.blame import DamagedStore, blamed, cannot_open, reason

FOLDER = "snapshots"
STORE = "project.sqlite"
KEPT = 14
"""So many daily copies are kept; copies made before a restore or an update are never taken away."""
DAILY, BEFORE_RESTORE, BEFORE_UPDATE = "daily", "before a restore", "before an update"

_KINDS = (("daily-", DAILY), ("before-restore-", BEFORE_RESTORE), ("before-version-", BEFORE_UPDATE))
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)(?:-(\d{6}))?$")
_PAGES = 512
"""Pages (of 4 kB) copied between two looks at whether to stop."""
_CHECKED_STEPS = 20_000
_WAIT_S = 0.01


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy of the store."""

    file: Path
    kind: str
    """'daily', 'before a restore', 'before an update' or 'other'."""
    made: datetime
    """Local time."""
    size: int
    """Bytes."""

    @property
    def name(self) -> str:
        return self.file.stem


class _Stopped(Exception):
    """Whoever wanted the copy does not want it any more."""


def stamp(now: datetime | None = None) -> str:
    """Date and time for a name, such as '2026-11-21-150405'."""
    return (now or datetime.now()).strftime("%Y-%m-%d-%H%M%S")


def listed(folder: Path) -> tuple[Backup, ...]:
    """The copies of the project in `folder`, newest first."""
    try:
        files = [file for file in (folder / FOLDER).iterdir() if file.suffix == ".sqlite" and file.is_file()]
    except OSError:
        return ()
    return tuple(sorted(map(_backup, files), key=lambda backup: (backup.made, backup.name), reverse=True))


def of_day(folder: Path, day: date) -> Backup | None:
    """The daily copy of that day, if there is one."""
    file = folder / FOLDER / f"daily-{day.isoformat()}.sqlite"
    return _backup(file) if file.is_file() else None


def prune(folder: Path) -> None:
    """Take away the oldest daily copies beyond those that are kept."""
    for backup in [backup for backup in listed(folder) if backup.kind == DAILY][KEPT:]:
        backup.file.unlink(missing_ok=True)


def copying(folder: Path, name: str) -> Generator[Progress, None, Backup]:
    """Copy the store to `snapshots/<name>.sqlite`, in steps of about 10 ms; closing the generator leaves nothing.

    `Progress` counts pages. Raises StoreError, and DamagedStore where the store is not sound.
    """
    thread = _Copying(folder, name)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_WAIT_S)
            yield Progress(thread.done, thread.total, "Keeping a snapshot")
    finally:
        thread.stopped = True
        thread.join()
    if thread.error is not None:
        raise thread.error
    return _backup(folder / FOLDER / f"{name}.sqlite")


def copy(folder: Path, name: str) -> Backup:
    """The same in one go."""
    _copy(folder, name, lambda _done, _total: None)
    return _backup(folder / FOLDER / f"{name}.sqlite")


def check(file: Path, *, going_on: Callable[[], None] = lambda: None) -> None:
    """Raise DamagedStore if the database in `file` is not sound. `going_on` is called now and then, and may raise."""
    raised: list[Exception] = []

    def handler() -> int:
        try:
            going_on()
        except _Stopped as end:
            raised.append(end)
            return 1
        return 0

    try:
        with closing(_reader(file, immutable=True)) as connection:
            connection.set_progress_handler(handler, _CHECKED_STEPS)
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise (raised[0] if raised else blamed(error, file)) from error
    if verdict != "ok":
        raise DamagedStore(f"{file.name} is damaged ({verdict}); restore an older snapshot.")


class _Copying(threading.Thread):
    """Makes one copy; `done` of `total` pages so far."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(name="snapshot", daemon=True)
        self._folder, self._name = folder, name
        self.done, self.total = 0, 0
        self.stopped = False
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            _copy(self._folder, self._name, self._note)
        except _Stopped:
            pass
        except Exception as error:  # noqa: BLE001 - handed to whoever drives the work
            self.error = error

    def _note(self, done: int, total: int) -> None:
        if self.stopped:
            raise _Stopped
        self.done, self.total = done, total


def _copy(folder: Path, name: str, note: Callable[[int, int], None]) -> None:
    source, target = folder / STORE, folder / FOLDER / f"{name}.sqlite"
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        target.parent.mkdir(exist_ok=True)
        part.unlink(missing_ok=True)
        pages = _copy_pages(source, part, note)
        check(part, going_on=lambda: note(pages, pages))
        with part.open("rb+") as made:
            os.fsync(made.fileno())
        part.replace(target)
    except OSError as error:
        raise StoreError(f"No snapshot could be kept in {target.parent} ({reason(error)}); make room there.") from error
    except sqlite3.DatabaseError as error:
        raise blamed(error, source) from error
    finally:
        part.unlink(missing_ok=True)


def _copy_pages(source: Path, part: Path, note: Callable[[int, int], None]) -> int:
    """Copy from one consistent look at the store; returns the pages."""
    total = 0

    def progress(_status: int, remaining: int, pages: int) -> None:
        nonlocal total
        total = pages
        note(pages - remaining, pages)

    with closing(_reader(source)) as reader, closing(sqlite3.connect(part)) as writer:
        # Within a transaction of its own the copy need not begin anew whenever somebody labels a photo meanwhile.
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM sqlite_master").fetchone()
        reader.backup(writer, pages=_PAGES, progress=progress)
        writer.execute("PRAGMA journal_mode = DELETE")  # or opening the copy would put two more files beside it
    return total


def _reader(file: Path, *, immutable: bool = False) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"{file.as_uri()}?mode=ro{'&immutable=1' if immutable else ''}", uri=True, timeout=5.0)
    except sqlite3.DatabaseError as error:
        raise cannot_open(file) from error


def _backup(file: Path) -> Backup:
    facts = file.stat()
    kind = next((kind for prefix, kind in _KINDS if file.stem.startswith(prefix)), "other")
    found = _STAMP.search(file.stem)
    made = datetime.fromtimestamp(facts.st_mtime)
    if found is not None:
        at = found[2] or made.strftime("%H%M%S")
        try:
            made = datetime.strptime(f"{found[1]} {at}", "%Y-%m-%d %H%M%S")
        except ValueError:
            pass  # a name that only looks like a date
    return Backup(file, kind, made.replace(microsecond=0), facts.st_size)
