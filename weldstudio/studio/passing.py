"""Safe to pass: joints that are most unlikely to reach their reject limit are accepted by their predictions.

A random share of them is always looked at by a person instead, drawn as an audit, so that it comes to light how many
should not have passed.
"""

from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.changes import NO_CHANGES, Changes, Done
from weldstudio.domain.errors import EditRefused
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import chances, decisions, joints, samples
from weldstudio.studio.samples import SAFE_DRAW

INSPECTED = 0.05
"""Share that is inspected, unless said."""


@dataclass(frozen=True, slots=True)
class Passing:
    """What would be passed, or was."""

    guarantee: float
    share: float
    seed: int
    undecided: int
    """Joints that wait for a decision."""
    safe: int
    """Of these, joints whose chance to reach the limit is below the guarantee."""
    inspected: int
    """Of the safe ones: drawn to be looked at."""
    expected: float
    """How many of the other ones reach their limit, on average, if the model's probabilities are right."""
    accepted: bool = False
    action_id: str | None = None
    changes: Changes = NO_CHANGES

    @property
    def passed(self) -> int:
        """Joints that need nobody to look."""
        return self.safe - self.inspected

    @property
    def text(self) -> str:
        verb = "are accepted" if self.accepted else "can be accepted"
        return (
            f"{self.safe:,} of {self.undecided:,} undecided joints reach their limit with a chance below "
            f"{100 * self.guarantee:g} %: {self.inspected:,} are to be inspected, {self.passed:,} {verb} "
            f"(of which about {self.expected:.1f} reach it)."
        )

    def to_json(self) -> dict[str, Any]:
        found = asdict(replace(self, changes=NO_CHANGES))
        del found["changes"]
        return found | {"passed": self.passed, "text": self.text}


def preview(mirror: Mirror, guarantee: float, share: float, *, seed: int) -> Passing:
    """What passing would do now. Raises EditRefused for a guarantee or share that is none."""
    return _chosen(mirror, guarantee, share, seed=seed)[0]


def take(store: Store, guarantee: float, share: float, *, seed: int, who: str, accept: bool = True) -> Passing:
    """Draw the share to inspect and remember it as an audit; with `accept` tell the crews of the others.

    One action. Raises EditRefused where no joint is safe.
    """
    mirror = mirrors.read(store)
    found, inspected, passed = _chosen(mirror, guarantee, share, seed=seed)
    if not found.safe:
        raise EditRefused(
            f"No undecided joint reaches its limit with a chance below {100 * guarantee:g} %"
            + ("; there is no active model to say so." if mirror.model_id is None else ".")
        )
    drawn = mirror.ids[np.isin(mirror.joint, inspected)].tolist()
    out_of = len(drawn) + int(np.isin(mirror.joint, passed).sum())
    noted = {"purpose": SAFE_DRAW, "seed": seed, "filter": f"safe:{guarantee:g}", "out_of": out_of}
    noted |= {"guarantee": guarantee, "share": share, "joints": len(inspected), "model": mirror.model_id}
    text = f"{len(inspected):,} of {found.safe:,} safe joints to be inspected, seed {seed}"
    if accept:
        text += f"; {len(passed):,} accepted"
    with store.atomic(durable=True):
        written, changes = samples.keep(store, drawn, noted, who=who, text=text)
        if accept and len(passed):
            reason = f"safe to pass: chance to reach the limit below {100 * guarantee:g} % by model {mirror.model_id}"
            changes |= decisions.accept_within(store, written, passed.tolist(), reason=reason)
    return replace(found, accepted=accept, action_id=written.action.id, changes=changes)


def do(store: Store, guarantee: float, share: float, *, seed: int, who: str) -> Done:
    """As `take`, as an edit of the window."""
    found = take(store, guarantee, share, seed=seed, who=who)
    return Done(found.action_id, found.changes, found.text)


def _chosen(
    mirror: Mirror, guarantee: float, share: float, *, seed: int
) -> tuple[Passing, NDArray[np.int64], NDArray[np.int64]]:
    """The figures, the joints to inspect, and those to pass."""
    if not 0 < guarantee < 1:
        raise EditRefused(f"The guarantee is a chance between 0 and 1, not {guarantee:g}.")
    if not 0 < share <= 1:
        raise EditRefused("A share of the joints is always inspected; choose one above 0 and at most 1.")
    ids, _, _ = mirror.joint_order
    places = np.flatnonzero(chances.safe(mirror, guarantee))
    count = min(len(places), max(1, ceil(share * len(places)))) if len(places) else 0
    drawn = np.sort(np.random.default_rng(seed).choice(places, count, replace=False)) if count else places
    passed = np.setdiff1d(places, drawn)
    undecided = int(joints.undecided(mirror).sum())
    expected = float(chances.reaching(mirror)[passed].sum())
    figures = Passing(guarantee, share, seed, undecided, len(places), len(drawn), expected)
    return figures, ids[drawn], ids[passed]
