"""The joints that wait for a person: the inbox, those that one flag would turn, those that were told otherwise.

Pure functions of the mirror; a queue is joint ids in the order to work in. What is said of one joint in a line is a
`JointRow`.
"""

import difflib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.decision import TOLD, Decision, Override, Told
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Scheme, SchemeClass
from weldstudio.domain.verdict import Outcome, Verdict
from weldstudio.store.decided import NOTHING_TOLD
from weldstudio.store.mirror import Mirror
from weldstudio.studio import deciding
from weldstudio.studio.deciding import Moves, Said, Tally
from weldstudio.studio.kept import by_joint, kept
from weldstudio.studio.part import part

Ids = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_ACCEPTED, _NEW_PHOTO = TOLD.index(Told.ACCEPTED), TOLD.index(Told.NEW_PHOTO)


class Queue(StrEnum):
    """What waits for a person, joint by joint."""

    INBOX = "inbox"
    """Undecided, the longest waiting first."""
    DECISIVE = "decisive"
    """Undecided, and one flag that is unsure or that label and model dispute would turn the verdict."""
    CHANGED = "changed"
    """Issued as accepted, and rejected by what is known now; the worst first."""


@dataclass(frozen=True, slots=True)
class JointRow:
    """One joint in a line."""

    joint_id: int
    name: str
    photos: int
    contractor: str
    type: str
    medium: str
    labels: Verdict
    model: Verdict | None
    """None where the active model has said nothing of it."""
    decision: Decision | None
    override: Override | None
    waiting_s: int | None
    """How long it has waited for a decision; None where it does not."""

    @property
    def outcome(self) -> Outcome:
        """The verdict that holds."""
        return self.labels.outcome if self.override is None else self.override.outcome

    def to_json(self, scheme: Scheme) -> dict[str, Any]:
        """Values that survive JSON, names in place of slots."""
        decision, override = self.decision, self.override
        return {
            "joint": self.name,
            "joint_id": self.joint_id,
            "photos": self.photos,
            "contractor": self.contractor,
            "type": self.type,
            "medium": self.medium,
            "verdict": self.outcome.value,
            "labels": _verdict_json(self.labels, scheme),
            "model": None if self.model is None else _verdict_json(self.model, scheme),
            "decision": None if decision is None else asdict(decision) | {"said": decision.said.word},
            "override": None if override is None else asdict(override) | {"outcome": override.outcome.value},
            "waiting_s": self.waiting_s,
        }


def queue(mirror: Mirror, which: Queue | str) -> Ids:
    """The joints of a queue, in the order to work in."""
    which = Queue(which)
    chosen = np.flatnonzero(_waiting(mirror, which))
    if which == Queue.INBOX:
        key = waiting_since(mirror)
    else:
        key = decisive(mirror) if which == Queue.DECISIVE else -over_limit(deciding.tally(mirror))
    return mirror.joint_order[0][chosen[np.argsort(key[chosen], kind="stable")]]


def _waiting(mirror: Mirror, which: Queue) -> Bools:
    """(joints,) whether each is in the queue."""
    if which == Queue.INBOX:
        return undecided(mirror)
    return np.isfinite(decisive(mirror)) if which == Queue.DECISIVE else changed(mirror, deciding.tally(mirror))


def undecided(mirror: Mirror) -> Bools:
    """(joints,) nothing was decided of it, or a new photo was asked for and one has come."""
    made_of = (mirror.joint, mirror.added, mirror.decided)
    return kept(mirror, "undecided", made_of, lambda: _undecided(mirror))


def _undecided(mirror: Mirror) -> Bools:
    joints, order, starts = mirror.joint_order
    said = mirror.decided.said(joints)
    result: Bools = said == NOTHING_TOLD
    asked = np.flatnonzero(said == _NEW_PHOTO)
    if len(asked):
        newest = np.maximum.reduceat(mirror.added[order], starts)
        at, _ = mirror.decided.places(joints[asked])
        result[asked] = newest[asked] > mirror.decided.rows["at"][at]
    return result


def waiting_since(mirror: Mirror) -> Floats:
    """(joints,) seconds since 1970 since when each joint waits: when its first photo came in, or the new one asked for.

    Joints that came in together are in the order in which they were made, by a fraction of a second.
    """
    joints, order, starts = mirror.joint_order
    if not len(starts):
        return np.zeros(0)
    since = np.minimum.reduceat(mirror.added[order], starts)
    asked = np.flatnonzero(mirror.decided.said(joints) == _NEW_PHOTO)
    if len(asked):
        since[asked] = np.maximum.reduceat(mirror.added[order], starts)[asked]
    return since + kept(mirror, "made", (mirror.joint, mirror.taken), lambda: _places(mirror))


