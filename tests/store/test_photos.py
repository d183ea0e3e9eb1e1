"""Rows of photos, joints, splits and collections."""

import pytest

from weldstudio.domain.changes import Changes
from weldstudio.domain.photo import FoundPhoto, PhotoFacts
from weldstudio.domain.split import Split
from weldstudio.store import contractors, first_pass, photos, splits, unread
from weldstudio.store.store import Store


def test_facts_survive_and_what_a_person_said_of_equipment_stands(store: Store) -> None:
    photos.set_equipment(store, [2], "Redbox")
    facts = [
        PhotoFacts("a/00.jpg", 640, 480, 6, "2019-05-04T10:11:12", "Cam 1", "ab" * 32, 2**64 - 1, None),
        PhotoFacts("a/01.jpg", problem="The file is empty."),
        PhotoFacts("nowhere.jpg", 1, 1),
    ]
    changes = photos.record_facts(store, 1, facts)
    assert changes.photos == {1, 2}
    first, second = photos.get(store, 1), photos.get(store, 2)
    assert first is not None
    assert second is not None
    assert (first.width, first.height, first.orientation, first.taken_at) == (640, 480, 6, "2019-05-04T10:11:12")
    assert (first.equipment, first.content_hash, first.perceptual_hash) == ("Cam 1", "ab" * 32, 2**64 - 1)
    assert (second.equipment, second.problem) == ("Redbox", "The file is empty.")
    assert [row[0] for row in unread.without_facts(store)] == list(range(3, 13))
    first_pass.update_found(store, 1, [FoundPhoto("a/00.jpg", 7, 8)])
    assert unread.without_facts(store)[0] == (1, 1, "a/00.jpg", 7, 8)


def test_a_photo_found_twice_is_one_row(store: Store) -> None:
    found = [FoundPhoto("a/00.jpg", 1, 1), FoundPhoto("b/new.jpg", 1, 1)]
    assert first_pass.insert_found(store, 1, found).photos == {13}
    assert first_pass.insert_found(store, 1, found) == Changes()
    assert photos.count(store) == 13


def test_joints_join_by_reference(store: Store) -> None:
    splits.write(store, {1: Split.TRAIN, 2: Split.TEST}, seed=1)
    photos.set_joints(store, [(1, "J-1", "Smith"), (2, "J-1", None), (3, "J-2", None)])
    joined = {photo.id: photo.joint_id for photo in photos.every(store)}
    assert joined[1] == joined[2] != joined[3]
    joint = photos.joint(store, joined[2])
    assert joint is not None
    assert joint.reference == "J-1"
    assert contractors.every(store)[joint.contractor_id or 0].name == "Smith"
    assert {photo.joint_id for photo in photos.every(store)}.isdisjoint(splits.read(store))
    alone = photos.joint(store, joined[4])
    assert alone is not None
    assert alone.reference == "a/03.jpg"


def test_a_split_once_written_never_moves(store: Store) -> None:
    splits.write(store, {1: Split.TRAIN}, seed=1)
    splits.write(store, {1: Split.TEST, 2: Split.VALIDATION}, seed=2)
    assert splits.read(store) == {1: Split.TRAIN, 2: Split.VALIDATION}


def test_a_collection_lies_elsewhere_on_another_machine(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    here = photos.root_of(store, 1)
    monkeypatch.setattr("platform.node", lambda: "another")
    assert photos.root_of(store, 1) == here  # the best guess there is
    photos.set_root(store, 1, here / "moved")
    assert photos.root_of(store, 1) == here / "moved"
    monkeypatch.undo()
    assert photos.root_of(store, 1) == here
