"""Decisions and overrides of joints: events, appended for ever, and which of them hold now."""

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Changes
from weldstudio.domain.decision import TOLD, Decision, Moment, Override, Told
from weldstudio.domain.labelling import Action
from weldstudio.domain.owning import standing
from weldstudio.domain.verdict import Outcome
from weldstudio.store import columns, decision_conflicts
from weldstudio.store.actions import Written
from weldstudio.store.store import Store

DECISION: Final = "decision"
OVERRIDE: Final = "override"


@dataclass(frozen=True, slots=True)
class Event:
    """What was said of one joint; `said` is None where what was said before is taken back."""

    joint_id: int
    kind: str
    said: str | None
    moment: Moment
    reason: str = ""
    at: int | None = None
    """Seconds since 1970, UTC; None = now. An event that restores an earlier one carries that one's time."""
    origin: int | None = None
    """Number of the action that first said so; None = the action that this event is written with."""


def keep_scheme(store: Store, scheme: dict[str, Any]) -> str:
    """The digest of a scheme (as values for JSON), which is kept if it is new. Only inside `atomic`."""
    text = json.dumps(scheme, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    store.execute("INSERT INTO decided_schemes (digest, scheme) VALUES (?, ?) ON CONFLICT DO NOTHING", (digest, text))
    return digest


def scheme_of(store: Store, digest: str) -> dict[str, Any]:
    """The scheme of a digest, as values for JSON. Raises KeyError for one that is not there."""
    text = store.value("SELECT scheme FROM decided_schemes WHERE digest = ?", (digest,))
    if text is None:
        raise KeyError(f"no scheme {digest}")
    found: dict[str, Any] = json.loads(text)
    return found


def append(store: Store, written: Written, events: Sequence[Event], *, reverting: int | None = None) -> Changes:
    """Append events to an action and say that they hold now. Only inside `atomic`; every (joint, kind) at most once.

    `reverting` is the number of an action that this one takes back.
    """
    now = int(time.time())
    store.executemany(
        "INSERT INTO decisions (action_seq, n, joint_id, kind, said, origin, at, low, high, reject_limit, scheme,"
        " reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(written.seq, n, event.joint_id, event.kind, event.said),
                written.seq if event.origin is None else event.origin,
                now if event.at is None else event.at,
                *(event.moment.low, event.moment.high, event.moment.reject_limit, event.moment.scheme or None),
                event.reason,
            )
            for n, event in enumerate(events)
        ],
    )
    store.executemany(
        "INSERT INTO decided_now (joint_id, kind, action_seq, n) VALUES (?, ?, ?, ?) ON CONFLICT (joint_id, kind)"
        " DO UPDATE SET action_seq = excluded.action_seq, n = excluded.n",
        [(event.joint_id, event.kind, written.seq, n) for n, event in enumerate(events)],
    )
    decision_conflicts.answered(store, ((event.joint_id, event.kind) for event in events), reverting=reverting)
    return store.record(Changes(decisions=frozenset(event.joint_id for event in events)))


def now(store: Store, joint_ids: Iterable[int] | None = None) -> tuple[list[Decision], list[Override]]:
    """What holds now of these joints, or of all, by joint."""
    where = ""
    parameters: tuple[str, ...] = ()
    if joint_ids is not None:
        where, parameters = " AND d.joint_id IN (SELECT value FROM json_each(?))", (json.dumps(list(joint_ids)),)
    rows = store.rows(
        "SELECT d.kind, d.joint_id, d.said, a.who, d.at, d.low, d.high, d.reject_limit, d.scheme, d.reason"
        " FROM decided_now h JOIN decisions d ON d.action_seq = h.action_seq AND d.n = h.n"
        f" JOIN actions a ON a.seq = d.origin WHERE d.said IS NOT NULL{where} ORDER BY d.joint_id",
        parameters,
    )
    decisions, overrides = [], []
    for kind, *row in rows:
        if kind == DECISION:
            decisions.append(_decision(row))
        else:
            overrides.append(_override(row))
    return decisions, overrides


