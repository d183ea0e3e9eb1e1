"""Notes, decisions and schemes between desks: idempotent, in any order, nothing overwritten unsaid."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studio.conftest import FLAGS
from tests.studio.test_bundling import answers, desk, exchange, labelling_now, sent, taken
from weldstudio.domain.decision import Told
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Flag, JointRule, Scheme
from weldstudio.domain.verdict import Outcome
from weldstudio.store import decided, first_pass, photos
from weldstudio.store.store import Store
from weldstudio.studio import bundling, conflicts, decisions, history, labelling, merging, notes, projects, scheme

JOINT = 1


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B") as bob:
        for store in (ann, bob):
            photos.set_joints(store, [(3, "J-1", None), (4, "J-1", None)])
        yield ann, bob


def said(store: Store) -> dict[int, tuple[str, str, str]]:
    """Decisions by the reference of their joint or, without one, its number."""
    found = decided.read(store)
    every = {int(row["joint"]): found.decision_of(int(row["joint"])) for row in found.rows}
    return {joint: (d.said.word, d.who, d.reason) for joint, d in every.items() if d is not None}


def joint_of(store: Store, photo: int) -> int:
    return history.joint_of(store, photo)


def test_notes_travel_and_the_later_one_is_shown(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    notes.note_photo(ann, 1, "dirt", who="Ann")
    notes.note_joint(ann, joint_of(ann, 3), "the crew was told", who="Ann")
    notes.note_photo(bob, 1, "sand, not dirt", who="Bob")
    exchange(ann, bob, tmp_path)
    for store in pair:
        assert notes.on_photo(store, 1) == "sand, not dirt"
        assert notes.on_joint(store, joint_of(store, 4)) == "the crew was told"
        texts = [detail for entry in history.of_photo(store, 1) for detail in entry.details]
        assert texts == ["note: sand, not dirt", "note: dirt"]
    report = taken(bob, sent(ann, tmp_path / "again"))
    assert (report.notes, report.known) == (0, 3)


def test_taking_a_note_back_travels(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    done = notes.note_photo(ann, 1, "dirt", who="Ann").action_id
    exchange(ann, bob, tmp_path)
    assert done is not None
    labelling.revert(bob, done, who="Bob")
    exchange(ann, bob, tmp_path)
    assert notes.on_photo(ann, 1) == notes.on_photo(bob, 1) == ""


def test_decisions_travel_with_their_moment(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    labelling.set_state(ann, [3, 4], 0, State.RAISED, who="Ann")
    joint = joint_of(ann, 3)
    decisions.decide(ann, [joint], Told.REJECTED, who="Ann", reason="soil")
    decisions.override(ann, [joint_of(ann, 1)], Outcome.ACCEPT, who="Ann", reason="cleaned since")
    report = taken(bob, sent(ann, tmp_path / "a"))
    assert (report.labels, report.decisions, report.waiting) == (2, 2, 0)
    there = joint_of(bob, 4)
    assert said(bob) == {there: ("rejected", "Ann", "soil")}
    found = decided.read(bob)
    decision = found.decision_of(there)
    assert decision is not None
    assert (decision.moment.low, decision.moment.reject_limit) == (50, 50)
    assert {joint: one.reason for joint, one in found.overrides.items()} == {joint_of(bob, 1): "cleaned since"}
    assert bob.rows("SELECT digest FROM decided_schemes") == ann.rows("SELECT digest FROM decided_schemes")
    again = taken(bob, sent(ann, tmp_path / "a"))
    assert (again.decisions, again.known) == (0, 4)


def test_a_decision_brought_back_keeps_who_made_it(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    joint = joint_of(ann, 1)
    decisions.decide(ann, [joint], Told.ACCEPTED, who="Ann")
    withdrawn = decisions.withdraw(ann, [joint], who="Cara").action_id
    assert withdrawn is not None
    labelling.revert(ann, withdrawn, who="Dan")
    exchange(ann, bob, tmp_path)
    assert list(said(bob).values()) == [("accepted", "Ann", "")]


def test_different_decisions_are_a_conflict_until_somebody_decides_again(
    pair: tuple[Store, Store], tmp_path: Path
) -> None:
    ann, bob = pair
    for store, told, who in ((ann, Told.ACCEPTED, "Ann"), (bob, Told.REJECTED, "Bob")):
        decisions.decide(store, [joint_of(store, 3)], told, who=who)
    exchange(ann, bob, tmp_path)
    for store in pair:
        (one,) = conflicts.joints_listed(store)
        assert (one.name, [answer[:2] for answer in one.answers]) == (
            "J-1",
            [("Ann", "accepted"), ("Bob", "rejected")],
        )
        assert decided.read(store).conflicts == {joint_of(store, 3)}
    again = decisions.decide(ann, [joint_of(ann, 3)], Told.REJECTED, who="Ann").action_id  # what holds already
    assert again is not None
    assert conflicts.joints_listed(ann) == ()
    exchange(ann, bob, tmp_path)
    assert conflicts.joints_listed(bob) == ()
    assert list(said(bob).values()) == [("rejected", "Ann", "")]
    labelling.revert(ann, again, who="Ann")
    exchange(ann, bob, tmp_path)
    for store in pair:
        assert len(conflicts.joints_listed(store)) == 1


def test_what_is_said_of_photos_that_are_elsewhere_waits_and_travels_on(tmp_path: Path) -> None:
    with desk(tmp_path / "A") as ann, desk(tmp_path / "B", count=2) as bob, desk(tmp_path / "C") as cara:
        notes.note_photo(ann, 4, "dirt", who="Ann")
        decisions.decide(ann, [joint_of(ann, 4)], Told.ACCEPTED, who="Ann")
        report = taken(bob, sent(ann, tmp_path / "a"))
        assert (report.notes, report.decisions, report.waiting, report.missing_photos) == (0, 0, 2, 1)
        taken(cara, sent(bob, tmp_path / "b"))
        assert notes.on_photo(cara, 4) == "dirt"
        assert list(said(cara).values()) == [("accepted", "Ann", "")]
        found = ann.rows("SELECT path, size, mtime_ns FROM photos WHERE id > 2")
        with bob.atomic():
            first_pass.insert_found(bob, 1, [first_pass.FoundPhoto(*row) for row in found])
        report = taken(bob, sent(ann, tmp_path / "a"))
        assert (report.notes, report.decisions, report.waiting) == (1, 1, 0)
        assert notes.on_photo(bob, 4) == "dirt"


# ── Schemes ───────────────────────────────────────────────────────────────────────────────────────


def test_what_differs_in_the_scheme_is_said_and_can_be_taken_over(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    scheme.change_points(ann, 0, 35, who="Ann")
    scheme.change_joint_rule(ann, 3, JointRule.ALL, who="Ann")
    scheme.add_flag(ann, "mud", 5, who="Ann")
    merging.merge(ann, "contamination", [0, 3], who="Ann")
    file = sent(ann, tmp_path / "a")
    report = taken(bob, file)
    assert report.missing_flags == ("mud", "contamination")  # though nothing is labelled with them
    assert report.differences == (
        "'soil' costs 35 points there and 50 here",
        f"'water' holds for a joint by the rule '{JointRule.ALL}' there",
    )
    report = taken(bob, file, new_flags=True)
    ours = projects.load_scheme(bob)
    assert (report.missing_flags, ours.by_name("soil").slot, ours.points_of(0)) == ((), 0, 50)
    assert ours.by_name("contamination").members == (0, 3)  # type: ignore[union-attr]
    for _ in bundling.take(bob, file, who="Bob", new_scheme=True):
        pass
    assert projects.load_scheme(bob).points_of(0) == 35
    assert taken(bob, file).differences == ()


def test_a_flag_renamed_at_one_desk_is_the_same_flag_at_the_other(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    labelling.set_state(ann, [1], 0, State.RAISED, who="Ann")
    scheme.rename_flag(ann, 0, "earth", who="Ann")
    labelling.set_state(ann, [2], 0, State.RAISED, who="Ann")
    labelling.set_state(bob, [4], 0, State.RAISED, who="Bob")
    report = taken(bob, sent(ann, tmp_path / "a"))
    assert (report.labels, report.missing_flags, report.differences) == (2, (), ("'soil' is called 'earth' there",))
    assert taken(ann, sent(bob, tmp_path / "b")).labels == 1
    assert labelling_now(ann) == labelling_now(bob)
    assert set(labelling_now(ann)) == {(1, 0), (2, 0), (4, 0)}


def test_labels_of_a_merge_wait_for_it(pair: tuple[Store, Store], tmp_path: Path) -> None:
    ann, bob = pair
    merging.merge(ann, "contamination", [0, 3], who="Ann")
    slot = projects.load_scheme(ann).by_name("contamination").slot
    labelling.set_state(ann, [1], slot, State.RAISED, who="Ann")
    merging.unmerge(ann, "contamination", who="Ann")
    merging.merge(ann, "contamination", [0, 1], who="Ann")  # another one of that name
    other = projects.load_scheme(ann).by_name("contamination").slot
    labelling.set_state(ann, [2], other, State.RAISED, who="Ann")
    report = taken(bob, sent(ann, tmp_path / "a"))
    assert (report.labels, report.waiting, report.missing_flags) == (0, 2, ("contamination",))
    assert taken(bob, sent(ann, tmp_path / "a"), new_flags=True).labels == 2


# ── The older form ────────────────────────────────────────────────────────────────────────────────


def test_a_bundle_of_the_older_form_is_read(tmp_path: Path) -> None:
    flags = [
        {"slot": 0, "name": "soil", "points": 50, "key": "", "colour": "", "description": "", "joint_rule": "any photo"}
        | {"retired": False}
    ]
    lines = [
        {"weldstudio_bundle": 1, "project": "A", "made": "2026-11-20T10:00:00", "since": "", "by": "Ann"}
        | {"scheme": {"flags": flags, "groups": [], "merges": [], "name": "test"}},
        {"photo": ["6f1c7c1e-0000-4000-8000-000000000001", "a/00.jpg", None]},
        {"id": "ab" * 16, "clock": 5 << 16, "who": "Ann", "kind": "label", "text": "soil: raised", "reverts": None}
        | {"events": [[0, 0, "soil", 0, 5, 1, None, None, []]]},
        {"end": [1, 1]},
    ]
    file = tmp_path / "old.weldlabels"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    with desk(tmp_path / "B") as bob:
        report = taken(bob, file)
        assert (report.labels, report.missing_flags) == (1, ())
        assert labelling_now(bob) == {(1, 0): 5}
        assert answers(bob) == []


def test_flags_that_only_the_other_desk_has_are_offered(tmp_path: Path) -> None:
    with desk(tmp_path / "A", flags=Scheme((*FLAGS.flags, Flag(4, "mud", 5)))) as ann, desk(tmp_path / "B") as bob:
        assert taken(bob, sent(ann, tmp_path / "a")).missing_flags == ("mud",)
