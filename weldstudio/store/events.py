"""Label events, appended for ever, and the present labels that follow from them, kept in the same transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import LOOKED_AT, Action, LabelEvent, Source, State
from weldstudio.domain.owning import standing
from weldstudio.store import desks
from weldstudio.store.actions import Written
from weldstudio.store.store import Store

Row = tuple[int, int, int, int]
"""(photo id, slot, old label byte, new label byte): an event about to be written, many at a time."""


def present(store: Store, photo_ids: Sequence[int]) -> dict[int, bytes]:
    """Label bytes by slot of these photos; a photo without any is missing, and so are slots beyond the blob's end."""
    if len(photo_ids) == 1:
        found = store.rows("SELECT photo_id, labels FROM label_now WHERE photo_id = ?", tuple(photo_ids))
    else:
        found = store.rows(
            "SELECT photo_id, labels FROM label_now WHERE photo_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(photo_ids)),),
        )
    return dict(found)


def append(
    store: Store,
    written: Written,
    rows: Sequence[Row],
    *,
    source: Source,
    model_id: str | None = None,
    probabilities: Sequence[float | None] | None = None,
    reverting: int | None = None,
    present: Mapping[int, bytes] | None = None,
) -> Changes:
    """Append events to an action and bring the present labels up to date. Only inside `atomic`.

    `rows` hold every (photo, slot) at most once, all of a photo together; `old` is what the label is now. `present`
    saves reading the present labels of these photos again, for who has just done so in the same transaction. An action
    too large for one transaction is staged instead (`store.staging`).
    """
    if not rows:
        return store.record(Changes(actions=(written.action.id,)))
    certain: Iterable[float | None] = probabilities if probabilities is not None else (None,) * len(rows)
    seq, code = written.seq, int(source)
    store.executemany(
        "INSERT INTO label_events (action_seq, n, photo_id, slot, old, new, source, model_id, probability)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (seq, n, photo, slot, old, new, code, model_id, p)
            for n, ((photo, slot, old, new), p) in enumerate(zip(rows, certain, strict=True))
        ],
    )
    touched = _fold_in(store, rows, present)
    desks.answered(store, (row[:2] for row in rows), reverting=reverting)
    return store.record(Changes(labels=frozenset(touched), actions=(written.action.id,)))


def _fold_in(store: Store, rows: Sequence[Row], now: Mapping[int, bytes] | None) -> list[int]:
    """Set the present labels to the new bytes; returns the photos."""
    ids = list(dict.fromkeys(row[0] for row in rows))
    if now is None:
        now = present(store, ids)
    blobs = []
    for photo, edits in groupby(rows, key=lambda row: row[0]):
        blob = bytearray(now.get(photo, b""))
        for _, slot, _, new in edits:
            if slot >= len(blob):
                blob.extend(bytes(slot + 1 - len(blob)))
            blob[slot] = new
        blobs.append((photo, bytes(blob)))
    write_present(store, blobs)
    return ids


def write_present(store: Store, blobs: Sequence[tuple[int, bytes]]) -> None:
    """Replace the present labels of photos: (photo id, label bytes by slot). Only inside `atomic`."""
    store.executemany(
        "INSERT INTO label_now (photo_id, labels) VALUES (?, ?)"
        " ON CONFLICT (photo_id) DO UPDATE SET labels = excluded.labels",
        blobs,
    )


def of_action(store: Store, seq: int) -> list[LabelEvent]:
    """The events of one action, in their order."""
    return [
        _event(row)
        for row in store.rows(
            "SELECT photo_id, slot, old, new, source, model_id, probability FROM label_events"
            " WHERE action_seq = ? ORDER BY n",
            (seq,),
        )
    ]


def of_photo(store: Store, photo_id: int, *, slot: int | None = None) -> list[tuple[Action, LabelEvent]]:
    """The history of a photo's labels, oldest first; of one class, or of all. Incomplete actions are left out."""
    found = store.rows(
        "SELECT a.id, a.clock, a.who, a.kind, a.text, a.reverts,"
        " e.photo_id, e.slot, e.old, e.new, e.source, e.model_id, e.probability"
        " FROM label_events e JOIN actions a ON a.seq = e.action_seq"
        " WHERE e.photo_id = ? AND (? IS NULL OR e.slot = ?) AND a.complete = 1 ORDER BY a.clock, a.id, e.n",
        (photo_id, slot, slot),
    )
    return [(Action(*row[:6]), _event(row[6:])) for row in found]


def history(store: Store) -> list[tuple[Action, list[LabelEvent]]]:
    """Everything that was ever labelled, action by action: what the present labels are the fold of."""
    actions = store.rows("SELECT seq, id, clock, who, kind, text, reverts FROM actions WHERE complete = 1 ORDER BY seq")
    return [(Action(*row), of_action(store, seq)) for seq, *row in actions]


