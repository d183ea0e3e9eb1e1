"""Rows of contractors: who made the joints, and from how many points on theirs are rejected, since when."""

from collections.abc import Sequence
from datetime import date

from weldstudio.domain.changes import Changes
from weldstudio.domain.photo import Contractor, Limit
from weldstudio.store.store import Store


def every(store: Store) -> dict[int, Contractor]:
    """All contractors by id, in the order of their names, with every reject limit they ever had."""
    limits: dict[int, list[Limit]] = {}
    for contractor_id, valid_from, points in store.rows(
        "SELECT contractor_id, valid_from, points FROM reject_limits ORDER BY valid_from"
    ):
        limits.setdefault(contractor_id, []).append(Limit(date.fromisoformat(valid_from), points))
    rows = store.rows("SELECT id, name FROM contractors ORDER BY name")
    return {i: Contractor(i, name, tuple(limits.get(i, ()))) for i, name in rows}


def add(store: Store, name: str) -> int:
    """Id of the contractor of that name, made if there is none."""
    with store.atomic():
        store.execute("INSERT INTO contractors (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
        return int(store.value("SELECT id FROM contractors WHERE name = ?", (name,)))


def set_limits(store: Store, contractor_id: int, limits: Sequence[Limit]) -> Changes:
    """These are the contractor's reject limits from now on, instead of those before."""
    with store.atomic(durable=True):
        store.execute("DELETE FROM reject_limits WHERE contractor_id = ?", (contractor_id,))
        store.executemany(
            "INSERT INTO reject_limits (contractor_id, valid_from, points) VALUES (?, ?, ?)",
            [(contractor_id, limit.valid_from.isoformat(), limit.points) for limit in limits],
        )
        return store.record(Changes(joints=True))
