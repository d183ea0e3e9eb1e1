"""What several desks exchange: actions with their label events, addressed in a way that every desk understands.

A photo is addressed by (uuid of its collection, path), and by its content where that is unique; a class by its name.
Events that find no photo or class here wait in the store until they do, and travel on from here like the others.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from weldstudio.domain.changes import Changes
from weldstudio.domain.concurrency import Answer, all_said, conflicting
from weldstudio.domain.labelling import Action, Source, State, source_of, state_of
from weldstudio.store.store import Store

_PIECE = 500

Field = tuple[int, int]
"""(photo id, slot)."""


@dataclass(frozen=True, slots=True)
class Address:
    """A photo as every desk knows it."""

    collection: str
    """Uuid."""
    path: str
    content_hash: str | None
    """None where it is not known, or where several photos of the desk have the same."""


@dataclass(frozen=True, slots=True)
class SharedEvent:
    """A label event as it travels; see `domain.labelling.LabelEvent`."""

    n: int
    """Its number within the action."""
    photo: Address
    name: str
    """Of the class."""
    old: int
    new: int
    source: int
    model_id: str | None
    probability: float | None
    saw: tuple[str, ...]


def shared(store: Store, *, since: int, names: dict[int, str]) -> Iterator[tuple[Action, list[SharedEvent]]]:
    """Complete actions with label events from that hybrid time on, in the order of time, for other desks.

    `names` are the classes by slot. A large action comes in several pieces.
    """
    known = dict(store.rows("SELECT id, uuid FROM collections"))
    hashes = unique_hashes(store)
    actions = store.rows(
        "SELECT seq, id, clock, who, kind, text, reverts FROM actions WHERE complete = 1 AND clock >= ?"
        " ORDER BY clock, id",
        (since,),
    )
    for seq, *values in actions:
        action, last = Action(*values), -1
        while rows := store.rows(
            "SELECT e.n, e.photo_id, e.slot, e.old, e.new, e.source, e.model_id, e.probability,"
            " p.collection_id, p.path, p.content_hash FROM label_events e JOIN photos p ON p.id = e.photo_id"
            " WHERE e.action_seq = ? AND e.n > ? ORDER BY e.n LIMIT ?",
            (seq, last, _PIECE),
        ):
            last = rows[-1][0]
            seen = _seen_by(store, action.id, [(row[1], row[2]) for row in rows])
            yield (
                action,
                [
                    SharedEvent(
                        n,
                        Address(known[collection], path, content if content in hashes else None),
                        names[slot],
                        old,
                        new,
                        source,
                        model,
                        p,
                        seen[photo, slot],
                    )
                    for n, photo, slot, old, new, source, model, p, collection, path, content in rows
                    if slot in names
                ],
            )
        if left := waiting(store, seq):
            yield action, left


def waiting(store: Store, seq: int) -> list[SharedEvent]:
    """Events of an action that have found no photo or class here."""
    return [
        SharedEvent(n, Address(*address), name, old, new, source, model, p, tuple(saw.split()))
        for n, *address, name, old, new, source, model, p, saw in store.rows(
            "SELECT n, collection, path, content_hash, class, old, new, source, model_id, probability, saw"
            " FROM waiting_events WHERE action_seq = ? ORDER BY n",
            (seq,),
        )
    ]


def waiting_actions(store: Store) -> list[tuple[int, Action]]:
    """The actions that have events waiting, each with its number here."""
    return [
        (seq, Action(*values))
        for seq, *values in store.rows(
            "SELECT seq, id, clock, who, kind, text, reverts FROM actions"
            " WHERE seq IN (SELECT action_seq FROM waiting_events) ORDER BY seq"
        )
    ]


def count_waiting(store: Store) -> int:
    """How many events wait."""
    return int(store.value("SELECT count(*) FROM waiting_events"))


def count_since(store: Store, since: int) -> int:
    """How many actions there are from that hybrid time on."""
    return int(store.value("SELECT count(*) FROM actions WHERE clock >= ?", (since,)))


def known(store: Store, action_ids: Iterable[str]) -> set[str]:
    """Those of the actions that are here."""
    return {
        action
        for (action,) in store.rows(
            "SELECT id FROM actions WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(action_ids)),)
        )
    }


def unique_hashes(store: Store) -> dict[str, int]:
    """The photo of every content that only one photo has."""
    return dict(
        store.rows(
            "SELECT content_hash, min(id) FROM photos WHERE content_hash IS NOT NULL"
            " GROUP BY content_hash HAVING count(*) = 1"
        )
    )


def photo_at(store: Store, address: Address) -> int | None:
    """The photo of this collection and path."""
    found = store.value(
        "SELECT p.id FROM collections c JOIN photos p ON p.collection_id = c.id WHERE c.uuid = ? AND p.path = ?",
        (address.collection, address.path),
    )
    return None if found is None else int(found)


def own_number(store: Store, action: Action, wanted: Sequence[SharedEvent]) -> tuple[int, frozenset[int]]:
    """Number of an action in this store, written if it is new, and which of these events of it are here, by number.

    Only inside `atomic`.
    """
    found = store.value("SELECT seq FROM actions WHERE id = ?", (action.id,))
    if found is None:
        cursor = store.execute(
            "INSERT INTO actions (id, clock, who, kind, text, reverts, payload, complete, writer)"
            " VALUES (?, ?, ?, ?, ?, ?, NULL, 1, '')",
            (action.id, action.clock, action.who, action.kind, action.text, action.reverts),
        )
        return int(cursor.lastrowid or 0), frozenset()
    numbers = [event.n for event in wanted] or [0]
    here = store.rows(
        "SELECT n FROM label_events WHERE action_seq = ? AND n BETWEEN ? AND ?", (found, min(numbers), max(numbers))
    )
    return int(found), frozenset(n for (n,) in here)


def let_wait(store: Store, seq: int, events: Iterable[SharedEvent]) -> None:
    """Keep events for which there is no photo or class yet. Only inside `atomic`."""
    store.executemany(
        "INSERT OR IGNORE INTO waiting_events (action_seq, n, collection, path, content_hash, class, old, new, source,"
        " model_id, probability, saw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                seq,
                e.n,
                e.photo.collection,
                e.photo.path,
                e.photo.content_hash,
                e.name,
                e.old,
                e.new,
                e.source,
                e.model_id,
                e.probability,
                " ".join(e.saw),
            )
            for e in events
        ],
    )


def take(store: Store, placed: Sequence[tuple[int, Field, SharedEvent]]) -> Changes:
    """Append events (number of their action, photo and slot here, event) of other desks, with all that follows.

    Present labels and open conflicts of what they touch are found anew. Only inside `atomic`.
    """
    fields = {field for _, field, _ in placed}
    _say_what_was_seen(store, fields)
    store.executemany(
        "INSERT OR IGNORE INTO label_events (action_seq, n, photo_id, slot, old, new, source, model_id, probability,"
        " saw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (seq, e.n, photo, slot, e.old, e.new, e.source, e.model_id, e.probability, " ".join(e.saw))
            for seq, (photo, slot), e in placed
        ],
    )
    store.executemany(
        "DELETE FROM waiting_events WHERE action_seq = ? AND n = ?", [(seq, event.n) for seq, _, event in placed]
    )
    photos = sorted({photo for photo, _ in fields})
    _fold_anew(store, photos)
    _judge(store, fields)
    return Changes(labels=frozenset(photos))


def answered(store: Store, fields: Iterable[Field], *, reverting: int | None = None) -> None:
    """These labels were just given here, by somebody who saw all that others said. Only inside `atomic`.

    `reverting` is the number of the action that was taken back so: what it had settled is open again.
    """
    fields = set(fields)
    if store.value("SELECT 1 FROM conflicts LIMIT 1"):
        settled = fields & set(conflicts(store))
        _say_what_was_seen(store, settled)  # so that taking it back opens the conflict again, see below
        store.executemany("DELETE FROM conflicts WHERE photo_id = ? AND slot = ?", list(settled))
    if reverting is not None:
        again = store.rows(
            "SELECT DISTINCT e.photo_id, e.slot FROM label_events m JOIN label_events e"
            " ON e.photo_id = m.photo_id AND e.slot = m.slot WHERE m.action_seq = ? AND e.saw LIKE '% %'",
            (reverting,),
        )
        _judge(store, set(again) & fields)


def _judge(store: Store, fields: set[Field]) -> None:
    """Find anew which of these labels are in conflict."""
    for field, said in _said(store, fields):
        store.execute("DELETE FROM conflicts WHERE photo_id = ? AND slot = ?", field)
        if conflicting(said):
            store.execute("INSERT INTO conflicts (photo_id, slot) VALUES (?, ?)", field)


def conflicts(store: Store, photo_ids: frozenset[int] | None = None) -> list[Field]:
    """The labels in conflict, of these photos or of all."""
    if photo_ids is None:
        return [(photo, slot) for photo, slot in store.rows("SELECT photo_id, slot FROM conflicts")]
    return [
        (photo, slot)
        for photo, slot in store.rows(
            "SELECT photo_id, slot FROM conflicts WHERE photo_id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(photo_ids)),),
        )
    ]


def answers(store: Store, field: Field) -> tuple[Answer, ...]:
    """The answers that are in conflict about a label, the present one last."""
    return next((conflicting(said) for _, said in _said(store, {field})), ())


def _seen_by(store: Store, action: str, fields: Sequence[Field]) -> dict[Field, tuple[str, ...]]:
    """What the events of one action saw."""
    return {
        field: next((answer.saw or () for answer in said if answer.action == action), ())
        for field, said in _said(store, set(fields))
    }


def _said(store: Store, fields: set[Field]) -> Iterator[tuple[Field, list[Answer]]]:
    """All events of these labels with what each saw, label by label."""
    photos, slots = (sorted({field[part] for field in fields}) for part in (0, 1))
    rows = store.rows(
        "SELECT e.photo_id, e.slot, a.id, a.clock, a.who, e.new, e.saw, a.reverts"
        " FROM json_each(?) p, json_each(?) s"
        " JOIN label_events e ON e.photo_id = p.value AND e.slot = s.value JOIN actions a ON a.seq = e.action_seq"
        " WHERE a.complete = 1 ORDER BY e.photo_id, e.slot, e.action_seq, e.n",
        (json.dumps(photos), json.dumps(slots)),
    )
    for field, events in groupby(rows, key=lambda row: (row[0], row[1])):
        if field in fields:
            yield field, all_said(_answer(*values) for _, _, *values in events)


def _answer(action: str, clock: int, who: str, byte: int, saw: str | None, reverts: str | None) -> Answer:
    state = state_of(byte)
    counts = state != State.UNSEEN and source_of(byte) != Source.ASSUMED
    return Answer(action, clock, who, state.word, counts, None if saw is None else tuple(saw.split()), reverts)


def _say_what_was_seen(store: Store, fields: set[Field]) -> None:
    """Write down what the events of these labels saw, before others come between them that they did not see."""
    store.executemany(
        "UPDATE label_events SET saw = ? WHERE photo_id = ? AND slot = ? AND saw IS NULL"
        " AND action_seq = (SELECT seq FROM actions WHERE id = ?)",
        [
            (" ".join(answer.saw or ()), *field, answer.action)
            for field, said in _said(store, fields)
            for answer in said
        ],
    )


def _fold_anew(store: Store, photos: Sequence[int]) -> None:
    """Find the present labels of photos from all their events."""
    rows = store.rows(
        "SELECT e.photo_id, e.slot, e.new FROM label_events e JOIN actions a ON a.seq = e.action_seq"
        " WHERE e.photo_id IN (SELECT value FROM json_each(?)) AND a.complete = 1"
        " ORDER BY e.photo_id, a.clock, a.id, e.n",
        (json.dumps(list(photos)),),
    )
    blobs = []
    for photo, events in groupby(rows, key=lambda row: row[0]):
        blob = bytearray()
        for _, slot, new in events:
            blob.extend(bytes(max(0, slot + 1 - len(blob))))
            blob[slot] = new
        blobs.append((photo, bytes(blob)))
    store.executemany(
        "INSERT INTO label_now (photo_id, labels) VALUES (?, ?)"
        " ON CONFLICT (photo_id) DO UPDATE SET labels = excluded.labels",
        blobs,
    )
