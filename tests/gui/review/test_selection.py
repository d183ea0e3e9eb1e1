import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.gui.review.selection import Selection


def shown(*ids: int) -> Selection:
    selection = Selection()
    selection.show(np.array(ids, np.int64))
    return selection


def test_the_first_photograph_is_the_current_one() -> None:
    assert shown(7, 8, 9).current_id == 7
    assert shown().current_id is None


def test_shift_selects_from_the_anchor_and_back() -> None:
    selection = shown(*range(10))
    selection.go_to(4)
    selection.extend(7)
    assert selection.selected.tolist() == [4, 5, 6, 7]
    selection.extend(2)
    assert selection.selected.tolist() == [2, 3, 4]
    assert selection.current_id == 2


def test_control_takes_the_current_photograph_along() -> None:
    selection = shown(*range(10))
    selection.go_to(1)
    selection.toggle(5)
    assert selection.selected.tolist() == [1, 5]
    selection.toggle(5)
    assert selection.selected.tolist() == [1]


def test_a_band_with_control_adds_to_what_is_selected() -> None:
    selection = shown(*range(10))
    selection.go_to(0)
    selection.toggle(1)
    selection.begin_band(keep=True)
    selection.band(np.array([5, 6]))
    selection.band(np.array([5]))
    assert selection.selected.tolist() == [0, 1, 5]
    selection.begin_band(keep=False)
    selection.band(np.array([8, 9]))
    assert selection.selected.tolist() == [8, 9]


def test_what_the_filter_hides_stays_selected_and_is_counted_apart() -> None:
    selection = shown(*range(10))
    selection.go_to(2)
    selection.extend(5)
    selection.show(np.array([0, 3, 9]))
    assert selection.selected.tolist() == [3]
    assert sorted(selection.hidden.tolist()) == [2, 4, 5]
    selection.show(np.arange(10))
    assert selection.selected.tolist() == [2, 3, 4, 5]
    assert not len(selection.hidden)


def test_the_place_goes_to_the_next_photograph_that_is_left() -> None:
    selection = shown(*range(10))
    selection.go_to(4)
    selection.show(np.array([1, 2, 6, 7]))
    assert selection.current_id == 6
    selection.go_to(3)
    selection.show(np.array([1, 2]))
    assert selection.current_id == 2
    selection.show(np.array([], np.int64))
    assert selection.current_id is None


def test_a_new_order_keeps_the_current_photograph() -> None:
    selection = shown(*range(10))
    selection.go_to(4)
    selection.show(np.arange(10)[::-1])
    assert selection.current_id == 4


@given(st.lists(st.tuples(st.sampled_from(["go", "toggle", "extend", "filter", "all"]), st.integers(0, 19))))
def test_no_sequence_loses_a_selected_photograph_to_a_filter(steps: list[tuple[str, int]]) -> None:
    selection = shown(*range(20))
    for what, number in steps:
        held = set(selection.selected.tolist()) | set(selection.hidden.tolist())
        count = len(selection.ids)
        if what == "filter":
            selection.show(np.arange(0, 20, number % 3 + 1))
            assert set(selection.selected.tolist()) | set(selection.hidden.tolist()) == held
            assert set(selection.selected.tolist()) <= set(selection.ids.tolist())
            assert selection.current is not None
        elif what == "go":
            selection.go_to(number % count)
            assert not selection.count
        elif what == "toggle":
            selection.toggle(number % count)
        elif what == "extend":
            selection.extend(number % count)
            assert selection.is_selected(number % count)
        else:
            selection.select_all()
            assert selection.count == count
