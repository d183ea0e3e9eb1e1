"""Accepting predictions: what the active model says becomes a label because a person says so, and is marked as that.

Each such label carries the model and its probability, has the source "accepted", and is never used to judge a model.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import NO_CHANGES, Changes, Done, Progress
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State
from weldstudio.store import actions, events, models, photos, predictions, staging
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio.labelling import edit_rows
from weldstudio.studio.review_terms import matrix

_PIECE = 2_000
NO_MODEL = (
    "There is no active model whose predictions could be accepted; train one, or activate one on the Models page."
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the model says of one class, as far as it is to be accepted: aligned arrays, (k,)."""

    slot: int
    name: str
    rows: NDArray[np.int64]
    states: NDArray[np.uint8]
    """Raised or clear."""
    probabilities: NDArray[np.float32]

    @property
    def raised(self) -> int:
        return int((self.states == State.RAISED).sum())

    @property
    def clear(self) -> int:
        return int((self.states == State.CLEAR).sum())


@dataclass(frozen=True, slots=True)
class AcceptReport:
    """What was accepted."""

    action_id: str | None
    changes: Changes
    text: str
    labels: int

    def to_json(self) -> dict[str, Any]:
        return {"action": self.action_id, "text": self.text, "labels": self.labels, "photos": len(self.changes.labels)}


def answers(
    mirror: Mirror,
    rows: NDArray[np.int64],
    *,
    slots: Iterable[int] | None = None,
    certainty: float = 0.0,
    anew: bool = False,
) -> list[Answers]:
    """What could be accepted on these photos (rows of the mirror), class by class; of `slots`, or of all classes.

    Only labels that nobody has given yet, unless `anew`. `certainty`: the probability at least, of being raised where
    the model raises it and of not being raised where it does not. Of a group the model's first choice is raised alone.
    """
    wanted = None if slots is None else set(slots)
    scheme = mirror.scheme
    best: dict[str, NDArray[np.float32]] = {}
    taken: dict[str, NDArray[np.bool_]] = {}
    for item in scheme.classes:
        group = scheme.group_of(item.slot)
        if group is not None:
            nothing = np.full(len(rows), -1, np.float32), np.zeros(len(rows), np.bool_)
            said = np.nan_to_num(mirror.probability(item.slot, rows), nan=-1)
            best[group.name] = np.maximum(best.get(group.name, nothing[0]), said)
            held = mirror.states(item.slot)[rows] == State.RAISED
            taken[group.name] = taken.get(group.name, nothing[1]) | held
    found = []
    for item in scheme.classes:
        if wanted is not None and item.slot not in wanted:
            continue
        probability, raised = mirror.probability(item.slot, rows), mirror.predicted(item.slot, rows)
        usable = ~np.isnan(probability)
        if not anew:
            usable &= mirror.states(item.slot)[rows] == State.UNSEEN
        group = scheme.group_of(item.slot)
        if group is not None:
            # A person's choice within the group stands, and of two that the model raises the surer one counts.
            usable &= ~raised | ((probability >= best[group.name]) & (anew | ~taken[group.name]))
        usable &= np.where(raised, probability, 1 - probability) >= np.float32(certainty)
        at = np.flatnonzero(usable)
        states = np.where(raised[at], np.uint8(State.RAISED), np.uint8(State.CLEAR))
        found.append(Answers(item.slot, item.name, rows[at], states, probability[at]))
    return found


def accept(
    store: Store, photo_ids: Iterable[int], *, who: str, slots: Iterable[int] | None = None, anew: bool = False
) -> Done:
    """Take over what the active model says of these photos, in one action; of `slots`, or of all classes.

    Raises EditRefused without a model, or where it says nothing that could be accepted.
    """
    ids = tuple(dict.fromkeys(photo_ids))
    wanted = None if slots is None else tuple(slots)
    with store.atomic(durable=True):
        few = _few(store, ids)
        found = answers(few, np.arange(len(few)), slots=wanted, anew=anew)
        if not sum(len(one.rows) for one in found):
            raise EditRefused("Nothing can be accepted here: the model says nothing that is not labelled already.")
        what = found[0].name if wanted is not None and len(found) == 1 else "Predictions"
        text = f"{what}: accepted from the model" + ("" if len(ids) == 1 else f" on {len(ids):,} photographs")
        rows, said = _rows(store, few, found)
        if not rows:
            return Done(None, NO_CHANGES, f"{text}: nothing had to change")
        written = actions.begin(store, who=who, kind="label", text=text)
        changes = events.append(store, written, rows, source=Source.ACCEPTED, model_id=few.model_id, probabilities=said)
    return Done(written.action.id, changes, text)


