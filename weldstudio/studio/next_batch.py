"""The next photos to label: what the heads would learn most from, a share for rare flags, and some by chance.

The ones by chance are remembered as drawn, with what the model said of them, for from them alone the model's accuracy
may be quoted: the others were chosen because it is unsure of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.hints import hints
from weldstudio.domain.labelling import State
from weldstudio.domain.next_photos import BATCH, CHANCE, SCARCE, next_photos, widths
from weldstudio.domain.scores import logit
from weldstudio.imaging.feature_file import FeatureFile
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import features, samples
from weldstudio.studio.refitting import records_of
from weldstudio.studio.samples import Share

PURPOSE = "next"


@dataclass(frozen=True, slots=True)
class Asked:
    """One photo of a batch."""

    photo_id: int
    path: str
    flag: str
    """The class it is asked about; '' = drawn by chance."""
    probability: float | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What to label next."""

    photos: tuple[Asked, ...]
    waiting: int
    """Photos of the project that lack a label of some class."""
    changes: Changes = NO_CHANGES


def suggest(store: Store, count: int = BATCH, *, seed: int, who: str) -> Batch:
    """The next photos to label; those by chance are remembered as drawn. Raises JobFailed without features or flags.

    Of a flag of which the model says nothing yet, what the labels of this moment hint at is looked at here.
    """
    mirror = mirrors.read(store)
    place = features.active_place(store)
    records = records_of(place, mirror.ids)
    file = FeatureFile.open(place.folder)
    rows = np.flatnonzero((records >= 0) & ~mirror.problem)
    if file is None or not len(rows):
        raise JobFailed("No photo has features yet; make them with `weldstudio features`.")
    items = mirror.scheme.classes
    if not items:
        raise JobFailed("There are no flags to label yet; add one on the Flags page or with `weldstudio scheme`.")
    states = np.stack([mirror.states(item.slot)[rows] for item in items], axis=1)
    said = np.stack([mirror.probability(item.slot, rows) for item in items], axis=1).astype(np.float64)
    cuts = np.array([mirror.threshold(item.slot) for item in items])
    raised = states == State.RAISED

    def points(some: NDArray[np.int64]) -> NDArray[np.float32]:
        return file.read(records[rows[some]])

    logits = np.where(np.isnan(said), np.nan, logit(np.nan_to_num(said))).astype(np.float32)
    silent = np.isnan(said).all(axis=0)
    logits[:, silent] = hints(points, states[:, silent], rng=np.random.default_rng(seed))
    chosen, columns = next_photos(
        points,
        logits,
        logit(np.clip(cuts, 0, 1)).astype(np.float32),
        waiting=states == State.UNSEEN,
        width=widths((raised & (said >= cuts)).sum(axis=0), raised.sum(axis=0)),
        scarce=(raised.sum(axis=0) < SCARCE) | silent,
        count=count,
        seed=seed,
    )
    slots = [CHANCE if column == CHANCE else items[column].slot for column in columns.tolist()]
    return keep(store, mirror, mirror.ids[rows[chosen]].tolist(), slots, seed=seed, who=who)


def keep(store: Store, mirror: Mirror, photo_ids: Sequence[int], slots: Sequence[int], *, seed: int, who: str) -> Batch:
    """A batch of photos and the slots they are asked about (`CHANCE` = by chance); those by chance are remembered."""
    items = mirror.scheme.classes
    rows = mirror.rows(list(photo_ids))
    said = np.stack([mirror.probability(item.slot, rows) for item in items], axis=1).astype(np.float64)
    cuts = np.array([mirror.threshold(item.slot) for item in items])
    place_of = {item.slot: place for place, item in enumerate(items)}
    found = []
    for number, (row, slot) in enumerate(zip(rows.tolist(), slots, strict=True)):
        by = float("nan") if slot == CHANCE else float(said[number, place_of[slot]])
        flag = "" if slot == CHANCE else items[place_of[slot]].name
        found.append(Asked(int(mirror.ids[row]), mirror.paths[row], flag, None if np.isnan(by) else by))
    waiting = np.zeros(len(mirror), np.bool_)
    for item in items:
        waiting |= (mirror.states(item.slot) == State.UNSEEN) & ~mirror.problem
    by_chance = [asked.photo_id for asked in found if not asked.flag]
    batch = Batch(tuple(found), int(waiting.sum()))
    if not by_chance:
        return batch
    predicted = {
        str(asked.photo_id): [item.slot for place, item in enumerate(items) if said[number, place] >= cuts[place]]
        for number, asked in enumerate(found)
        if not asked.flag
    }
    known = [item.slot for item in items if mirror.spoken(item.slot).any()]
    noted = {"purpose": PURPOSE, "seed": seed, "filter": "", "out_of": batch.waiting, "said": predicted, "slots": known}
    with store.atomic(durable=True):
        text = f"{len(by_chance):,} of the next {len(found):,} photographs drawn by chance, seed {seed}"
        _, changes = samples.keep(store, by_chance, noted, who=who, text=text)
    return replace(batch, changes=changes)


def accuracy(store: Store, mirror: Mirror) -> dict[str, tuple[Share, Share]]:
    """By class, of the photos that were drawn by chance and labelled since: of those raised, and of those clear, how
    many the model had right when they were drawn.
    """
    right: dict[int, list[list[int]]] = {item.slot: [[0, 0], [0, 0]] for item in mirror.scheme.classes}
    for draw in samples.draws(store, PURPOSE):
        said: dict[str, Any] = draw.noted.get("said", {})
        for photo, of_photo in mirror.reviews.audits.items():
            if draw.action_id not in of_photo or str(photo) not in said:
                continue
            row = mirror.row(photo)
            for slot in draw.noted["slots"]:
                state = int(mirror.states(slot)[row]) if slot in right else State.UNSEEN
                if state in (State.RAISED, State.CLEAR):
                    hit = (slot in said[str(photo)]) == (state == State.RAISED)
                    tally = right[slot][0 if state == State.RAISED else 1]
                    tally[0] += hit
                    tally[1] += 1
    return {item.name: (Share(*right[item.slot][0]), Share(*right[item.slot][1])) for item in mirror.scheme.classes}
