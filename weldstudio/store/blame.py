"""Whose fault a database error is: the disk's or another program's, with a sentence, or our own, left as it is."""

import os
import shutil
import sqlite3
from pathlib import Path

from weldstudio.domain.errors import StoreError

_SENTENCES = {
    sqlite3.SQLITE_BUSY: "Another program is writing to the project and does not let go; try again.",
    sqlite3.SQLITE_LOCKED: "Another program is writing to the project and does not let go; try again.",
    sqlite3.SQLITE_READONLY: "The project cannot be written: its file or folder is read-only.",
    sqlite3.SQLITE_PERM: "The project cannot be opened: its file does not let you.",
    sqlite3.SQLITE_AUTH: "The project cannot be opened: its file does not let you.",
    sqlite3.SQLITE_IOERR: "The disk reports an error; look whether it is still connected.",
    sqlite3.SQLITE_FULL: "The disk is full; make room on it and try again.",
    sqlite3.SQLITE_CANTOPEN: "The project's file cannot be opened; look whether its disk is connected and lets you.",
    sqlite3.SQLITE_NOTADB: "The project's file is damaged or no database; restore one of its snapshots.",
    sqlite3.SQLITE_CORRUPT: "The project's file is damaged; restore one of its snapshots.",
    sqlite3.SQLITE_NOMEM: "There is not enough memory to read the project; close other programs.",
}
_PAGE = 65_536  # bytes: what the database adds to its side file at least is half of it
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class DamagedStore(StoreError):
    """The file of the store is damaged: a snapshot has to take its place."""


def blamed(error: sqlite3.DatabaseError, file: Path) -> Exception:
    """A StoreError for what is the fault of the disk under `file`; the error itself for what is ours."""
    code = getattr(error, "sqlite_errorcode", None)
    sentence = None if code is None else _SENTENCES.get(code & 0xFF)
    if code is None or sentence is None:
        return error
    if code & 0xFF == sqlite3.SQLITE_CANTOPEN and not os.access(file.parent, os.W_OK):
        sentence = "The project's folder is read-only; make it writable, or copy the project to a folder that is."
    if code & 0xFF == sqlite3.SQLITE_IOERR and _is_full(file.parent):
        sentence = _SENTENCES[sqlite3.SQLITE_FULL]  # the database says so only of some of its files
    kind = DamagedStore if code & 0xFF in _DAMAGED else StoreError
    return kind(f"{sentence} ({file})")


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _PAGE
    except OSError:
        return False


def cannot_open(file: Path) -> StoreError:
    """That the file could not even be opened."""
    return StoreError(f"{_SENTENCES[sqlite3.SQLITE_CANTOPEN]} ({file})")


def reason(error: OSError) -> str:
    """What the system says of an error with a file."""
    return error.strerror or str(error)
