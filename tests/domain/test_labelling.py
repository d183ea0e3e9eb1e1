"""Labels: the byte, the fold, merged states."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.labelling import (
    Action,
    LabelEvent,
    Source,
    State,
    count_words,
    fold,
    label_byte,
    looked_at,
    merged_states,
    source_of,
    state_of,
)

STATES = st.sampled_from(list(State))


@given(STATES.filter(lambda s: s != State.UNSEEN), st.sampled_from(list(Source)))
def test_a_byte_gives_back_what_was_put_in(state: State, source: Source) -> None:
    byte = label_byte(state, source)
    assert 0 <= byte < 256
    assert (state_of(byte), source_of(byte)) == (state, source)


def test_an_unseen_label_has_no_source() -> None:
    assert label_byte(State.UNSEEN, Source.HAND) == 0


def test_words_name_states_and_a_wrong_one_is_refused_with_the_right_ones() -> None:
    assert State.of_word(" Raised") == State.RAISED
    with pytest.raises(ValueError, match="raised, clear, unsure or unseen"):
        State.of_word("absent")


def test_imported_labels_do_not_count_as_looked_at() -> None:
    labels = np.array(
        [
            [label_byte(State.CLEAR, Source.IMPORT), label_byte(State.CLEAR, Source.ASSUMED)],
            [0, label_byte(State.UNSURE, Source.BULK)],
            [0, 0],
        ],
        dtype=np.uint8,
    )
    assert looked_at(labels).tolist() == [False, True, False]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), STATES), max_size=40), st.randoms())
def test_the_fold_does_not_depend_on_the_order_of_arrival(edits: list[tuple[int, int, State]], random: Any) -> None:
    history = []
    expected: dict[tuple[int, int], int] = {}
    for clock, (photo, slot, state) in enumerate(edits):
        new = label_byte(state, Source.HAND)
        event = LabelEvent(photo, slot, expected.get((photo, slot), 0), new, Source.HAND)
        history.append((Action(f"a{clock:03}", clock, "Ann", "label", "…"), [event]))
        expected[photo, slot] = new
    random.shuffle(history)
    assert fold(history) == {where: byte for where, byte in expected.items() if byte}


def test_equal_times_are_ordered_by_id() -> None:
    raised, clear = label_byte(State.RAISED, Source.HAND), label_byte(State.CLEAR, Source.HAND)
    first = (Action("a", 7, "Ann", "label", ""), [LabelEvent(1, 0, 0, raised, Source.HAND)])
    second = (Action("b", 7, "Bob", "label", ""), [LabelEvent(1, 0, 0, clear, Source.HAND)])
    assert fold([first, second]) == fold([second, first]) == {(1, 0): clear}


@pytest.mark.parametrize(
    ("members", "own", "expected"),
    [
        ("raised clear", "unseen", "raised"),
        ("clear clear", "unseen", "clear"),
        ("clear unseen", "unseen", "unseen"),
        ("clear unsure", "unseen", "unsure"),
        ("unseen unseen", "raised", "raised"),
        ("unseen unseen", "clear", "clear"),
        ("raised clear", "clear", "raised"),
        ("unsure unseen", "clear", "clear"),
        ("unseen unseen", "unsure", "unsure"),
    ],
)
def test_states_of_a_merge(members: str, own: str, expected: str) -> None:
    states = np.array([[State.of_word(word) for word in members.split()]], dtype=np.uint8)
    merged = merged_states(states, np.array([State.of_word(own)], dtype=np.uint8))
    assert State(int(merged[0])).word == expected


@given(st.lists(st.tuples(STATES, STATES, STATES), min_size=1, max_size=20))
def test_a_merge_is_total_and_raising_a_member_never_clears_it(rows: list[tuple[State, State, State]]) -> None:
    members = np.array([row[:2] for row in rows], dtype=np.uint8)
    own = np.array([row[2] for row in rows], dtype=np.uint8)
    merged = merged_states(members, own)
    assert merged.shape == (len(rows),)
    raised = members.copy()
    raised[:, 0] = State.RAISED
    assert (merged_states(raised, own) == State.RAISED).all()


def test_counts_in_words() -> None:
    assert count_words({State.RAISED: 2, State.CLEAR: 0, State.UNSURE: 1}) == "2 raised, 1 unsure"
    assert count_words({}) == "none"
