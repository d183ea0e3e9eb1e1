"""Notes, decisions and reviews between desks: how they travel, find their place, and what holds once they are there.

A joint is addressed by (uuid of its collection, reference), and by one of its photos where that names none. What finds
no place here waits and travels on, like labels do; see `desks`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.labelling import Action
from weldstudio.domain.review import with_names
from weldstudio.store import decision_conflicts, notes, reviews
from weldstudio.store.desks import Address
from weldstudio.store.notes import JOINT, PHOTO
from weldstudio.store.shared_words import (
    SharedDecision,
    SharedNote,
    SharedReview,
    Subject,
    Word,
    from_json,
    kind_of,
    to_json,
)
from weldstudio.store.store import Store

_PIECE = 500
"""So many words of one action are read, and travel, together."""
_TABLES = {"note": "note_events", "said": "decisions", "review": "review_events"}
_ACTION = "a.id, a.clock, a.who, a.kind, a.text, a.reverts"


def shared(store: Store, *, since: int, names: Mapping[int, str]) -> Iterator[tuple[Action, list[Word]]]:
    """Complete actions with notes, decisions or reviews from that hybrid time on, for other desks.

    `names` are the classes by slot. Before an action that says anew what another one said first, that one comes
    without words of its own.
    """
    yield from _gathered(_shared_notes(store, since))
    yield from _gathered(_shared_reviews(store, since, names))
    origins: set[str] = set()
    for action, words in _gathered(_shared_decisions(store, since)):
        decisions = [word for word in words if isinstance(word, SharedDecision)]
        for origin in sorted({word.origin for word in decisions} - origins - {action.id}):
            (row,) = store.rows(f"SELECT {_ACTION} FROM actions a WHERE a.id = ?", (origin,))
            yield Action(*row), []
        origins |= {action.id, *(word.origin for word in decisions)}
        yield action, words
    yield from _gathered(_waiting(store))


def schemes(store: Store, digests: Iterable[str]) -> dict[str, str]:
    """The schemes (as JSON) in force when something was decided, by their digests."""
    return dict(
        store.rows(
            "SELECT digest, scheme FROM decided_schemes WHERE digest IN (SELECT value FROM json_each(?))",
            (json.dumps(list(digests)),),
        )
    )


def keep_schemes(store: Store, found: Iterable[tuple[str, str]]) -> None:
    """Keep schemes of other desks by their digests. Only inside `atomic`."""
    store.executemany("INSERT INTO decided_schemes (digest, scheme) VALUES (?, ?) ON CONFLICT DO NOTHING", list(found))


def waiting(store: Store) -> list[tuple[Action, list[Word]]]:
    """What has found no photo or joint here, by action."""
    return list(_gathered(_waiting(store)))


def count_waiting(store: Store) -> int:
    """How many notes, decisions and reviews wait."""
    return int(store.value("SELECT count(*) FROM waiting_words"))


def known(store: Store, seq: int, word: Word) -> bool:
    """Whether this word of an action is here already."""
    return bool(store.value(f"SELECT 1 FROM {_TABLES[kind_of(word)]} WHERE action_seq = ? AND n = ?", (seq, word.n)))


def joint_at(store: Store, subject: Subject, photo: int | None) -> int | None:
    """The joint here that is meant, where `photo` is the photo of its address."""
    found = store.value(
        "SELECT j.id FROM collections c JOIN joints j ON j.collection_id = c.id WHERE c.uuid = ? AND j.reference = ?"
        " AND EXISTS (SELECT 1 FROM photos WHERE joint_id = j.id)",
        (subject.photo.collection, subject.reference),
    )
    if found is None and photo is not None:
        found = store.value("SELECT joint_id FROM photos WHERE id = ?", (photo,))
    return None if found is None else int(found)


def let_wait(store: Store, seq: int, words: Iterable[Word]) -> None:
    """Keep words for which there is no photo or joint yet. Only inside `atomic`."""
    store.executemany(
        "INSERT OR IGNORE INTO waiting_words (action_seq, what, n, word) VALUES (?, ?, ?, ?)",
        [(seq, kind_of(word), word.n, json.dumps(to_json(word), ensure_ascii=False)) for word in words],
    )


def take(store: Store, placed: Sequence[tuple[int, int, Word]]) -> Changes:
    """Append words (number of their action, id of photo or joint here, word) of other desks.

    Reviews come with the slots of this desk. What holds of these photos and joints is found anew. Only inside `atomic`.
    """
    noted = [(seq, subject, word) for seq, subject, word in placed if isinstance(word, SharedNote)]
    said = [(seq, subject, word) for seq, subject, word in placed if isinstance(word, SharedDecision)]
    reviewed = [(seq, subject, word) for seq, subject, word in placed if isinstance(word, SharedReview)]
    store.executemany(
        "DELETE FROM waiting_words WHERE action_seq = ? AND what = ? AND n = ?",
        [(seq, kind_of(word), word.n) for seq, _, word in placed],
    )
    changes = _take_notes(store, noted) if noted else NO_CHANGES
    if reviewed:
        changes |= _take_reviews(store, reviewed)
    return changes | _take_decisions(store, said) if said else changes


def _take_notes(store: Store, placed: Sequence[tuple[int, int, SharedNote]]) -> Changes:
    rows = [(seq, w.n, JOINT if w.subject.joint else PHOTO, subject, w.old, w.new) for seq, subject, w in placed]
    store.executemany(
        "INSERT OR IGNORE INTO note_events (action_seq, n, about, subject, old, new) VALUES (?, ?, ?, ?, ?, ?)", rows
    )
    return notes.fold_anew(store, {(about, subject) for _, _, about, subject, _, _ in rows})


def _take_reviews(store: Store, placed: Sequence[tuple[int, int, SharedReview]]) -> Changes:
    store.executemany(
        "INSERT OR IGNORE INTO review_events (action_seq, n, about, photo_id, detail, old, new)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(seq, w.n, w.about, photo, w.detail, w.old, w.new) for seq, photo, w in placed],
    )
    return reviews.fold_anew(store, ((w.about, photo, w.detail) for _, photo, w in placed))


def _take_decisions(store: Store, placed: Sequence[tuple[int, int, SharedDecision]]) -> Changes:
    fields = {(joint, word.kind) for _, joint, word in placed}
    decision_conflicts.say_what_was_seen(store, fields)
    seq_of = dict(
        store.rows(
            "SELECT id, seq FROM actions WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([word.origin for _, _, word in placed]),),
        )
    )
    store.executemany(
        "INSERT OR IGNORE INTO decisions (action_seq, n, joint_id, kind, said, origin, at, low, high, reject_limit,"
        " scheme, reason, saw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT digest FROM decided_schemes"
        " WHERE digest = ?), ?, ?)",
        [
            (
                *(seq, w.n, joint, w.kind, w.said, seq_of.get(w.origin, seq), w.at),
                *(w.low, w.high, w.reject_limit, w.scheme, w.reason, " ".join(w.saw)),
            )
            for seq, joint, w in placed
        ],
    )
    for joint, kind in fields:
        store.execute(
            "INSERT INTO decided_now (joint_id, kind, action_seq, n) SELECT d.joint_id, d.kind, d.action_seq, d.n"
            " FROM decisions d JOIN actions a ON a.seq = d.action_seq WHERE d.joint_id = ? AND d.kind = ?"
            " ORDER BY a.clock DESC, a.id DESC, d.n DESC LIMIT 1"
            " ON CONFLICT (joint_id, kind) DO UPDATE SET action_seq = excluded.action_seq, n = excluded.n",
            (joint, kind),
        )
    decision_conflicts.judge(store, fields)
    return Changes(decisions=frozenset(joint for joint, _ in fields))


def _shared_notes(store: Store, since: int) -> list[tuple[Action, Word]]:
    rows = store.rows(
        f"SELECT {_ACTION}, e.about, e.subject, e.n, e.old, e.new FROM note_events e"
        " JOIN actions a ON a.seq = e.action_seq WHERE a.complete = 1 AND a.clock >= ? ORDER BY a.clock, a.id, e.n",
        (since,),
    )
    subjects = _subjects(store, {(about, subject) for *_, about, subject, _, _, _ in rows})
    return [
        (Action(*row[:6]), SharedNote(n, subjects[about, subject], old, new))
        for row in rows
        for about, subject, n, old, new in [row[6:]]
        if (about, subject) in subjects
    ]


def _shared_reviews(store: Store, since: int, names: Mapping[int, str]) -> list[tuple[Action, Word]]:
    rows = store.rows(
        f"SELECT {_ACTION}, e.n, e.about, e.photo_id, e.detail, e.old, e.new FROM review_events e"
        " JOIN actions a ON a.seq = e.action_seq WHERE a.complete = 1 AND a.clock >= ? ORDER BY a.clock, a.id, e.n",
        (since,),
    )
    subjects = _subjects(store, {(PHOTO, row[8]) for row in rows})
    found: list[tuple[Action, Word]] = []
    for row in rows:
        n, about, photo, detail, old, new = row[6:]
        if about in reviews.BY_CLASS:
            if int(detail) not in names:
                continue
            detail = names[int(detail)]
        word = SharedReview(n, subjects[PHOTO, photo], about, detail, with_names(old, names), with_names(new, names))
        found.append((Action(*row[:6]), word))
    return found


def _shared_decisions(store: Store, since: int) -> list[tuple[Action, Word]]:
    rows = store.rows(
        f"SELECT {_ACTION}, d.joint_id, d.n, d.kind, d.said, o.id, d.at, d.low, d.high, d.reject_limit, d.scheme,"
        " d.reason FROM decisions d JOIN actions a ON a.seq = d.action_seq JOIN actions o ON o.seq = d.origin"
        " WHERE a.complete = 1 AND a.clock >= ? ORDER BY a.clock, a.id, d.n",
        (since,),
    )
    subjects = _subjects(store, {(JOINT, row[6]) for row in rows})
    seen = {
        (answer.action, joint, kind): answer.saw or ()
        for (joint, kind), said in decision_conflicts.said(store, {(row[6], row[8]) for row in rows})
        for answer in said
    }
    found: list[tuple[Action, Word]] = []
    for row in rows:
        joint, n, kind, said, origin, at, low, high, limit, scheme, reason = row[6:]
        if (JOINT, joint) in subjects:
            subject, saw = subjects[JOINT, joint], seen[row[0], joint, kind]
            word = SharedDecision(n, subject, kind, said, origin, at, low, high, limit, scheme, reason, saw)
            found.append((Action(*row[:6]), word))
    return found


def _subjects(store: Store, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Subject]:
    """Addresses of photos and joints, by (about, id); those that show no photo any more are left out."""
    found: dict[tuple[str, int], Subject] = {}
    shown = "joints j JOIN photos p ON p.id = (SELECT min(id) FROM photos WHERE joint_id = j.id)"
    for about, tables, key in ((PHOTO, "photos p", "p.id"), (JOINT, shown, "j.id")):
        ids = json.dumps([subject for kind, subject in wanted if kind == about])
        rows = store.rows(
            f"SELECT {key}, c.uuid, p.path, p.content_hash, (SELECT count(*) FROM photos o"
            f" WHERE o.content_hash = p.content_hash), {'j.reference' if about == JOINT else 'NULL'}"
            f" FROM {tables} JOIN collections c ON c.id = p.collection_id"
            f" WHERE {key} IN (SELECT value FROM json_each(?))",
            (ids,),
        )
        for subject, uuid, path, content, alike, reference in rows:
            address = Address(uuid, path, content if alike == 1 else None)
            found[about, subject] = Subject(address, about == JOINT, reference)
    return found


def _waiting(store: Store) -> list[tuple[Action, Word]]:
    return [
        (Action(*row[:6]), from_json(json.loads(row[6])))
        for row in store.rows(
            f"SELECT {_ACTION}, w.word FROM waiting_words w JOIN actions a ON a.seq = w.action_seq"
            " ORDER BY a.clock, a.id, w.what, w.n"
        )
    ]


def _gathered(found: Iterable[tuple[Action, Word]]) -> Iterator[tuple[Action, list[Word]]]:
    """Action by action; a large one comes in several pieces."""
    for action, words in groupby(found, key=lambda one: one[0]):
        while piece := [word for _, word in islice(words, _PIECE)]:
            yield action, piece
