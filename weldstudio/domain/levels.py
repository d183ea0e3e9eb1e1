"""Flags, merges or both: what stands for the members of a merge in verdicts, exports and trainings.

At the level of both, a merge counts only where its flags do not tell: of a merge and its flags never two are counted.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Level, Merge, Scheme, SchemeClass, level_of, telling

States = NDArray[np.uint8]


def classes_at(scheme: Scheme, level: Level) -> tuple[SchemeClass, ...]:
    """The classes of a level in the order of the scheme: at that of both, each merge before its first flag.

    A flag that stands for a merged level (`level_of`) is no class beside the merge's other flags.
    """
    if level == Level.MERGES or not scheme.live_merges:
        return scheme.classes
    merge_of: dict[int, Merge] = {slot: merge for merge in scheme.live_merges for slot in merge.members}
    standing = {level_of(scheme, merge) for merge in scheme.live_merges}
    shown: dict[int, SchemeClass] = {}
    for flag in scheme.live_flags:
        if flag.slot in standing:
            continue
        if level == Level.BOTH and flag.slot in merge_of:
            shown.setdefault(merge_of[flag.slot].slot, merge_of[flag.slot])
        shown[flag.slot] = flag
    return tuple(shown.values())


def needed_at(scheme: Scheme, level: Level) -> tuple[SchemeClass, ...]:
    """The classes whose states `told_once` asks for."""
    return classes_at(scheme, Level.MERGES if level == Level.MERGES else Level.BOTH)


def told_once(scheme: Scheme, level: Level, found: Mapping[int, States]) -> dict[int, States]:
    """States by slot, (n,) uint8 each, of the classes of a level from those of `needed_at`: nothing is counted twice.

    Flags: what a raised merge is, nobody has said where its flags are unseen, so these are unsure; they are clear where
    it is. Both: the merge counts where it is raised and none of its flags is, else they count in its place.
    """
    result = dict(found)
    for merge in scheme.live_merges if level != Level.MERGES else ():
        members = telling(scheme, merge)
        own = found[merge.slot].copy()
        below = np.stack([found[slot] for slot in members])
        raised = (below == State.RAISED).any(axis=0)
        if level == Level.FLAGS:
            unseen = below == State.UNSEEN
            below[unseen & ~raised & np.isin(own, (State.RAISED, State.UNSURE))] = State.UNSURE
            below[unseen & (own == State.CLEAR)] = State.CLEAR
        else:
            tell = raised | ((below == State.UNSURE).any(axis=0) & (own != State.RAISED))
            below[:, ~tell & (own != State.UNSEEN)] = State.CLEAR
            own[tell] = State.CLEAR
        result |= dict(zip(members, below, strict=True))
        result[merge.slot] = own
    return {item.slot: result[item.slot] for item in classes_at(scheme, level)}