def restoring_rows(store: Store, seq: int) -> tuple[list[Row], int]:
    """Events that take back what an action did to labels, and how many labels were changed since and stay.

    A label may be restored if its present value is still the one that the action gave it; see `domain.owning`.
    """
    found = store.rows(
        """SELECT e.photo_id, e.slot, a.id, a.reverts, e.new
        FROM label_events m
        JOIN label_events e ON e.photo_id = m.photo_id AND e.slot = m.slot
        JOIN actions a ON a.seq = e.action_seq
        WHERE m.action_seq = ? AND a.complete = 1 ORDER BY e.photo_id, e.slot, a.clock, a.id, e.n""",
        (seq,),
    )
    action = str(store.value("SELECT id FROM actions WHERE seq = ?", (seq,)))
    rows: list[Row] = []
    changed_since = 0
    for (photo_id, slot), history in groupby(found, key=lambda row: (row[0], row[1])):
        field = standing((row[2:5] for row in history), action, 0)
        if field.ours and field.present != field.before:
            rows.append((photo_id, slot, field.present, field.before))
        changed_since += field.changed_since
    return rows, changed_since


def _event(row: Sequence[Any]) -> LabelEvent:
    photo_id, slot, old, new, source, model_id, probability = row
    return LabelEvent(photo_id, slot, old, new, Source(source), model_id, probability)


def raised_in_turn(store: Store, slots: Sequence[int]) -> int:
    """Photos on which people raised one of these classes and, in another action, another one of them."""
    looked = ", ".join(str(int(source)) for source in LOOKED_AT)
    return int(
        store.value(
            f"""SELECT count(*) FROM (
                SELECT e.photo_id FROM label_events e JOIN actions a ON a.seq = e.action_seq
                WHERE e.slot IN (SELECT value FROM json_each(?)) AND e.new & 3 = ? AND e.source IN ({looked})
                AND a.complete = 1
                GROUP BY e.photo_id HAVING count(DISTINCT e.slot) > 1 AND count(DISTINCT e.action_seq) > 1)""",
            (json.dumps(list(slots)), int(State.RAISED)),
        )
        or 0
    )


def raise_rates(store: Store) -> list[tuple[str, str, int, int]]:
    """(expert, medium of the joint or '', photos looked at, of these with a flag raised), by expert and medium.

    Of each expert the last word on each label counts. A label that an import brought is nobody's look.
    """
    return store.rows(
        f"""{_looks()} SELECT l.who, coalesce(j.medium, ''), count(*), sum(l.raised)
        FROM looks l JOIN photos p ON p.id = l.photo_id JOIN joints j ON j.id = p.joint_id
        GROUP BY 1, 2 ORDER BY 1, 2"""
    )


def looked_at_by(store: Store, who: str) -> list[tuple[int, str, int]]:
    """(photo, medium of its joint or '', whether this expert's last word raises a flag), counted as `raise_rates`."""
    return store.rows(
        f"""{_looks("a.who = ?")} SELECT l.photo_id, coalesce(j.medium, ''), l.raised
        FROM looks l JOIN photos p ON p.id = l.photo_id JOIN joints j ON j.id = p.joint_id ORDER BY 1""",
        (who,),
    )


def _looks(which: str = "1") -> str:
    """The table `looks` (who, photo_id, raised) of the photos each expert looked at, by the actions that are meant."""
    looked = ", ".join(str(int(source)) for source in LOOKED_AT)
    return f"""WITH last AS (
        SELECT a.who, e.photo_id, e.slot, e.new, max(a.clock)
        FROM label_events e JOIN actions a ON a.seq = e.action_seq
        WHERE a.complete = 1 AND {which} AND e.source IN ({looked}) GROUP BY a.who, e.photo_id, e.slot
    ), looks AS (SELECT who, photo_id, max(new & 3 = {int(State.RAISED)}) AS raised FROM last GROUP BY who, photo_id)"""


def changed_since(store: Store, clock: int, split: str, *, most: int) -> int:
    """Photos of a split, `most` at most, of which a label was changed after this hybrid time."""
    return int(
        store.value(
            """SELECT count(*) FROM (
                SELECT DISTINCT e.photo_id FROM actions a JOIN label_events e ON e.action_seq = a.seq
                JOIN photos p ON p.id = e.photo_id JOIN splits s ON s.joint_id = p.joint_id
                WHERE a.clock > ? AND a.complete = 1 AND e.old <> e.new AND s.split = ? LIMIT ?)""",
            (clock, split, most),
        )
        or 0
    )


def first_looks(store: Store, first: int, last: int) -> list[tuple[int, int]]:
    """(photo, hybrid time) of the first label that a person gave, of the photos with these ids and those between."""
    looked = ", ".join(str(int(source)) for source in LOOKED_AT)
    return store.rows(
        f"""SELECT e.photo_id, min(a.clock) FROM label_events e JOIN actions a ON a.seq = e.action_seq
        WHERE e.photo_id BETWEEN ? AND ? AND a.complete = 1 AND e.source IN ({looked}) GROUP BY e.photo_id""",
        (first, last),
    )
