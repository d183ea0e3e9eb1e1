"""A mirror of ours of the full size, with a scheme of groups and joint rules, contractors and decisions."""

from datetime import date

import numpy as np
import verdicts_data

from weldstudio.domain.decision import TOLD, Decision, Moment
from weldstudio.domain.photo import Contractor, Limit
from weldstudio.domain.scheme import Flag, Group, JointRule, Scheme
from weldstudio.store import decided
from weldstudio.store.mirror import Mirror
from weldstudio.store.reading import JointFacts

CONTRACTORS = 40
DECIDED = 3
"""Every so manieth joint is decided."""


def scheme() -> Scheme:
    """Flags of both joint rules, two of them in a group."""
    rules = (JointRule.ANY, JointRule.ALL)
    flags = tuple(
        Flag(slot, f"flag {slot}", points, joint_rule=rules[slot % 2])
        for slot, points in enumerate(verdicts_data.POINTS)
    )
    return Scheme(flags, (Group("clamps", (11, 12)),))


def mirror() -> Mirror:
    """All photos labelled and scored."""
    n = verdicts_data.PHOTOS
    random = np.random.default_rng(4)
    joint = verdicts_data.joints()
    ids = np.unique(joint)
    made_by = np.stack([ids, random.integers(1, CONTRACTORS + 1, len(ids))], axis=1)
    limits = (Limit(date(2005, 1, 1), 40), Limit(date(2012, 1, 1), 50))
    told = [
        Decision(int(i), TOLD[int(i) % len(TOLD)], "bench", 1_700_000_000, Moment(0, 0, 50, "")) for i in ids[::DECIDED]
    ]
    return Mirror(
        ids=np.arange(1, n + 1),
        labels=verdicts_data.labels(),
        probabilities=verdicts_data.probabilities(),
        joint=joint,
        collection=np.ones(n, np.int32),
        equipment=np.zeros(n, np.int16),
        taken=random.integers(1_000_000_000, 1_600_000_000, n),
        added=random.integers(1_600_000_000, 1_600_000_100, n),
        problem=np.zeros(n, np.bool_),
        paths=[f"{i:06d}.jpg" for i in range(n)],
        scheme=scheme(),
        model_id="bench",
        thresholds=np.full(verdicts_data.FLAGS, 0.5, np.float32),
        joints=JointFacts({}, made_by, {i: Contractor(i, str(i), limits) for i in range(1, CONTRACTORS + 1)}),
        decided=decided.of(told, []),
    )
