"""What is decided of joints, in numpy: the part of the mirror that the inbox and its neighbours read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.decision import TOLD, Decision, Moment, Override, Told
from weldstudio.store import decision_conflicts, decisions
from weldstudio.store.store import Store

_Value = TypeVar("_Value")

NOTHING_TOLD = 255
"""The code where nothing was decided; others are indices of `TOLD`."""

_ROW = np.dtype(
    [
        *(("joint", np.int64), ("said", np.uint8), ("at", np.int64)),
        *(("low", np.int32), ("high", np.int32), ("limit", np.int32), ("who", np.int32)),
    ]
)


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions and overrides that hold now."""

    rows: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, _ROW))
    """A decision each, ascending by joint; `who` is an index of `names`."""
    names: tuple[str, ...] = ()
    reasons: dict[int, str] = field(default_factory=dict)
    """Of decisions, by joint; those without one are left out."""
    overrides: dict[int, Override] = field(default_factory=dict)
    """By joint."""
    conflicts: frozenset[int] = frozenset()
    """Joints about which experts differ."""

    def places(self, joints: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where in `rows` the decisions of joints are, and whether there is one; same shape as `joints`."""
        known = self.rows["joint"]
        if not len(known):
            return np.zeros(joints.shape, np.int64), np.zeros(joints.shape, np.bool_)
        at = np.minimum(np.searchsorted(known, joints), len(known) - 1)
        return at, known[at] == joints

    def said(self, joints: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Codes of what was decided of joints, `NOTHING_TOLD` where nothing was; same shape as `joints`."""
        at, there = self.places(joints)
        if not len(self.rows):
            return np.full(joints.shape, NOTHING_TOLD, np.uint8)
        return np.where(there, self.rows["said"][at], np.uint8(NOTHING_TOLD))

    def decision_of(self, joint_id: int) -> Decision | None:
        """The decision that holds of one joint; its scheme is left out."""
        at, there = self.places(np.array([joint_id]))
        if not there[0]:
            return None
        row = self.rows[int(at[0])]
        moment = Moment(int(row["low"]), int(row["high"]), int(row["limit"]), "")
        who = self.names[int(row["who"])]
        return Decision(joint_id, TOLD[int(row["said"])], who, int(row["at"]), moment, self.reasons.get(joint_id, ""))

    def replaced(self, joint_ids: frozenset[int], new: "Decided") -> "Decided":
        """What is decided of these joints is what `new` says; of all others it stays."""
        gone = np.fromiter(joint_ids, np.int64, len(joint_ids))
        names = tuple(dict.fromkeys((*self.names, *new.names)))
        rows = new.rows.copy()
        rows["who"] = [names.index(new.names[who]) for who in rows["who"].tolist()]
        kept = self.rows[~np.isin(self.rows["joint"], gone)]
        together = np.concatenate([kept, rows])
        return replace(
            self,
            rows=together[np.argsort(together["joint"], kind="stable")],
            names=names,
            reasons=_without(self.reasons, joint_ids) | new.reasons,
            overrides=_without(self.overrides, joint_ids) | new.overrides,
            conflicts=self.conflicts - joint_ids | new.conflicts,
        )


def of(made: Sequence[Decision], overrides: Sequence[Override]) -> Decided:
    """These decisions, which ascend by joint, and overrides."""
    codes: dict[Told, int] = {told: code for code, told in enumerate(TOLD)}
    names = {name: code for code, name in enumerate(dict.fromkeys(decision.who for decision in made))}
    rows = np.array(
        [
            (d.joint_id, codes[d.said], d.at, d.moment.low, d.moment.high, d.moment.reject_limit, names[d.who])
            for d in made
        ],
        _ROW,
    )
    reasons = {d.joint_id: d.reason for d in made if d.reason}
    return Decided(rows, tuple(names), reasons, {o.joint_id: o for o in overrides})


def read(store: Store, joint_ids: Iterable[int] | None = None) -> Decided:
    """What is decided of these joints, or of all."""
    joint_ids = None if joint_ids is None else tuple(joint_ids)
    conflicts = frozenset(joint for joint, _ in decision_conflicts.listed(store, joint_ids))
    found = _every(store) if joint_ids is None else of(*decisions.now(store, joint_ids))
    return replace(found, conflicts=conflicts)


def _every(store: Store) -> Decided:
    """Of all joints, whole columns at a time."""
    columns, whos = decisions.held(store)
    names = {who: code for code, who in enumerate(dict.fromkeys(whos.values()))}
    rows = np.zeros(columns.shape[1], _ROW)
    for name, column in zip(("joint", "said", "at", "low", "high", "limit"), columns, strict=False):
        rows[name] = column
    actions, places = np.unique(columns[-1], return_inverse=True)
    rows["who"] = np.array([names[whos[action]] for action in actions.tolist()], np.int32)[places]
    overrides = decisions.overrides(store)
    return Decided(rows, tuple(names), decisions.reasons(store), {one.joint_id: one for one in overrides})


def _without(known: dict[int, _Value], joint_ids: frozenset[int]) -> dict[int, _Value]:
    return {joint: value for joint, value in known.items() if joint not in joint_ids}
