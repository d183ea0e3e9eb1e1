"""Copying the labels of one photo to others: of the one looked at before, or of the same joint."""

from collections.abc import Iterable

import numpy as np

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State, source_of, state_of
from weldstudio.domain.scheme import Scheme
from weldstudio.store import events, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import labelling

NOTHING = "Nobody has labelled that photograph yet, so there is nothing to copy."


def states_to_copy(scheme: Scheme, labels: bytes) -> tuple[tuple[int, State], ...]:
    """(slot, state) of everything that these label bytes say; merges first, as their members have the last word.

    What was accepted from a model is left out: copied, it would pass for what a person has seen.
    """
    slots = [merge.slot for merge in scheme.live_merges] + [flag.slot for flag in scheme.live_flags]
    told = [slot for slot in slots if slot < len(labels) and source_of(labels[slot]) != Source.ACCEPTED]
    held = [(slot, state_of(labels[slot])) for slot in told]
    return tuple((slot, state) for slot, state in held if state != State.UNSEEN)


def copy_labels(store: Store, from_photo: int, photo_ids: Iterable[int], *, who: str) -> Done:
    """Give photos the labels of another one, as one action; what that one has unseen stays as it is on them.

    Raises EditRefused for a photo without labels or one that is not in the project.
    """
    source = photos.get(store, from_photo)
    if source is None:
        raise EditRefused("The photograph to copy from is not in the project.")
    wanted = states_to_copy(scheme_rows.load(store), events.present(store, [from_photo]).get(from_photo, b""))
    if not wanted:
        raise EditRefused(NOTHING)
    edits = [(photo, slot, state) for photo in photo_ids if photo != from_photo for slot, state in wanted]
    text = f"Labels copied from {source.name}"
    return labelling.set_many(store, edits, who=who, source=Source.COPIED, text=text)


def other_of_joint(mirror: Mirror, photo_id: int) -> int | None:
    """The photo of the same joint whose labels one would copy: the nearest before it that has any, else after it."""
    row = mirror.row(photo_id)
    together = np.flatnonzero(mirror.joint == mirror.joint[row])
    together = together[np.argsort(mirror.path_ranks[together])]
    place = int(np.flatnonzero(together == row)[0])
    for other in (*together[:place][::-1], *together[place + 1 :]):
        if (mirror.labels[other] & 3).any():
            return int(mirror.ids[other])
    return None
