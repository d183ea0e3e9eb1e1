"""What a label says of other labels of the same photo: pure rules on its label bytes, no store.

Two rules keep the law that a class has the state that was given to it: of a group at most one flag is raised, and a
merge follows from its members as well as from what was said of itself. Only who says in one breath that two flags of a
group are raised (a label file may) contradicts himself: both stay, and the photo is listed (`reviewing`, the word
`contradiction`).
"""

from collections.abc import Sequence

from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.scheme import Merge, Scheme, telling

Edit = tuple[int, int, int]
"""(slot, old label byte, new label byte)"""

_WEIGHT = {
    Source.NONE: 0,
    Source.ASSUMED: 1,
    Source.IMPORT: 2,
    Source.ACCEPTED: 3,
    Source.HAND: 4,
    Source.BULK: 4,
    Source.COPIED: 4,
    Source.REVERT: 4,
}
"""How much a label of that source says. The same state from a weightier source is news: somebody has confirmed it."""


def entailed_edits(
    scheme: Scheme, before: bytes, wanted: Sequence[tuple[int, State]], source: Source
) -> tuple[Edit, ...]:
    """What has to change on one photo so that these classes have these states, in turn.

    `before` holds its label bytes by slot (missing ones are unseen), `wanted` (slot, state). What is so already, from a
    source that weighs as much, is left out.
    """
    return Entailment(scheme, wanted, source).edits(before)


class Entailment:
    """`entailed_edits` for many photos of which the same is wanted: labelled alike, they are thought through once."""

    def __init__(self, scheme: Scheme, wanted: Sequence[tuple[int, State]], source: Source) -> None:
        self._scheme = scheme
        self._wanted = tuple(wanted)
        self._source = source
        self._width = scheme.slots
        touchable: set[int] = set()
        for slot, _ in self._wanted:
            item = scheme.by_slot(slot)
            touchable |= {slot, *_rivals(scheme, slot)}
            if isinstance(item, Merge):
                touchable |= set(item.members)
        self.touchable = sorted(touchable)
        """The slots that all follows from, and that may change."""
        self._known: dict[bytes, tuple[Edit, ...]] = {}

    def edits(self, before: bytes) -> tuple[Edit, ...]:
        """The edits for a photo with these label bytes."""
        if len(before) < self._width:
            before = before.ljust(self._width, b"\0")
        key = bytes([before[slot] for slot in self.touchable])
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._thought_through(before)
        return found

    def _thought_through(self, before: bytes) -> tuple[Edit, ...]:
        now = bytearray(before)
        raised = {slot for slot, state in self._wanted if state == State.RAISED}
        said: set[int] = set()
        for slot, state in self._wanted:
            now[slot] = label_byte(state, self._source)
            said.add(slot)
            for other, follows in _consequences(self._scheme, now, slot, state, self._source):
                if other in raised and follows == State.CLEAR and state == State.RAISED:
                    continue
                now[other] = label_byte(follows, self._source)
                said.discard(other)
        edits = []
        for slot in self.touchable:
            old, new = before[slot], now[slot]
            confirmed = slot in said and new & 3 and _WEIGHT[self._source] > _WEIGHT[Source(old >> 2)]
            if old & 3 != new & 3 or confirmed:
                edits.append((slot, old, new))
        return tuple(edits)


def _consequences(scheme: Scheme, now: bytearray, slot: int, state: State, source: Source) -> list[tuple[int, State]]:
    """Labels (slot, state) beside the one just set that must change with it."""
    item = scheme.by_slot(slot)
    found: list[tuple[int, State]] = []
    if isinstance(item, Merge):
        found += _below(scheme, item, now, state, source)
    if state == State.RAISED:
        found += [(other, State.CLEAR) for other in _rivals(scheme, slot) if now[other] & 3 != State.CLEAR]
    return found


def _rivals(scheme: Scheme, slot: int) -> list[int]:
    """The other flags of the group of a flag, or of the one group that holds all members of a merge."""
    item = scheme.by_slot(slot)
    own = set(item.members) if isinstance(item, Merge) else {slot}
    for group in scheme.groups:
        if own <= set(group.members):
            # A merge of members of this group that holds none of ours is raised no more either.
            merges = [
                m.slot for m in scheme.live_merges if m.slot != slot and set(m.members) <= set(group.members) - own
            ]
            return [other for other in (*group.members, *merges) if other not in own]
    return []


def _below(scheme: Scheme, merge: Merge, now: bytearray, state: State, source: Source) -> list[tuple[int, State]]:
    """What was just said of a merge, for its members: none holds if it does not; and none may outvote it.

    How members and merge are counted together is `domain.labelling.merged_states`. What a person has said of a member
    stands against a file: then the two contradict each other, and wait in the queue of contradictions.
    """
    members = {slot: State(now[slot] & 3) for slot in merge.members}
    if state == State.RAISED:
        # Which member it is, nobody said; only that all of them are clear cannot be true any more.
        denied = all(members[slot] == State.CLEAR for slot in telling(scheme, merge))
        changed = [slot for slot, given in members.items() if given == State.CLEAR] if denied else []
        state = State.UNSEEN
    elif state == State.CLEAR:
        changed = [slot for slot, given in members.items() if given != State.CLEAR]
    elif all(given == State.CLEAR for given in members.values()):
        changed = list(members)
    else:
        outvoting = (State.RAISED,) if state == State.UNSURE else (State.RAISED, State.UNSURE)
        changed = [slot for slot, given in members.items() if given in outvoting]
    return [(slot, state) for slot in changed if _WEIGHT[Source(now[slot] >> 2)] <= _WEIGHT[source]]
