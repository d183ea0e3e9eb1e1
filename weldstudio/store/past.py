"""What was done, action by action, as a history asks for it: of one photo, of a joint, of a class, or of everything."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from weldstudio.domain.labelling import Action, LabelEvent, Source
from weldstudio.store.store import Store

_ACTION = "a.id, a.clock, a.who, a.kind, a.text, a.reverts"


@dataclass(frozen=True, slots=True)
class Done:
    """An action as far as the history asked about it is concerned."""

    seq: int
    action: Action
    events: tuple[LabelEvent, ...] = ()
    """Of the photos or the class in question, the first ones of many."""
    count: int = 0
    """How many label events that are."""


def of_photos(store: Store, photo_ids: Sequence[int], *, slot: int | None = None) -> list[Done]:
    """Complete actions that labelled these photos, oldest first; of one class, or of all."""
    rows = store.rows(
        f"SELECT a.seq, {_ACTION}, e.photo_id, e.slot, e.old, e.new, e.source, e.model_id, e.probability"
        " FROM label_events e JOIN actions a ON a.seq = e.action_seq"
        " WHERE e.photo_id IN (SELECT value FROM json_each(?)) AND (? IS NULL OR e.slot = ?) AND a.complete = 1"
        " ORDER BY a.clock, a.id, e.n",
        (json.dumps(list(photo_ids)), slot, slot),
    )
    return _by_action(rows)


def of_class(store: Store, slot: int, *, limit: int) -> list[Done]:
    """The newest complete actions that labelled a class, oldest first, with the first event of each."""
    rows = store.rows(
        f"SELECT a.seq, {_ACTION}, e.photo_id, e.slot, e.old, e.new, e.source, e.model_id, e.probability, e.c"
        " FROM (SELECT action_seq, count(*) AS c, min(n), photo_id, slot, old, new, source, model_id, probability"
        "       FROM label_events WHERE slot = ? GROUP BY action_seq) e JOIN actions a ON a.seq = e.action_seq"
        " WHERE a.complete = 1 ORDER BY a.clock DESC, a.id DESC LIMIT ?",
        (slot, limit),
    )
    return [Done(row[0], Action(*row[1:7]), (_event(row[7:14]),), row[14]) for row in reversed(rows)]


def everything(store: Store, *, who: str | None = None, limit: int) -> list[Done]:
    """The newest complete actions, oldest first; of one expert, or of all."""
    rows = store.rows(
        f"SELECT a.seq, {_ACTION}, (SELECT count(*) FROM label_events WHERE action_seq = a.seq) FROM actions a"
        " WHERE a.complete = 1 AND (? IS NULL OR a.who = ?) ORDER BY a.clock DESC, a.id DESC LIMIT ?",
        (who, who, limit),
    )
    return [Done(row[0], Action(*row[1:7]), count=row[7]) for row in reversed(rows)]


def photo_of(store: Store, seqs: Iterable[int]) -> dict[int, int]:
    """Of those actions that labelled one photo alone: which."""
    rows = store.rows(
        "SELECT action_seq, min(photo_id) FROM label_events WHERE action_seq IN (SELECT value FROM json_each(?))"
        " GROUP BY action_seq HAVING min(photo_id) = max(photo_id)",
        (json.dumps(list(seqs)),),
    )
    return dict(rows)


def of_scheme(store: Store) -> list[tuple[Done, dict[str, Any]]]:
    """Complete actions that changed the scheme, oldest first, each with what it noted of it."""
    return [(done, payload) for done, payload in noted(store) if "scheme" in payload]


def noted(store: Store) -> list[tuple[Done, dict[str, Any]]]:
    """Complete actions that noted what the scheme, the registry or limits were before and after, oldest first."""
    rows = store.rows(
        f"SELECT a.seq, {_ACTION}, a.payload FROM actions a WHERE a.complete = 1 AND a.payload IS NOT NULL"
        " ORDER BY a.clock, a.id"
    )
    return [(Done(row[0], Action(*row[1:7])), json.loads(row[7])) for row in rows]


def reverted(store: Store, action_ids: Iterable[str]) -> dict[str, str]:
    """By the ids of actions that are taken back: who did so last. What was done again since is not among them."""
    rows = store.rows(
        "WITH RECURSIVE back(root, id, clock, who, depth) AS ("
        " SELECT reverts, id, clock, who, 1 FROM actions"
        " WHERE reverts IN (SELECT value FROM json_each(?)) AND complete = 1"
        " UNION ALL SELECT back.root, a.id, a.clock, a.who, back.depth + 1"
        " FROM back JOIN actions a ON a.reverts = back.id WHERE a.complete = 1"
        ") SELECT root, who, depth FROM back ORDER BY clock, id",
        (json.dumps(list(action_ids)),),
    )
    last = {root: (who, depth) for root, who, depth in rows}
    return {root: who for root, (who, depth) in last.items() if depth % 2}


def done_again(store: Store, action_ids: Iterable[str]) -> set[str]:
    """Those of these reverts that brought back what another one had taken back."""
    rows = store.rows(
        "WITH RECURSIVE up(root, reverts, depth) AS ("
        " SELECT id, reverts, 1 FROM actions WHERE id IN (SELECT value FROM json_each(?)) AND reverts IS NOT NULL"
        " UNION ALL SELECT up.root, a.reverts, up.depth + 1 FROM up JOIN actions a ON a.id = up.reverts"
        " WHERE a.reverts IS NOT NULL"
        ") SELECT root, max(depth) FROM up GROUP BY root",
        (json.dumps(list(action_ids)),),
    )
    return {root for root, depth in rows if depth % 2 == 0}


def _by_action(rows: Sequence[Sequence[Any]]) -> list[Done]:
    found: dict[int, tuple[Action, list[LabelEvent]]] = {}
    for seq, *values in rows:
        _, events = found.setdefault(seq, (Action(*values[:6]), []))
        events.append(_event(values[6:]))
    return [Done(seq, action, tuple(events), len(events)) for seq, (action, events) in found.items()]


def _event(row: Sequence[Any]) -> LabelEvent:
    photo, slot, old, new, source, model, probability = row
    return LabelEvent(photo, slot, old, new, Source(source), model, probability)
