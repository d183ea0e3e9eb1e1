"""Labelled photos whose file was replaced by one with another content: their labels stay, and want a second look."""

import json
from collections.abc import Iterable, Sequence

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.labelling import LOOKED_AT
from weldstudio.store.store import Store

_WAITING = f"""FROM altered WHERE NOT EXISTS (
    SELECT 1 FROM label_events e JOIN actions a ON a.seq = e.action_seq
    WHERE e.photo_id = altered.photo_id AND e.action_seq > altered.after_seq
    AND a.clock > coalesce((SELECT clock FROM actions WHERE seq = altered.after_seq), 0)
    AND e.source IN ({", ".join(str(int(source)) for source in LOOKED_AT)})
    AND NOT EXISTS (
        WITH RECURSIVE back(id, clock, depth) AS (
            SELECT r.id, r.clock, 1 FROM actions r WHERE r.reverts = a.id
            UNION ALL SELECT r.id, r.clock, back.depth + 1 FROM back JOIN actions r ON r.reverts = back.id)
        SELECT 1 FROM (SELECT depth, max(clock) FROM back) WHERE depth % 2 = 1))"""
"""A label that was taken back and given again is given: only its last word counts."""


def waiting(store: Store, photo_ids: Iterable[int] | None = None) -> frozenset[int]:
    """Photos, of these or of all, that want a second look: no person has labelled them since.

    What another desk said before that is no look.
    """
    if photo_ids is None:
        found = store.rows(f"SELECT photo_id {_WAITING}")
    else:
        asked = (json.dumps(list(photo_ids)),)
        found = store.rows(f"SELECT photo_id {_WAITING} AND photo_id IN (SELECT value FROM json_each(?))", asked)
    return frozenset(photo_id for (photo_id,) in found)


def note_contents(store: Store, contents: Sequence[tuple[int, str]]) -> Changes:
    """Photos (id, content hash) as they are read now. Only inside `atomic`, before the new hashes are kept.

    Of those that had another content before, predictions go, and those that have labels are marked. One that has the
    content again that its labels were given for is no longer marked.
    """
    other = store.rows(
        "SELECT p.id, p.content_hash, n.value ->> 1 FROM json_each(?) n JOIN photos p ON p.id = n.value ->> 0"
        " WHERE p.content_hash <> n.value ->> 1",
        (json.dumps([list(pair) for pair in contents]),),
    )
    if not other:
        return NO_CHANGES
    marked = dict(store.rows(f"SELECT photo_id, was {_WAITING}"))
    back = [photo_id for photo_id, _, now in other if marked.get(photo_id) == now]
    ids = json.dumps([photo_id for photo_id, _, _ in other])
    store.execute("DELETE FROM predictions WHERE photo_id IN (SELECT value FROM json_each(?))", (ids,))
    labelled = store.rows(
        "SELECT photo_id FROM label_now WHERE photo_id IN (SELECT value FROM json_each(?))"
        " AND trim(hex(labels), '0') <> ''",
        (ids,),
    )
    wanted = {photo_id for (photo_id,) in labelled} - set(back)
    last = store.value("SELECT max(seq) FROM actions") or 0
    put_back(store, [(i, last, marked.get(i, was)) for i, was, _ in other if i in wanted])
    return take_away(store, back) | Changes(predictions=frozenset(photo_id for photo_id, _, _ in other))


def rows(store: Store, photo_ids: Iterable[int]) -> list[tuple[int, int, str]]:
    """What `put_back` needs to mark these photos again, of those that are marked."""
    return store.rows(
        "SELECT photo_id, after_seq, was FROM altered WHERE photo_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(photo_ids)),),
    )


def take_away(store: Store, photo_ids: Sequence[int]) -> Changes:
    """These photos want no second look (any more). Only inside `atomic`."""
    store.executemany("DELETE FROM altered WHERE photo_id = ?", [(photo_id,) for photo_id in photo_ids])
    return Changes(reviews=frozenset(photo_ids))


def put_back(store: Store, marks: Iterable[Sequence[int | str]]) -> Changes:
    """Mark photos (id, last action that saw the former content, its hash). Only inside `atomic`."""
    marks = list(marks)
    store.executemany(
        "INSERT INTO altered (photo_id, after_seq, was) VALUES (?, ?, ?)"
        " ON CONFLICT (photo_id) DO UPDATE SET after_seq = excluded.after_seq, was = excluded.was",
        marks,
    )
    return Changes(reviews=frozenset(int(mark[0]) for mark in marks))
