"""Decisions and overrides: appended with their moment, never rewritten, taken back by reverting."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.studio.conftest import FLAGS
from weldstudio.domain.decision import Told
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.domain.photo import FoundPhoto
from weldstudio.domain.verdict import Outcome
from weldstudio.store import decided, decisions, first_pass, mirror, photos
from weldstudio.store.store import Store
from weldstudio.studio import contractors, labelling, projects, scheme
from weldstudio.studio import decisions as deciding
from weldstudio.studio.scheme_text import from_json

ANN = "Ann"


def joint_of(store: Store, photo_id: int) -> int:
    found = photos.get(store, photo_id)
    assert found is not None
    return found.joint_id


def held(store: Store) -> dict[int, Told]:
    return {decision.joint_id: decision.said for decision in decisions.now(store)[0]}


def test_a_decision_keeps_points_limit_and_scheme_of_its_moment(welds: Store) -> None:
    labelling.nothing_applies(welds, [1], who=ANN)
    labelling.set_state(welds, [1], 3, State.RAISED, who=ANN)
    labelling.set_state(welds, [1], 0, State.UNSURE, who=ANN)
    joint = joint_of(welds, 1)
    photos.set_contractor(welds, [1], "Smith")
    contractors.set_limit(welds, "Smith", 70, valid_from=date(2020, 1, 1), who=ANN)
    deciding.decide(welds, [joint], Told.ACCEPTED, who=ANN, reason="seen on site")
    labelling.set_state(welds, [1], 0, State.RAISED, who=ANN)
    contractors.set_limit(welds, "Smith", 20, valid_from=date(2020, 1, 1), who=ANN)
    scheme.change_points(welds, 3, 100, who=ANN)
    ((decision,), _) = decisions.now(welds)
    moment = decision.moment
    assert (decision.said, decision.who, decision.reason) == (Told.ACCEPTED, ANN, "seen on site")
    assert (moment.low, moment.high, moment.reject_limit) == (15, 65, 70)
    assert from_json(decisions.scheme_of(welds, moment.scheme)) == FLAGS
    now = deciding.verdict_now(welds, joint)
    assert (now.low, now.reject_limit) == (150, 20)


def test_undo_and_redo_go_through_decisions(welds: Store) -> None:
    joint = joint_of(welds, 1)
    first = deciding.decide(welds, [joint], Told.NEW_PHOTO, who=ANN)
    second = deciding.decide(welds, [joint], Told.REJECTED, who="Bob")
    assert first.action_id is not None
    assert second.action_id is not None
    # The older one was overtaken: taking it back changes nothing.
    assert labelling.revert(welds, first.action_id, who=ANN).action_id is None
    back = labelling.revert(welds, second.action_id, who=ANN)
    assert back.action_id is not None
    ((restored,), _) = decisions.now(welds)
    assert (restored.said, restored.who) == (Told.NEW_PHOTO, ANN)
    labelling.revert(welds, first.action_id, who=ANN)
    assert held(welds) == {}
    labelling.revert(welds, first.action_id, who=ANN)
    assert held(welds) == {}
    labelling.revert(welds, back.action_id, who=ANN)
    assert [undone for _, _, undone in labelling.undoable(welds, who="Bob")] == [False]
    assert len(deciding.history(welds, joint)) == 5 - 1


def test_the_same_again_is_no_action_and_nothing_chosen_is_refused(welds: Store) -> None:
    joint = joint_of(welds, 1)
    deciding.decide(welds, [joint], Told.ACCEPTED, who=ANN)
    assert deciding.decide(welds, [joint, joint], Told.ACCEPTED, who=ANN).action_id is None
    assert deciding.decide(welds, [joint], Told.ACCEPTED, who=ANN, reason="again").action_id is not None
    assert deciding.withdraw(welds, [joint], who=ANN).action_id is not None
    assert deciding.withdraw(welds, [joint], who=ANN).action_id is None
    with pytest.raises(EditRefused, match="choose one first"):
        deciding.decide(welds, [], Told.ACCEPTED, who=ANN)
    with pytest.raises(EditRefused, match="no photo"):
        deciding.decide(welds, [999], Told.ACCEPTED, who=ANN)


def test_an_override_has_a_reason_is_marked_and_leaves_the_labels(welds: Store) -> None:
    labelling.nothing_applies(welds, [1], who=ANN)
    joint = joint_of(welds, 1)
    before = mirror.read(welds).labels.copy()
    with pytest.raises(EditRefused, match="Say why"):
        deciding.override(welds, [joint], Outcome.REJECT, who=ANN, reason=" ")
    with pytest.raises(EditRefused, match="left open"):
        deciding.override(welds, [joint], Outcome.OPEN, who=ANN, reason="x")
    done = deciding.override(welds, [joint], Outcome.REJECT, who=ANN, reason="wrong fitting")
    seen = mirror.read(welds)
    assert (seen.labels == before).all()
    assert (seen.decided.overrides[joint].outcome, seen.decided.overrides[joint].reason) == (
        Outcome.REJECT,
        "wrong fitting",
    )
    assert done.action_id is not None
    labelling.revert(welds, done.action_id, who=ANN)
    assert mirror.read(welds).decided.overrides == {}
    deciding.override(welds, [joint], Outcome.REJECT, who=ANN, reason="wrong fitting")
    deciding.follow_points(welds, [joint], who=ANN)
    assert decisions.now(welds) == ([], [])


def test_many_joints_are_one_action_and_the_mirror_follows(welds: Store) -> None:
    seen = mirror.read(welds)
    everyone = [joint_of(welds, photo) for photo in range(1, 13)]
    done = deciding.decide(welds, everyone, Told.ACCEPTED, who=ANN)
    assert done.changes.decisions == frozenset(everyone)
    seen.apply(mirror.read_rows(welds, done.changes))
    some = deciding.decide(welds, everyone[3:5], Told.REJECTED, who="Bob", reason="late")
    seen.apply(mirror.read_rows(welds, some.changes))
    assert seen.decided.decision_of(everyone[3]) == seen.decided.decision_of(everyone[3])
    whole = decided.read(welds)
    for joint in everyone:
        assert seen.decided.decision_of(joint) == whole.decision_of(joint)
    assert some.action_id is not None
    back = labelling.revert(welds, some.action_id, who=ANN)
    seen.apply(mirror.read_rows(welds, back.changes))
    assert seen.decided.decision_of(everyone[4]).who == ANN  # type: ignore[union-attr]
    assert welds.changes_since(welds.sequence - 1).decisions == frozenset(everyone[3:5])


def test_a_joint_that_lost_its_photos_keeps_its_history(welds: Store) -> None:
    joint = joint_of(welds, 1)
    deciding.decide(welds, [joint], Told.ACCEPTED, who=ANN)
    photos.set_joints(welds, [(1, "elsewhere", None)])
    assert [event.said for _, event in deciding.history(welds, joint)] == ["accepted"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.integers(0, 2), st.sampled_from(list(Told))),
        st.tuples(st.just("override"), st.integers(0, 2), st.sampled_from([Outcome.ACCEPT, Outcome.REJECT])),
        st.tuples(st.just("withdraw"), st.integers(0, 2), st.none()),
        st.tuples(st.just("label"), st.integers(0, 2), st.sampled_from(list(State)[1:])),
        st.tuples(st.just("points"), st.integers(0, 3), st.integers(0, 90)),
        st.tuples(st.just("revert"), st.integers(0, 30), st.none()),
    ),
    max_size=25,
)


@given(STEPS)
def test_what_was_said_is_never_rewritten(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, object]]
) -> None:
    """After every step all earlier events read as they did; what holds is the last event of each joint."""
    folder: Path = tmp_path_factory.mktemp("welds")
    with projects.create(folder / "p", scheme=FLAGS) as store:
        collection, _ = photos.add_collection(store, "north", folder)
        first_pass.insert_found(store, collection.id, [FoundPhoto(f"{n}.jpg", 1, 1) for n in range(3)])
        joints = [joint_of(store, photo) for photo in (1, 2, 3)]
        written: list[str] = []
        before: list[tuple[object, ...]] = []
        every = "SELECT * FROM decisions ORDER BY action_seq, n"
        do: dict[str, Callable[[int, object], object]] = {
            "decide": lambda n, said: deciding.decide(store, [joints[n]], said, who=ANN),  # type: ignore[arg-type]
            "override": lambda n, said: deciding.override(store, [joints[n]], said, who=ANN, reason="r"),  # type: ignore[arg-type]
            "withdraw": lambda n, _: deciding.withdraw(store, [joints[n]], who=ANN),
            "label": lambda n, state: labelling.set_state(store, [n + 1], 0, state, who=ANN),  # type: ignore[arg-type]
            "points": lambda slot, points: scheme.change_points(store, slot, points, who=ANN),  # type: ignore[arg-type]
            "revert": lambda n, _: labelling.revert(store, written[n % len(written)], who=ANN) if written else None,
        }
        for word, number, value in steps:
            done = do[word](number, value)
            if getattr(done, "action_id", None):
                written.append(done.action_id)  # type: ignore[union-attr]
            after = store.rows(every)
            assert after[: len(before)] == before
            before = after
        last = {row[2:4]: row[4] for row in before}
        said = {(d.joint_id, "decision"): d.said.value for d in decisions.now(store)[0]}
        said |= {(o.joint_id, "override"): o.outcome.value for o in decisions.now(store)[1]}
        assert said == {where: value for where, value in last.items() if value is not None}
