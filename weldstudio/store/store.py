"""One project's database: opened, migrated, guarded; transactions; what changed since.

A `Store` belongs to the thread that opened it. Reads and writes go through its methods, which turn what the disk does
to us into a `StoreError` with a sentence; a mistake in a statement stays what it is, our bug.
"""

import logging
import os
import sqlite3
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlite_utils import Database

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.clock import HybridClock
from weldstudio.domain.errors import StoreError
from weldstudio.domain.scheme import Scheme
from weldstudio.store import backups, schema
from weldstudio.store.blame import blamed, cannot_open, reason
from weldstudio.store.place import on_network

_logger = logging.getLogger(__name__)

FILE = backups.STORE
FOLDERS = ("thumbs", "models", "runs", "features", "snapshots", "cache/exchange")
BUSY_S = 5.0
"""How long a write waits for another process to finish its own."""
CHANGES_KEPT = 20_000

_PIECE = 2_000
_LOG_PAGES = 4_000
"""The write-ahead log goes into the database, and the disk is waited for, every 16 MB: SQLite's own 4 MB are an import
of 20,000 photos, or some hundred labels.
"""
_KINDS = (("scheme", 1), ("models", 2), ("joints", 4), ("runs", 8), ("replaced", 16), ("views", 32))


class Store:
    """An open project. Make one with `Store.create` or `Store.open`; close it, or use it in a `with`."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        self.folder = folder
        self.db = Database(connection, execute_plugins=False)
        self.read_only = read_only
        self.notices: tuple[str, ...] = ()
        """What a person should know about how this project was opened, in sentences."""
        self.clock = HybridClock()
        self.uuid = ""
        self.before_writing: Callable[[], None] | None = None
        """Called once, before the first write that must last: the moment to keep the day's snapshot."""
        self.known_scheme: tuple[int, Scheme] | None = None
        """The scheme and SQLite's count of other connections' writes when it was read; see `store.scheme`."""
        self._synchronous = ""

    # Opening and closing

    @staticmethod
    def create(folder: Path, *, name: str | None = None) -> "Store":
        """A new, empty project in `folder`, which may exist already. Raises StoreError if it holds a project."""
        folder = Path(folder).absolute()
        if (folder / FILE).exists():
            raise StoreError(f"{folder} holds a project already; open it, or choose another folder.")
        try:
            for part in FOLDERS:
                (folder / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The project folder {folder} cannot be made ({reason(error)}); choose another."
            ) from error
        store = _connect(folder, read_only=False)
        try:
            store._choose_journal()
            store._migrate()
            with store.atomic(durable=True):
                store.execute(
                    "INSERT INTO project (id, uuid, name, created) VALUES (1, ?, ?, ?)",
                    (str(uuid.uuid4()), name or folder.name, datetime.now(UTC).isoformat(timespec="seconds")),
                )
            store._settle()
        except BaseException:
            store.close()
            for suffix in ("", "-wal", "-shm"):  # or the next attempt would find half a project
                (folder / (FILE + suffix)).unlink(missing_ok=True)
            raise
        return store

    @staticmethod
    def open(folder: Path, *, read_only: bool = False) -> "Store":
        """Open the project in `folder`; an older one is backed up and migrated, a newer one is a StoreError."""
        folder = Path(folder).absolute()
        if not (folder / FILE).is_file():
            raise StoreError(f"{folder} is no weldstudio project (it has no {FILE}).")
        store = _connect(folder, read_only=read_only)
        if read_only and not (folder / (FILE + "-wal")).exists() and not os.access(folder, os.W_OK):
            # To look at a write-ahead log SQLite wants a file beside it, which this folder does not take.
            store.close()
            store = _connect(folder, read_only=True, immutable=True)
        try:
            store._check(folder / FILE)  # before anything is written into what may not be ours
            if not read_only:
                store._choose_journal()
            if store._version() < schema.version():
                if read_only:
                    raise StoreError(
                        f"The project {folder.name} was made by an older weldstudio; open it for writing once, "
                        "so that it can be brought up to date."
                    )
                backups.copy(folder, f"before-version-{schema.version()}-{backups.stamp()}")
                store._migrate()
            store._settle()
            if not read_only:
                store._tidy()
        except BaseException:
            store.close()
            raise
        return store

    def in_memory(self) -> "Store":
        """The same store in memory, to be written to where the disk takes nothing. Raises StoreError."""
        connection = sqlite3.connect(":memory:")
        try:
            self.db.conn.backup(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise blamed(error, self.folder / FILE) from error
        copy = Store(self.folder, connection, read_only=False)
        copy.execute("PRAGMA foreign_keys = ON")
        copy._settle()
        return copy

    def close(self) -> None:
        """Close the database. Closing twice does nothing."""
        self.db.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading and writing

    @contextmanager
    def atomic(self, *, durable: bool = False) -> Generator["Store", None, None]:
        """A write transaction: all or nothing. Within another one it is part of that.

        With `durable` the data have reached the disk when the block ends; without, a power cut may take the last
        writes, which is right for what can be derived again. Raises StoreError when it cannot be written.
        """
        if self.db.conn.in_transaction:
            yield self
            return
        if self.read_only:
            raise StoreError(f"The project {self.folder.name} is open for reading only; nothing was changed.")
        if durable and (before := self.before_writing) is not None:
            self.before_writing = None
            before()
        mode = "FULL" if durable else "NORMAL"
        if mode != self._synchronous:
            self.execute(f"PRAGMA synchronous = {mode}")
            self._synchronous = mode
        # IMMEDIATE, or a write that follows a read could be refused at once instead of waiting for its turn.
        self.execute("BEGIN IMMEDIATE")
        try:
            yield self
            self.execute("COMMIT")
        except BaseException:
            self.known_scheme = None  # it may have been read within
            self.db.conn.rollback()
            raise

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement. Raises StoreError where the disk or another process is to blame."""
        try:
            return self.db.conn.execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise blamed(error, self.folder / FILE) from error

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows. Only inside `atomic`."""
        try:
            self.db.conn.executemany(sql, rows)
        except sqlite3.DatabaseError as error:
            raise blamed(error, self.folder / FILE) from error

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        try:
            return self.db.conn.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise blamed(error, self.folder / FILE) from error

    def pieces(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query some thousand at a time: quicker for many, as they stay in the processor's cache."""
        try:
            cursor = self.db.conn.execute(sql, parameters)
            while rows := cursor.fetchmany(_PIECE):
                yield rows
        except sqlite3.DatabaseError as error:
            raise blamed(error, self.folder / FILE) from error

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value of the first row, or None."""
        found = self.execute(sql, parameters).fetchone()
        return found[0] if found else None

    # What changed

    def record(self, changes: Changes) -> Changes:
        """Note in the store what the present transaction touched; hands the same back. Only inside `atomic`."""
        if changes != NO_CHANGES:
            self.execute(
                "INSERT INTO changes (photos, labels, predictions, kinds, actions, decisions, reviews)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    _packed(changes.photos),
                    _packed(changes.labels),
                    _packed(changes.predictions),
                    sum(bit for name, bit in _KINDS if getattr(changes, name)),
                    " ".join(changes.actions),
                    _packed(changes.decisions),
                    _packed(changes.reviews),
                ),
            )
        return changes

    @property
    def name(self) -> str:
        """What the project is called."""
        return str(self.value("SELECT name FROM project"))

    @property
    def sequence(self) -> int:
        """Number of the newest change, whoever wrote it. Ask for it *before* `changes_since`, so none is missed."""
        return int(self.value("SELECT seq FROM sqlite_sequence WHERE name = 'changes'") or 0)

    def changes_since(self, sequence: int) -> Changes:
        """What was touched after that number, by this and by every other process.

        Where the changes asked for have been dropped already, everything counts as touched.
        """
        found = self.rows(
            "SELECT seq, photos, labels, predictions, kinds, actions, decisions, reviews FROM changes WHERE seq > ?"
            " ORDER BY seq",
            (sequence,),
        )
        if not found:
            return NO_CHANGES
        if found[0][0] > sequence + 1:
            everything = frozenset(i for (i,) in self.rows("SELECT id FROM photos"))
            decided = frozenset(i for (i,) in self.rows("SELECT DISTINCT joint_id FROM decisions"))
            replaced = bool(self.value("SELECT 1 FROM changes WHERE kinds & 16"))
            kinds = Changes(scheme=True, models=True, joints=True, runs=True, views=True)
            all_kinds = kinds | Changes(replaced=replaced, decisions=decided)
            return Changes(everything, everything, everything, reviews=everything) | all_kinds
        return Changes.of(
            Changes(
                _unpacked(photos),
                _unpacked(labels),
                _unpacked(predictions),
                actions=tuple(actions.split()),
                decisions=_unpacked(decisions),
                reviews=_unpacked(reviews),
                **{name: bool(kinds & bit) for name, bit in _KINDS},
            )
            for _, photos, labels, predictions, kinds, actions, decisions, reviews in found
        )

    def tick(self) -> int:
        """The hybrid time of a new action, later than all in the store. Only inside `atomic`."""
        self.clock.see(int(self.value("SELECT max(clock) FROM actions") or 0))
        return self.clock.tick()

    # Inside

    def _choose_journal(self) -> None:
        if on_network(self.folder):
            # Write-ahead logging needs memory shared between all readers, which no network share offers.
            self.execute("PRAGMA journal_mode = DELETE")
            self.notices = ("This project lies on a network share: slower, and for one person at a time.",)
        else:
            self.execute("PRAGMA journal_mode = WAL")
            self.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")

    def _version(self) -> int:
        return int(self.value("PRAGMA user_version"))

    def _check(self, file: Path) -> None:
        """Raises StoreError if this is no database of ours, or a newer one."""
        if self.value("PRAGMA application_id") != schema.APPLICATION_ID:
            raise StoreError(f"{file} is a database of another program, not a weldstudio project.")
        if self._version() > schema.version():
            raise StoreError(
                f"The project {self.folder.name} was made by a newer weldstudio "
                f"(its version is {self._version()}, this program knows up to {schema.version()}). Update weldstudio."
            )

    def _migrate(self) -> None:
        # All steps and their records in one transaction: another process that comes late finds nothing to do.
        self.execute("BEGIN EXCLUSIVE")
        try:
            schema.migrations.apply(self.db)
            self.execute(f"PRAGMA user_version = {schema.version()}")
            self.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            self.execute("COMMIT")
        except BaseException:
            self.db.conn.rollback()
            raise

    def _settle(self) -> None:
        """What every opened store needs to know."""
        self.uuid = str(self.value("SELECT uuid FROM project"))
        self.clock.see(int(self.value("SELECT max(clock) FROM actions") or 0))

    def _tidy(self) -> None:
        """Take away what processes that are gone left half done, and forget changes that nobody will ask for."""
        from weldstudio.store import staging  # staging needs Store

        with self.atomic():
            staging.discard_abandoned(self)
            self.execute("DELETE FROM changes WHERE seq <= ?", (self.sequence - CHANGES_KEPT,))


def _connect(folder: Path, *, read_only: bool, immutable: bool = False) -> Store:
    file = folder / FILE
    mode = "ro" if read_only else "rwc"
    if immutable:
        mode += "&immutable=1"
    try:
        connection = sqlite3.connect(f"{file.as_uri()}?mode={mode}", uri=True, timeout=BUSY_S)
    except sqlite3.DatabaseError as error:
        raise cannot_open(file) from error
    store = Store(folder, connection, read_only=read_only)
    try:
        store.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        store.close()
        raise
    return store


def _packed(ids: frozenset[int]) -> bytes | None:
    return np.fromiter(sorted(ids), np.int64, len(ids)).tobytes() if ids else None


def _unpacked(blob: bytes | None) -> frozenset[int]:
    return frozenset(np.frombuffer(blob, np.int64).tolist()) if blob else frozenset()
