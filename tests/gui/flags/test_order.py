from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.scheme import Scheme
from weldstudio.gui.flags.order import moved, shifted
from weldstudio.gui.flags.rows import Row, scheme_rows


def scheme(flags: int, *merges: tuple[int, ...]) -> Scheme:
    made = Scheme()
    for i in range(flags):
        made = made.with_flag(f"flag {i}", i)
    for members in merges:
        made = made.with_merge(f"merge {members}", members)
    return made


def rows(flags: int, *merges: tuple[int, ...]) -> tuple[Row, ...]:
    return scheme_rows(scheme(flags, *merges), {})


def test_a_flag_moves_past_its_neighbour_and_not_off_the_end() -> None:
    assert shifted(rows(3), 1, -1) == (1, 0, 2)
    assert shifted(rows(3), 1, +1) == (0, 2, 1)
    assert shifted(rows(3), 0, -1) is None
    assert shifted(rows(3), 2, +1) is None


def test_a_merge_moves_as_a_block_and_a_flag_jumps_over_it() -> None:
    table = rows(4, (1, 2))  # 0, merge (1, 2), 3
    merge = next(row.slot for row in table if not row.is_flag)
    assert shifted(table, merge, -1) == (1, 2, 0, 3)
    assert shifted(table, 3, -1) == (0, 3, 1, 2)
    assert shifted(table, 0, +1) == (1, 2, 0, 3)


def test_a_member_moves_within_its_merge_alone() -> None:
    table = rows(4, (1, 2))
    assert shifted(table, 2, -1) == (0, 2, 1, 3)
    assert shifted(table, 1, -1) is None


def test_flags_dropped_before_a_row_go_there_in_their_own_order() -> None:
    table = rows(4)
    assert moved(table, [3, 1], 0) == (1, 3, 0, 2)
    assert moved(table, [0], 4) == (1, 2, 3, 0)
    assert moved(table, [1], 2) == (0, 1, 2, 3)


@given(st.integers(2, 8), st.data())
def test_any_move_names_every_flag_once_and_makes_a_scheme(flags: int, data: st.DataObject) -> None:
    merged = data.draw(st.booleans()) and flags > 3
    made = scheme(flags, (1, 3)) if merged else scheme(flags)
    table = scheme_rows(made, {})
    chosen = data.draw(st.lists(st.integers(0, flags - 1), min_size=1, unique=True))
    order = moved(table, chosen, data.draw(st.integers(0, len(table))))
    assert sorted(order) == list(range(flags))
    made.with_order(order)
    slot = data.draw(st.sampled_from([row.slot for row in table]))
    step = data.draw(st.sampled_from([-1, 1]))
    if (after := shifted(table, slot, step)) is not None:
        assert sorted(after) == list(range(flags))
