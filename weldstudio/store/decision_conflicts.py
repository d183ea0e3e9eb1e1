"""Joints of which two experts decided differently without knowing of each other; see `domain.concurrency`.

What holds is the last decision; the joint is listed until somebody who has seen both decides again.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from weldstudio.domain.concurrency import Answer, all_said, conflicting
from weldstudio.store.store import Store

Field = tuple[int, str]
"""(joint id, 'decision' or 'override')."""


def listed(store: Store, joint_ids: Iterable[int] | None = None) -> list[Field]:
    """What is in conflict, of these joints or of all."""
    if joint_ids is None:
        return [(joint, kind) for joint, kind in store.rows("SELECT joint_id, kind FROM decision_conflicts")]
    return [
        (joint, kind)
        for joint, kind in store.rows(
            "SELECT joint_id, kind FROM decision_conflicts WHERE joint_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(joint_ids)),),
        )
    ]


def answers(store: Store, field: Field) -> tuple[Answer, ...]:
    """What was said of a joint in conflict, what holds last."""
    return next((conflicting(answers) for _, answers in said(store, {field})), ())


def answered(store: Store, fields: Iterable[Field], *, reverting: int | None = None) -> None:
    """Note that this was just said here, by somebody who saw all that others said. Only inside `atomic`.

    `reverting` is the number of the action that was taken back so: what it had settled is open again.
    """
    fields = set(fields)
    settled = fields & set(listed(store))
    say_what_was_seen(store, settled)
    store.executemany("DELETE FROM decision_conflicts WHERE joint_id = ? AND kind = ?", list(settled))
    if reverting is not None:
        again = store.rows(
            "SELECT DISTINCT d.joint_id, d.kind FROM decisions m JOIN decisions d ON d.joint_id = m.joint_id"
            " AND d.kind = m.kind WHERE m.action_seq = ? AND d.saw LIKE '% %'",
            (reverting,),
        )
        judge(store, set(again) & fields)


def judge(store: Store, fields: set[Field]) -> None:
    """Find anew which of these are in conflict. Only inside `atomic`."""
    for field, answers in said(store, fields):
        store.execute("DELETE FROM decision_conflicts WHERE joint_id = ? AND kind = ?", field)
        if conflicting(answers):
            store.execute("INSERT INTO decision_conflicts (joint_id, kind) VALUES (?, ?)", field)


def said(store: Store, fields: set[Field]) -> Iterator[tuple[Field, list[Answer]]]:
    """All that was said of these joints with what each event saw, one after the other."""
    rows = store.rows(
        "SELECT d.joint_id, d.kind, a.id, a.clock, a.who, d.said, d.saw, a.reverts"
        " FROM json_each(?) j JOIN decisions d ON d.joint_id = j.value JOIN actions a ON a.seq = d.action_seq"
        " ORDER BY d.joint_id, d.kind, d.action_seq, d.n",
        (json.dumps(sorted({joint for joint, _ in fields})),),
    )
    for field, events in groupby(rows, key=lambda row: (row[0], row[1])):
        if field in fields:
            yield (
                field,
                all_said(
                    Answer(action, clock, who, word or "", bool(word), _parted(saw), reverts)
                    for _, _, action, clock, who, word, saw, reverts in events
                ),
            )


def say_what_was_seen(store: Store, fields: set[Field]) -> None:
    """Write down what these events saw, before others come between them that they did not see. Only inside `atomic`."""
    store.executemany(
        "UPDATE decisions SET saw = ? WHERE joint_id = ? AND kind = ? AND saw IS NULL"
        " AND action_seq = (SELECT seq FROM actions WHERE id = ?)",
        [
            (" ".join(answer.saw or ()), *field, answer.action)
            for field, answers in said(store, fields)
            for answer in answers
        ],
    )


def _parted(saw: str | None) -> tuple[str, ...] | None:
    return None if saw is None else tuple(saw.split())
