"""Photos drawn at random and remembered as drawn: for an audit, whose error rates are honest because chance chose.

A draw is one action that notes seed, date, filter and how many there were to draw from, and keeps the labels of its
moment. A photo of it is done when somebody has reviewed it since; what has become of its labels by then says how many
were wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import Changes, Done
from weldstudio.domain.clock import wall_seconds
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.domain.review import Drawn
from weldstudio.domain.scores import wilson
from weldstudio.store import actions, events, reviews
from weldstudio.store import mirror as mirrors
from weldstudio.store.actions import Written
from weldstudio.store.mirror import Mirror
from weldstudio.store.reviews import AUDIT
from weldstudio.store.store import Store
from weldstudio.studio import deciding, known_names, reviewing
from weldstudio.studio.deciding import Said
from weldstudio.studio.review_terms import matrix, reviewed_since

FROM = "labelled -problem"
"""The filter of what an audit is drawn from, unless said."""
AUDIT_DRAW, SAFE_DRAW, SECOND_DRAW = "audit", "safe", "second"


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw, as its action noted it."""

    action_id: str
    clock: int
    """Hybrid time."""
    who: str
    purpose: str
    """'audit', 'safe' (of joints that are passed by their predictions) or 'second' (blind second looks)."""
    seed: int
    filter: str
    photos: int
    """How many were drawn."""
    out_of: int
    """From how many."""
    noted: dict[str, Any]
    """Everything that was noted, e.g. the guarantee."""

    @property
    def at(self) -> datetime:
        """Local time."""
        return datetime.fromtimestamp(wall_seconds(self.clock))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its 95 % interval."""

    found: int
    of: int

    @property
    def rate(self) -> float | None:
        return self.found / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.found, self.of)

    def to_json(self) -> dict[str, Any]:
        return {"found": self.found, "of": self.of, "rate": self.rate, "interval": list(self.interval)}


@dataclass(frozen=True, slots=True)
class FlagAudit:
    """Labels of one class that an audit has looked at again."""

    name: str
    raised: Share
    """Of those that were raised: how many are not."""
    clear: Share
    """Of those that were clear: how many are raised."""
    down: tuple[int, ...] = ()
    up: tuple[int, ...] = ()
    """Photos of these wrong labels, that were raised and that were clear."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit has found so far."""

    draw: Draw
    done: int
    """Photos of it that were reviewed since."""
    wrong: Share
    """Of these: photos with at least one wrong label."""
    flags: tuple[FlagAudit, ...]
    rejects: Share
    """Of the joints all of whose drawn photos are done: those that reach the reject limit."""
    wrong_ids: tuple[int, ...] = ()
    reject_ids: tuple[int, ...] = ()
    """Photos of `wrong`, and the drawn ones of `rejects`."""

    def to_json(self) -> dict[str, Any]:
        draw = self.draw
        return {
            "action": draw.action_id,
            "purpose": draw.purpose,
            "by": draw.who,
            "at": draw.at.isoformat(sep=" ", timespec="seconds"),
            "seed": draw.seed,
            "filter": draw.filter,
            "photos": draw.photos,
            "out_of": draw.out_of,
            "done": self.done,
            "wrong": self.wrong.to_json(),
            "rejects": self.rejects.to_json(),
            "flags": {f.name: {"raised": f.raised.to_json(), "clear": f.clear.to_json()} for f in self.flags},
        }


def draw_audit(store: Store, size: int, *, seed: int, who: str, of: str = FROM) -> Done:
    """Draw so many of the photos for which the filter holds, or all if there are fewer, and remember them as an audit.

    The same seed draws the same photos of the same ones to draw from. Raises EditRefused where there is none.
    """
    if size < 1:
        raise EditRefused("An audit needs at least one photo.")
    mirror = mirrors.read(store)
    rows = np.sort(reviewing.select(mirror, known_names.asked(mirror, of)))
    if not len(rows):
        raise EditRefused(f"No photo can be drawn: none matches '{of}'.")
    chosen = np.sort(np.random.default_rng(seed).choice(rows, min(size, len(rows)), replace=False))
    noted = {"purpose": AUDIT_DRAW, "seed": seed, "filter": of, "out_of": len(rows)}
    said = f"Audit sample of {len(chosen):,} of {len(rows):,} photographs, seed {seed}"
    with store.atomic(durable=True):
        written, changes = keep(store, mirror.ids[chosen].tolist(), noted, who=who, text=said)
    return Done(written.action.id, changes, said)


