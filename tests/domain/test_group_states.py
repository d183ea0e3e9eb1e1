"""Flags of a group: where one is raised the others are clear, and a flag that joins later is no exception."""

import numpy as np
import pytest

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.scheme import Example, Flag, Group, Merge, Scheme

RAISED, CLEAR, UNSURE = (label_byte(s, Source.HAND) for s in (State.RAISED, State.CLEAR, State.UNSURE))
SCHEME = Scheme((Flag(0, "a"), Flag(1, "b"), Flag(2, "new"), Flag(3, "alone")), (Group("g", (0, 1, 2), "none"),))


def states(scheme: Scheme, slot: int, *rows: list[int]) -> list[State]:
    return [State(s) for s in scheme.states_of(slot, np.array(rows, np.uint8)).tolist()]


def test_a_flag_that_joined_later_is_clear_where_another_is_raised() -> None:
    rows = [[RAISED, CLEAR], [CLEAR, CLEAR], [UNSURE, CLEAR], [0, 0]]
    assert states(SCHEME, 2, *rows) == [State.CLEAR, State.UNSEEN, State.UNSEEN, State.UNSEEN]
    assert states(SCHEME, 3, *rows) == [State.UNSEEN] * 4


def test_what_was_said_of_a_flag_stays() -> None:
    assert states(SCHEME, 2, [RAISED, CLEAR, RAISED, 0], [RAISED, CLEAR, UNSURE, 0]) == [State.RAISED, State.UNSURE]
    assert states(SCHEME, 0, [RAISED, CLEAR, RAISED, 0]) == [State.RAISED]


def test_a_retired_flag_says_nothing_of_the_others() -> None:
    retired = Scheme((Flag(0, "a", retired=True), *SCHEME.flags[1:]), SCHEME.groups)
    assert states(retired, 2, [RAISED, 0, 0, 0]) == [State.UNSEEN]


def test_merges_within_the_group_follow() -> None:
    scheme = Scheme(SCHEME.flags, SCHEME.groups, (Merge(4, "a or b", (0, 1)),))
    given_to_the_merge = [0, 0, 0, 0, RAISED]
    assert states(scheme, 2, given_to_the_merge) == [State.CLEAR]
    assert states(scheme, 0, given_to_the_merge) == [State.UNSEEN]
    assert states(scheme, 4, [0, 0, RAISED, 0, 0]) == [State.CLEAR]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\ud800"])
def test_a_group_needs_a_name(name: str) -> None:
    with pytest.raises(SchemeError):
        Scheme(SCHEME.flags, (Group(name, (0, 1)),))


def test_two_groups_of_one_name_and_an_example_of_nothing_are_refused() -> None:
    with pytest.raises(SchemeError, match="a group 'g' already"):
        Scheme(SCHEME.flags, (Group("g", (0,)), Group("g", (1,))))
    with pytest.raises(SchemeError, match="SHA-256"):
        Example("../../etc/passwd")
