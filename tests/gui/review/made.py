"""Mirrors made by hand, for tests of what is computed from one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.scheme import Scheme
from weldstudio.gui.review.flag_rows import FlagRow, class_rows, with_labels
from weldstudio.store.mirror import Mirror

STATES = {"r": State.RAISED, "c": State.CLEAR, "u": State.UNSURE, ".": State.UNSEEN}


def made_scheme() -> Scheme:
    """Flags 0 'Clamp' 50, 1 'Soil' 15, 2 'Bent' 35."""
    return Scheme().with_flag("Clamp", 50).with_flag("Soil", 15).with_flag("Bent", 35)


def made_mirror(
    labels: list[str],
    *,
    probabilities: list[list[float]] | None = None,
    joints: list[int] | None = None,
    scheme: Scheme | None = None,
) -> Mirror:
    """A photo per row, ids from 10 on; labels 'r' raised, 'c' clear, 'u' unsure, '.' unseen, one letter a slot."""
    scheme = scheme or made_scheme()
    count, slots = len(labels), scheme.slots
    bytes_ = np.zeros((count, slots), np.uint8)
    for row, text in enumerate(labels):
        for slot, letter in enumerate(text):
            bytes_[row, slot] = label_byte(STATES[letter], Source.HAND)
    said = np.full((count, slots), np.nan, np.float16)
    if probabilities is not None:
        said[:] = np.array(probabilities, np.float16)
    return Mirror(
        ids=np.arange(10, 10 + count),
        labels=bytes_,
        probabilities=said,
        joint=np.array(joints if joints is not None else range(count), np.int64),
        collection=np.ones(count, np.int32),
        equipment=np.zeros(count, np.int16),
        taken=np.full(count, -1, np.int64),
        added=np.zeros(count, np.int64),
        problem=np.zeros(count, np.bool_),
        paths=[f"{row:03d}.jpg" for row in range(count)],
        scheme=scheme,
        model_id="m1" if probabilities is not None else None,
        thresholds=np.full(slots, 0.5, np.float32),
        collections={1: "photos"},
        roots={1: Path("photos")},
    )


def rows_of(
    mirror: Mirror, photo_ids: Sequence[int], keys: Mapping[int, str], *, answer: Mapping[int, float] | None = None
) -> list[FlagRow]:
    """The inspector's rows of these photos."""
    rows = mirror.rows(photo_ids)
    return with_labels(class_rows(mirror, rows, keys, answer=answer), mirror.scheme, mirror.labels[rows])
