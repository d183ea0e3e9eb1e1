"""Which joint is for training, validation or testing: written once, extended, never moved."""

from collections.abc import Mapping

from weldstudio.domain.changes import Changes
from weldstudio.domain.split import Split
from weldstudio.store.store import Store


def read(store: Store) -> dict[int, Split]:
    """The split of each joint that has one, by joint id."""
    return {joint: Split(word) for joint, word in store.rows("SELECT joint_id, split FROM splits")}


def write(store: Store, splits: Mapping[int, Split], *, seed: int) -> Changes:
    """Add joints to their splits. A joint that has one keeps it."""
    with store.atomic(durable=True):
        store.executemany(
            "INSERT INTO splits (joint_id, split, seed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(joint, split.value, seed) for joint, split in splits.items()],
        )
        return store.record(Changes(joints=True))