def keep(
    store: Store, photo_ids: Sequence[int], noted: dict[str, Any], *, who: str, text: str
) -> tuple[Written, Changes]:
    """Remember photos as drawn for an audit, with their labels of now, in a new action. Only inside `atomic`."""
    payload = {"draw": noted | {"photos": len(photo_ids)}}
    written = actions.begin(store, who=who, kind="draw", text=text, payload=payload)
    present = events.present(store, photo_ids)
    action = written.action
    rows = [(AUDIT, photo, action.id, "", Drawn(action.clock, present.get(photo, b"")).text) for photo in photo_ids]
    return written, reviews.append(store, written, rows)


def draws(store: Store, purpose: str | None = None) -> list[Draw]:
    """The draws of the project, newest first; those taken back are in it as well, without photos in any mirror."""
    found = [
        Draw(
            action.id,
            action.clock,
            action.who,
            noted["purpose"],
            noted["seed"],
            noted["filter"],
            noted["photos"],
            noted["out_of"],
            noted,
        )
        for action, noted in reversed(reviews.draws(store))
    ]
    return [draw for draw in found if purpose is None or draw.purpose == purpose]


def audits(mirror: Mirror, drawn: Sequence[Draw]) -> list[Audit]:
    """What these draws have found so far; those taken back are left out."""
    by_draw: dict[str, dict[int, bytes]] = {}
    for photo, of_photo in mirror.reviews.audits.items():
        for draw_id, one in of_photo.items():
            by_draw.setdefault(draw_id, {})[photo] = one.labels
    return [_audit(mirror, draw, by_draw[draw.action_id]) for draw in drawn if draw.action_id in by_draw]


def _audit(mirror: Mirror, draw: Draw, before: dict[int, bytes]) -> Audit:
    ids = np.array(sorted(before), np.int64)
    rows = mirror.rows(ids)
    is_done = reviewed_since(mirror, rows, draw.clock)
    done, rows = ids[is_done], rows[is_done]
    then = matrix([before[int(photo)] for photo in done], mirror.scheme.slots)
    now = mirror.labels[rows]
    wrong = np.zeros(len(done), np.bool_)
    flags = []
    for item in mirror.scheme.classes:
        was, state = mirror.scheme.states_of(item.slot, then), mirror.scheme.states_of(item.slot, now)
        raised, clear = was == State.RAISED, was == State.CLEAR
        # Where the second look could not tell, it did not find a wrong label either.
        told = (state == State.RAISED) | (state == State.CLEAR)
        down, up = raised & (state == State.CLEAR), clear & (state == State.RAISED)
        wrong |= down | up
        flags.append(
            FlagAudit(
                item.name,
                Share(int(down.sum()), int((raised & told).sum())),
                Share(int(up.sum()), int((clear & told).sum())),
                tuple(done[down].tolist()),
                tuple(done[up].tolist()),
            )
        )
    share = Share(int(wrong.sum()), len(done))
    rejects, rejected = _rejects(mirror, ids, done)
    return Audit(draw, len(done), share, tuple(flags), rejects, tuple(done[wrong].tolist()), rejected)


def _rejects(mirror: Mirror, ids: NDArray[np.int64], done: NDArray[np.int64]) -> tuple[Share, tuple[int, ...]]:
    """How many joints, and the photos of them that were drawn."""
    open_joints = np.unique(mirror.joint[mirror.rows(np.setdiff1d(ids, done).tolist())])
    joints = np.setdiff1d(np.unique(mirror.joint[mirror.rows(done.tolist())]), open_joints)
    counted = deciding.tally(mirror)
    outcomes = counted.outcomes[np.searchsorted(counted.joints, joints)]
    rejected = joints[outcomes == Said.REJECT]
    drawn = done[np.isin(mirror.joint[mirror.rows(done.tolist())], rejected)]
    return Share(len(rejected), len(joints)), tuple(drawn.tolist())
