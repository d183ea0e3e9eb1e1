"""Limit of labelling 10,000 photos at once: one plain transaction, events appended and present values replaced; ms.

In tables as large as those of the large project, WAL with synchronous FULL.
"""

import sqlite3
import tempfile
from pathlib import Path

import rounds

PHOTOS, SLOTS, EVENTS, BULK = 127_655, 17, 400_000, 10_000


def measure() -> dict[str, object]:
    """One bulk change."""
    return {"value": rounds.each_ms(lambda _: change(), 1)[0], "unit": "ms"}


def change() -> None:
    """Read the present values, append, replace."""
    state = 5 if next(turns) % 2 else 6
    database.execute("BEGIN IMMEDIATE")
    events, now = [], []
    for photo, states in database.execute("SELECT photo, states FROM now WHERE photo > ?", (PHOTOS - BULK,)):
        new = bytearray(states)
        events.append((0, photo, 3, new[3], state))
        new[3] = state
        now.append((bytes(new), photo))
    database.executemany("INSERT INTO events (action, photo, slot, old, new) VALUES (?, ?, ?, ?, ?)", events)
    database.executemany("UPDATE now SET states = ? WHERE photo = ?", now)
    database.execute("COMMIT")


if __name__ == "__main__":
    turns = iter(range(10**9))
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "plain.sqlite", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, action, photo, slot, old, new)")
        database.execute("CREATE TABLE now (photo INTEGER PRIMARY KEY, states BLOB)")
        database.execute("BEGIN")
        database.executemany("INSERT INTO now VALUES (?, ?)", ((i + 1, bytes(SLOTS)) for i in range(PHOTOS)))
        database.executemany(
            "INSERT INTO events (action, photo, slot, old, new) VALUES (0, ?, ?, 0, 6)",
            ((1 + i // SLOTS, i % SLOTS) for i in range(EVENTS)),
        )
        database.execute("CREATE INDEX events_of_photo ON events (photo, slot)")
        database.execute("COMMIT")
        measure()
        rounds.serve(measure)
        database.close()
