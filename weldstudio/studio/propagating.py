"""Labels handed on from one photo to its near-duplicates: an explicit action, seen before it is done.

What differs from the photo's labels already is left alone: one of the two is wrong, and only a person can say which.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import copying, likeness
from weldstudio.studio.bulk_preview import BulkPreview, preview


@dataclass(frozen=True, slots=True)
class Spread:
    """What handing on the labels of a photo would do."""

    photo_id: int
    wanted: tuple[tuple[int, State], ...]
    """(slot, state) that the photo carries."""
    to: tuple[int, ...]
    """Near-duplicates that would get them."""
    differing: tuple[int, ...]
    """Near-duplicates that carry other labels and stay as they are."""

    def preview(self, mirror: Mirror) -> BulkPreview:
        """What becomes of labels and verdicts."""
        return preview(mirror, self.to, self.wanted, source=Source.COPIED)

    def to_json(self, mirror: Mirror) -> dict[str, Any]:
        def named(ids: Iterable[int]) -> list[dict[str, Any]]:
            return [{"id": photo, "photo": mirror.paths[mirror.row(photo)]} for photo in ids]

        return {"to": named(self.to), "differing": named(self.differing), **self.preview(mirror).to_json()}


def spread(store: Store, photo_id: int, *, mirror: Mirror | None = None) -> Spread:
    """Looks for the near-duplicates of a photo and changes nothing. Raises EditRefused where nothing is handed on."""
    mirror = mirrors.read(store) if mirror is None else mirror
    wanted = copying.states_to_copy(mirror.scheme, mirror.labels[mirror.row(photo_id)].tobytes())
    if not wanted:
        raise EditRefused(copying.NOTHING)
    others = np.array([other for other in likeness.cluster(store, photo_id) if other != photo_id], np.int64)
    if not len(others):
        raise EditRefused("No photograph is nearly the same as this one.")
    rows = mirror.rows(others.tolist())
    differ, lacks = np.zeros(len(others), np.bool_), np.zeros(len(others), np.bool_)
    for slot, state in wanted:
        states = mirror.states(slot)[rows]
        lacks |= states == State.UNSEEN
        differ |= (states != State.UNSEEN) & (states != state)
    if not (lacks | differ).any():
        raise EditRefused("All near-duplicates of this photograph carry its labels already.")
    return Spread(photo_id, wanted, tuple(others[lacks & ~differ].tolist()), tuple(others[differ].tolist()))


def propagate(store: Store, photo_id: int, *, who: str) -> Done:
    """Hands the labels on, as one action that can be taken back. Raises EditRefused as `spread` does."""
    return copying.copy_labels(store, photo_id, spread(store, photo_id).to, who=who)
