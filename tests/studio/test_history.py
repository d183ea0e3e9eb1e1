"""Histories: everything that was done to a thing is in its history, and anything in it can be taken back, later."""

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import history, labelling, notes, scheme


def test_a_photo_tells_who_did_what(welds: Store) -> None:
    labelling.set_state(welds, [1], 0, State.RAISED, who="Ann")
    bulk = labelling.set_state(welds, [1, 2, 3], 1, State.RAISED, who="Bob")
    notes.note_photo(welds, 1, "look again", who="Ann")
    labelling.set_state(welds, [2], 0, State.CLEAR, who="Ann")
    assert bulk.action_id is not None
    back = labelling.revert(welds, bulk.action_id, who="Ann")
    found = history.of_photo(welds, 1)
    assert [(entry.who, entry.kind) for entry in found] == [
        ("Ann", "revert"),
        ("Ann", "note"),
        ("Bob", "label"),
        ("Ann", "label"),
    ]
    assert found[-1].details == ("soil: unseen → raised, by hand",)
    assert found[2].details == ("no clamp: unseen → raised, with others", "few clamps: unseen → clear, with others")
    assert found[2].taken_back_by == "Ann"
    assert found[0].text == "Taken back: no clamp: raised on 3 photographs"
    assert [entry.kind for entry in history.of_photo(welds, 1, slot=0)] == ["label"]
    assert back.action_id is not None
    again = labelling.revert(welds, back.action_id, who="Bob")
    newest, taken_back, _, bulk_entry, _ = history.of_photo(welds, 1)
    assert newest.text == "Done again: no clamp: raised on 3 photographs"
    assert (taken_back.taken_back_by, bulk_entry.taken_back_by) == ("Bob", "")
    assert again.action_id is not None
    labelling.revert(welds, again.action_id, who="Cleo")
    newest, _, taken_back, _, bulk_entry, _ = history.of_photo(welds, 1)
    assert newest.text == taken_back.text == "Taken back: no clamp: raised on 3 photographs"
    assert (taken_back.taken_back_by, bulk_entry.taken_back_by) == ("", "Cleo")


def test_a_joint_tells_of_all_its_photos(welds: Store) -> None:
    photos.set_joints(welds, [(3, "J-1", None), (4, "J-1", None)])
    joint = history.joint_of(welds, 3)
    labelling.set_state(welds, [3], 0, State.RAISED, who="Ann")
    labelling.set_state(welds, [4, 5], 0, State.CLEAR, who="Bob")
    notes.note_joint(welds, joint, "the crew was told", who="Ann")
    newest, bulk, oldest = history.of_joint(welds, joint)
    assert newest.details == ("note: the crew was told",)
    assert bulk.details == ("03.jpg · soil: unseen → clear, with others",)
    assert oldest.details == ("02.jpg · soil: unseen → raised, by hand",)


def test_a_flag_tells_of_its_labels_and_of_itself(welds: Store) -> None:
    labelling.set_state(welds, [1, 2, 3], 0, State.RAISED, who="Ann")
    scheme.change_points(welds, 0, 20, who="Lead")
    scheme.change_points(welds, 3, 1, who="Lead")
    points, labels = history.of_class(welds, 0)
    assert points.details == ("points: 50 → 20",)
    assert labels.details == ("soil: raised, with others, and 2 more",)
    everything = history.everything(welds)
    assert [entry.who for entry in everything] == ["Lead", "Lead", "Ann"]
    assert everything[-1].details == ("3 labels",)
    labelling.nothing_applies(welds, [4], who="Zoe")
    one = history.everything(welds, who="Zoe")[0]
    assert one.details == (f"{len(welds.rows('SELECT n FROM label_events')) - 3} labels on a/03.jpg",)
    one_label = labelling.set_state(welds, [5], 0, State.UNSURE, who="Zoe")
    assert one_label.action_id is not None
    assert history.effect(welds, one_label.action_id).text == "1 label of 1 photograph goes back"
    assert history.everything(welds, who="Ann")[0].action_id == labels.action_id


def test_a_colleagues_action_of_an_earlier_session_is_taken_back(welds: Store) -> None:
    done = labelling.set_state(welds, [1, 2, 3], 0, State.RAISED, who="Bob")
    labelling.set_state(welds, [2], 0, State.CLEAR, who="Ann")
    labelling.set_state(welds, [1], 3, State.RAISED, who="Ann")
    folder = welds.folder
    welds.close()
    assert done.action_id is not None
    with Store.open(folder) as again:
        effect = history.effect(again, done.action_id)
        assert (effect.labels, effect.photos, effect.others, effect.changed_since) == (2, 2, 0, 1)
        assert effect.text == "2 labels of 2 photographs go back; 1 changed since and stays"
        labelling.revert(again, done.action_id, who="Ann")
        after = history.effect(again, done.action_id)
        assert (after.labels, after.changed_since) == (0, 1)
        states = {photo: blob[0] & 3 for photo, blob in again.rows("SELECT photo_id, labels FROM label_now")}
        assert states == {1: State.UNSEEN, 2: State.CLEAR, 3: State.UNSEEN}
        with pytest.raises(EditRefused, match="no longer in the history"):
            history.effect(again, "nonsense")
