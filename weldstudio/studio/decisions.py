"""Deciding on joints: what the crew is told, and verdicts set against the points with a reason.

Each call is one action of the log, undone like any other. A decision keeps the points, the reject limit and the scheme
of its moment; labels are never altered by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from weldstudio.domain import verdict as verdicts
from weldstudio.domain.changes import NO_CHANGES, Changes, Done
from weldstudio.domain.decision import Moment, Told
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Action
from weldstudio.domain.photo import DEFAULT_LIMIT, Photo
from weldstudio.domain.scheme import Scheme
from weldstudio.domain.verdict import Outcome, Verdict
from weldstudio.store import actions, contractors, decision_conflicts, decisions, events, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.actions import Written
from weldstudio.store.decisions import DECISION, OVERRIDE, Event
from weldstudio.store.store import Store
from weldstudio.studio.joints import JointRow
from weldstudio.studio.scheme_text import from_json, to_json

_WORDS = {Told.ACCEPTED: "Accepted", Told.REJECTED: "Rejected", Told.NEW_PHOTO: "New photo requested"}


def decide(store: Store, joint_ids: Iterable[int], said: Told, *, who: str, reason: str = "") -> Done:
    """Tell the crew this of joints, in one action. A joint told so already is told so again only with another reason,
    or where experts differed.

    Raises EditRefused for joints that do not exist or show no photo.
    """
    return _append(store, joint_ids, DECISION, said.value, who=who, reason=reason.strip(), text=_WORDS[said])


def withdraw(store: Store, joint_ids: Iterable[int], *, who: str, reason: str = "") -> Done:
    """Take back what was decided of joints: they are undecided again. What was said stays in their history."""
    return _append(store, joint_ids, DECISION, None, who=who, reason=reason.strip(), text="Decision taken back")


def override(store: Store, joint_ids: Iterable[int], outcome: Outcome, *, who: str, reason: str) -> Done:
    """Set the verdict of joints against their points. Raises EditRefused without a reason."""
    if outcome == Outcome.OPEN:
        raise EditRefused("A verdict can be set to accept or reject, not left open; take the override back instead.")
    if not reason.strip():
        raise EditRefused("Say why the verdict is set against the points; it cannot be set without a reason.")
    text = f"Verdict set to {outcome}: {reason.strip()}"
    return _append(store, joint_ids, OVERRIDE, outcome.value, who=who, reason=reason.strip(), text=text)


def follow_points(store: Store, joint_ids: Iterable[int], *, who: str) -> Done:
    """Take overrides back: the points count again."""
    return _append(store, joint_ids, OVERRIDE, None, who=who, reason="", text="Verdict by the points again")


def history(store: Store, joint_id: int) -> list[tuple[Action, Event]]:
    """Everything that was decided of a joint or said against its points, oldest first; reverts included."""
    return decisions.of_joint(store, joint_id)


def in_full(store: Store, rows: Sequence[JointRow]) -> list[JointRow]:
    """These rows with the digest of the scheme in their decisions and overrides, which the mirror does not hold."""
    made, overrides = decisions.now(store, [row.joint_id for row in rows])
    by_joint, set_by = {d.joint_id: d for d in made}, {o.joint_id: o for o in overrides}
    return [replace(row, decision=by_joint.get(row.joint_id), override=set_by.get(row.joint_id)) for row in rows]


def scheme_at(store: Store, digest: str) -> Scheme:
    """The scheme by which something was decided. Raises EditRefused."""
    try:
        return from_json(decisions.scheme_of(store, digest))
    except KeyError as error:
        raise EditRefused(f"Nothing was decided by a scheme '{digest}'; `joints --json` names them.") from error


def verdict_now(store: Store, joint_id: int) -> Verdict:
    """What the points of a joint say now, read from the store. Raises EditRefused for one without photos."""
    return _verdict(store, scheme_rows.load(store), joint_id)


def _append(
    store: Store, joint_ids: Iterable[int], kind: str, said: str | None, *, who: str, reason: str, text: str
) -> Done:
    wanted = tuple(dict.fromkeys(joint_ids))
    if not wanted:
        raise EditRefused("No joint is chosen; choose one first.")
    # The points are read inside, so that the moment noted is the moment of the writing.
    with store.atomic(durable=True):
        scheme = scheme_rows.load(store)
        made, overrides = decisions.now(store, wanted)
        present = {d.joint_id: (d.said.value, d.reason) for d in made} if kind == DECISION else {}
        if kind == OVERRIDE:
            present = {o.joint_id: (o.outcome.value, o.reason) for o in overrides}
        differed = {joint for joint, about in decision_conflicts.listed(store, wanted) if about == kind}
        new = [joint for joint in wanted if present.get(joint, (None, "")) != (said, reason) or joint in differed]
        if said is None:
            new = [joint for joint in wanted if joint in present]
        if not new:
            return Done(None, NO_CHANGES, f"{text}: nothing had to change")
        rows = _events(store, scheme, new, kind, said, reason=reason)
        full = f"{text}: {_named(store, new)}"
        written = actions.begin(store, who=who, kind=kind, text=full)
        changes = decisions.append(store, written, rows) | store.record(actions.news(written))
    return Done(written.action.id, changes, full)


def accept_within(store: Store, written: Written, joint_ids: Iterable[int], *, reason: str) -> Changes:
    """Accept undecided joints as a part of another action. Only inside `atomic`."""
    rows = _events(store, scheme_rows.load(store), joint_ids, DECISION, Told.ACCEPTED.value, reason=reason)
    return decisions.append(store, written, rows)


def _events(
    store: Store, scheme: Scheme, joint_ids: Iterable[int], kind: str, said: str | None, *, reason: str
) -> list[Event]:
    """One event for each joint, with the points, the limit and the scheme of this moment."""
    found = {joint: _verdict(store, scheme, joint) for joint in joint_ids}
    digest = decisions.keep_scheme(store, to_json(scheme))
    return [
        Event(joint, kind, said, Moment(v.low, v.high, v.reject_limit, digest), reason) for joint, v in found.items()
    ]


def _verdict(store: Store, scheme: Scheme, joint_id: int) -> Verdict:
    shown = photos.in_joint(store, joint_id)
    if not shown:
        raise EditRefused("This joint has no photo in the project any more, so nothing can be decided of it.")
    present = events.present(store, [photo.id for photo in shown])
    labels = np.zeros((len(shown), scheme.slots), np.uint8)
    for row, photo in enumerate(shown):
        held = present.get(photo.id, b"")[: scheme.slots]
        labels[row, : len(held)] = np.frombuffer(held, np.uint8)
    return verdicts.verdict(scheme, labels, _reject_limit(store, joint_id, shown))


def _reject_limit(store: Store, joint_id: int, shown: Sequence[Photo]) -> int:
    """As `reading.JointFacts.reject_limits` has it for all joints: the limit of the day on which it was made."""
    joint = photos.joint(store, joint_id)
    by_id = contractors.every(store)
    made_by = by_id.get(joint.contractor_id or 0) if joint is not None else None
    days = [photo.taken_at for photo in shown if photo.taken_at]
    made = datetime.fromisoformat(min(days)) if days else datetime.now()
    return DEFAULT_LIMIT if made_by is None else made_by.limit_on(made.date())


def _named(store: Store, joint_ids: Sequence[int]) -> str:
    if len(joint_ids) > 1:
        return f"{len(joint_ids):,} joints"
    joint = photos.joint(store, joint_ids[0])
    return joint.reference if joint is not None else "1 joint"
