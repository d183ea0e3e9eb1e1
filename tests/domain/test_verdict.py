"""Points of a joint: each flag once, joint rules, groups, ranges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.scheme import Flag, Group, JointRule, Scheme
from weldstudio.domain.verdict import Outcome, joint_state, still_unseen, verdict

SCHEME = Scheme(
    (
        Flag(0, "Soil", 50),
        Flag(1, "No Ground Sheet", 5, joint_rule=JointRule.ALL),
        Flag(2, "No Clamp", 50, joint_rule=JointRule.ALL),
        Flag(3, "Little Clamp", 5),
        Flag(4, "Other", 15),
    ),
    groups=(Group("Clamp", (2, 3), "Clamp Detected"),),
)


def photos(*rows: str) -> np.ndarray:
    letters = {"r": State.RAISED, "c": State.CLEAR, "?": State.UNSURE, ".": State.UNSEEN}
    return np.array([[label_byte(letters[c], Source.HAND) for c in row] for row in rows], dtype=np.uint8)


def test_a_flag_counts_once_however_many_photos_show_it() -> None:
    assert verdict(SCHEME, photos("rcccc", "rcccc"), 50).low == 50


def test_a_flag_of_absence_needs_every_sure_photo() -> None:
    assert verdict(SCHEME, photos("crccc", "ccccc"), 50).low == 0
    assert verdict(SCHEME, photos("crccc", "c?ccc"), 50).low == 5


def test_only_the_highest_points_of_a_group_count() -> None:
    assert verdict(SCHEME, photos("ccrrc"), 100).low == 50


def test_unsure_flags_widen_the_range_and_leave_the_verdict_open() -> None:
    found = verdict(SCHEME, photos("?cccr"), 50)
    assert (found.low, found.high) == (15, 65)
    assert found.outcome == Outcome.OPEN


def test_unseen_flags_leave_the_verdict_open_but_cannot_save_a_rejected_joint() -> None:
    assert verdict(SCHEME, photos("c...."), 50).outcome == Outcome.OPEN
    assert verdict(SCHEME, photos("r...."), 50).outcome == Outcome.REJECT
    assert verdict(SCHEME, photos("ccccc"), 50).outcome == Outcome.ACCEPT


@pytest.mark.parametrize(
    ("states", "rule", "expected"),
    [
        ([], JointRule.ANY, State.UNSEEN),
        ([], JointRule.ALL, State.UNSEEN),
        ([State.CLEAR, State.UNSEEN], JointRule.ANY, State.UNSEEN),
        ([State.UNSURE, State.UNSURE], JointRule.ALL, State.UNSURE),
        ([State.RAISED, State.UNSEEN], JointRule.ALL, State.UNSEEN),
        ([State.UNSURE, State.CLEAR], JointRule.ALL, State.CLEAR),
    ],
)
def test_state_of_a_joint(states: list[State], rule: JointRule, expected: State) -> None:
    assert joint_state(np.array(states, dtype=np.uint8), rule) == expected


@given(st.lists(st.lists(st.sampled_from("rc?."), min_size=5, max_size=5), min_size=1, max_size=4), st.integers(0, 4))
def test_points_never_fall_when_a_flag_is_raised_on_every_photo(rows: list[list[str]], slot: int) -> None:
    before = verdict(SCHEME, photos(*("".join(row) for row in rows)), 50)
    after = verdict(SCHEME, photos(*("".join("r" if i == slot else c for i, c in enumerate(row)) for row in rows)), 50)
    assert after.low >= before.low
    assert before.low <= before.high


@given(
    st.lists(st.lists(st.sampled_from("rc?."), min_size=5, max_size=5), min_size=1, max_size=4),
    st.lists(st.sampled_from("rc"), min_size=20, max_size=20),
)
def test_the_range_holds_the_points_however_the_unsure_flags_turn_out(
    rows: list[list[str]], answers: list[str]
) -> None:
    """Flags that the joint is unsure about: where a sure photo settles one, an unsure one beside it says nothing."""
    before = verdict(SCHEME, photos(*("".join(row) for row in rows)), 50)
    answer = iter(answers)
    told = [
        ["?" if c == "?" and i not in before.unsure else next(answer) if c == "?" else c for i, c in enumerate(row)]
        for row in rows
    ]
    after = verdict(SCHEME, photos(*("".join(row) for row in told)), 50)
    assert before.low <= after.low == after.high <= before.high
    assert after.seen >= before.seen
    if before.outcome != Outcome.OPEN:
        assert after.outcome == before.outcome


@pytest.mark.parametrize(
    ("states", "rule", "expected"),
    [
        ([State.UNSURE, State.UNSEEN], JointRule.ANY, True),
        ([State.CLEAR, State.UNSEEN], JointRule.ANY, True),
        ([State.RAISED, State.UNSEEN], JointRule.ANY, False),
        ([State.UNSURE, State.CLEAR], JointRule.ANY, False),
        ([State.RAISED, State.UNSEEN], JointRule.ALL, True),
        ([State.CLEAR, State.UNSEEN], JointRule.ALL, False),
    ],
)
def test_a_photo_that_could_still_change_a_flag(states: list[State], rule: JointRule, expected: bool) -> None:
    assert still_unseen(states, rule) == expected


def test_a_flag_unsure_on_one_photo_and_unseen_on_another_leaves_the_verdict_open() -> None:
    for low_on_the_other, expected in ((".", Outcome.OPEN), ("c", Outcome.ACCEPT), ("r", Outcome.ACCEPT)):
        said = verdict(SCHEME, photos("?cccc", f"{low_on_the_other}cccc"), 500)
        assert said.outcome == expected, low_on_the_other
