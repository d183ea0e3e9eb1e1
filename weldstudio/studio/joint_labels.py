"""Labels given for a joint, brought onto its photos by the joint rule; never invented where they cannot be known.

What a joint is said to be holds for its photos where the rule leaves no choice: a flag that no photo shows is clear on
all, a flag of absence that is raised is raised on all, and of a joint with one photo everything is known. That *some*
photo must show it, and nobody said which, is another thing: then the photos without a label become unsure, or the
label is left out and listed, as the caller chooses.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from weldstudio.domain.labelling import Source, State, source_of, state_of
from weldstudio.domain.merges import for_labels
from weldstudio.domain.scheme import JointRule, Scheme


class Several(StrEnum):
    """What becomes of a label that some photo of a joint must carry, where nobody said which."""

    UNSURE = "unsure"
    """The photos of the joint that have no label there become unsure: the verdict is a range until one looks."""
    LEAVE = "leave"
    """It is left out and listed."""


Photo = tuple[int, bytes]
"""(photo id, its present label bytes)"""


def spread(
    scheme: Scheme, states: Mapping[str, State], photos: Sequence[Photo], *, several: Several
) -> tuple[dict[int, dict[str, State]], list[str]]:
    """What the photos of one joint get from what is said of the joint, and why some of it is left out.

    Returns the states by photo id and class name, and sentences.
    """
    result: dict[int, dict[str, State]] = {photo_id: {} for photo_id, _ in photos}
    left_out = []
    for name, state in states.items():
        slot = for_labels(scheme, name).slot
        chosen, problem = _photos_for(scheme.joint_rule_of(slot), state, slot, photos, several=several)
        for photo_id, given in chosen.items():
            result[photo_id][name] = given
        if problem:
            left_out.append(f"'{name}' {problem}")
    return result, left_out


def _photos_for(
    rule: JointRule, state: State, slot: int, photos: Sequence[Photo], *, several: Several
) -> tuple[dict[int, State], str]:
    """What each photo gets of one class, and what is wrong; '' where nothing is."""
    every = {photo_id: state for photo_id, _ in photos}
    if len(photos) == 1:
        return every, ""
    now = {photo_id: _known(blob, slot) for photo_id, blob in photos}
    if state == State.UNSURE:
        return {photo_id: state for photo_id in every if now[photo_id] == State.UNSEEN}, ""
    if (rule == JointRule.ANY) == (state == State.CLEAR):
        # None shows it, or all lack it. A flag of absence passes over the photos on which it cannot be told.
        passed = (State.UNSURE,) if rule == JointRule.ALL else ()
        return {photo_id: state for photo_id in every if now[photo_id] not in passed}, ""
    if state in now.values():
        return {}, ""  # one of them says so already
    open_ones = [photo_id for photo_id in every if now[photo_id] in (State.UNSEEN, State.UNSURE)]
    if len(open_ones) == 1:
        return {open_ones[0]: state}, ""  # all the others say it is not they
    if not open_ones:
        return {}, f"is {state.word} for the joint, but on none of its {len(photos)} photos"
    if several == Several.LEAVE:
        return {}, f"is {state.word} for the joint, and which of its {len(photos)} photos shows that is not known"
    return {photo_id: State.UNSURE for photo_id in open_ones if now[photo_id] == State.UNSEEN}, ""


def _known(blob: bytes, slot: int) -> State:
    """The present label; one that was only assumed says nothing against the joint."""
    byte = blob[slot] if slot < len(blob) else 0
    return State.UNSEEN if source_of(byte) == Source.ASSUMED else state_of(byte)
