"""The scheme refuses nonsense, keeps slots for ever, and reads the states of its classes."""

from dataclasses import replace

import numpy as np
import pytest

from weldstudio.domain.errors import SchemeError
from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.scheme import Flag, Group, JointRule, Merge, Scheme


@pytest.fixture
def clamps() -> Scheme:
    scheme = Scheme(name="clamps")
    for name, points in (("No Clamp Used", 50), ("Not Enough Of Clamps", 5), ("Soil", 15)):
        scheme = scheme.with_flag(name, points)
    return scheme


def test_slots_are_handed_out_once_and_kept_when_the_order_changes(clamps: Scheme) -> None:
    merged = clamps.with_merge("No Clamps", [0, 1]).with_order([2, 1, 0])
    assert [flag.slot for flag in merged.flags] == [2, 1, 0]
    assert merged.merges[0].slot == 3
    assert merged.without_merge("No Clamps").with_flag("Water", 10).flags[-1].slot == 4


def test_a_merge_stands_in_place_of_its_members(clamps: Scheme) -> None:
    merged = clamps.with_merge("No Clamps", [0, 1])
    assert [item.name for item in merged.classes] == ["No Clamps", "Soil"]
    assert merged.points_of(3) == 50
    assert [item.name for item in merged.without_merge("No Clamps").classes] == [f.name for f in clamps.flags]


def test_an_undone_merge_comes_back_with_its_slot(clamps: Scheme) -> None:
    undone = clamps.with_merge("No Clamps", [0, 1]).without_merge("No Clamps")
    again = undone.with_merge("No Clamps", [1, 0])
    assert [merge.slot for merge in again.merges] == [3]
    assert not again.merges[0].undone


def test_a_merge_is_a_flag_of_absence_only_if_all_its_members_are(clamps: Scheme) -> None:
    absent = clamps.with_changed_flag(replace(clamps.flags[0], joint_rule=JointRule.ALL))
    assert absent.with_merge("M", [0, 1]).joint_rule_of(3) == JointRule.ANY
    both = absent.with_changed_flag(replace(clamps.flags[1], joint_rule=JointRule.ALL)).with_merge("M", [0, 1])
    assert both.joint_rule_of(3) == JointRule.ALL


def test_states_of_a_merge_are_read_from_bytes_and_from_columns_not_there_yet(clamps: Scheme) -> None:
    merged = clamps.with_merge("No Clamps", [0, 1])
    labels = np.array([[label_byte(State.RAISED, Source.IMPORT), 0, 0], [0, 0, 0]], dtype=np.uint8)
    assert merged.states_of(3, labels).tolist() == [State.RAISED, State.UNSEEN]
    assert merged.states_of(0, labels).tolist() == [State.RAISED, State.UNSEEN]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Scheme((Flag(0, " "),)), "needs a name"),
        (lambda: Scheme((Flag(0, "A\nB"),)), "line break"),
        (lambda: Scheme((Flag(0, "A"), Flag(1, "A"))), "'A' is there already"),
        (lambda: Scheme((Flag(0, "A"), Flag(0, "B"))), "share a slot"),
        (lambda: Scheme((Flag(0, "A", -1),)), "penalty points"),
        (lambda: Scheme((Flag(0, "A", colour="red"),)), "#rrggbb"),
        (lambda: Scheme((Flag(0, "A", key="1"), Flag(1, "B", key="1"))), "used by 'A' and 'B'"),
        (lambda: Scheme((Flag(0, "A"),), groups=(Group("G", (0, 7)),)), "does not exist"),
        (lambda: Scheme((Flag(0, "A"),), groups=(Group("G", (0,)), Group("H", (0,)))), "one group"),
        (lambda: Scheme((Flag(0, "A"), Flag(1, "B")), merges=(Merge(2, "M", (0, 0)),)), "at least two"),
    ],
)
def test_an_inconsistent_scheme_cannot_be_made(make: object, sentence: str) -> None:
    with pytest.raises(SchemeError, match=sentence):
        make()  # type: ignore[operator]


def test_a_flag_is_in_one_live_merge_only(clamps: Scheme) -> None:
    with pytest.raises(SchemeError, match="in the merge 'M' already"):
        clamps.with_merge("M", [0, 1]).with_merge("N", [1, 2])


def test_a_wrong_name_is_answered_with_the_nearest(clamps: Scheme) -> None:
    with pytest.raises(SchemeError, match="Did you mean 'No Clamp Used'"):
        clamps.by_name("No Clmp Used")
    assert clamps.by_name(" soil ").slot == 2


def test_a_new_order_names_each_flag_once(clamps: Scheme) -> None:
    with pytest.raises(SchemeError, match="exactly once"):
        clamps.with_order([0, 1])
