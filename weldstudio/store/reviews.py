"""What people said of photographs beyond labels: reviewed or returned, a second look, drawn for an audit, settled.

Each is a field of a photograph with a short text in it, kept like labels: events appended for ever, and the present
texts that follow from them, in the same transaction. `studio` knows what the texts mean; '' is nothing said.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import Action
from weldstudio.store.actions import Written
from weldstudio.store.store import Store

REVIEW: Final = "review"
"""Reviewed or returned; `detail` is ''."""
SECOND: Final = "second"
"""A second look; `detail` is who takes it."""
AUDIT: Final = "audit"
"""Drawn for an audit; `detail` is the number of the action that drew it."""
SETTLED: Final = "settled"
"""What holds where two reviewers differ; `detail` is the slot of the class."""

Field = tuple[str, int, str]
"""(about, photo id, detail)."""
Row = tuple[str, int, str, str, str]
"""(about, photo id, detail, old text, new text): an event about to be written."""


def present(store: Store, about: str, photo_ids: Iterable[int] | None = None) -> dict[Field, str]:
    """The present texts of one kind, of these photos or of all; those without are missing."""
    where, parameters = "", [about]
    if photo_ids is not None:
        where = " AND photo_id IN (SELECT value FROM json_each(?))"
        parameters.append(json.dumps(list(photo_ids)))
    rows = store.rows(f"SELECT about, photo_id, detail, value FROM reviews_now WHERE about = ?{where}", parameters)
    return {(kind, photo, detail): value for kind, photo, detail, value in rows}


def append(store: Store, written: Written, rows: Sequence[Row]) -> Changes:
    """Append events to an action and keep the present texts. Only inside `atomic`; each field at most once."""
    if not rows:
        return Changes()
    return store.record(_written(store, written.seq, rows) | Changes(actions=(written.action.id,)))


def labels_changed(store: Store, seq: int, photo_ids: Sequence[int]) -> Changes:
    """The labels of these photos are other ones, by the action of this number, so what was said of them holds no more.

    Only inside `atomic`.
    """
    if not store.value("SELECT 1 FROM reviews_now WHERE about = ? LIMIT 1", (REVIEW,)):
        return Changes()
    known = present(store, REVIEW, photo_ids)
    return store.record(_written(store, seq, [(*field, text, "") for field, text in known.items()]))


def _written(store: Store, seq: int, rows: Sequence[Row]) -> Changes:
    first = store.value("SELECT coalesce(max(n), -1) + 1 FROM review_events WHERE action_seq = ?", (seq,))
    store.executemany(
        "INSERT INTO review_events (action_seq, n, about, photo_id, detail, old, new) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(seq, n, *row) for n, row in enumerate(rows, first)],
    )
    store.executemany(
        "INSERT INTO reviews_now (about, photo_id, detail, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (about, photo_id, detail) DO UPDATE SET value = excluded.value",
        [(about, photo, detail, new) for about, photo, detail, _, new in rows if new],
    )
    store.executemany(
        "DELETE FROM reviews_now WHERE about = ? AND photo_id = ? AND detail = ?",
        [row[:3] for row in rows if not row[4]],
    )
    return Changes(reviews=frozenset(row[1] for row in rows))


def restoring_events(store: Store, seq: int) -> tuple[list[Row], int]:
    """Rows that take back what an action said, and how many fields were changed since and stay."""
    rows: list[Row] = []
    changed_since = 0
    for about, photo, detail, old, new, now in store.rows(
        "SELECT e.about, e.photo_id, e.detail, e.old, e.new, coalesce(r.value, '') FROM review_events e"
        " LEFT JOIN reviews_now r ON r.about = e.about AND r.photo_id = e.photo_id AND r.detail = e.detail"
        " WHERE e.action_seq = ? ORDER BY e.n",
        (seq,),
    ):
        if now == new:
            rows.append((about, photo, detail, now, old))
        elif now != old:
            changed_since += 1
    return rows, changed_since


def history(store: Store, photo_id: int, about: str) -> list[tuple[Action, str, str, str]]:
    """What was said of a photo, oldest first: (action, detail, old, new)."""
    return [
        (Action(*row[:6]), *row[6:])
        for row in store.rows(
            "SELECT a.id, a.clock, a.who, a.kind, a.text, a.reverts, e.detail, e.old, e.new"
            " FROM review_events e JOIN actions a ON a.seq = e.action_seq"
            " WHERE e.photo_id = ? AND e.about = ? ORDER BY a.clock, a.id, e.n",
            (photo_id, about),
        )
    ]


def labellers(store: Store, photo_ids: Sequence[int], looked: Sequence[int]) -> dict[int, str]:
    """Who gave the last label of each of these photos by a source that is among `looked`; others are missing."""
    rows = store.rows(
        "SELECT e.photo_id, a.who, max(e.action_seq) FROM label_events e JOIN actions a ON a.seq = e.action_seq"
        " WHERE e.photo_id IN (SELECT value FROM json_each(?)) AND a.complete = 1"
        " AND e.source IN (SELECT value FROM json_each(?)) GROUP BY e.photo_id",
        (json.dumps(list(photo_ids)), json.dumps(list(looked))),
    )
    return {photo: who for photo, who, _ in rows}


def labelled_by(store: Store, who: str, looked: Sequence[int]) -> set[int]:
    """Photos that this expert has given a label by a source that is among `looked`."""
    return {
        photo
        for (photo,) in store.rows(
            "SELECT DISTINCT e.photo_id FROM actions a JOIN label_events e ON e.action_seq = a.seq"
            " WHERE a.who = ? AND a.complete = 1 AND e.source IN (SELECT value FROM json_each(?))",
            (who, json.dumps(list(looked))),
        )
    }


def draws(store: Store) -> list[tuple[int, Action, dict[str, Any]]]:
    """The complete actions that drew photos, oldest first: (number, action, what it noted of the draw)."""
    return [
        (seq, Action(*row), json.loads(payload)["draw"])
        for seq, *row, payload in store.rows(
            "SELECT seq, id, clock, who, kind, text, reverts, payload FROM actions"
            " WHERE kind = 'draw' AND complete = 1 AND payload IS NOT NULL ORDER BY seq"
        )
    ]
