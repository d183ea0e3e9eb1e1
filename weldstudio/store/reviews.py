"""What people said of photographs beyond labels: reviewed or returned, a second look, drawn for an audit, settled.

Each is a field of a photograph with a short text in it, kept like labels: events appended for ever, and the present
texts that follow from them, in the same transaction. `studio` knows what the texts mean; '' is nothing said.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import Action
from weldstudio.domain.owning import standing
from weldstudio.store.actions import Written
from weldstudio.store.store import Store

REVIEW: Final = "review"
"""Reviewed or returned; `detail` is ''."""
SECOND: Final = "second"
"""A second look; `detail` is who takes it."""
AUDIT: Final = "audit"
"""Drawn for an audit; `detail` is the id of the action that drew it."""
SETTLED: Final = "settled"
"""What holds where two reviewers differ; `detail` is the slot of the class."""

SUSPECT: Final = "suspect"
"""What was said of a label that others contradict; `detail` is the slot of the class."""
BY_CLASS: Final = (SETTLED, SUSPECT)
"""Kinds whose `detail` is a slot."""

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
    store.executemany(
        "INSERT INTO review_events (action_seq, n, about, photo_id, detail, old, new) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(written.seq, n, *row) for n, row in enumerate(rows)],
    )
    _keep(store, rows)
    return store.record(Changes(reviews=frozenset(row[1] for row in rows), actions=(written.action.id,)))


def fold_anew(store: Store, fields: Iterable[Field]) -> Changes:
    """Find the present texts of these fields from all their events. Only inside `atomic`."""
    wanted = sorted(set(fields))
    rows = [(*field, "", _last(store, field)) for field in wanted]
    _keep(store, rows)
    return Changes(reviews=frozenset(photo for _, photo, _ in wanted))


def _last(store: Store, field: Field) -> str:
    text = store.value(
        "SELECT e.new FROM review_events e JOIN actions a ON a.seq = e.action_seq WHERE e.about = ? AND e.photo_id = ?"
        " AND e.detail = ? AND a.complete = 1 ORDER BY a.clock DESC, a.id DESC, e.n DESC LIMIT 1",
        field,
    )
    return str(text or "")


def _keep(store: Store, rows: Sequence[Row]) -> None:
    store.executemany(
        "INSERT INTO reviews_now (about, photo_id, detail, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (about, photo_id, detail) DO UPDATE SET value = excluded.value",
        [(about, photo, detail, new) for about, photo, detail, _, new in rows if new],
    )
    store.executemany(
        "DELETE FROM reviews_now WHERE about = ? AND photo_id = ? AND detail = ?",
        [row[:3] for row in rows if not row[4]],
    )


def restoring_events(store: Store, seq: int) -> tuple[list[Row], int]:
    """Rows that take back what an action said, and how many fields were changed since and stay; see `domain.owning`."""
    found = store.rows(
        """SELECT e.about, e.photo_id, e.detail, a.id, a.reverts, e.new
        FROM review_events m
        JOIN review_events e ON e.about = m.about AND e.photo_id = m.photo_id AND e.detail = m.detail
        JOIN actions a ON a.seq = e.action_seq
        WHERE m.action_seq = ? AND a.complete = 1
        ORDER BY e.about, e.photo_id, e.detail, a.clock, a.id, e.n""",
        (seq,),
    )
    action = str(store.value("SELECT id FROM actions WHERE seq = ?", (seq,)))
    rows: list[Row] = []
    changed_since = 0
    for (about, photo, detail), events in groupby(found, key=lambda row: row[:3]):
        text = standing((row[3:6] for row in events), action, "")
        if text.ours and text.present != text.before:
            rows.append((about, photo, detail, text.present, text.before))
        changed_since += text.changed_since
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
    """Who gave the last label of each of these photos by a source that is among `looked`; others are missing.

    The last in time, which another desk's label that came in last need not be.
    """
    rows = store.rows(
        "SELECT e.photo_id, a.who, max(a.clock) FROM label_events e JOIN actions a ON a.seq = e.action_seq"
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


def note_draw(store: Store, seq: int, noted: dict[str, Any]) -> None:
    """Keep what another desk noted of a draw that came from there. Only inside `atomic`."""
    text = json.dumps({"draw": noted}, ensure_ascii=False)
    store.execute("UPDATE actions SET payload = ? WHERE seq = ? AND payload IS NULL", (text, seq))


def draws(store: Store) -> list[tuple[Action, dict[str, Any]]]:
    """The complete actions that drew photos, oldest first, with what each noted of the draw."""
    return [
        (Action(*row), json.loads(payload)["draw"])
        for *row, payload in store.rows(
            "SELECT id, clock, who, kind, text, reverts, payload FROM actions"
            " WHERE kind = 'draw' AND complete = 1 AND payload IS NOT NULL ORDER BY clock, id"
        )
    ]
