"""Photographs behind numbers that no filter tells: who looked at which, in which week, where a label came from."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.clock import wall_seconds
from weldstudio.domain.labelling import State, looked_at, sources, states
from weldstudio.store import events
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import suspects
from weldstudio.studio.months import times

WEEK: Final = "week"
EXPERT: Final = "expert"
RAISED: Final = "raised"
SOURCE: Final = "source"
PART: Final = "part"
ANSWERED: Final = "answered"
TWINS: Final = "twins"


def photos(store: Store, ask: Sequence[str]) -> NDArray[np.int64]:
    """Ids, ascending: ('week', its Monday), ('expert', name, medium), or of these ('raised', name, medium).

    ValueError for anything else.
    """
    match tuple(ask):
        case ("week", monday):
            looks = events.first_looks(store, 0, np.iinfo(np.int64).max)
            there = np.array([photo for photo, _ in looks], np.int64)
            return there[mondays([clock for _, clock in looks]) == np.datetime64(monday)]
        case ("expert" | "raised" as word, who, medium):
            found = events.looked_at_by(store, who)
            alike = [one for one in found if one[1].casefold() == medium.casefold()]
            return np.array([photo for photo, _, raised in alike if word == EXPERT or raised], np.int64)
        case _:
            raise ValueError(f"the project's file does not tell {ask}")


def of_part(mirror: Mirror, equipment: str, month: str, what: str) -> NDArray[np.int64]:
    """Ids, ascending, of photos of one kind of equipment and one month (or year) of `quality.parts`, '' = not known.

    `what` is '' for all, 'looked', a state's word for those with such a label, 'suspect' for those with a suspect; a
    slot may stand behind the last two, as in 'raised 3'.
    """
    codes, names = times(mirror.taken)
    there = (codes == next(code for code, name in names.items() if name == month)) if month in names.values() else False
    known = {name: code for code, name in enumerate(mirror.equipments)}
    chosen = there & (mirror.equipment == known.get(equipment, -1))
    word, _, slot = what.partition(" ")
    slots = [int(slot)] if slot else [item.slot for item in mirror.scheme.classes]
    if word == "looked":
        chosen = chosen & looked_at(mirror.labels)
    elif word == "suspect":
        chosen = chosen & np.any([suspects.proposed(mirror, one) > 0 for one in slots], axis=0)
    elif word:
        chosen = chosen & np.any([mirror.states(one) == State.of_word(word) for one in slots], axis=0)
    return mirror.ids[chosen]


def contradicted(mirror: Mirror) -> NDArray[np.int64]:
    """Ids, ascending, of photos with a suspect that near-duplicates contradict."""
    slots = [item.slot for item in mirror.scheme.classes]
    return mirror.ids[np.any([suspects.proposed(mirror, slot) >= suspects.TWIN for slot in slots], axis=0)]


def answered(mirror: Mirror, slot: int, kind: str, said: Sequence[str]) -> NDArray[np.int64]:
    """Ids, ascending, of photos whose suspect of a flag and kind was answered for in one of these ways."""
    given = ((photo, one.get(slot)) for photo, one in mirror.reviews.suspects.items())
    there = [photo for photo, one in given if one and one.state == suspects.STATE[kind] and one.said in said]
    return np.array(sorted(there), np.int64)


def from_source(mirror: Mirror, slot: int, source: int) -> NDArray[np.int64]:
    """Ids, ascending, of photos whose label of a flag came from there."""
    labels = mirror.labels[:, slot]
    return mirror.ids[(sources(labels) == source) & (states(labels) != State.UNSEEN)]


def mondays(clocks: Sequence[int]) -> NDArray[np.datetime64]:
    """(n,) first day of the week in which each of these hybrid times lies."""
    days = np.array([wall_seconds(clock) for clock in clocks]).astype("datetime64[s]").astype("datetime64[D]")
    return days - ((days.astype(np.int64) + 3) % 7).astype("timedelta64[D]")  # 1 January 1970 was a Thursday
