"""The queues of joints: what is in them, in which order, and how a joint reads in a line."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.studio.conftest import FLAGS
from weldstudio.domain.decision import Told
from weldstudio.domain.labelling import State
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.photo import FoundPhoto
from weldstudio.domain.verdict import Outcome, joint_state, verdict
from weldstudio.store import first_pass, mirror, models, photos, predictions
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import contractors, deciding, decisions, joints, labelling, projects, reviewing
from weldstudio.studio.joints import Queue
from weldstudio.studio.reviewing import Sort

ANN = "Ann"


@pytest.fixture
def pairs(tmp_path: Path) -> Iterator[Store]:
    """Six joints J0 to J5 of two photos each, every flag clear."""
    with projects.create(tmp_path / "p", scheme=FLAGS) as store:
        collection, _ = photos.add_collection(store, "north", tmp_path)
        found = [FoundPhoto(f"{n}.jpg", 1, 1) for n in range(12)]
        first_pass.insert_found(store, collection.id, found, [f"J{n // 2}" for n in range(12)])
        labelling.nothing_applies(store, range(1, 13), who=ANN)
        yield store


def ids(store: Store, *names: str) -> list[int]:
    found = joints.named(mirror.read(store), names)
    return [joint for name in names for joint in found[name]]


def names(store: Store, queue: Queue) -> list[str]:
    seen = mirror.read(store)
    return [row.name for row in joints.describe(seen, joints.queue(seen, queue).tolist())]


def test_the_inbox_holds_what_is_undecided_the_longest_waiting_first(pairs: Store) -> None:
    photos.set_taken(pairs, [(9, "2019-01-01T00:00:00"), (3, "2020-01-01T00:00:00")])
    decisions.decide(pairs, ids(pairs, "J0", "J5"), Told.ACCEPTED, who=ANN)
    # All came in together; then the one made first comes first, and those of unknown date before all.
    assert names(pairs, Queue.INBOX) == ["J2", "J3", "J4", "J1"]
    with pairs.atomic():
        pairs.execute("UPDATE photos SET added = 5 WHERE id IN (7, 8)")
    assert names(pairs, Queue.INBOX)[0] == "J3"
    (row,) = joints.describe(mirror.read(pairs), ids(pairs, "J3"), now=5 + 86_400)
    assert row.waiting_s in (86_399, 86_400)


def test_a_joint_comes_back_when_the_photo_asked_for_has_come(pairs: Store) -> None:
    decisions.decide(pairs, ids(pairs, "J1"), Told.NEW_PHOTO, who=ANN)
    assert "J1" not in names(pairs, Queue.INBOX)
    collection = photos.collections(pairs)[0]
    first_pass.insert_found(pairs, collection.id, [FoundPhoto("new.jpg", 1, 1)], ["J1"])
    with pairs.atomic():  # a second later
        pairs.execute("UPDATE photos SET added = added + 2 WHERE path = 'new.jpg'")
    assert "J1" in names(pairs, Queue.INBOX)


def test_issued_accept_now_reject_the_worst_first(pairs: Store) -> None:
    decisions.decide(pairs, ids(pairs, "J0", "J1", "J2", "J3"), Told.ACCEPTED, who=ANN)
    assert names(pairs, Queue.CHANGED) == []
    labelling.set_state(pairs, [3], 0, State.RAISED, who=ANN)
    labelling.set_state(pairs, [1], 0, State.RAISED, who=ANN)
    labelling.set_state(pairs, [1], 3, State.RAISED, who=ANN)
    labelling.set_state(pairs, [5], 3, State.RAISED, who=ANN)
    assert names(pairs, Queue.CHANGED) == ["J0", "J1"]
    photos.set_contractor(pairs, [5], "Smith")
    contractors.set_limit(pairs, "Smith", 15, valid_from=date(2020, 1, 1), who=ANN)
    assert names(pairs, Queue.CHANGED) == ["J0", "J1", "J2"]
    decisions.override(pairs, ids(pairs, "J0"), Outcome.ACCEPT, who=ANN, reason="dust")
    assert names(pairs, Queue.CHANGED) == ["J1", "J2"]
    decisions.decide(pairs, ids(pairs, "J1"), Told.REJECTED, who=ANN)
    assert names(pairs, Queue.CHANGED) == ["J2"]


def test_decisive_is_what_one_unsure_or_disputed_flag_would_turn_the_nearest_first(pairs: Store) -> None:
    labelling.set_state(pairs, [1], 0, State.UNSURE, who=ANN)  # J0: 0 or 50
    labelling.set_state(pairs, [3], 3, State.UNSURE, who=ANN)  # J1: 0 or 15, never 50
    labelling.set_state(pairs, [5, 6], 2, State.RAISED, who=ANN)  # J2: 5 ...
    labelling.set_state(pairs, [5], 0, State.UNSURE, who=ANN)  # ... or 55
    assert names(pairs, Queue.DECISIVE) == ["J2", "J0"]
    decisions.decide(pairs, ids(pairs, "J2"), Told.REJECTED, who=ANN)
    assert names(pairs, Queue.DECISIVE) == ["J0"]
    labelling.set_state(pairs, [7], 0, State.RAISED, who=ANN)  # J3: 50, which the model disputes
    card = ModelCard("m", "m", "net", tuple(ModelClass(slot, str(slot), 0.5) for slot in range(4)))
    models.add(pairs, card)
    models.activate(pairs, "m")
    said = np.full((12, 4), 0.1, np.float16)
    said[8, 0] = 0.9  # J4: clear, and the model raises soil
    predictions.write(pairs, "m", list(range(1, 13)), said)
    assert names(pairs, Queue.DECISIVE) == ["J3", "J0", "J4"]
    seen = mirror.read(pairs)
    rows = {name: np.flatnonzero(seen.joint == ids(pairs, name)[0]) for name in ("J0", "J1", "J3", "J4")}
    by = {name: [turning.text for turning in joints.turned_by(seen, of_joint)] for name, of_joint in rows.items()}
    photo = {row: seen.paths[row - 1] for row in (1, 7, 9)}
    assert by == {"J0": [f"soil ({photo[1]})"], "J1": [], "J3": [f"soil ({photo[7]})"], "J4": [f"soil ({photo[9]})"]}
    decisions.override(pairs, ids(pairs, "J3"), Outcome.REJECT, who=ANN, reason="seen on site")
    assert names(pairs, Queue.DECISIVE) == ["J0", "J4"]


def test_photos_are_queued_with_their_joint(pairs: Store) -> None:
    labelling.set_state(pairs, [1], 0, State.UNSURE, who=ANN)
    seen = mirror.read(pairs)
    queue = next(q for q in reviewing.QUEUES if q.id == "decisive")
    assert seen.ids[reviewing.select(seen, queue.filter, sort=queue.sort)].tolist() == [1, 2]
    assert [reviewing.queue_counts(seen)[queue] for queue in Queue] == [6, 1, 0]
    for sort in (Sort.WAITING, Sort.NEAREST, Sort.POINTS, Sort.OVER):
        rows = reviewing.select(seen, sort=sort)
        assert sorted(rows.tolist()) == list(range(12))
        assert (np.diff(np.flatnonzero(np.diff(seen.joint[rows]))) == 2).all(), "a joint's photos stay together"


def test_joints_are_filtered_by_what_is_known_of_them(pairs: Store) -> None:
    photos.set_joint_facts(pairs, ids(pairs, "J0", "J1"), kind="coupler")
    photos.set_joint_facts(pairs, ids(pairs, "J1", "J2"), medium="Water")
    decisions.decide(pairs, ids(pairs, "J4"), Told.NEW_PHOTO, who=ANN)
    decisions.override(pairs, ids(pairs, "J5"), Outcome.REJECT, who=ANN, reason="bent")
    seen = mirror.read(pairs)

    def found(text: str) -> list[int]:
        return seen.ids[reviewing.select(seen, reviewing.parse(text, seen.scheme))].tolist()

    assert found("type:coupler") == [1, 2, 3, 4]
    assert found("type:coupler medium:water") == [3, 4]
    assert found("decision:new-photo") == [9, 10]
    assert len(found("decision:none")) == 10
    assert found("overridden") == found("verdict:reject") == [11, 12]
    assert found("predicted:open") == list(range(1, 13))
    assert found("-inbox") == [9, 10]
    with pytest.raises(reviewing.FilterError, match="new-photo"):
        found("decision:maybe")


def test_a_line_says_all_of_a_joint(pairs: Store) -> None:
    photos.set_contractor(pairs, [1], "Smith")
    photos.set_joint_facts(pairs, ids(pairs, "J0"), kind="tapping-T", medium="gas")
    labelling.set_state(pairs, [1], 0, State.UNSURE, who=ANN)
    decisions.decide(pairs, ids(pairs, "J0"), Told.REJECTED, who=ANN, reason="soil")
    decisions.override(pairs, ids(pairs, "J0"), Outcome.ACCEPT, who=ANN, reason="dust")
    seen = mirror.read(pairs)
    (row,) = decisions.in_full(pairs, joints.describe(seen, ids(pairs, "j0")))
    assert (row.contractor, row.type, row.medium, row.photos) == ("Smith", "tapping-T", "gas", 2)
    assert (row.labels.low, row.labels.high, row.outcome, row.waiting_s) == (0, 50, Outcome.ACCEPT, None)
    said = row.to_json(seen.scheme)
    assert said["labels"]["unsure"] == [seen.scheme.by_slot(0).name]
    assert decisions.scheme_at(pairs, said["decision"]["moment"]["scheme"]) == seen.scheme
    assert said["decision"]["said"] == "rejected"
    assert said["decision"]["moment"]["reject_limit"] == 50
    assert said["override"]["reason"] == "dust"
    with pytest.raises(KeyError, match="no joint 999"):
        joints.describe(mirror.read(pairs), [999])


def test_a_preview_of_a_limit_names_the_joints_that_move(pairs: Store) -> None:
    photos.set_contractor(pairs, [1, 3, 5], "Smith")
    photos.set_taken(pairs, [(1, "2025-06-01T00:00:00"), (3, "2026-06-01T00:00:00"), (5, "2026-06-01T00:00:00")])
    labelling.set_state(pairs, [1, 3], 3, State.RAISED, who=ANN)
    seen = mirror.read(pairs)
    tried = contractors.preview(seen, "smith", 15, valid_from=date(2026, 1, 1))
    assert (tried.joints, tried.moved, list(tried.to_reject)) == (2, 1, ids(pairs, "J1"))
    assert "1 verdict moves: 1 to reject" in tried.sentence
    done = contractors.set_limit(pairs, "Smith", 15, valid_from=date(2026, 1, 1), who=ANN)
    seen = mirror.read(pairs)
    assert np.array_equal(np.flatnonzero(deciding.outcomes(seen)), [1])
    (row,) = contractors.table(seen)
    assert (row.name, row.reject_limit, row.joints, row.rejected) == ("Smith", 15, 3, 1)
    back = contractors.preview(seen, "Smith", None, valid_from=date(2026, 1, 1))
    assert back.to_accept == tried.to_reject
    assert done.action_id is not None
    labelling.revert(pairs, done.action_id, who=ANN)
    assert not deciding.outcomes(mirror.read(pairs)).any()


def one_by_one(seen: Mirror, limit: int = 50) -> dict[int, list[int]]:
    """By joint, whether answering any one unsure flag of it would settle accept or reject: asked of `verdict`."""
    turned: dict[int, list[int]] = {}
    for joint in np.unique(seen.joint):
        labels = seen.labels[seen.joint == joint]
        for item in seen.scheme.classes:
            states = seen.scheme.states_of(item.slot, labels)
            if joint_state(states, seen.scheme.joint_rule_of(item.slot)) != State.UNSURE:
                continue
            raised, clear = labels.copy(), labels.copy()
            raised[states == State.UNSURE, item.slot] = State.RAISED
            clear[states == State.UNSURE, item.slot] = State.CLEAR
            with_it, without = verdict(seen.scheme, raised, limit), verdict(seen.scheme, clear, limit)
            if (with_it.low >= limit) != (without.low >= limit):
                turned.setdefault(int(joint), []).append(item.slot)
    return turned


@given(arrays(np.uint8, (12, 4), elements=st.integers(0, 3)), st.lists(st.integers(1, 5), min_size=12, max_size=12))
def test_decisive_is_what_the_rule_for_one_joint_says(labels: np.ndarray, joint: list[int]) -> None:
    seen = Mirror(
        ids=np.arange(1, 13),
        labels=labels,
        joint=np.array(joint, np.int64),
        taken=np.full(12, -1),
        added=np.zeros(12, np.int64),
        paths=[f"{n}.jpg" for n in range(12)],
        scheme=FLAGS,
    )
    assert set(joints.queue(seen, Queue.DECISIVE).tolist()) == set(one_by_one(seen))
