"""What an overlay shows of a flag: which side of the evidence, on which scale, and the words for it. No I/O."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.scheme import JointRule, Merge, Scheme
from weldstudio.imaging.overlay import Side, scale_of

Map = NDArray[np.float32]

_TOLD: Final = {Side.FOR: "", Side.AGAINST: ": what speaks against it", Side.BOTH: ": for and against"}
_NOTHING_AGAINST: Final = ": nothing speaks against it"
_LEAST: Final = 0.05
"""What speaks against a flag is nothing where it is below this part of what speaks for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The map of one flag, made out for looking at."""

    activation: Map
    """(h, w), above 0 where something speaks for the flag."""
    side: Side
    scale: float
    """The evidence that gets the strongest colour."""
    weak: bool
    """The flag lies below its threshold."""
    words: str


def evidence_of(
    scheme: Scheme,
    slot: int,
    slots: Sequence[int],
    maps: Map,
    *,
    judgement: "Judgement | None" = None,
    signed: bool = False,
) -> Evidence | None:
    """What to show of the class in `slot`, out of the maps (classes, h, w) of a photo and the `slots` they belong to.

    None where the model says nothing of the class. `signed`: both sides of the evidence, whatever the flag.
    """
    side = side_of(scheme, slot, signed=signed)
    activation = _map(scheme, slot, slots, maps, side=side)
    if activation is None:
        return None
    scale, found = _measured(activation, maps, side)
    words = scheme.by_slot(slot).name
    weak = judgement is not None and not judgement.raised
    if judgement is not None:
        words += f"  {judgement.probability:.2f}"
        words += f", below its threshold {judgement.threshold:.2f}" if weak else ""
    words += _TOLD[side] if found or side is not Side.AGAINST else _NOTHING_AGAINST
    return Evidence(activation, side, scale, weak, words)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model says of a class on one photo."""

    probability: float
    threshold: float

    @property
    def raised(self) -> bool:
        return self.probability >= self.threshold


def judgement_of(
    scheme: Scheme, slot: int, probabilities: Mapping[int, float], threshold_of: Callable[[int], float]
) -> Judgement | None:
    """What the model says of a class; of a merge it was not trained for, by the member nearest to being raised."""
    item = scheme.by_slot(slot)
    asked = item.members if isinstance(item, Merge) and slot not in probabilities else (slot,)
    found = [Judgement(probabilities[one], threshold_of(one)) for one in asked if one in probabilities]
    return max(found, key=lambda one: one.probability - one.threshold, default=None)


def raised(scheme: Scheme, probabilities: Mapping[int, float], threshold_of: Callable[[int], float]) -> tuple[int, ...]:
    """Slots of the classes in use that the model raises on a photo, the surest first."""
    said = {item.slot: judgement_of(scheme, item.slot, probabilities, threshold_of) for item in scheme.classes}
    found = {slot: one.probability for slot, one in said.items() if one is not None and one.raised}
    return tuple(sorted(found, key=lambda slot: -found[slot]))


def side_of(scheme: Scheme, slot: int, *, signed: bool = False) -> Side:
    """A flag of absence has nothing to point at; what it took for the missing thing can be shown."""
    if signed:
        return Side.BOTH
    return Side.AGAINST if scheme.joint_rule_of(slot) is JointRule.ALL else Side.FOR


def _map(scheme: Scheme, slot: int, slots: Sequence[int], maps: Map, *, side: Side) -> Map | None:
    """The map of a class; of a merge the model was not trained for, the strongest of its members."""
    by_slot = dict(zip(slots, maps, strict=True))
    item = scheme.by_slot(slot)
    if slot in by_slot or not isinstance(item, Merge):
        return by_slot.get(slot)
    found = [by_slot[member] for member in item.members if member in by_slot]
    strongest = np.minimum if side is Side.AGAINST else np.maximum
    return strongest.reduce(found) if found else None


def _measured(activation: Map, maps: Map, side: Side) -> tuple[float, bool]:
    """The evidence that gets the strongest colour, and whether there is any to be seen.

    What speaks for flags can be compared from flag to flag, so all of a photo have one scale. What speaks against a
    flag says where, not how much: the surest "no" of another flag would leave it dark.
    """
    if side is Side.FOR:
        return scale_of(maps), True
    own, whole = scale_of(activation, side), scale_of(activation, Side.BOTH)
    found = own >= _LEAST * whole
    return (own if found else whole), found
