"""Labels given, taken back and given again, against a plain model of what an expert expects."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State, fold, label_byte
from weldstudio.domain.photo import FoundPhoto
from weldstudio.store import actions, events, first_pass, photos
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import labelling, merging
from weldstudio.studio import scheme as schemes

RAISED, CLEAR, UNSURE, UNSEEN = State.RAISED, State.CLEAR, State.UNSURE, State.UNSEEN
HAND, BULK, IMPORT, ASSUMED = Source.HAND, Source.BULK, Source.IMPORT, Source.ASSUMED


def labels(store: Store) -> dict[tuple[int, int], int]:
    present = events.present(store, list(range(1, 40)))
    return {(photo, slot): byte for photo, blob in present.items() for slot, byte in enumerate(blob) if byte & 3}


def states(store: Store) -> dict[tuple[int, int], State]:
    return {where: State(byte & 3) for where, byte in labels(store).items()}


def test_a_label_is_one_action_with_who_and_what(welds: Store) -> None:
    done = labelling.set_state(welds, [3], 0, RAISED, who="Ann")
    assert done.changes.labels == {3}
    assert done.text == "soil: raised"
    ((action, event),) = labelling.history(welds, 3)
    assert (action.id, action.who, action.kind) == (done.action_id, "Ann", "label")
    assert (event.old, event.new, event.source) == (0, label_byte(RAISED, HAND), HAND)


def test_several_photos_are_one_action_in_bulk(welds: Store) -> None:
    done = labelling.set_state(welds, [3, 4, 4], 0, CLEAR, who="Ann")
    assert done.text == "soil: clear on 2 photographs"
    assert labels(welds) == dict.fromkeys([(3, 0), (4, 0)], label_byte(CLEAR, BULK))


def test_what_is_so_already_is_no_action(welds: Store) -> None:
    labelling.set_state(welds, [3], 0, RAISED, who="Ann")
    assert labelling.set_state(welds, [3], 0, RAISED, who="Bob").action_id is None
    assert labelling.set_state(welds, [5], 0, UNSEEN, who="Bob").action_id is None
    assert len(actions.last(welds)) == 1


def test_a_person_confirming_an_imported_label_is_news(welds: Store) -> None:
    labelling.set_state(welds, [3], 0, RAISED, who="file", source=IMPORT)
    assert labelling.set_state(welds, [3], 0, RAISED, who="Ann").action_id
    assert labels(welds) == {(3, 0): label_byte(RAISED, HAND)}


@pytest.mark.parametrize(
    ("ids", "slot", "sentence"),
    [([], 0, "No photo is chosen"), ([1, 99], 0, "not in the project"), ([1], 3, "is retired"), ([1], 4, "was undone")],
)
def test_what_cannot_be_labelled_is_refused_in_words(welds: Store, ids: list[int], slot: int, sentence: str) -> None:
    merging.merge(welds, "clamps!", [1, 2], who="Ann")
    merging.unmerge(welds, "clamps!", who="Ann")
    schemes.retire_flag(welds, 3, who="Ann")
    with pytest.raises(EditRefused, match=sentence):
        labelling.set_state(welds, ids, slot, RAISED, who="Ann")
    assert labels(welds) == {}


def test_raising_one_flag_of_a_group_clears_the_others_in_the_same_action(welds: Store) -> None:
    labelling.set_state(welds, [3], 1, RAISED, who="Ann")
    done = labelling.set_state(welds, [3], 2, RAISED, who="Ann")
    assert states(welds) == {(3, 1): CLEAR, (3, 2): RAISED}
    labelling.revert(welds, str(done.action_id), who="Ann")
    assert states(welds) == {(3, 1): RAISED, (3, 2): CLEAR}


def test_nothing_applies_clears_every_class_in_one_action(welds: Store) -> None:
    labelling.set_state(welds, [3], 0, RAISED, who="Ann")
    done = labelling.nothing_applies(welds, [3], who="Ann")
    assert states(welds) == {(3, slot): CLEAR for slot in range(4)}
    labelling.revert(welds, str(done.action_id), who="Ann")
    assert states(welds) == {(3, 0): RAISED}


def test_many_edits_are_one_action_and_the_later_one_counts(welds: Store) -> None:
    done = labelling.set_many(welds, [(1, 0, RAISED), (2, 3, CLEAR), (1, 0, UNSURE)], who="Ann", text="Pasted")
    assert states(welds) == {(1, 0): UNSURE, (2, 3): CLEAR}
    assert done.text == "Pasted on 2 photographs"


# ── Undo ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_revert_restores_its_own_fields_and_reports_the_rest(welds: Store) -> None:
    bulk = labelling.set_state(welds, [1, 2, 3], 0, RAISED, who="Ann")
    labelling.set_state(welds, [2], 0, UNSURE, who="Bob")
    labelling.set_state(welds, [3], 3, RAISED, who="Bob")
    back = labelling.revert(welds, str(bulk.action_id), who="Cid")
    assert states(welds) == {(2, 0): UNSURE, (3, 3): RAISED}
    assert "1 label was changed since" in back.text
    assert back.changes.labels == {1, 3}


def test_a_revert_of_what_is_gone_changes_nothing(welds: Store) -> None:
    first = labelling.set_state(welds, [1], 0, RAISED, who="Ann")
    assert labelling.revert(welds, str(first.action_id), who="Ann").action_id
    again = labelling.revert(welds, str(first.action_id), who="Ann")
    assert again.action_id is None
    assert "nothing left" in again.text
    with pytest.raises(EditRefused, match="no longer in the history"):
        labelling.revert(welds, "never", who="Ann")


def test_the_source_comes_back_too(welds: Store) -> None:
    labelling.set_state(welds, [1], 0, CLEAR, who="file", source=ASSUMED)
    done = labelling.set_state(welds, [1], 0, RAISED, who="Ann")
    labelling.revert(welds, str(done.action_id), who="Ann")
    assert labels(welds) == {(1, 0): label_byte(CLEAR, ASSUMED)}


def test_undo_is_a_cursor_that_survives_closing(welds: Store) -> None:
    first = labelling.set_state(welds, [1], 0, RAISED, who="Ann")
    labelling.set_state(welds, [1], 3, RAISED, who="Bob")
    second = merging.merge(welds, "clamps!", [1, 2], who="Ann")
    third = labelling.set_state(welds, [1], 0, UNSURE, who="Ann")
    undo_third = labelling.revert(welds, str(third.action_id), who="Ann")
    undo_second = labelling.revert(welds, str(second.action_id), who="Ann")
    with Store.open(welds.folder) as again:
        found = labelling.undoable(again, who="Ann")
    assert [(last, undone) for last, _, undone in found] == [
        (first.action_id, False),
        (undo_second.action_id, True),
        (undo_third.action_id, True),
    ]
    redo = labelling.revert(welds, str(undo_second.action_id), who="Ann")
    assert scheme_rows.load(welds).live_merges
    fresh = labelling.set_state(welds, [5], 0, RAISED, who="Ann")
    assert [(last, undone) for last, _, undone in labelling.undoable(welds, who="Ann")] == [
        (first.action_id, False),
        (redo.action_id, False),
        (fresh.action_id, False),
    ]
    assert len(labelling.undoable(welds, who="Ann", limit=2)) == 2
    with welds.atomic():
        for n in range(1_100):
            actions.begin(welds, who="Zoe", kind="label", text=str(n))
    assert [text for _, text, _ in labelling.undoable(welds, who="Zoe")] == [str(n) for n in range(100, 1_100)]


commands = st.lists(
    st.one_of(
        st.tuples(
            st.just("label"),
            st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True),
            st.integers(0, 4),
            st.sampled_from(State),
        ),
        st.tuples(st.just("clear"), st.integers(1, 4)),
        st.just(("undo",)),
        st.just(("redo",)),
        st.tuples(st.just("revert"), st.integers(0, 30)),
        st.just(("merge",)),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([("label", [1], 1, State.RAISED), ("label", [1], 2, State.UNSEEN)])
@given(commands)
def test_the_fold_after_anything_equals_the_present_labels_and_a_plain_model(
    tmp_path_factory: pytest.TempPathFactory, todo: list[tuple[Any, ...]]
) -> None:
    from tests.studio.conftest import FLAGS

    store = Store.create(tmp_path_factory.mktemp("fold") / "p")
    scheme_rows.save(store, FLAGS)
    collection, _ = photos.add_collection(store, "north", store.folder)
    first_pass.insert_found(store, collection.id, [FoundPhoto(f"{n}.jpg", 1, 1) for n in range(4)])
    merging.merge(store, "clamps!", [1, 2], who="Ann")
    start = (labels(store), scheme_rows.load(store))
    # The plain model: a list of what was, before each step that stands, as every simple editor keeps it.
    past: list[tuple[Any, Any]] = []
    future: list[tuple[Any, Any]] = []
    foreign = False
    for step in todo:
        now = (labels(store), scheme_rows.load(store))
        match step:
            case ("undo",) | ("redo",):
                chains = labelling.undoable(store, who="Ann", limit=100)[1:]  # the first is the merge made above
                standing = [chain for chain in chains if not chain[2]]
                undone = [chain for chain in chains if chain[2]]
                wanted = standing[-1:] if step == ("undo",) else undone[:1]
                stack, other = (past, future) if step == ("undo",) else (future, past)
                if not foreign:
                    assert bool(wanted) == bool(stack)
                for last, _, _ in wanted:
                    done = labelling.revert(store, last, who="Ann")
                    if not foreign:
                        assert done.action_id is not None
                        other.append(now)
                        assert (labels(store), scheme_rows.load(store)) == stack.pop()
            case ("revert", int(which)):
                known = actions.last(store, limit=100)
                labelling.revert(store, known[which % len(known)].action.id, who="Bob")
                foreign = True  # from here on undo restores no more than its own fields
            case _:
                if do(store, step).action_id is not None:
                    past.append(now)
                    future.clear()
        assert labels(store) == fold(events.history(store))
    assert start[1].flags == scheme_rows.load(store).flags
    store.close()


def do(store: Store, step: tuple[Any, ...]) -> Done:
    match step:
        case ("label", ids, slot, state):
            try:
                done = labelling.set_state(store, ids, slot, state, who="Ann")
            except EditRefused:
                assert slot == 4
                return Done(None)
            scheme = scheme_rows.load(store)
            group = scheme.group_of(slot)
            for photo in ids:
                # Of a group, a flag that nobody has said anything of is clear where another one is raised.
                others = [state_now(store, photo, other) for other in group.members if other != slot] if group else []
                expected = State.CLEAR if state == State.UNSEEN and State.RAISED in others else state
                assert state_now(store, photo, slot) == expected, (photo, scheme.by_slot(slot).name)
            return done
        case ("clear", photo):
            return labelling.nothing_applies(store, [photo], who="Ann")
        case _:
            if scheme_rows.load(store).live_merges:
                return merging.unmerge(store, "clamps!", who="Ann")
            return merging.merge(store, "clamps!", [1, 2], who="Ann")


def state_now(store: Store, photo: int, slot: int) -> State:
    import numpy as np

    blob = events.present(store, [photo]).get(photo, b"").ljust(5, b"\0")
    return State(int(scheme_rows.load(store).states_of(slot, np.frombuffer(blob, np.uint8)[None, :])[0]))