def _places(mirror: Mirror) -> Floats:
    """(joints,) the place of each joint in the order in which they were made, from 0 to below 1."""
    order = np.argsort(deciding.made(mirror), kind="stable")
    places = np.empty(len(order))
    places[order] = np.arange(len(order)) / (len(order) + 1)
    return places


def decisive(mirror: Mirror) -> Floats:
    """(joints,) how many points an undecided joint is from the limit that one flag would cross; infinite where none.

    A flag of the joint that is unsure would cross it if it were raised. One that label and model say different things
    of would, if the model were right. Verdicts that a person has overridden are settled.
    """
    made_of = (mirror.labels, mirror.probabilities, mirror.thresholds, mirror.joint, mirror.scheme, mirror.joints)
    distances = by_joint(mirror, ("turning", date.today()), made_of, _turning, of=("labels", "probabilities"))
    overridden = np.fromiter(mirror.decided.overrides, np.int64, len(mirror.decided.overrides))
    waits = undecided(mirror) & ~np.isin(mirror.joint_order[0], overridden)
    return np.where(waits, distances, np.inf)


def _turning(mirror: Mirror) -> Floats:
    """As `decisive`, of every joint, decided or not."""
    counted = deciding.tally(mirror)
    limits = counted.limits
    turns = np.zeros(len(counted.joints), np.bool_)
    for _, by_it in _turned(mirror):
        turns |= by_it
    distance = np.where(counted.low >= limits, counted.low - limits + 1, limits - counted.low).astype(np.float64)
    return np.where(turns, distance, np.inf)


@dataclass(frozen=True, slots=True)
class Turning:
    """A flag that alone would turn the verdict of a joint."""

    flag: str
    photos: tuple[str, ...]
    """Paths of the photographs on which it is unsure or disputed."""

    @property
    def text(self) -> str:
        """As "No Clamp Used (a/12.jpg)"."""
        return f"{self.flag} ({', '.join(self.photos)})"


def turned_by(mirror: Mirror, rows: NDArray[np.int64]) -> tuple[Turning, ...]:
    """Which flags would turn the verdict of the joint that these rows show, each alone."""
    of_joint = part(mirror, rows)
    found = []
    for item, by_it in _turned(of_joint):
        if by_it.any():
            states = of_joint.states(item.slot)
            open_on = states == State.UNSURE
            if mirror.model_id is not None and not open_on.any():
                says = deciding.predicted_states(of_joint, item.slot)
                open_on = (says != State.UNSEEN) & (states != State.UNSEEN) & (says != states)
            found.append(Turning(item.name, tuple(mirror.paths[row] for row in rows[open_on].tolist())))
    return tuple(found)


def _turned(mirror: Mirror) -> Iterator[tuple[SchemeClass, Bools]]:
    """Classes with the joints (as a mask) whose verdict each would turn alone."""
    counted = deciding.tally(mirror)
    model = deciding.tally(mirror, predicted=True) if mirror.model_id is not None else None
    limits = counted.limits
    rejecting = counted.low >= limits
    for place, (item, states, others) in enumerate(counted.parts()):
        points = np.int32(counted.scheme.points_of(item.slot))
        if not points:
            continue
        beside = np.zeros(len(states), np.int32)
        for other in others:
            worth = counted.scheme.points_of(counted.classes[other].slot)
            beside = np.maximum(beside, np.where(counted.states[other] == State.RAISED, np.int32(worth), 0))
        # Of a group only the highest points count, so this much more or less:
        weight = np.maximum(points - beside, 0)
        up = states == State.UNSURE
        turns = np.zeros(len(counted.joints), np.bool_)
        if model is not None:
            says = model.states[place]
            up |= (states == State.CLEAR) & (says == State.RAISED)
            down = (states == State.RAISED) & (says == State.CLEAR)
            turns = rejecting & down & (counted.low - weight < limits)
        yield item, turns | (~rejecting & up & (counted.low + weight >= limits))


def changed(mirror: Mirror, counted: Tally) -> Bools:
    """(joints,) issued as accepted, and rejected by the verdict that holds now."""
    accepted = mirror.decided.said(counted.joints) == _ACCEPTED
    return np.asarray(accepted & (deciding.holding(mirror, counted) == Said.REJECT), np.bool_)


def over_limit(counted: Tally) -> Floats:
    """(joints,) points above the reject limit; below it they are negative."""
    return (counted.low - counted.limits).astype(np.float64)


def count(mirror: Mirror, which: Queue | str) -> int:
    """How many joints wait in a queue."""
    return int(np.count_nonzero(_waiting(mirror, Queue(which))))


