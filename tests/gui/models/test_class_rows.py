import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weldstudio.domain.scores import score_class
from weldstudio.gui.models.class_rows import class_rows


def scores(probabilities: list[float], raised: list[bool]) -> dict[str, object]:
    return score_class(np.array(probabilities), np.array(raised, dtype=bool), 0.5).to_json()


def test_the_worst_comes_first_and_those_without_a_value_last() -> None:
    rows = class_rows(
        {
            "good": scores([0.9, 0.1], [True, False]),
            "none": scores([0.9, 0.8], [True, True]),
            "bad": scores([0.1, 0.9], [True, False]),
        }
    )
    assert [row.name for row in rows] == ["bad", "good", "none"]
    assert rows[2].accuracy is None
    assert rows[2].interval is None


def test_few_photographs_of_either_kind_are_few() -> None:
    many = scores([0.9] * 10 + [0.1] * 10, [True] * 10 + [False] * 10)
    few = scores([0.9] * 9 + [0.1] * 100, [True] * 9 + [False] * 100)
    found = {row.name: row for row in class_rows({"many": many, "few": few})}
    assert not found["many"].few
    assert found["few"].few


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_what_is_shown_is_what_was_scored(pairs: list[tuple[float, bool]]) -> None:
    given_scores = scores([p for p, _ in pairs], [r for _, r in pairs])
    (row,) = class_rows({"one": given_scores})
    assert row.raised == sum(r for _, r in pairs)
    assert row.clear == len(pairs) - row.raised
    assert row.accuracy == given_scores["mean_per_class_accuracy"]
    low, high = row.plain_interval
    assert low - 1e-9 <= (row.plain_accuracy or 0) <= high + 1e-9
    if row.interval is not None and row.accuracy is not None:
        assert row.interval[0] - 1e-9 <= row.accuracy <= row.interval[1] + 1e-9
