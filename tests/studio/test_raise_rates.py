"""How often each expert raises a flag, by medium: the last word of each counts."""

import numpy as np

from weldstudio.domain.labelling import Source, State
from weldstudio.store import photos
from weldstudio.store.reading import Named
from weldstudio.store.store import Store
from weldstudio.studio import labelling, looks, raise_rates


def test_experts_are_counted_by_medium_and_by_their_last_word(welds: Store) -> None:
    photos.set_joint_facts(welds, photos.joints_shown(welds, [1, 2]), medium="Water")
    photos.set_joint_facts(welds, photos.joints_shown(welds, [3]), medium="water")
    labelling.set_state(welds, [1, 2], 0, State.RAISED, who="Ann")
    labelling.set_state(welds, [2], 0, State.CLEAR, who="Ann")  # she thinks better of it
    labelling.nothing_applies(welds, [3, 4], who="Ann")
    labelling.set_state(welds, [1], 0, State.CLEAR, who="Bob")
    labelling.set_state(welds, [5, 6], 0, State.RAISED, who="Import", source=Source.IMPORT)
    found = raise_rates.by_expert(welds)
    assert [(f.who, f.medium, f.photos, f.raised) for f in found] == [
        ("Ann", "", 1, 0),
        ("Ann", "Water", 3, 1),
        ("Bob", "Water", 1, 0),
    ]
    opened = [looks.photos(welds, ("expert", f.who, f.medium)).tolist() for f in found]
    assert opened == [[4], [1, 2, 3], [1]], "a number opens what it counts"
    assert looks.photos(welds, ("raised", "Ann", "Water")).tolist() == [1]
    low, high = found[1].interval
    assert 0 < low < found[1].rate < high < 1
    assert found[1].to_json()["rate"] == found[1].rate


def test_names_that_differ_in_case_alone_are_one() -> None:
    named = Named.of(np.array([2, 5, 7, 9]), ["Water", "", "gas", "WATER"])
    assert named.names == ("", "Water", "gas")
    assert [named.name_of(joint) for joint in (2, 5, 7, 9, 11)] == ["Water", "", "gas", "Water", ""]
