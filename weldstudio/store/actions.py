"""Actions: what experts did, one row each, in the order of writing. The unit of undo and of exchange between desks."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from weldstudio.domain.changes import Changes
from weldstudio.domain.labelling import Action
from weldstudio.store.store import Store
from weldstudio.store.writer import own_name

_COLUMNS = "seq, id, clock, who, kind, text, reverts"


@dataclass(frozen=True, slots=True)
class Written:
    """An action with its number in this store, by which its label events refer to it."""

    seq: int
    action: Action


def begin(
    store: Store,
    *,
    who: str,
    kind: str,
    text: str,
    reverts: str | None = None,
    payload: dict[str, Any] | None = None,
    complete: bool = True,
) -> Written:
    """Write a new action. Only inside `atomic`.

    One that is written in several transactions begins with `complete=False` (see `store.staging`); until it is
    complete it is in no history. `payload` must survive JSON.
    """
    action = Action(secrets.token_hex(16), store.tick(), who, kind, text, reverts)
    cursor = store.execute(
        "INSERT INTO actions (id, clock, who, kind, text, reverts, payload, complete, writer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            action.id,
            action.clock,
            who,
            kind,
            text,
            reverts,
            None if payload is None else json.dumps(payload, ensure_ascii=False),
            int(complete),
            "" if complete else own_name(),
        ),
    )
    return Written(int(cursor.lastrowid or 0), action)


def withdraw(store: Store, written: Written) -> None:
    """Take away an action begun in this very transaction, for nothing had to change. Only inside `atomic`."""
    store.execute("DELETE FROM actions WHERE seq = ?", (written.seq,))


def by_id(store: Store, action_id: str) -> Written | None:
    """The complete action of that id, or None."""
    found = store.rows(f"SELECT {_COLUMNS} FROM actions WHERE id = ? AND complete = 1", (action_id,))
    return _written(found[0]) if found else None


def ids_from(store: Store, beginning: str) -> list[str]:
    """Ids of complete actions that begin so; two at most."""
    return [
        action_id
        for (action_id,) in store.rows(
            "SELECT id FROM actions WHERE substr(id, 1, length(?)) = ? AND ? <> '' AND complete = 1 LIMIT 2",
            (beginning,) * 3,
        )
    ]


def last(store: Store, *, who: str | None = None, limit: int = 100) -> list[Written]:
    """The newest complete actions, newest first; of one expert, or of all."""
    if who is None:
        rows = store.rows(f"SELECT {_COLUMNS} FROM actions WHERE complete = 1 ORDER BY seq DESC LIMIT ?", (limit,))
    else:
        rows = store.rows(
            f"SELECT {_COLUMNS} FROM actions WHERE complete = 1 AND who = ? ORDER BY seq DESC LIMIT ?", (who, limit)
        )
    return [_written(row) for row in rows]


def payload(store: Store, action_id: str) -> dict[str, Any]:
    """What the action noted of the scheme or the registry before and after it; empty where it noted nothing."""
    text = store.value("SELECT payload FROM actions WHERE id = ?", (action_id,))
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _written(row: tuple[Any, ...]) -> Written:
    seq, *rest = row
    return Written(seq, Action(*rest))


def news(written: Written) -> Changes:
    """That this action is there."""
    return Changes(actions=(written.action.id,))