def accept_all(
    store: Store, photo_ids: Sequence[int], certainty: float, *, who: str, slots: Iterable[int] | None = None
) -> Generator[Progress, None, AcceptReport]:
    """Take over everything that nobody has labelled and the model is so certain of, as one action in pieces.

    Cancelled, nothing is. Raises EditRefused before anything is written.
    """
    if not 0.5 <= certainty <= 1:
        raise EditRefused(f"A certainty lies between 0.5 and 1, not at {certainty:g}.")
    ids = tuple(dict.fromkeys(photo_ids))
    wanted = None if slots is None else tuple(slots)
    text = f"Predictions accepted from {certainty:g} certainty on"
    model_id = _few(store, ids[:1]).model_id  # refuses
    written = staging.begin(store, who=who, kind="label", text=text)
    count, settled = 0, False
    try:
        for at in range(0, len(ids), _PIECE):
            few = _few(store, ids[at : at + _PIECE])
            found = answers(few, np.arange(len(few)), slots=wanted, certainty=certainty)
            rows, said = _rows(store, few, found)
            staging.stage(
                store, written, rows, source=Source.ACCEPTED, first=count, model_id=model_id, probabilities=said
            )
            count += len(rows)
            yield Progress(min(at + _PIECE, len(ids)), len(ids), "Preparing labels")
        text += f": {count:,} label{'' if count == 1 else 's'}"
        changes = staging.settle(store, written, text=text) if count else NO_CHANGES
        settled = bool(count)
    finally:
        if not settled:
            staging.discard(store, written)
    return AcceptReport(written.action.id if count else None, changes, text, count)


def _rows(store: Store, few: Mirror, found: Sequence[Answers]) -> tuple[list[events.Row], list[float | None]]:
    """The events that accept these answers, and the probability of each."""
    wanted: dict[int, list[tuple[int, State]]] = {}
    for one in found:
        for row, state in zip(one.rows.tolist(), one.states.tolist(), strict=True):
            wanted.setdefault(int(few.ids[row]), []).append((one.slot, State(state)))
    # What is cleared comes first, so that the raised one of a group has the last word.
    ordered = {photo: tuple(sorted(edits, key=lambda edit: edit[1] == State.RAISED)) for photo, edits in wanted.items()}
    rows = edit_rows(few.scheme, ordered, events.present(store, list(ordered)), Source.ACCEPTED)
    said = {item.slot: few.probability(item.slot) for item in few.scheme.classes}
    return rows, [_said(few, said, photo, slot) for photo, slot, _, _ in rows]


def _said(few: Mirror, said: dict[int, NDArray[np.float32]], photo: int, slot: int) -> float | None:
    """The probability; of a label that merely follows from another one there may be none."""
    value = float(said[slot][few.row(photo)]) if slot in said else np.nan
    return None if np.isnan(value) else value


def _few(store: Store, photo_ids: Sequence[int]) -> Mirror:
    """These photos with their labels and the active model's predictions. Raises EditRefused."""
    model_id = models.active_id(store)
    card = None if model_id is None else models.get(store, model_id)
    if card is None:
        raise EditRefused(NO_MODEL)
    if not photo_ids:
        raise EditRefused("No photo is chosen; choose one first.")
    if photos.missing(store, photo_ids):
        raise EditRefused("Some of these photos are not in the project; nothing was changed.")
    scheme = scheme_rows.load(store)
    ids = np.array(sorted(photo_ids), np.int64)
    present = events.present(store, ids.tolist())
    probabilities = np.full((len(ids), scheme.slots), np.nan, np.float16)
    scored, values = predictions.read(store, card.id, ids.tolist())
    width = min(values.shape[1], scheme.slots)
    probabilities[np.searchsorted(ids, scored), :width] = values[:, :width]
    few = Mirror(
        ids=ids,
        labels=matrix([present.get(photo, b"") for photo in ids.tolist()], scheme.slots),
        probabilities=probabilities,
        joint=np.zeros(len(ids), np.int64),
        scheme=scheme,
        model_id=card.id,
        thresholds=np.full(scheme.slots, 0.5, np.float32),
    )
    for item in card.classes:
        if item.slot < scheme.slots:
            few.thresholds[item.slot] = item.threshold
    return few
