"""Actions too large for one transaction: staged piece by piece, unseen, and then made to hold in one.

Until `settle` the events of a staged action change no label and are in no history. Cancelled, or left behind by a
process that was killed, they are taken away again: such an action is there whole or not at all.
"""

import json
from collections.abc import Sequence
from typing import Any

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import Source
from weldstudio.store import actions, desks, events
from weldstudio.store.actions import Written
from weldstudio.store.events import Row
from weldstudio.store.store import Store
from weldstudio.store.writer import lives


def begin(store: Store, *, who: str, kind: str, text: str) -> Written:
    """A new action to be staged."""
    with store.atomic(durable=True):
        return actions.begin(store, who=who, kind=kind, text=text, complete=False)


def stage(
    store: Store,
    written: Written,
    rows: Sequence[Row],
    *,
    source: Source,
    first: int,
    model_id: str | None = None,
    probabilities: Sequence[float | None] | None = None,
) -> None:
    """Write events of a staged action, numbered from `first` on; every (photo, slot) at most once in all of them."""
    certain = probabilities if probabilities is not None else (None,) * len(rows)
    with store.atomic():
        seq, code = written.seq, int(source)
        store.executemany(
            "INSERT INTO label_events (action_seq, n, photo_id, slot, old, new, source, model_id, probability)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(seq, n, *row, code, model_id, p) for n, (row, p) in enumerate(zip(rows, certain, strict=True), first)],
        )


def settle(store: Store, written: Written, *, text: str, payload: dict[str, Any] | None = None) -> Changes:
    """Make everything staged hold and complete the action. One transaction, or part of one.

    A label that somebody else has changed since it was staged keeps what they said; our event for it goes.
    """
    with store.atomic(durable=True):
        touched = _fold_in(store, written.seq)
        store.execute(
            "UPDATE actions SET complete = 1, writer = '', text = ?, payload = ? WHERE seq = ?",
            (text, None if payload is None else json.dumps(payload, ensure_ascii=False), written.seq),
        )
        settled = store.rows(
            "SELECT c.photo_id, c.slot FROM conflicts c JOIN label_events e ON e.photo_id = c.photo_id"
            " AND e.slot = c.slot WHERE e.action_seq = ?",
            (written.seq,),
        )
        desks.answered(store, settled)
        return store.record(Changes(labels=frozenset(touched), actions=(written.action.id,)))


def discard(store: Store, written: Written) -> None:
    """Take a staged action away with everything that it holds."""
    _discard(store, [written.seq])


def discard_abandoned(store: Store) -> None:
    """Take away what processes that are gone have staged and never settled."""
    incomplete = store.rows("SELECT seq, writer FROM actions WHERE complete = 0")
    _discard(store, [seq for seq, by in incomplete if not lives(by)])


def _discard(store: Store, seqs: Sequence[int]) -> None:
    if not seqs:
        return
    with store.atomic():
        store.executemany("DELETE FROM label_events WHERE action_seq = ?", [(seq,) for seq in seqs])
        store.executemany("DELETE FROM actions WHERE seq = ? AND complete = 0", [(seq,) for seq in seqs])


def _fold_in(store: Store, seq: int) -> set[int]:
    """Bring the present labels up to date; returns the photos."""
    touched: set[int] = set()
    overtaken: list[tuple[int, int]] = []
    staged = "SELECT n, photo_id, slot, old, new FROM label_events WHERE action_seq = ? ORDER BY n"
    for piece in store.pieces(staged, (seq,)):
        by_photo: dict[int, list[tuple[int, int, int, int]]] = {}
        for n, photo, slot, old, new in piece:
            by_photo.setdefault(photo, []).append((n, slot, old, new))
        now = events.present(store, list(by_photo))
        blobs = []
        for photo, edits in by_photo.items():
            blob = bytearray(now.get(photo, b""))
            for n, slot, old, new in edits:
                if slot >= len(blob):
                    blob.extend(bytes(slot + 1 - len(blob)))
                if blob[slot] == old:
                    blob[slot] = new
                else:
                    overtaken.append((seq, n))
            blobs.append((photo, bytes(blob)))
        events.write_present(store, blobs)
        touched.update(by_photo)
    store.executemany("DELETE FROM label_events WHERE action_seq = ? AND n = ?", overtaken)
    return touched
