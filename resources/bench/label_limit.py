"""Limit of storing a label: one plain transaction, an event appended and the present value replaced; median ms.

WAL with synchronous FULL, as a label that is shown as saved has to be.
"""

import sqlite3
import tempfile
from pathlib import Path

import rounds

TIMES = 200
PHOTOS, SLOTS = 2_000, 17


def measure() -> dict[str, object]:
    """TIMES labels."""
    taken = rounds.each_ms(store, TIMES)
    return {"value": sorted(taken)[TIMES // 2], "p95": rounds.percentile(taken, 0.95), "unit": "ms"}


def store(number: int) -> None:
    """One label: read the present value, append, replace."""
    photo, slot = 1 + number * 37 % PHOTOS, number % SLOTS
    database.execute("BEGIN IMMEDIATE")
    now = bytearray(database.execute("SELECT states FROM now WHERE photo = ?", (photo,)).fetchone()[0])
    old, now[slot] = now[slot], 5
    database.execute("INSERT INTO events (action, photo, slot, old, new) VALUES (?, ?, ?, ?, 5)", (0, photo, slot, old))
    database.execute("UPDATE now SET states = ? WHERE photo = ?", (bytes(now), photo))
    database.execute("COMMIT")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "plain.sqlite", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, action, photo, slot, old, new)")
        database.execute("CREATE TABLE now (photo INTEGER PRIMARY KEY, states BLOB)")
        database.executemany("INSERT INTO now VALUES (?, ?)", ((i + 1, bytes(SLOTS)) for i in range(PHOTOS)))
        measure()
        rounds.serve(measure)
        database.close()
