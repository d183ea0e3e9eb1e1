"""Contractors and the points from which their joints are rejected, since when; and what another limit would move."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from weldstudio.domain.changes import NO_CHANGES, Changes, Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.photo import EVER, Contractor, Limit
from weldstudio.domain.scheme import did_you_mean
from weldstudio.store import actions
from weldstudio.store import contractors as rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import deciding
from weldstudio.studio.deciding import Moves, Said


@dataclass(frozen=True, slots=True)
class ContractorRow:
    """One contractor in a line."""

    id: int
    name: str
    limits: tuple[Limit, ...]
    reject_limit: int
    """Of today."""
    joints: int
    rejected: int
    """By the points of their labels."""


@dataclass(frozen=True, slots=True)
class LimitPreview(Moves):
    """What a change of a reject limit would mean, before it is made."""

    joints: int = 0
    """Of the contractor, made on that day or later, up to the next limit."""

    def to_json(self) -> dict[str, Any]:
        """Values that survive JSON."""
        return {"joints": self.joints} | Moves.to_json(self)


def table(mirror: Mirror) -> list[ContractorRow]:
    """All contractors with their limits and how many of their joints are rejected, in the order of names."""
    counted = deciding.tally(mirror)
    made_by = mirror.joints.contractor_ids(counted.joints)
    rejected = deciding.holding(mirror, counted) == Said.REJECT
    return [
        ContractorRow(
            *(c.id, c.name, c.limits, c.reject_limit),
            joints=int((made_by == c.id).sum()),
            rejected=int(((made_by == c.id) & rejected).sum()),
        )
        for c in mirror.joints.contractors.values()
    ]


def preview(mirror: Mirror, name: str, points: int | None, *, valid_from: date) -> LimitPreview:
    """Which verdicts would move if this contractor's limit were `points` from that day on; None = the limit goes."""
    contractor = _named(mirror.joints.contractors.values(), name)
    limits = _with(contractor, points, valid_from) if contractor is not None else ()
    if contractor is None:
        return LimitPreview()
    tried = {**mirror.joints.contractors, contractor.id: replace(contractor, limits=limits)}
    before, after = deciding.tally(mirror), deciding.tally(mirror, facts=replace(mirror.joints, contractors=tried))
    concerned = mirror.joints.contractor_ids(before.joints) == contractor.id
    moves = deciding.moves(mirror, after)
    return LimitPreview(
        *(moves.to_reject, moves.to_accept, moves.to_open, moves.decided),
        joints=int((concerned & (before.limits != after.limits)).sum()),
    )


def set_limit(store: Store, name: str, points: int, *, valid_from: date, who: str, new: bool = False) -> Done:
    """From that day on joints of this contractor are rejected at so many points, as one action.

    `new`: a contractor of an unknown name is added. Raises EditRefused for one that is not known, or for points below
    one.
    """
    text = f"{{name}}: reject at {points}{_since(valid_from)}"
    return _change(store, name, points, valid_from=valid_from, who=who, text=text, new=new)


def remove_limit(store: Store, name: str, *, valid_from: date, who: str) -> Done:
    """Take the limit that holds from that day on away: the one before it, or the default, holds instead."""
    text = f"{{name}}: no own limit{_since(valid_from)}"
    return _change(store, name, None, valid_from=valid_from, who=who, text=text)


def restored(store: Store, name: str, limits: dict[str, int | None]) -> dict[str, Any]:
    """What an action notes that sets the limits of these days (None = there is none) and leaves the others."""
    contractor = _named(rows.every(store).values(), name)
    before = {} if contractor is None else {limit.valid_from.isoformat(): limit.points for limit in contractor.limits}
    after = [[day, points] for day, points in sorted((before | limits).items()) if points is not None]
    return {"contractor": name, "before": [list(limit) for limit in sorted(before.items())], "after": after}


def restore(store: Store, change: dict[str, Any]) -> Changes:
    """Bring about the limits that an action's note holds under 'after'. Only inside `atomic`."""
    limits = [Limit(date.fromisoformat(day), points) for day, points in change["after"]]
    return rows.set_limits(store, rows.add(store, change["contractor"]), limits)


def _change(
    store: Store, name: str, points: int | None, *, valid_from: date, who: str, text: str, new: bool = False
) -> Done:
    with store.atomic(durable=True):
        known = rows.every(store)
        contractor = _named(known.values(), name)
        if contractor is None:
            if not new or not name.strip():
                near = did_you_mean(name, (c.name for c in known.values()))
                raise EditRefused(f"There is no contractor '{name}'.{near or ' Say that it is a new one (--new).'}")
            contractor = Contractor(rows.add(store, name.strip()), name.strip())
        text = text.replace("{name}", contractor.name, 1)
        limits = _with(contractor, points, valid_from)
        if limits == contractor.limits:
            return Done(None, NO_CHANGES, f"{text}: nothing had to change")
        note = {"contractor": contractor.name, "before": _listed(contractor.limits), "after": _listed(limits)}
        written = actions.begin(store, who=who, kind="contractor", text=text, payload={"reject_limits": note})
        changes = rows.set_limits(store, contractor.id, limits) | store.record(actions.news(written))
    return Done(written.action.id, changes, text)


def _since(day: date) -> str:
    return "" if day == EVER else f" from {day.isoformat()}"


def _with(contractor: Contractor, points: int | None, valid_from: date) -> tuple[Limit, ...]:
    """The contractor's limits with the one of that day set, or taken away. Raises EditRefused for points below one."""
    if points is not None and points < 1:
        raise EditRefused(f"A reject limit is at least 1 point, not {points}.")
    others = [limit for limit in contractor.limits if limit.valid_from != valid_from]
    ours = [] if points is None else [Limit(valid_from, points)]
    return tuple(sorted([*others, *ours], key=lambda limit: limit.valid_from))


def _named(known: Iterable[Contractor], name: str) -> Contractor | None:
    folded = name.strip().casefold()
    return next((c for c in known if c.name.strip().casefold() == folded), None)


def _listed(limits: Sequence[Limit]) -> list[list[Any]]:
    return [[limit.valid_from.isoformat(), limit.points] for limit in limits]
