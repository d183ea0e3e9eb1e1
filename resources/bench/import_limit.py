"""Limit of an import's first pass: walk the folder, stat each file, insert (path, size, mtime) as plain rows; in s.

Usage: import_limit.py FOLDER, as made by photos.py --links.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import rounds


def found(folder: str, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    """(relative path, bytes, mtime in ns) of every file below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from found(entry.path, f"{prefix}{entry.name}/")
            else:
                status = entry.stat()
                yield f"{prefix}{entry.name}", status.st_size, status.st_mtime_ns


def measure() -> dict[str, object]:
    """One collection into one new database."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "plain.sqlite", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("CREATE TABLE photos (id INTEGER PRIMARY KEY, path TEXT UNIQUE, size INTEGER, mtime INTEGER)")
        begin = time.perf_counter()
        database.execute("BEGIN")
        database.executemany("INSERT INTO photos (path, size, mtime) VALUES (?, ?, ?)", found(many))
        database.execute("COMMIT")
        rows = database.execute("SELECT COUNT(*) FROM photos").fetchone()[0]
        taken = time.perf_counter() - begin
        database.close()
    return {"value": taken, "unit": "s", "rows": rows}


if __name__ == "__main__":
    many = str(Path(rounds.arguments()[0]) / "many")
    rounds.serve(measure)
