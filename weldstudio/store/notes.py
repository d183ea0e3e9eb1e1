"""Notes on photos and joints: appended events, and the present texts that follow from them, in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import Action
from weldstudio.domain.owning import standing
from weldstudio.store.actions import Written
from weldstudio.store.store import Store

PHOTO: Final = "photo"
JOINT: Final = "joint"

Row = tuple[str, int, str, str]
"""(about a photo or a joint, its id, old text, new text)."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The present notes by id; '' is no note."""

    photos: dict[int, str] = field(default_factory=dict)
    joints: dict[int, str] = field(default_factory=dict)


def read(store: Store) -> Notes:
    """All present notes."""
    found = Notes()
    for about, subject, text in store.rows("SELECT about, subject, text FROM notes_now WHERE text <> ''"):
        (found.photos if about == PHOTO else found.joints)[subject] = text
    return found


def present(store: Store, about: str, subject: int) -> str:
    """The note on one photo or joint; '' where there is none."""
    return str(store.value("SELECT text FROM notes_now WHERE about = ? AND subject = ?", (about, subject)) or "")


def append(store: Store, written: Written, rows: Sequence[Row]) -> Changes:
    """Append notes to an action. Only inside `atomic`."""
    store.executemany(
        "INSERT INTO note_events (action_seq, n, about, subject, old, new) VALUES (?, ?, ?, ?, ?, ?)",
        [(written.seq, n, *row) for n, row in enumerate(rows)],
    )
    _keep(store, rows)
    return store.record(Changes(photos=_shown_by(store, rows), actions=(written.action.id,)))


def fold_anew(store: Store, subjects: set[tuple[str, int]]) -> Changes:
    """Find the present notes of these (about, subject) from all their events. Only inside `atomic`."""
    rows: list[Row] = []
    for about, subject in sorted(subjects):
        (last,) = store.rows(
            "SELECT n.new FROM note_events n JOIN actions a ON a.seq = n.action_seq"
            " WHERE n.about = ? AND n.subject = ? ORDER BY a.clock DESC, a.id DESC, n.n DESC LIMIT 1",
            (about, subject),
        )
        rows.append((about, subject, "", last[0]))
    _keep(store, rows)
    return Changes(photos=_shown_by(store, rows))


def _keep(store: Store, rows: Sequence[Row]) -> None:
    store.executemany(
        "INSERT INTO notes_now (about, subject, text) VALUES (?, ?, ?)"
        " ON CONFLICT (about, subject) DO UPDATE SET text = excluded.text",
        [(about, subject, new) for about, subject, _, new in rows],
    )


def restoring_events(store: Store, seq: int) -> tuple[list[Row], int]:
    """Rows that take back what an action noted, and how many notes were changed since and stay; see `domain.owning`."""
    found = store.rows(
        """SELECT e.about, e.subject, a.id, a.reverts, e.new
        FROM note_events m
        JOIN note_events e ON e.about = m.about AND e.subject = m.subject
        JOIN actions a ON a.seq = e.action_seq
        WHERE m.action_seq = ? ORDER BY e.about, e.subject, a.clock, a.id, e.n""",
        (seq,),
    )
    action = str(store.value("SELECT id FROM actions WHERE seq = ?", (seq,)))
    rows: list[Row] = []
    changed_since = 0
    for (about, subject), history in groupby(found, key=lambda row: (row[0], row[1])):
        text = standing((row[2:5] for row in history), action, "")
        if text.ours and text.present != text.before:
            rows.append((about, subject, text.present, text.before))
        changed_since += text.changed_since
    return rows, changed_since


def history(store: Store, about: str, subject: int) -> list[tuple[Action, str, str]]:
    """What was noted on a photo or joint, oldest first: (action, old, new)."""
    return [
        (Action(*row[:6]), row[6], row[7])
        for row in store.rows(
            "SELECT a.id, a.clock, a.who, a.kind, a.text, a.reverts, n.old, n.new"
            " FROM note_events n JOIN actions a ON a.seq = n.action_seq"
            " WHERE n.about = ? AND n.subject = ? ORDER BY a.clock, a.id, n.n",
            (about, subject),
        )
    ]


def _shown_by(store: Store, rows: Sequence[Row]) -> frozenset[int]:
    """The photos on which these notes are shown."""
    shown = {subject for about, subject, _, _ in rows if about == PHOTO}
    for joint in {subject for about, subject, _, _ in rows if about == JOINT}:
        shown |= {photo for (photo,) in store.rows("SELECT id FROM photos WHERE joint_id = ?", (joint,))}
    return frozenset(shown)
