"""Contractor, type and medium of joints, as a person sets them."""

import json
from collections.abc import Sequence

from weldstudio.domain.changes import Changes
from weldstudio.store.store import Store

Facts = tuple[int, str | None, str | None, int | None]
"""(joint id, type, medium, contractor id); None = not known."""


def read(store: Store, joint_ids: Sequence[int]) -> list[Facts]:
    """What is known of these joints, by id; those that are not there are missing."""
    return store.rows(
        "SELECT id, kind, medium, contractor_id FROM joints WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(joint_ids)),),
    )


def write(store: Store, facts: Sequence[Facts]) -> Changes:
    """Set all that is known of these joints."""
    with store.atomic():
        store.executemany(
            "UPDATE joints SET kind = ?, medium = ?, contractor_id = ? WHERE id = ?",
            [(kind, medium, contractor, joint) for joint, kind, medium, contractor in facts],
        )
        return store.record(Changes(joints=True))