def of_rows(mirror: Mirror, values: NDArray[Any]) -> NDArray[Any]:
    """What is known of joints, for their photos: (joints,) to (n,)."""
    _, order, starts = mirror.joint_order
    result = np.empty(len(mirror), values.dtype)
    result[order] = np.repeat(values, np.diff(np.append(starts, len(order))))
    return result


def describe(mirror: Mirror, joint_ids: Iterable[int], *, now: float | None = None) -> list[JointRow]:
    """These joints in a line each, in their order. `now` in seconds since 1970, UTC; by default the clock's."""
    now = time.time() if now is None else now
    joints, order, starts = mirror.joint_order
    ends = np.append(starts, len(order))
    waits, since = undecided(mirror), waiting_since(mirror)
    found = []
    for joint in joint_ids:
        place = int(np.searchsorted(joints, joint))
        if place == len(joints) or joints[place] != joint:
            raise KeyError(f"no joint {joint}")
        rows = order[ends[place] : ends[place + 1]]
        said = bool((~np.isnan(mirror.probabilities[rows])).any())
        found.append(
            JointRow(
                joint_id=joint,
                name=mirror.joint_name(int(mirror.ids[rows[0]])),
                photos=len(rows),
                contractor=mirror.joints.contractor_of(joint),
                type=mirror.joints.kinds.name_of(joint),
                medium=mirror.joints.mediums.name_of(joint),
                labels=deciding.verdict_of(mirror, joint, rows=rows),
                model=deciding.verdict_of(mirror, joint, predicted=True, rows=rows) if said else None,
                decision=mirror.decided.decision_of(joint),
                override=mirror.decided.overrides.get(joint),
                waiting_s=max(0, int(now - since[place])) if waits[place] else None,
            )
        )
    return found


def name_of(mirror: Mirror, joint_id: int) -> str:
    """What a joint goes by: its reference, or the path of its photo."""
    joints, order, starts = mirror.joint_order
    return mirror.joint_name(int(mirror.ids[order[starts[int(np.searchsorted(joints, joint_id))]]]))


def moving(mirror: Mirror, moves: Moves, *, most: int = 5) -> str:
    """The joints whose verdict a change would move, by name, a line for each verdict; '' where there are none."""
    lines = []
    for ids, word in ((moves.to_reject, "reject"), (moves.to_accept, "accept"), (moves.to_open, "open")):
        names = ", ".join(name_of(mirror, joint) for joint in ids[:most])
        more = f" and {len(ids) - most:,} more" if len(ids) > most else ""
        lines += [f"To {word}: {names}{more}"] if ids else []
    return "\n".join(lines)


def named(mirror: Mirror, names: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
    """The joints of each of these references; a joint without one goes by the path of its photo. Case counts not."""
    wanted: dict[str, list[int]] = {name.casefold(): [] for name in names}
    # One pass over all of them that keeps only what is asked for: a table of all would take longer than the search.
    for joint, reference in mirror.joints.references.items():
        if (folded := reference.casefold()) in wanted:
            wanted[folded].append(joint)
    known = mirror.joint_order[0]
    shown = {name: np.array(joints)[np.isin(joints, known)].tolist() for name, joints in wanted.items() if joints}
    alone: dict[str, list[int]] = {name: [] for name in wanted if not shown.get(name)}
    for row, path in enumerate(mirror.folded_paths) if alone else ():
        if path in alone:
            alone[path].append(int(mirror.joint[row]))
    found = alone | {name: joints for name, joints in shown.items() if joints}
    return {name: tuple(dict.fromkeys(found[name.casefold()])) for name in names}


def ids_of(mirror: Mirror, names: Sequence[str]) -> list[int]:
    """The joints of these references, in their order. Raises EditRefused for one that is not there or not alone."""
    found = named(mirror, names)
    for name, joints in found.items():
        if not joints:
            known = difflib.get_close_matches(name, [reference for _, reference in _references(mirror)], n=1)
            raise EditRefused(f"There is no joint '{name}'." + (f" Did you mean '{known[0]}'?" if known else ""))
        if len(joints) > 1:
            raise EditRefused(f"{len(joints)} collections have a joint '{name}'; decide on it in the window.")
    return [joint for name in names for joint in found[name]]


def _references(mirror: Mirror) -> Iterator[tuple[int, str]]:
    """Joints with their references; one that photos showed once is not there to be named."""
    known = mirror.joints.references
    return ((joint, known[joint]) for joint in mirror.joint_order[0].tolist() if joint in known)


def _verdict_json(verdict: Verdict, scheme: Scheme) -> dict[str, Any]:
    return {
        "low": verdict.low,
        "high": verdict.high,
        "reject_limit": verdict.reject_limit,
        "outcome": verdict.outcome.value,
        "raised": [scheme.by_slot(slot).name for slot in verdict.raised],
        "unsure": [scheme.by_slot(slot).name for slot in verdict.unsure],
    }
