"""What a change of many photos would do is what it then does."""

import numpy as np
import pytest

from weldstudio.domain.decision import Told
from weldstudio.domain.labelling import Source, State
from weldstudio.store import mirror, photos
from weldstudio.store.store import Store
from weldstudio.studio import bulk_preview, copying, deciding, decisions, history, labelling, merging
from weldstudio.studio.deciding import Said

IDS = tuple(range(1, 13))


def test_counts_states_and_verdicts(welds: Store) -> None:
    photos.set_joints(welds, [(3, "J-1", None), (4, "J-1", None)])
    labelling.nothing_applies(welds, [1, 2, 3, 4], who="Ann")
    labelling.set_state(welds, [5], 0, State.UNSURE, who="Ann")
    labelling.set_state(welds, [6, 7], 0, State.RAISED, who="Ann")
    decisions.decide(welds, [history.joint_of(welds, 1)], Told.ACCEPTED, who="Ann")
    before = mirror.read(welds)
    found = bulk_preview.preview(before, IDS, [(0, State.RAISED)], source=Source.BULK)
    assert (found.photos, found.changed, found.confirmed) == (12, 10, 0)
    (soil,) = found.classes
    assert (soil.name, soil.before) == ("soil", {State.UNSEEN: 5, State.CLEAR: 4, State.UNSURE: 1})
    assert soil.after == {State.RAISED: 10}
    assert soil.text == "soil: 5 unseen, 4 clear, 1 unsure → raised"
    assert {one.after for one in found.moved} == {Said.REJECT}
    assert (len(found.moved), found.decided) == (9, 1)
    assert found.moves.sentence == "9 verdicts move: 9 to reject. 1 of them is decided; what was told stands."
    assert np.array_equal(before.labels, mirror.read(welds).labels)  # only looked at
    labelling.set_state(welds, IDS, 0, State.RAISED, who="Ann")
    assert np.array_equal(deciding.outcomes(mirror.read(welds)), [Said.REJECT] * 11)


def test_what_follows_in_a_group_and_a_merge_is_counted(welds: Store) -> None:
    labelling.set_state(welds, [1, 2], 2, State.RAISED, who="Ann")
    found = bulk_preview.preview(mirror.read(welds), [1, 2, 3], [(1, State.RAISED)], source=Source.BULK)
    assert [(one.name, one.after) for one in found.classes] == [
        ("no clamp", {State.RAISED: 3}),
        ("few clamps", {State.CLEAR: 3}),
    ]
    merging.merge(welds, "clamping", [1, 2], who="Ann")
    found = bulk_preview.preview(mirror.read(welds), [1, 2, 3], [(1, State.RAISED)], source=Source.BULK)
    assert [one.text for one in found.classes] == ["clamping: 1 unseen → raised"]


def test_an_imported_label_is_confirmed(welds: Store) -> None:
    labelling.set_state(welds, [1, 2], 0, State.CLEAR, who="Ann", source=Source.IMPORT)
    found = bulk_preview.preview(mirror.read(welds), [1, 2, 3], [(0, State.CLEAR)], source=Source.BULK)
    assert (found.changed, found.confirmed) == (1, 2)
    assert found.text.splitlines()[0] == "1 of 3 photographs change; 2 are confirmed."
    assert found.moves.sentence == "No verdict moves."


@pytest.mark.parametrize("seed", range(20))
def test_the_preview_is_what_happens(welds: Store, seed: int) -> None:
    chance = np.random.default_rng(seed)
    if seed % 2:
        merging.merge(welds, "dirt", [0, 3], who="Ann")
    for _ in range(15):
        slots = [item.slot for item in mirror.read(welds).scheme.classes]
        source = Source(int(chance.choice([Source.HAND, Source.IMPORT, Source.ASSUMED])))
        some = chance.choice(IDS, 5, replace=False).tolist()
        labelling.set_state(
            welds, some, int(chance.choice(slots)), State(int(chance.integers(4))), who="A", source=source
        )
    slot, state = int(chance.choice(slots)), State(int(chance.integers(4)))
    before = mirror.read(welds)
    was = deciding.outcomes(before)
    found = bulk_preview.preview(before, IDS, [(slot, state)], source=Source.BULK)
    labelling.set_state(welds, IDS, slot, state, who="Ann")
    after = mirror.read(welds)
    becomes = deciding.outcomes(after)
    joints = before.joint_order[0]
    assert {(m.joint_id, m.before, m.after) for m in found.moved} == {
        (int(j), w, b) for j, w, b in zip(joints, was, becomes, strict=True) if w != b
    }
    differ = [before.states(item.slot) != after.states(item.slot) for item in after.scheme.classes]
    assert found.changed == int(np.any(differ, axis=0).sum())


def test_copying_gives_what_is_said_and_leaves_the_rest(welds: Store) -> None:
    labelling.set_state(welds, [1], 1, State.RAISED, who="Ann")
    labelling.set_state(welds, [1], 0, State.UNSURE, who="Ann")
    labelling.set_state(welds, [2], 3, State.RAISED, who="Ann")
    labelling.set_state(welds, [2], 2, State.RAISED, who="Ann")
    done = copying.copy_labels(welds, 1, [1, 2, 3], who="Bob")
    assert done.text == "Labels copied from 00.jpg on 2 photographs"
    found = mirror.read(welds)
    assert [found.states(slot)[1] for slot in range(4)] == [State.UNSURE, State.RAISED, State.CLEAR, State.RAISED]
    assert found.labels[2, 0] >> 2 == Source.COPIED
    (entry, *_) = history.of_photo(welds, 3)
    assert "soil: unseen → unsure, copied" in entry.details
    assert found.labels[0, 0] >> 2 == Source.HAND


def test_the_other_photo_of_a_joint_is_the_nearest_with_labels(welds: Store) -> None:
    photos.set_joints(welds, [(n, "J-1", None) for n in (3, 4, 5, 6)])
    assert copying.other_of_joint(mirror.read(welds), 5) is None
    labelling.set_state(welds, [3, 6], 0, State.CLEAR, who="Ann")
    found = mirror.read(welds)
    assert [copying.other_of_joint(found, photo) for photo in (3, 4, 5, 6)] == [6, 3, 3, 3]
    assert copying.other_of_joint(found, 1) is None