def held(store: Store) -> tuple[NDArray[np.int64], dict[int, str]]:
    """The decisions that hold: (7, joints) joint, code of `TOLD`, at, low, high, limit, number of the action.

    Ascending by joint; and who did each of these actions.
    """
    codes = " ".join(f"WHEN '{told.value}' THEN {code}" for code, told in enumerate(TOLD))
    names = ("d.joint_id", f"CASE d.said {codes} END", "d.at", "d.low", "d.high", "d.reject_limit", "d.origin")
    whos = dict(store.rows("SELECT seq, who FROM actions WHERE seq IN (SELECT DISTINCT origin FROM decisions)"))
    return columns.numbers(store, names, f"{_HELD} AND d.kind = '{DECISION}'"), whos


def reasons(store: Store) -> dict[int, str]:
    """Of the decisions that hold, by joint; those without one are left out."""
    return dict(store.rows(f"SELECT d.joint_id, d.reason FROM {_HELD} AND d.kind = '{DECISION}' AND d.reason <> ''"))


def overrides(store: Store) -> list[Override]:
    """Those that hold, by joint."""
    found = store.rows(f"SELECT h.joint_id FROM decided_now h WHERE h.kind = '{OVERRIDE}'")
    return now(store, [joint for (joint,) in found])[1] if found else []


_HELD: Final = "decided_now h JOIN decisions d ON d.action_seq = h.action_seq AND d.n = h.n WHERE d.said IS NOT NULL"


def of_joint(store: Store, joint_id: int) -> list[tuple[Action, Event]]:
    """Everything that was ever decided of a joint or said against its points, oldest first."""
    rows = store.rows(
        "SELECT a.id, a.clock, a.who, a.kind, a.text, a.reverts,"
        " d.joint_id, d.kind, d.said, d.low, d.high, d.reject_limit, d.scheme, d.reason, d.at, d.origin"
        " FROM decisions d JOIN actions a ON a.seq = d.action_seq"
        " WHERE d.joint_id = ? AND a.complete = 1 ORDER BY a.clock, a.id, d.n",
        (joint_id,),
    )
    return [(Action(*row[:6]), _event(row[6:])) for row in rows]


def restoring_events(store: Store, seq: int) -> tuple[list[Event], int]:
    """Events that take back what an action said of joints, and of how many joints another thing was said since.

    See `domain.owning`.
    """
    found = store.rows(
        """SELECT d.joint_id, d.kind, a.id, a.reverts,
            d.joint_id, d.kind, d.said, d.low, d.high, d.reject_limit, d.scheme, d.reason, d.at, d.origin
        FROM decisions m
        JOIN decisions d ON d.joint_id = m.joint_id AND d.kind = m.kind
        JOIN actions a ON a.seq = d.action_seq
        WHERE m.action_seq = ? ORDER BY d.joint_id, d.kind, a.clock, a.id, d.n""",
        (seq,),
    )
    action = str(store.value("SELECT id FROM actions WHERE seq = ?", (seq,)))
    events: list[Event] = []
    changed_since = 0
    for (joint_id, kind), history in groupby(found, key=lambda row: (row[0], row[1])):
        nothing = Event(joint_id, kind, None, Moment(0, 0, 0, ""))
        said = standing(((row[2], row[3], _event(row[4:])) for row in history), action, nothing)
        if said.ours and not _same(said.present, said.before):
            events.append(said.before)
        changed_since += said.changed_since
    return events, changed_since


def _same(one: Event, other: Event) -> bool:
    return (one.said, one.origin) == (other.said, other.origin) or one.said is other.said is None


def _event(row: Sequence[Any]) -> Event:
    joint_id, kind, said, low, high, reject_limit, scheme, reason, at, origin = row
    return Event(joint_id, kind, said, Moment(low, high, reject_limit, scheme or ""), reason, at, origin)


def _decision(row: Sequence[Any]) -> Decision:
    joint_id, said, who, at, low, high, reject_limit, scheme, reason = row
    return Decision(joint_id, Told(said), who, at, Moment(low, high, reject_limit, scheme or ""), reason)


def _override(row: Sequence[Any]) -> Override:
    joint_id, said, who, at, low, high, reject_limit, scheme, reason = row
    return Override(joint_id, Outcome(said), who, at, Moment(low, high, reject_limit, scheme or ""), reason)
